//! Opens the app and hands each command on.

use std::io::BufRead;
use std::process::ExitCode;
use std::sync::Arc;

use app::{
    App, Code, Destination, Failure, Folder, Home, Language, LetterAbout, Rights, SessionView,
    Surroundings, SystemClock, SystemKeychain,
};
use serde::Serialize;

use crate::arguments::{Arguments, Command, Letter, SignIn};
use crate::say::{self, Voice};
use crate::{
    account, connect, credential_process, destinations, examine, exit, keys, list, manual, network,
    past, put, sandbox, status, support, verify,
};

pub(crate) async fn run(arguments: Arguments) -> ExitCode {
    // Whoever reads that command's standard output expects one object only, and none when it fails.
    let is_for_a_program = matches!(arguments.command, Command::CredentialProcess(_));
    let voice = if arguments.json && !is_for_a_program {
        Voice::Json
    } else {
        Voice::Words
    };
    if let Some(code) = manual::written(&arguments.command) {
        return code;
    }
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
        Command::Destination { command } => destinations::destination(&app, command, voice).await,
        Command::Key { command } => keys::key(&app, command, voice).await,
        Command::Account { command } => account::account(&app, command, voice).await,
        Command::Profiles => destinations::profiles(&app, voice).await,
        Command::CredentialProcess(arguments) => {
            credential_process::credential_process(&app, &arguments).await
        }
        Command::SignIn(arguments) => prove(&app, &arguments, voice).await,
        Command::Examine(arguments) => examine::examine(&app, &arguments, voice).await,
        Command::Letter(arguments) => letter(&app, &arguments, voice).await,
        Command::Put(arguments) => put::put(&app, arguments, voice).await,
        Command::Resume(arguments) => put::resume(&app, &arguments, voice).await,
        Command::Ls(arguments) => list::list(&app, &arguments, voice).await,
        Command::Status => status::status(&app, voice).await,
        Command::Support => Ok(support::support(&app, voice).await),
        Command::Drops(arguments) => past::drops(&app, &arguments, voice).await,
        Command::Receipts(arguments) => past::receipts(&app, &arguments).await,
        Command::Verify(arguments) => verify::verify(&app, &arguments, voice).await,
        Command::Abandoned(arguments) => past::abandoned(&app, &arguments, voice).await,
        Command::Network(arguments) => network::network(&app, arguments, voice).await,
        Command::Sandbox(_) | Command::Completions { .. } | Command::Manual { .. } => {
            unreachable!("handled above, without an app")
        }
    }
}

/// Signs in for the length of this command, for what lies below the destination's own folder.
pub(crate) async fn sign_in(app: &App, arguments: &SignIn) -> Result<Destination, Failure> {
    sign_in_for(app, arguments, None).await
}

/// Signs in for the length of this command. A folder outside of the destination's needs all that the role may.
pub(crate) async fn sign_in_for(
    app: &App,
    arguments: &SignIn,
    folder: Option<&Folder>,
) -> Result<Destination, Failure> {
    let destination = app.destination_named(arguments.destination.as_deref())?;
    begin(app, arguments, &destination, folder).await?;
    Ok(destination)
}

async fn begin(
    app: &App,
    arguments: &SignIn,
    destination: &Destination,
    folder: Option<&Folder>,
) -> Result<SessionView, Failure> {
    let code = arguments.mfa_code_stdin.then(line_of_input);
    let is_outside =
        folder.is_some_and(|folder| !folder.as_str().starts_with(destination.prefix.as_str()));
    let rights = if is_outside {
        Rights::WholeRole
    } else {
        Rights::Destination
    };
    let signed_in = app
        .sign_in_with(&destination.id, code.as_deref(), rights)
        .await?;
    for news in signed_in.news {
        eprintln!("sandglass: {}", say::news(news, &destination.name));
    }
    Ok(signed_in.session)
}

/// The text for the administrator; what it is about is found out by signing in.
async fn letter(app: &App, arguments: &Letter, voice: Voice) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct LetterObject {
        letter: String,
    }
    let destination = app.destination_named(arguments.sign_in.destination.as_deref())?;
    let asked = if arguments.about_key {
        app.rotation_outlook(&destination.id).await.map(drop)
    } else {
        let signed_in = begin(app, &arguments.sign_in, &destination, None).await;
        signed_in.map(drop)
    };
    let language = if arguments.ja {
        Language::Japanese
    } else {
        Language::English
    };
    // A sign-in that failed for a reason of this computer's is that reason.
    if let Err(failure) = &asked
        && failure.remedy() != app::Remedy::AskAdministrator
    {
        return Err(failure.clone());
    }
    let about = match asked {
        _ if arguments.about_key => LetterAbout::OwnKeys,
        // What is refused then is refused in the bucket.
        Ok(()) => LetterAbout::Bucket,
        Err(_) => LetterAbout::SignIn,
    };
    let object = LetterObject {
        letter: app.administrator_letter(&destination.id, about, language)?,
    };
    voice.say(&object, || object.letter.clone());
    Ok(ExitCode::from(exit::DONE))
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
    let SessionView::Running {
        length, ends_at, ..
    } = begin(app, arguments, &destination, None).await?
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
