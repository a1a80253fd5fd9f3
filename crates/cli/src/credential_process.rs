//! `credential-process`: a session in the form that the AWS CLI and the SDKs read from their `credential_process`.
//!
//! The only place that prints a session. Standard output carries that object and nothing else, ever; a question for the
//! one-time code goes to the terminal, a failure to standard error.

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Write};
use std::process::ExitCode;

use app::{App, Destination, Failure};
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::arguments::SignIn;
use crate::exit;
use crate::run::line_of_input;

#[cfg(unix)]
const TERMINAL: (&str, &str) = ("/dev/tty", "/dev/tty");
#[cfg(windows)]
const TERMINAL: (&str, &str) = ("CONIN$", "CONOUT$");

/// "Sourcing credentials with an external process", AWS SDKs and Tools reference guide.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Credentials<'a> {
    version: u8,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: &'a str,
    expiration: String,
}

pub(crate) async fn credential_process(app: &App, arguments: &SignIn) -> Result<ExitCode, Failure> {
    let destination = app.destination_named(arguments.destination.as_deref())?;
    let code = if arguments.mfa_code_stdin {
        Some(line_of_input())
    } else {
        ask_the_terminal(&destination)
    };
    app.sign_in(&destination.id, code.as_deref()).await?;
    let session = app.session_output(&destination.id)?;
    let credentials = Credentials {
        version: 1,
        access_key_id: session.access_key_id.expose_secret(),
        secret_access_key: session.secret_access_key.expose_secret(),
        session_token: session.session_token.expose_secret(),
        expiration: session.ends_at.to_string(),
    };
    // These types always serialise.
    let line = serde_json::to_string(&credentials).unwrap_or_default();
    // Who closed the pipe does not want it.
    let _ = writeln!(io::stdout(), "{line}");
    Ok(ExitCode::from(exit::DONE))
}

/// Only where the role asks for a code. The caller holds standard input and output; without a terminal there is no code, and
/// the sign-in says so.
fn ask_the_terminal(destination: &Destination) -> Option<String> {
    destination.mfa_serial.as_ref()?;
    let answer = OpenOptions::new().read(true).open(TERMINAL.0).ok()?;
    let mut question = OpenOptions::new().write(true).open(TERMINAL.1).ok()?;
    write!(question, "One-time code for {}: ", destination.name).ok()?;
    question.flush().ok()?;
    let mut line = String::new();
    BufReader::new(answer).read_line(&mut line).ok()?;
    Some(line.trim().to_owned()).filter(|code| !code.is_empty())
}
