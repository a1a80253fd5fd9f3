//! A destination's access key: its age, whether it is there, and how it goes.

mod desk;

use std::time::Duration;

use app::{
    Code, DropRequest, EndCause, Event, KeyPresence, OnConflict, Remedy, RowState, SessionView,
};
use desk::{Desk, soon};
use jiff::SignedDuration;
use secrecy::SecretString;

const DAY: Duration = Duration::from_hours(24);

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_old_when_it_has_been_here_for_more_than_ninety_days_and_a_new_one_begins_anew() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let id = &destination.id;
    let fresh = desk.app.key_state(id).await.expect("known");
    assert_eq!(fresh.ends, destination.key.ends);
    assert_eq!(fresh.presence, KeyPresence::InKeychain);
    assert_eq!(fresh.stored_since, destination.key.since);
    assert_eq!((fresh.days_here, fresh.is_old), (Some(0), false));

    desk.clock
        .turn(90 * DAY + Duration::from_secs(24 * 3600 - 1));
    let not_yet = desk.app.key_state(id).await.expect("known");
    assert_eq!((not_yet.days_here, not_yet.is_old), (Some(90), false));
    desk.clock.turn(Duration::from_secs(1));
    let old = desk.app.key_state(id).await.expect("known");
    assert_eq!((old.days_here, old.is_old), (Some(91), true));
    assert_eq!(old.stored_since, fresh.stored_since);
    assert_eq!(desk.asked(), 0, "nobody signed in for that");

    desk.connect_again(id).await;
    let new = desk.app.key_state(id).await.expect("known");
    assert_eq!((new.days_here, new.is_old), (Some(0), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_clock_that_was_set_back_makes_no_key_old() {
    let desk = Desk::with(|_| {}).await;
    let id = desk.connect(|_| {}).await.id;
    desk.clock.set_wall(SignedDuration::from_hours(-24 * 400));
    let state = desk.app.key_state(&id).await.expect("known");
    assert_eq!((state.days_here, state.is_old), (Some(0), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_gone_and_one_that_another_program_wrote_are_told_apart() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let entry = destination.id.as_str();
    let good = desk.keychain.get(entry).expect("the key");
    for other in [
        "no access key",
        "AKIAIOSFODNN7ANOTHER\nwJalrXUtnFEMI/K7MDENG",
    ] {
        let other = SecretString::from(other.to_owned());
        desk.keychain.set(entry, &other).expect("written");
        let state = desk.app.key_state(&destination.id).await.expect("known");
        assert_eq!(state.presence, KeyPresence::Changed);
        assert_eq!(
            state.stored_since, None,
            "nobody knows since when that is there"
        );
        assert_eq!(state.ends, destination.key.ends);
    }
    desk.keychain.remove(entry).expect("removed");
    let state = desk.app.key_state(&destination.id).await.expect("known");
    assert_eq!(state.presence, KeyPresence::Gone);
    desk.keychain.set(entry, &good).expect("written");
    let state = desk.app.key_state(&destination.id).await.expect("known");
    assert_eq!(state.presence, KeyPresence::InKeychain);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_removed_ends_the_session_and_its_rows_go_on_once_a_key_is_there_again() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let id = &destination.id;
    let mut events = desk.watching().await;
    desk.app.sign_in(id, None).await.expect("signed in");
    desk.sandbox.faults().set_bandwidth(Some(1024 * 1024));
    let file = desk.folder().join("survey.tar");
    std::fs::write(&file, vec![7; 20 * 1024 * 1024]).expect("write");
    let dropped = DropRequest {
        destination: id.clone(),
        folder: None,
        paths: vec![file],
        on_conflict: OnConflict::Ask,
        rules: None,
    };
    desk.app.add_files(dropped).expect("added");
    seen("it is being sent", &mut events, |event| {
        matches!(event, Event::RowsChanged(rows) if rows.iter().any(|row| matches!(row.state, RowState::Sending)))
    })
    .await;

    desk.app.forget_key(id).await.expect("removed");
    seen("the session ends", &mut events, |event| {
        let user = SessionView::Ended {
            cause: EndCause::User,
        };
        matches!(event, Event::Session { session, .. } if *session == user)
    })
    .await;
    assert!(desk.keychain.get(id.as_str()).is_err(), "the entry went");
    assert_eq!(desk.app.destinations().len(), 1, "the destination stays");
    let asked = desk.asked();
    let missing = desk.app.sign_in(id, None).await.expect_err("no key");
    assert_eq!(missing.code, Code::AccessKeyMissing);
    assert_eq!(missing.remedy(), Remedy::EnterKeyAgain);
    assert_eq!(desk.asked(), asked, "there was nothing to ask with");
    assert_eq!(desk.app.open_rows().await.expect("readable").len(), 1);
    // Once more is no error.
    desk.app.forget_key(id).await.expect("nothing to remove");

    desk.connect_again(id).await;
    desk.sandbox.faults().set_bandwidth(None);
    desk.app.sign_in(id, None).await.expect("signed in again");
    seen("the file is stored", &mut events, |event| {
        matches!(event, Event::RowsChanged(rows) if rows.iter().any(|row| matches!(row.state, RowState::Stored(_))))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_has_read_the_key_already_is_stopped_when_the_key_is_removed() {
    let desk = Desk::with(|options| {
        options.sts.key_known_after = Some(Duration::from_hours(1));
    })
    .await;
    let id = desk.connect(|form| form.is_key_new = true).await.id;
    let mut events = desk.watching().await;
    let (app, asked_for) = (desk.app.clone(), id.clone());
    let asking = tokio::spawn(async move { app.sign_in(&asked_for, None).await });
    seen("it waits for the new key", &mut events, |event| {
        let waits = SessionView::SigningIn {
            waits_for_new_key: true,
        };
        matches!(event, Event::Session { session, .. } if *session == waits)
    })
    .await;
    desk.app.forget_key(&id).await.expect("removed");
    let stopped = soon("it stops", asking).await.expect("no panic");
    assert_eq!(stopped.expect_err("stopped").code, Code::SignInStopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_a_duplicate_is_an_entry_of_its_own() {
    let desk = Desk::with(|_| {}).await;
    let first = desk.connect(|_| {}).await.id;
    let second = desk.app.duplicate_destination(&first).await.expect("two");
    desk.app.forget_key(&first).await.expect("removed");
    let state = desk.app.key_state(&second.id).await.expect("known");
    assert_eq!(state.presence, KeyPresence::InKeychain);
    desk.app.sign_in(&second.id, None).await.expect("signed in");
}

async fn seen(
    what: &str,
    events: &mut tokio::sync::mpsc::UnboundedReceiver<Event>,
    is_it: impl Fn(&Event) -> bool,
) {
    soon(what, async {
        while !is_it(&events.recv().await.expect("the app is there")) {}
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandboxs_own_key_comes_back_when_the_sandbox_is_tried_again() {
    let desk = Desk::with(|_| {}).await;
    let id = desk.app.try_sandbox().await.expect("it starts").id;
    desk.app.forget_key(&id).await.expect("removed");
    let missing = desk.app.sign_in(&id, None).await.expect_err("no key");
    assert_eq!(missing.code, Code::AccessKeyMissing);
    let again = desk.app.try_sandbox().await.expect("it runs");
    assert_eq!(again.id, id);
    desk.app.sign_in(&id, None).await.expect("signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_replacement_by_hand_died_between_keychain_and_settings_is_known() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let settings = desk.folder().join("home/settings.json");
    let text = std::fs::read_to_string(&settings).expect("settings");
    // As they are when the process dies there: the entry has the new key, the settings announce it.
    let ends = &destination.key.ends;
    let old = text.replace(
        &format!("\"key_ends\": \"{ends}\""),
        "\"key_ends\": \"OLDK\"",
    );
    let announced = format!("\"next_key\": {{ \"ends\": \"{ends}\", \"is_new\": true }}");
    let died = old.replace("\"next_key\": null", &announced);
    assert!(died.contains("OLDK") && died.contains(&announced), "{died}");
    std::fs::write(&settings, died).expect("written");
    let app = desk.again();
    app.sign_in(&destination.id, None).await.expect("signed in");
    let state = app.key_state(&destination.id).await.expect("known");
    assert_eq!(
        (state.presence, &state.ends),
        (KeyPresence::InKeychain, ends)
    );
}
