//! Clocks that are set, a computer that sleeps, warnings, and renewals that were asked for beforehand.

mod desk;

use std::time::Duration;

use app::{Code, DropRequest, EndCause, Event, OnConflict, SessionView};
use desk::{Desk, soon};
use jiff::SignedDuration;
use sandbox::{Fault, Operation, Options, documents};
use tokio::sync::mpsc::UnboundedReceiver;

const HOUR: Duration = Duration::from_hours(1);
/// The server tells whole seconds: its hour may end a part of one later than this one's.
const PAST_THE_END: Duration = Duration::from_mins(61);

async fn until<T>(
    what: &str,
    events: &mut UnboundedReceiver<Event>,
    is_it: impl Fn(&Event) -> Option<T>,
) -> T {
    soon(what, async {
        loop {
            let event = events.recv().await.expect("the app is there");
            if let Some(found) = is_it(&event) {
                return found;
            }
        }
    })
    .await
}

fn ended(event: &Event) -> Option<EndCause> {
    match event {
        Event::Session {
            session: SessionView::Ended { cause },
            ..
        } => Some(*cause),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_clock_that_is_set_neither_lengthens_nor_shortens_a_session() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let signed_in = desk.app.sign_in(&destination.id, None).await;
    let SessionView::Running { left, .. } = signed_in.expect("signed in") else {
        panic!("it runs");
    };
    for by in [
        SignedDuration::from_hours(1),
        SignedDuration::from_hours(-3),
    ] {
        desk.clock.set_wall(by);
        assert_eq!(desk.app.time_left(&destination.id), Some(left));
    }
    desk.clock.turn(Duration::from_mins(59));
    let left = desk.app.time_left(&destination.id).expect("it runs");
    assert!(left <= Duration::from_mins(1), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_signed_in_under_a_wrong_wall_clock_ends_by_the_servers() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    // Less than what would make the signature too old.
    desk.clock.set_wall(SignedDuration::from_mins(-4));
    desk.app
        .sign_in(&destination.id, None)
        .await
        .expect("signed in");
    let left = desk.app.time_left(&destination.id).expect("it runs");
    assert!(left > Duration::from_secs(3595) && left <= HOUR, "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sleep_is_told_at_once_after_waking_and_one_beyond_the_end_ends_the_session() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let mut events = desk.watching().await;
    desk.app
        .sign_in(&destination.id, None)
        .await
        .expect("signed in");
    desk.clock.turn(Duration::from_mins(40));
    let left = until("the time left is told", &mut events, |event| match event {
        Event::Session {
            session: SessionView::Running { left, .. },
            ..
        } if *left < Duration::from_mins(30) => Some(*left),
        _ => None,
    });
    assert!(left.await <= Duration::from_mins(20));
    desk.clock.turn(Duration::from_mins(40));
    let cause = until("the session has ended", &mut events, ended).await;
    assert_eq!(cause, EndCause::Time);
    assert_eq!(desk.app.time_left(&destination.id), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_announced_five_minutes_and_a_minute_before_each_once() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let mut events = desk.watching().await;
    desk.app
        .sign_in(&destination.id, None)
        .await
        .expect("signed in");
    let warning = |event: &Event| match event {
        Event::EndsSoon { left, .. } => Some(Some(*left)),
        other => ended(other).map(|_| None),
    };
    desk.clock.turn(Duration::from_secs(3310));
    let first = until("the first warning", &mut events, warning).await;
    assert!(
        first.is_some_and(|left| left <= Duration::from_mins(5)),
        "{first:?}"
    );
    desk.clock.turn(Duration::from_mins(4));
    let second = until("the second warning", &mut events, warning).await;
    assert!(
        second.is_some_and(|left| left <= Duration::from_mins(1)),
        "{second:?}"
    );
    desk.clock.turn(Duration::from_mins(1));
    assert_eq!(
        until("the end", &mut events, warning).await,
        None,
        "no third one"
    );
}

/// Sends something slowly, so that rows are open.
fn drop_a_big_file(desk: &Desk, destination: &app::Destination) {
    let file = desk.folder().join("survey.tar");
    std::fs::write(&file, vec![7; 12 << 20]).expect("write");
    desk.sandbox.faults().set_bandwidth(Some(1 << 20));
    let dropped = DropRequest {
        destination: destination.id.clone(),
        folder: None,
        paths: vec![file],
        on_conflict: OnConflict::Ask,
        rules: None,
    };
    desk.app.add_files(dropped).expect("added");
}

fn has_open_rows(event: &Event) -> Option<()> {
    match event {
        Event::Totals { totals, .. } => (totals.files > totals.files_stored).then_some(()),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_kept_up_is_renewed_until_its_rows_are_over_and_no_longer() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let id = &destination.id;
    let mut events = desk.watching().await;
    desk.app.sign_in(id, None).await.expect("signed in");
    drop_a_big_file(&desk, &destination);
    until("a row is open", &mut events, has_open_rows).await;
    desk.app.keep_renewing(id, true).expect("it runs");
    desk.clock.turn(Duration::from_mins(56));
    soon("it is renewed", async {
        while desk.app.time_left(id).is_none_or(|left| left < HOUR / 2) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(desk.asked(), 2);
    desk.sandbox.faults().set_bandwidth(None);
    until(
        "the word is taken back when all is stored",
        &mut events,
        |event| match event {
            Event::Session {
                session:
                    SessionView::Running {
                        keeps_renewing,
                        is_renewing,
                        ..
                    },
                ..
            } => (!keeps_renewing && !is_renewing).then_some(()),
            _ => None,
        },
    )
    .await;
    desk.clock.turn(PAST_THE_END);
    let cause = until("the session ends as any other", &mut events, ended).await;
    assert_eq!(cause, EndCause::Time);
    assert_eq!(desk.asked(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_finds_no_server_is_tried_again_and_only_then_the_end_is_announced() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let id = &destination.id;
    let mut events = desk.watching().await;
    desk.app.sign_in(id, None).await.expect("signed in");
    drop_a_big_file(&desk, &destination);
    until("a row is open", &mut events, has_open_rows).await;
    desk.app.keep_renewing(id, true).expect("it runs");
    // One renewal's three questions.
    let cut = Fault::Cut { after_bytes: 0 };
    desk.sandbox.faults().next(Operation::AssumeRole, 3, cut);
    desk.clock.turn(Duration::from_mins(56));
    let mut was_announced = false;
    let told = until("the renewal is tried", &mut events, |event| match event {
        Event::EndsSoon { .. } => Some(None),
        Event::Failed {
            destination,
            failure,
        } => Some(Some((destination.clone(), failure.code))),
        _ => None,
    });
    assert_eq!(
        told.await,
        Some((Some(id.clone()), Code::Offline)),
        "nothing was announced before, and it is told whose it is"
    );
    soon("it is renewed", async {
        while desk.app.time_left(id).is_none_or(|left| left < HOUR / 2) {
            was_announced |= matches!(events.try_recv(), Ok(Event::EndsSoon { .. }));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
    assert!(was_announced, "as long as it did not work");
    assert_eq!(desk.asked(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_persons_word_nothing_is_renewed_and_with_one_time_codes_it_is_not_offered() {
    let with_mfa = |options: &mut Options| {
        options.trust_policy = Some(documents::trust_policy_with_mfa());
    };
    let desk = Desk::with(with_mfa).await;
    let serial = "arn:aws:iam::123456789012:mfa/sts-s3-upload-user";
    let destination = desk
        .connect(|form| serial.clone_into(&mut form.mfa_serial))
        .await;
    let signed_in = desk.app.sign_in(&destination.id, Some("123456")).await;
    signed_in.expect("signed in");
    let refused = desk.app.keep_renewing(&destination.id, true);
    assert_eq!(refused.expect_err("refused").code, Code::MfaMissing);
    let mut events = desk.watching().await;
    desk.clock.turn(PAST_THE_END);
    until("it ends", &mut events, ended).await;
    assert_eq!(desk.asked(), 1);
}
