//! A set-up as code. No form of it makes the access key: its secret would end in a state file or a log.

mod cloudformation;
mod policies;
mod script;
mod terraform;

use super::Setup;

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Export {
    /// A template of CloudFormation's, in JSON.
    CloudFormation,
    /// A configuration of Terraform's.
    Terraform,
    /// A shell script of aws-cli calls; a second run changes nothing that is right.
    AwsCli,
    /// The policies by themselves, as Markdown.
    Policies,
}

impl Export {
    /// All, in the order above.
    pub const ALL: &[Self] = &[
        Self::CloudFormation,
        Self::Terraform,
        Self::AwsCli,
        Self::Policies,
    ];
}

/// The text. `account` is 12 digits, and needed by the policies alone: the others ask whoever runs them.
pub fn export(setup: &Setup, form: Export, account: Option<&str>) -> String {
    match form {
        Export::CloudFormation => cloudformation::template(setup),
        Export::Terraform => terraform::configuration(setup),
        Export::AwsCli => script::script(setup),
        Export::Policies => policies::text(setup, account.unwrap_or("ACCOUNT")),
    }
}

/// Puts each text in the place of its name. What a text holds is not looked at again.
fn filled(template: &str, texts: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('@') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let text = texts.iter().find(|(name, _)| rest.starts_with(name));
        let (name, text) = text.copied().unwrap_or(("@", "@"));
        filled.push_str(text);
        rest = &rest[name.len()..];
    }
    filled + rest
}
