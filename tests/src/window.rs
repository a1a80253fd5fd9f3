//! The built window, looked into by `WebDriver`. Clicks and drags of a real mouse ([`crate::display`]) work at the same time.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::display::{Display, Point};
use crate::keyring::PrivateBus;
use crate::leash::Leash;
use crate::place::{built, free_port};
use crate::wait::until_async;

/// For what a person would not wait longer for, on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);
const START: Duration = Duration::from_mins(1);

/// The title bar says this.
const TITLE: &str = "^Sandglass";

/// One start of `sandglass-window` and the driver that looks into it: a driver serves one session in its life.
///
/// Parts are named by their `data-part` attribute.
pub struct Window {
    client: Client,
    /// `WebKitWebDriver` and, as its offspring, the window.
    driver: Leash,
    id: String,
    display: String,
}

impl Window {
    /// Starts the window with this `SANDGLASS_HOME`; returns when its page has content.
    pub async fn open(
        display: &Display,
        bus: &PrivateBus,
        home: &Path,
        arguments: &[&str],
    ) -> Self {
        Self::open_with(display, bus, home, arguments, &[]).await
    }

    /// [`Window::open`], with more in its environment: another language, another theme.
    pub async fn open_with(
        display: &Display,
        bus: &PrivateBus,
        home: &Path,
        arguments: &[&str],
        env: &[(&str, &str)],
    ) -> Self {
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        bus.give_to(command.arg(format!("--port={port}")));
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_"))
        {
            command.env_remove(name);
        }
        command
            .env("DISPLAY", display.name())
            .env("SANDGLASS_HOME", home)
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(env.iter().copied());
        command.stdin(Stdio::null());
        let driver = Leash::start_with_offspring(&mut command);
        let client = begin(port, arguments).await;
        let id = display.wait_for_window(TITLE, START);
        let window = Self {
            client,
            driver,
            id,
            display: display.name().to_owned(),
        };
        window.wait_for("body *", START).await;
        window
    }

    /// Waits for the part to be there and seen.
    pub async fn find(&self, part: &str) -> Element {
        self.wait_for(&selector(part), DEADLINE).await
    }

    /// Waits for the first element of a CSS selector to be there and seen.
    pub async fn wait_for(&self, css: &str, deadline: Duration) -> Element {
        until_async(&format!("the window shows {css}"), deadline, async || {
            let element = self.client.find(Locator::Css(css)).await.ok()?;
            element.is_displayed().await.ok()?.then_some(element)
        })
        .await
    }

    /// Waits until no element of the selector is left.
    pub async fn wait_until_gone(&self, css: &str, deadline: Duration) {
        until_async(&format!("{css} leaves the window"), deadline, async || {
            let left = self.client.find_all(Locator::Css(css)).await.ok()?;
            left.is_empty().then_some(())
        })
        .await;
    }

    /// Waits until the part's text contains `words`; gives the whole text.
    pub async fn wait_for_text(&self, part: &str, words: &str, deadline: Duration) -> String {
        until_async(&format!("{part} says {words:?}"), deadline, async || {
            let texts = self.texts(part).await;
            texts.into_iter().find(|text| text.contains(words))
        })
        .await
    }

    /// Clicks the part, as soon as it can be clicked.
    pub async fn click(&self, part: &str) {
        self.click_on(&selector(part)).await;
    }

    /// [`Window::click`], by CSS selector.
    pub async fn click_on(&self, css: &str) {
        // The page may draw the element anew between finding and clicking.
        until_async(&format!("{css} can be clicked"), DEADLINE, async || {
            self.client
                .find(Locator::Css(css))
                .await
                .ok()?
                .click()
                .await
                .ok()
        })
        .await;
    }

    /// Clicks what closes the window: the answer to the click may go with it, so whoever calls looks whether it closed.
    pub async fn click_to_close(&self, part: &str) {
        let button = self.find(part).await;
        let _ = button.click().await;
    }

    /// Empties the field and types.
    pub async fn type_into(&self, part: &str, text: &str) {
        until_async(&format!("{part} takes text"), DEADLINE, async || {
            let field = self.client.find(Locator::Css(&selector(part))).await.ok()?;
            field.clear().await.ok()?;
            field.send_keys(text).await.ok()
        })
        .await;
    }

    /// The part's text, as soon as it is there.
    pub async fn text(&self, part: &str) -> String {
        until_async(&format!("{part} has a text"), DEADLINE, async || {
            self.client
                .find(Locator::Css(&selector(part)))
                .await
                .ok()?
                .text()
                .await
                .ok()
        })
        .await
    }

    /// The texts of all elements of this part, now.
    pub async fn texts(&self, part: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self
            .client
            .find_all(Locator::Css(&selector(part)))
            .await
            .unwrap_or_default()
        {
            texts.extend(element.text().await);
        }
        texts
    }

    /// Runs JavaScript in the page: a function's body.
    pub async fn execute(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute(script, arguments)
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs JavaScript whose last argument is a callback.
    pub async fn execute_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute_async(script, arguments)
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The middle of the part on the display, for a real mouse.
    pub async fn place_of(&self, display: &Display, part: &str) -> Point {
        self.place_of_css(display, &selector(part)).await
    }

    /// [`Window::place_of`], by CSS selector.
    pub async fn place_of_css(&self, display: &Display, css: &str) -> Point {
        let element = self.wait_for(css, DEADLINE).await;
        let (x, y, width, height) = element
            .rectangle()
            .await
            .expect("a shown element has a place");
        let corner = display.geometry(&self.id).corner;
        Point {
            x: corner.x + pixel(x + width / 2.0),
            y: corner.y + pixel(y + height / 2.0),
        }
    }

    /// Its X window.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The `WebDriver` client, for what is not here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Ends the session, and the window with it.
    pub async fn close(self) -> Result<(), CmdError> {
        self.client.clone().close().await
    }

    /// As `kill -9` of the window, in the middle of whatever it does.
    pub fn kill_9(mut self) {
        self.driver.kill_9();
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if std::thread::panicking() {
            Display::last_look(&self.display);
        }
    }
}

async fn begin(port: u16, arguments: &[&str]) -> Client {
    let options = json!({"binary": built("sandglass-window"), "args": arguments});
    let capabilities = Capabilities::from_iter([("webkitgtk:browserOptions".to_owned(), options)]);
    let address = format!("http://127.0.0.1:{port}");
    until_async("the WebDriver listens", DEADLINE, async || {
        tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .ok()
    })
    .await;
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let client = builder.capabilities(capabilities).connect(&address).await;
    client.unwrap_or_else(|error| panic!("the window did not open for the WebDriver: {error}"))
}

fn selector(part: &str) -> String {
    format!("[data-part=\"{part}\"]")
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a display is some thousand pixels wide"
)]
fn pixel(length: f64) -> i32 {
    length.round() as i32
}
