//! The query protocol of STS and IAM: a signed form comes, XML goes back.

use std::collections::HashMap;
use std::sync::Arc;

use http::StatusCode;
use http::request::Parts;

use crate::access::token;
use crate::account::{Caller, Denial};
use crate::session::Refused;
use crate::signature::Signature;
use crate::{State, iam, random, sts};

/// A form is small; STS itself takes no more than a few policies.
const LARGEST_FORM: usize = 64 * 1024;

/// What answers such forms.
#[derive(Clone)]
pub(crate) struct Query(pub(crate) Arc<State>);

pub(crate) type Form = HashMap<String, String>;

/// An error in the protocol's own form.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    code: &'static str,
    message: String,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Sts,
    Iam,
}

impl Service {
    /// As signatures name it.
    fn of_scope(scope: &str) -> Option<Self> {
        match scope {
            "sts" => Some(Self::Sts),
            "iam" => Some(Self::Iam),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Iam => "iam",
        }
    }

    fn version(self) -> &'static str {
        match self {
            Self::Sts => "2011-06-15",
            Self::Iam => "2010-05-08",
        }
    }

    fn namespace(self) -> String {
        format!(
            "https://{}.amazonaws.com/doc/{}/",
            self.name(),
            self.version()
        )
    }

    /// An answer with this in its `Result`, or without one.
    pub(crate) fn xml(self, action: &str, content: Option<&str>) -> String {
        let result = content.map_or_else(String::new, |content| {
            format!("<{action}Result>{content}</{action}Result>")
        });
        format!(
            "<{action}Response xmlns=\"{}\">{result}<ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata>\
             </{action}Response>",
            self.namespace(),
            request_id()
        )
    }
}

impl Query {
    /// The answer's status and XML.
    pub(crate) async fn answer(&self, parts: &Parts, form: &[u8]) -> (StatusCode, String) {
        match self.call(parts, form).await {
            Ok(xml) => (StatusCode::OK, xml),
            Err(failure) => {
                let Failure {
                    status,
                    code,
                    message,
                } = failure;
                (status, error_xml(status, code, &message))
            }
        }
    }

    async fn call(&self, parts: &Parts, form: &[u8]) -> Result<String, Failure> {
        let state = &self.0;
        if form.len() > LARGEST_FORM {
            return Err(too_long());
        }
        let (service, caller) = self.caller(parts, form).await?;
        let form: Form = form_urlencoded::parse(form).into_owned().collect();
        let action = form.get("Action").map(String::as_str).unwrap_or_default();
        match service {
            Service::Sts => sts::answer(state, &caller, action, &form).await,
            Service::Iam => iam::answer(state, &caller, action, &form),
        }
    }

    async fn caller(&self, parts: &Parts, form: &[u8]) -> Result<(Service, Caller), Failure> {
        let state = &self.0;
        let signature = Signature::read(parts).ok_or_else(unsigned)?;
        let service = Service::of_scope(signature.service).ok_or_else(wrong_service)?;
        let id = signature.access_key_id;
        let secret = state.secret(id).await.map_err(refused)?;
        if signature.is_skewed() {
            return Err(skewed());
        }
        if !signature.is_right(parts, form, &secret) {
            return Err(wrong_signature());
        }
        let token = token(&parts.headers, parts.uri.query());
        let caller = state
            .sessions
            .caller(&state.account, id, token.as_deref())
            .map_err(refused)?;
        if !state.account.keys.is_known(id, &state.sts) {
            return Err(refused(Refused::UnknownKey));
        }
        state.account.keys.note_use(id, service.name());
        Ok((service, caller))
    }
}

impl Failure {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(crate) fn constraint(name: &str, value: &str, constraint: &str) -> Self {
        let message = format!(
            "1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: Member must {constraint}"
        );
        Self::new(400, "ValidationError", message)
    }

    pub(crate) fn unknown_action(service: Service, action: &str) -> Self {
        let version = service.version();
        let message = format!("Could not find operation {action} for version {version}");
        Self::new(400, "InvalidAction", message)
    }

    pub(crate) fn denied(denial: Denial, caller: &Caller, action: &str, resource: &str) -> Self {
        Self::new(
            403,
            "AccessDenied",
            denial.message(caller, action, resource),
        )
    }
}

fn unsigned() -> Failure {
    Failure::new(
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    )
}

fn wrong_service() -> Failure {
    Failure::new(
        403,
        "SignatureDoesNotMatch",
        "Credential should be scoped to correct service: 'sts'.",
    )
}

fn skewed() -> Failure {
    Failure::new(
        403,
        "SignatureDoesNotMatch",
        "Signature expired: the request is too far from server time",
    )
}

fn wrong_signature() -> Failure {
    Failure::new(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
         Key and signing method. Consult the service documentation for details.",
    )
}

fn refused(reason: Refused) -> Failure {
    match reason {
        Refused::UnknownKey | Refused::WrongToken => Failure::new(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
        Refused::Ended => Failure::new(
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        ),
    }
}

fn too_long() -> Failure {
    Failure::new(413, "RequestEntityTooLarge", "The request is too long.")
}

/// An error answer in the protocol's form.
pub(crate) fn error_xml(status: StatusCode, code: &str, message: &str) -> String {
    let kind = if status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    format!(
        "<ErrorResponse xmlns=\"{}\"><Error><Type>{kind}</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{}</RequestId></ErrorResponse>",
        Service::Sts.namespace(),
        escaped(code),
        escaped(message),
        request_id()
    )
}

/// Request ids are UUIDs with hyphens at STS; nothing reads them.
fn request_id() -> String {
    random::plain()
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
