//! The text for whoever helps.

mod desk;

use desk::Desk;
use secrecy::ExposeSecret;

#[tokio::test(flavor = "multi_thread")]
async fn the_text_tells_settings_states_and_failures_and_no_secret() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let id = &destination.id;
    desk.app.sign_in(id, None).await.expect("signed in");
    let session = desk.app.session_output(id).expect("a session");
    let text = desk.app.support_text(&["web view 2.50".to_owned()]).await;
    for told in [
        "web view 2.50",
        "## Destination Sandbox",
        destination.target.bucket.as_str(),
        destination.role_arn.as_str(),
        &format!("access key …{}", destination.key.ends),
        "session: runs, ",
        "certificates: the platform's",
        "The log cannot be read",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
    let address = desk.sandbox.address();
    for secret in [
        address.secret_access_key.as_str(),
        address.access_key_id.as_str(),
        session.access_key_id.expose_secret(),
        session.secret_access_key.expose_secret(),
        session.session_token.expose_secret(),
    ] {
        assert!(!text.contains(secret), "a secret is in it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_is_saved_for_its_owner_only_and_a_place_that_takes_none_is_named() {
    let desk = Desk::with(|_| {}).await;
    let to = desk.folder().join("support.md");
    desk.app.save_support_text("# told\n", &to).expect("saved");
    assert_eq!(std::fs::read_to_string(&to).expect("read"), "# told\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&to).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let nowhere = desk.folder().join("no/such/support.md");
    let failed = desk
        .app
        .save_support_text("", &nowhere)
        .expect_err("no folder");
    assert_eq!(failed.code, app::Code::FileUnwritable);
    assert_eq!(failed.about, "support.md");
}
