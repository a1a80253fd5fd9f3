//! Signing in, with the clock in hand: one question at a time, codes that are used up, keys that are new, sessions that are
//! narrowed.

mod desk;

use std::time::Duration;

use app::{Code, Event, Folder, SessionOptions, SessionView};
use desk::Desk;
use sandbox::{Options, documents};

const SERIAL: &str = "arn:aws:iam::123456789012:mfa/sts-s3-upload-user";

fn with_mfa(options: &mut Options) {
    options.trust_policy = Some(documents::trust_policy_with_mfa());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sign_ins_at_the_same_time_share_one_code_and_one_answer() {
    let desk = Desk::with(with_mfa).await;
    let destination = desk
        .connect(|form| SERIAL.clone_into(&mut form.mfa_serial))
        .await;
    let (one, other) = tokio::join!(
        desk.app.sign_in(&destination.id, Some("123456")),
        desk.app.sign_in(&destination.id, Some("123456")),
    );
    assert_eq!(one.expect("signed in"), other.expect("the same answer"));
    assert_eq!(desk.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_never_sent_twice_and_an_old_one_is_forgotten() {
    let desk = Desk::with(with_mfa).await;
    let destination = desk
        .connect(|form| SERIAL.clone_into(&mut form.mfa_serial))
        .await;
    let refused = desk.app.sign_in(&destination.id, Some("000000")).await;
    assert_eq!(refused.expect_err("refused").code, Code::MfaRefused);
    let again = desk.app.sign_in(&destination.id, Some("000 000")).await;
    assert_eq!(again.expect_err("refused here").code, Code::MfaCodeUsed);
    assert_eq!(
        desk.asked(),
        1,
        "the second one did not leave this computer"
    );
    desk.clock.turn(Duration::from_secs(90));
    let later = desk.app.sign_in(&destination.id, Some("000000")).await;
    assert_eq!(later.expect_err("refused").code, Code::MfaRefused);
    assert_eq!(desk.asked(), 2);
}

/// A key that never becomes known.
fn unknown(options: &mut Options) {
    options.sts.key_known_after = Some(Duration::from_hours(1));
}

async fn until_it_waits(events: &mut tokio::sync::mpsc::UnboundedReceiver<Event>) {
    let waits = async {
        loop {
            if let Some(Event::Session { session, .. }) = events.recv().await
                && session
                    == (SessionView::SigningIn {
                        waits_for_new_key: true,
                    })
            {
                return;
            }
        }
    };
    let soon = tokio::time::timeout(Duration::from_secs(30), waits);
    soon.await.expect("it says that it waits for the key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_waited_for_a_minute_and_the_waiting_can_be_stopped() {
    let desk = Desk::with(unknown).await;
    let destination = desk.connect(|form| form.is_key_new = true).await;
    let mut events = desk.watching().await;
    let app = desk.app.clone();
    let id = destination.id.clone();
    let asking = tokio::spawn(async move { app.sign_in(&id, None).await });
    until_it_waits(&mut events).await;
    desk.app.cancel_sign_in(&destination.id);
    let stopped = asking.await.expect("no panic").expect_err("stopped");
    assert_eq!(stopped.code, Code::SignInStopped);

    let app = desk.app.clone();
    let id = destination.id.clone();
    let asking = tokio::spawn(async move { app.sign_in(&id, None).await });
    until_it_waits(&mut events).await;
    desk.clock.turn(Duration::from_mins(1));
    let refused = asking
        .await
        .expect("no panic")
        .expect_err("a minute is over");
    assert_eq!(refused.code, Code::AccessKeyUnknown);

    // Ten minutes after it was typed in, it is as old as any other.
    desk.clock.turn(Duration::from_mins(10));
    let asked = desk.asked();
    let refused = desk.app.sign_in(&destination.id, None).await;
    assert_eq!(refused.expect_err("unknown").code, Code::AccessKeyUnknown);
    assert_eq!(desk.asked(), asked + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_narrowed_to_its_folder_unless_the_person_wants_the_whole_role() {
    let desk = Desk::with(|_| {}).await;
    let narrowed = desk
        .connect(|form| "incoming/".clone_into(&mut form.prefix))
        .await;
    let whole = desk
        .connect(|form| {
            "Whole".clone_into(&mut form.name);
            "incoming/".clone_into(&mut form.prefix);
            form.session = SessionOptions {
                is_whole_role: true,
                ..SessionOptions::default()
            };
        })
        .await;
    for id in [&narrowed.id, &whole.id] {
        desk.app.sign_in(id, None).await.expect("signed in");
    }
    let (inside, outside) = (
        Folder::new("incoming/").expect("a folder"),
        Folder::new("elsewhere/").expect("a folder"),
    );
    for id in [&narrowed.id, &whole.id] {
        desk.app
            .list(id, &inside, false, None)
            .await
            .expect("its own");
    }
    let refused = desk.app.list(&narrowed.id, &outside, false, None).await;
    assert_eq!(refused.expect_err("narrowed").code, Code::ListingDenied);
    let listed = desk.app.list(&whole.id, &outside, false, None).await;
    assert!(listed.is_ok(), "the role may");
}
