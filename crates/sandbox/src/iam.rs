//! IAM, as far as a user needs it to replace the own access key.

use jiff::Timestamp;

use crate::State;
use crate::account::Caller;
use crate::documents::{REGION, USER, user_arn};
use crate::keys::{Key, Refusal};
use crate::query::{Failure, Form, Service, escaped};

pub(crate) fn answer(
    state: &State,
    caller: &Caller,
    action: &str,
    form: &Form,
) -> Result<String, Failure> {
    let is_known = matches!(
        action,
        "ListAccessKeys"
            | "GetAccessKeyLastUsed"
            | "CreateAccessKey"
            | "UpdateAccessKey"
            | "DeleteAccessKey"
    );
    if !is_known {
        return Err(Failure::unknown_action(Service::Iam, action));
    }
    of_the_user(caller, action, form)?;
    let wanted = format!("iam:{action}");
    state
        .account
        .decide(caller, &wanted, &user_arn(), &[])
        .map_err(|denial| Failure::denied(denial, caller, &wanted, &user_arn()))?;
    let keys = &state.account.keys;
    let id = form
        .get("AccessKeyId")
        .map(String::as_str)
        .unwrap_or_default();
    let refused = |refusal| refused(refusal, id);
    let content = match action {
        "ListAccessKeys" => Some(list(&keys.all())),
        "CreateAccessKey" => Some(created(&keys.create().map_err(refused)?)),
        "GetAccessKeyLastUsed" => {
            let all = keys.all();
            let key = all.iter().find(|key| key.id == id);
            Some(last_used(key.ok_or_else(|| refused(Refusal::Unknown))?))
        }
        "UpdateAccessKey" => {
            keys.set_active(id, is_active(form)?).map_err(refused)?;
            None
        }
        _ => {
            keys.delete(id).map_err(refused)?;
            None
        }
    };
    Ok(Service::Iam.xml(action, content.as_deref()))
}

/// Without a name, the user that signs is meant; a role has none. The account has no other user.
fn of_the_user(caller: &Caller, action: &str, form: &Form) -> Result<(), Failure> {
    match (form.get("UserName").map(String::as_str), caller) {
        (Some(USER), _) | (None, Caller::User) => Ok(()),
        // It names its key, and IAM finds the user.
        (None, Caller::Session(_)) if action == "GetAccessKeyLastUsed" => Ok(()),
        (None, Caller::Session(_)) => Err(Failure::new(
            400,
            "ValidationError",
            "Must specify userName when calling with non-User credentials",
        )),
        (Some(other), _) => Err(Failure::new(
            404,
            "NoSuchEntity",
            format!("The user with name {other} cannot be found."),
        )),
    }
}

fn is_active(form: &Form) -> Result<bool, Failure> {
    match form.get("Status").map(String::as_str) {
        Some("Active") => Ok(true),
        Some("Inactive") => Ok(false),
        other => Err(Failure::constraint(
            "status",
            other.unwrap_or_default(),
            "satisfy enum value set: [Active, Inactive]",
        )),
    }
}

fn refused(refusal: Refusal, id: &str) -> Failure {
    match refusal {
        Refusal::TooMany => Failure::new(
            409,
            "LimitExceeded",
            "Cannot exceed quota for AccessKeysPerUser: 2",
        ),
        Refusal::Unknown => Failure::new(
            404,
            "NoSuchEntity",
            format!("The Access Key with id {id} cannot be found."),
        ),
        Refusal::File(error) => {
            tracing::error!(%error, "the account was not written");
            let message = "The sandbox cannot write to its folder.";
            Failure::new(500, "ServiceFailure", message)
        }
    }
}

fn list(keys: &[Key]) -> String {
    let members: Vec<String> = keys
        .iter()
        .map(|key| format!("<member>{}</member>", about(key)))
        .collect();
    let members = members.concat();
    format!(
        "<UserName>{USER}</UserName><IsTruncated>false</IsTruncated><AccessKeyMetadata>{members}</AccessKeyMetadata>"
    )
}

fn created(key: &Key) -> String {
    let secret = escaped(&key.secret);
    format!(
        "<AccessKey>{}<SecretAccessKey>{secret}</SecretAccessKey></AccessKey>",
        about(key)
    )
}

fn about(key: &Key) -> String {
    let status = if key.is_active { "Active" } else { "Inactive" };
    format!(
        "<UserName>{USER}</UserName><AccessKeyId>{}</AccessKeyId><Status>{status}</Status><CreateDate>{}</CreateDate>",
        key.id,
        whole_seconds(key.made_at)
    )
}

/// A key that was never used has no date.
fn last_used(key: &Key) -> String {
    let (region, service, date) = match &key.last_use {
        Some(last) => (
            REGION,
            last.service.as_str(),
            format!("<LastUsedDate>{}</LastUsedDate>", whole_seconds(last.at)),
        ),
        None => ("N/A", "N/A", String::new()),
    };
    format!(
        "<UserName>{USER}</UserName><AccessKeyLastUsed><Region>{region}</Region>{date}\
         <ServiceName>{service}</ServiceName></AccessKeyLastUsed>"
    )
}

fn whole_seconds(at: Timestamp) -> String {
    format!("{at:.0}")
}
