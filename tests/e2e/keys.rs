//! The access key: the keychain, a wrong secret, the CSV file; no secret stays in the page.

use sandbox::{Fault, Operation};
use serde_json::{Value, json};
use testkit::destination::Destination;
use testkit::files::write;
use testkit::line::Line;
use testkit::wait::until;
use testkit::web_memory;
use testkit::window::Window;

use crate::dialogs::choose;
use crate::stage::{SOON, Stage, destination, fill, fill_target, objects};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typed_secret_leaves_the_page_and_never_comes_back() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let to = destination(&sandbox, "Field recordings");
    let window = stage.window().await;
    fill(&window, &to).await;
    // It fails, so that the form stays.
    window.type_into("field-bucket", "Not A Bucket").await;
    window.click("connect-submit").await;
    window.find("why-bucket").await;
    stage.picture(&window, "form-bad-bucket").await;
    assert!(
        !holds(&window, &to.secret_access_key).await,
        "the form keeps it"
    );
    window.type_into("field-bucket", &to.bucket).await;
    window
        .type_into("field-secret", &to.secret_access_key)
        .await;
    assert!(
        holds(&window, &to.secret_access_key).await,
        "this looks into fields"
    );
    window.click("connect-submit").await;
    window.find("end-session").await;
    assert!(!holds(&window, &to.secret_access_key).await);
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_a_key_from_the_consoles_csv_file_nor_a_session_enters_the_pages_processes() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let mut to = destination(&sandbox, "Field recordings");
    let address = to.endpoint.trim_start_matches("http://").parse();
    let line = Line::to(address.expect("an address"));
    to.sts_endpoint = line.endpoint();
    let csv = stage.folder("downloads").join("accessKeys.csv");
    let (id, secret) = (&to.access_key_id, &to.secret_access_key);
    let text = format!("\u{feff}Access key ID,Secret access key\r\n{id},{secret}\r\n");
    write(&csv, text.as_bytes());
    let window = stage.window().await;
    fill_target(&window, &to).await;
    choose(&stage, &window, "choose-key-file", &csv).await;
    window
        .wait_for_text("key-file", "accessKeys.csv", SOON)
        .await;
    stage.picture(&window, "form-key-file").await;
    window.click("connect-submit").await;
    window.find("end-session").await;
    // The page is not asked about a secret before this: the question would bring it there.
    let home = stage.home();
    assert!(web_memory::holds(&home, &to.role_arn), "it looks there");
    assert!(!web_memory::holds(&home, id), "the whole id");
    let secrets = |at_least: usize| {
        let given = line.session_secrets();
        assert!(given.len() >= at_least, "the line heard STS and IAM");
        [vec![secret.clone()], given].concat()
    };
    assert!(!web_memory::give_away(&home, &secrets(2)), "signed in");
    // A failure, an upload, and another key.
    let folder = stage.folder("letters");
    write(&folder.join("grain.txt"), b"sand");
    let fault = Fault::fail(403, "AccessDenied");
    sandbox.faults().next(Operation::PutObject, 1, fault);
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    window.wait_for("[data-code=\"uploadDenied\"]", SOON).await;
    stage.drag_all(&from, &window);
    until("it is stored", SOON, || {
        (!objects(&sandbox).is_empty()).then_some(())
    });
    for press in [
        "destination-switcher",
        "access-key",
        "key-rotate",
        "rotation-submit",
    ] {
        window.click(press).await;
    }
    window.find("rotation-done").await;
    assert!(!web_memory::give_away(&home, &secrets(4)), "rotated");
    assert!(!holds(&window, secret).await, "the page holds the secret");
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_is_said_and_can_be_entered_again() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let to = destination(&sandbox, "Field recordings");
    let wrong = Destination {
        secret_access_key: to.secret_access_key.chars().rev().collect(),
        ..to.clone()
    };
    let window = stage.window().await;
    fill(&window, &wrong).await;
    window.click("connect-submit").await;
    let told = "[data-part=\"notice\"] [data-code=\"secretWrong\"]";
    window.wait_for(told, SOON).await;
    stage.picture(&window, "wrong-secret").await;
    window.click("remedy").await;
    window.find("connect-sheet").await;
    stage.picture(&window, "enter-key-again").await;
    let form = "[data-part=\"connect-sheet\"] [data-part=\"connect-form\"]";
    window.wait_for(form, SOON).await;
    window.type_into("field-keyId", &to.access_key_id).await;
    window
        .type_into("field-secret", &to.secret_access_key)
        .await;
    window.click("connect-submit").await;
    window.find("end-session").await;
    window.wait_until_gone(told, SOON).await;
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prompt_that_is_sent_away_is_said_and_the_keychain_unlocked() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let to = destination(&sandbox, "Field recordings");
    let window = stage.signed_in(&to).await;
    window.click("end-session").await;
    window.find("sign-in").await;

    stage.bus.lock();
    window.click("sign-in").await;
    // The keyring asks for its password; the person sends its prompt away.
    let prompt = stage
        .display
        .wait_for_window("^Unlock Login Keyring$", SOON);
    stage.display.screenshot("keychain-prompt");
    stage.display.raise(&prompt);
    stage.display.press("Escape");
    let told = "[data-part=\"notice\"] [data-code=\"keychainDismissed\"]";
    window.wait_for(told, SOON).await;
    stage.picture(&window, "keychain-locked").await;

    stage.bus.unlock();
    window.click("remedy").await;
    window.find("end-session").await;
    window.wait_until_gone(told, SOON).await;
    window.close().await.expect("the window closes");
}

/// Is the text anywhere in the page: in the document, in what its fields hold, in what it stores?
async fn holds(window: &Window, text: &str) -> bool {
    let everything = "const fields = [...document.querySelectorAll('input, textarea')].map((field) => field.value);
        return [document.documentElement.outerHTML, ...fields, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })].some((part) => part.includes(arguments[0]))";
    window.execute(everything, vec![json!(text)]).await == Value::Bool(true)
}
