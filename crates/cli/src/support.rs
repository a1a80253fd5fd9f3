//! `support`: what goes to whoever helps.

use std::process::ExitCode;

use app::App;
use serde::Serialize;

use crate::exit;
use crate::say::Voice;

#[derive(Debug, Serialize)]
struct Support {
    text: String,
}

pub(crate) async fn support(app: &App, voice: Voice) -> ExitCode {
    let said = Support {
        text: app.support_text(&[]).await,
    };
    voice.say(&said, || said.text.trim_end().to_owned());
    ExitCode::from(exit::DONE)
}
