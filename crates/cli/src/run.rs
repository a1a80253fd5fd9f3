//! Opens the app and hands each command on.

use std::io::BufRead;
use std::process::ExitCode;
use std::sync::Arc;

use app::{
    App, Code, Destination, Failure, Home, SessionView, Surroundings, SystemClock, SystemKeychain,
};
use serde::Serialize;

use crate::arguments::{Arguments, Command, SignIn};
use crate::say::Voice;
use crate::{connect, exit, list, network, past, put, sandbox, status, verify};

pub(crate) async fn run(arguments: Arguments) -> ExitCode {
    let voice = if arguments.json {
        Voice::Json
    } else {
        Voice::Words
    };
    match obey(arguments.command, voice).await {
        Ok(code) => code,
        Err(failure) => {
            voice.fail(&failure);
            exit::of(&failure)
        }
    }
}

async fn obey(command: Command, voice: Voice) -> Result<ExitCode, Failure> {
    let home = Home::open().map_err(|_| Failure {
        code: Code::SettingsFailed,
        about: String::new(),
    })?;
    // Without a log there is still an app.
    let _log = app::log_to(&home);
    if let Command::Sandbox(arguments) = command {
        return sandbox::sandbox(&home, arguments).await;
    }
    let keychain = Arc::new(SystemKeychain::new(home.keychain_service().to_owned()));
    let app = App::open(Surroundings {
        home,
        keychain,
        clock: Arc::new(SystemClock),
    })?;
    match command {
        Command::Connect(arguments) => connect::connect(&app, *arguments, voice).await,
        Command::SignIn(arguments) => prove(&app, &arguments, voice).await,
        Command::Put(arguments) => put::put(&app, arguments, voice).await,
        Command::Resume(arguments) => put::resume(&app, &arguments, voice).await,
        Command::Ls(arguments) => list::list(&app, &arguments, voice).await,
        Command::Status => status::status(&app, voice).await,
        Command::Drops(arguments) => past::drops(&app, &arguments, voice).await,
        Command::Receipts(arguments) => past::receipts(&app, &arguments).await,
        Command::Verify(arguments) => verify::verify(&app, &arguments, voice).await,
        Command::Abandoned(arguments) => past::abandoned(&app, &arguments, voice).await,
        Command::Network(arguments) => network::network(&app, arguments, voice).await,
        Command::Sandbox(_) => unreachable!("handled above, without an app"),
    }
}

/// Signs in for the length of this command.
pub(crate) async fn sign_in(app: &App, arguments: &SignIn) -> Result<Destination, Failure> {
    let destination = app.destination_named(arguments.destination.as_deref())?;
    let code = if arguments.mfa_code_stdin {
        Some(line_of_input())
    } else {
        None
    };
    app.sign_in(&destination.id, code.as_deref()).await?;
    Ok(destination)
}

/// One line of standard input, without its end; empty when there is none.
pub(crate) fn line_of_input() -> String {
    let mut line = String::new();
    let _ = std::io::stdin().lock().read_line(&mut line);
    line.trim_end_matches(['\r', '\n']).to_owned()
}

#[derive(Debug, Serialize)]
struct SessionObject {
    assumed_role: String,
    ends_at: String,
    session_seconds: u64,
}

async fn prove(app: &App, arguments: &SignIn, voice: Voice) -> Result<ExitCode, Failure> {
    let destination = app.destination_named(arguments.destination.as_deref())?;
    let code = if arguments.mfa_code_stdin {
        Some(line_of_input())
    } else {
        None
    };
    let SessionView::Running {
        length, ends_at, ..
    } = app.sign_in(&destination.id, code.as_deref()).await?
    else {
        return Err(Failure {
            code: Code::SessionEnded,
            about: String::new(),
        });
    };
    let object = SessionObject {
        assumed_role: app.assumed_role(&destination.id).unwrap_or_default(),
        ends_at: ends_at.to_string(),
        session_seconds: length.as_secs(),
    };
    voice.say(&object, || {
        format!(
            "{} until {} ({} s)",
            object.assumed_role, object.ends_at, object.session_seconds
        )
    });
    Ok(ExitCode::from(exit::DONE))
}
