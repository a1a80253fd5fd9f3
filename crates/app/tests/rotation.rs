//! Another key in the place of the old one, and what is left when that is interrupted.

mod desk;

use std::time::Duration;

use app::{Code, Destination, KeyPresence, LastUse, OldKey, OtherKeyRole, Remedy};
use desk::{Desk, soon};
use sandbox::{Fault, Operation, documents};
use secrecy::ExposeSecret;

/// The id in a keychain entry.
fn id_in(desk: &Desk, entry: &str) -> Option<String> {
    let value = desk.keychain.get(entry).ok()?;
    let (id, _) = value.expose_secret().split_once('\n')?;
    Some(id.to_owned())
}

fn ends(id: &str) -> String {
    id[id.len() - 4..].to_owned()
}

fn in_entry(desk: &Desk, destination: &Destination) -> String {
    id_in(desk, destination.id.as_str()).expect("a key")
}

/// The new key is being proved.
async fn sts_was_asked(desk: &Desk) {
    let asked = || {
        desk.sandbox
            .counts()
            .requests_of(Operation::GetCallerIdentity)
    };
    while asked() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn connected() -> (Desk, Destination) {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    (desk, destination)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_key_is_used_from_then_on_and_the_old_one_is_inactive_until_it_is_deleted() {
    let (desk, destination) = connected().await;
    let id = &destination.id;
    let before = in_entry(&desk, &destination);
    let outlook = desk.app.rotation_outlook(id).await.expect("told");
    assert_eq!(outlook.ends, destination.key.ends);
    assert!(outlook.made_at.is_some() && outlook.other.is_none());
    let known = desk.app.key_state(id).await.expect("known");
    assert_eq!(known.made_at, outlook.made_at, "its true age stays known");

    let rotated = desk.app.rotate_key(id, None).await.expect("replaced");
    let after = in_entry(&desk, &destination);
    assert_eq!(rotated.ends, ends(&after));
    assert_eq!(rotated.old_ends, Some(ends(&before)));
    assert_eq!(rotated.still_active, None);
    assert_eq!(
        desk.sandbox.user_keys(),
        [(before.clone(), false), (after.clone(), true)]
    );
    let known = desk.app.key_state(id).await.expect("known");
    assert_eq!(known.presence, KeyPresence::InKeychain);
    assert_eq!(
        (known.ends, known.old_ends),
        (ends(&after), Some(ends(&before)))
    );
    desk.app.sign_in(id, None).await.expect("signed in with it");

    desk.app.delete_old_key(id).await.expect("deleted");
    assert_eq!(desk.sandbox.user_keys(), [(after, true)]);
    let known = desk.app.key_state(id).await.expect("known");
    assert_eq!((known.next_ends, known.old_ends), (None, None));
    desk.app.delete_old_key(id).await.expect("nothing to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn destinations_that_share_a_key_get_the_new_one_together_and_others_keep_theirs() {
    let (desk, destination) = connected().await;
    let id = &destination.id;
    let twin = desk.app.duplicate_destination(id).await.expect("made");
    let outlook = desk.app.rotation_outlook(id).await.expect("told");
    assert_eq!(outlook.shared_with, [&*twin.name]);
    let rotated = desk.app.rotate_key(id, None).await.expect("replaced");
    assert_eq!(rotated.shared_with, [&*twin.name]);
    for each in [&destination, &twin] {
        assert_eq!(ends(&in_entry(&desk, each)), rotated.ends);
        let known = desk.app.key_state(&each.id).await.expect("known");
        assert_eq!(known.presence, KeyPresence::InKeychain);
        desk.app.sign_in(&each.id, None).await.expect("signed in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_that_aws_does_not_know_yet_is_waited_for() {
    let desk = Desk::with(|options| {
        options.sts.made_key_known_after = Some(Duration::from_secs(3));
    })
    .await;
    let destination = desk.connect(|_| {}).await;
    let rotated = desk.app.rotate_key(&destination.id, None).await;
    assert_eq!(rotated.expect("replaced").still_active, None);
    let asked = desk
        .sandbox
        .counts()
        .requests_of(Operation::GetCallerIdentity);
    assert!(asked >= 2, "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_that_aws_never_comes_to_know_leaves_the_old_one_in_use_and_is_taken_up_later() {
    let desk = Desk::with(|options| {
        options.sts.made_key_known_after = Some(Duration::from_secs(4));
    })
    .await;
    let destination = desk.connect(|_| {}).await;
    let id = &destination.id;
    let before = in_entry(&desk, &destination);
    let turned = async {
        sts_was_asked(&desk).await;
        desk.clock.turn(Duration::from_secs(61));
    };
    let (refused, ()) = tokio::join!(desk.app.rotate_key(id, None), turned);
    assert_eq!(refused.expect_err("unproved").code, Code::RotationUnproved);
    assert_eq!(in_entry(&desk, &destination), before);
    desk.app.sign_in(id, None).await.expect("the old one works");
    let state = desk.app.key_state(id).await.expect("known");
    assert!(state.next_ends.is_some(), "the new one waits");
    let outlook = desk.app.rotation_outlook(id).await.expect("told");
    assert_eq!(outlook.other.expect("it").role, OtherKeyRole::Begun);

    let rotated = desk.app.rotate_key(id, None).await.expect("replaced");
    assert_eq!(Some(rotated.ends), state.next_ends);
    let made = desk
        .sandbox
        .counts()
        .requests_of(Operation::CreateAccessKey);
    assert_eq!(made, 1, "no third key");
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_a_new_key_can_be_stopped() {
    let desk = Desk::with(|options| {
        options.sts.made_key_known_after = Some(Duration::from_hours(1));
    })
    .await;
    let id = desk.connect(|_| {}).await.id;
    let stop = async {
        sts_was_asked(&desk).await;
        desk.app.stop_rotation();
    };
    let both = async { tokio::join!(desk.app.rotate_key(&id, None), stop) };
    let (stopped, ()) = soon("it stops", both).await;
    assert_eq!(stopped.expect_err("stopped").code, Code::RotationStopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_key_that_may_be_in_use_is_not_touched_and_a_spare_one_goes_after_a_yes() {
    let (desk, destination) = connected().await;
    let id = &destination.id;
    // Somebody else's work: the answer is lost here, so nobody has the secret.
    let lost = Fault::LoseAnswer;
    desk.sandbox
        .faults()
        .next(Operation::CreateAccessKey, 1, lost);
    let failure = desk.app.rotate_key(id, None).await.expect_err("lost");
    assert_eq!(failure.code, Code::Offline);
    let outlook = desk.app.rotation_outlook(id).await.expect("told");
    let spare = outlook.other.expect("the lost one");
    assert_eq!(
        (spare.role, spare.last_use),
        (OtherKeyRole::Spare, LastUse::Never)
    );
    let unasked = desk.app.rotate_key(id, None).await.expect_err("two");
    assert_eq!(unasked.code, Code::RotationTwoKeys);
    let another = desk.app.rotate_key(id, Some("XXXX")).await;
    assert_eq!(another.expect_err("not that").code, Code::RotationTwoKeys);
    let rotated = desk.app.rotate_key(id, Some(&spare.ends)).await;
    let rotated = rotated.expect("replaced");
    assert_ne!(rotated.ends, spare.ends);

    // The old one, used and active again: an administrator's wish.
    let (old, _) = desk.sandbox.user_keys().swap_remove(0);
    desk.sandbox.activate_key(&old);
    desk.keychain
        .remove(&format!("{}.old", id.as_str()))
        .expect("forgotten here");
    let outlook = desk.app.rotation_outlook(id).await.expect("told");
    assert_eq!(outlook.other.expect("it").role, OtherKeyRole::InUse);
    let refused = desk.app.rotate_key(id, Some(&ends(&old))).await;
    assert_eq!(refused.expect_err("kept").code, Code::RotationTwoKeys);
    assert_eq!(desk.sandbox.user_keys().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_replace_its_key_is_told_so_with_the_policy_for_the_administrator() {
    let desk = Desk::with(|options| options.user_policy = Some(documents::user_policy())).await;
    let id = desk.connect(|_| {}).await.id;
    let denied = desk.app.rotation_outlook(&id).await.expect_err("denied");
    assert_eq!(denied.code, Code::RotationDenied);
    assert_eq!(denied.code.remedy(), Remedy::AskAdministrator);
    let letter =
        desk.app
            .administrator_letter(&id, app::LetterAbout::OwnKeys, app::Language::English);
    let letter = letter.expect("a text");
    assert!(letter.contains("iam:CreateAccessKey"), "{letter}");
    assert!(letter.contains(&documents::user_arn()), "{letter}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_not_be_made_inactive_is_said_to_be_active_still() {
    let mut policy = documents::user_policy_with_own_keys();
    let actions = policy["Statement"][1]["Action"].as_array_mut();
    actions
        .expect("actions")
        .retain(|action| action != "iam:UpdateAccessKey");
    let desk = Desk::with(|options| options.user_policy = Some(policy)).await;
    let id = desk.connect(|_| {}).await.id;
    let rotated = desk.app.rotate_key(&id, None).await.expect("replaced");
    let why = rotated.still_active.expect("still active");
    assert_eq!(why.code, Code::RotationDenied);
    desk.app.sign_in(&id, None).await.expect("with the new one");
    desk.app.delete_old_key(&id).await.expect("that it may");
    assert_eq!(desk.sandbox.user_keys().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_no_iam_is_said_and_nothing_changes() {
    let (desk, destination) = connected().await;
    for (fault, code) in [
        (Fault::fail(400, "InvalidAction"), Code::IamRefused),
        (Fault::Html { status: 200 }, Code::AnswerNotUnderstood),
    ] {
        desk.sandbox
            .faults()
            .next(Operation::ListAccessKeys, 1, fault);
        let refused = desk.app.rotate_key(&destination.id, None).await;
        assert_eq!(refused.expect_err("refused").code, code);
    }
    assert_eq!(desk.sandbox.user_keys().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_a_key_takes_what_its_replacement_left_with_it() {
    let (desk, destination) = connected().await;
    let id = &destination.id;
    desk.app.rotate_key(id, None).await.expect("replaced");
    let old = format!("{}.old", id.as_str());
    assert!(id_in(&desk, &old).is_some());
    desk.app.forget_key(id).await.expect("removed");
    assert_eq!(id_in(&desk, &old), None);
    assert_eq!(id_in(&desk, id.as_str()), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_key_that_stayed_active_is_made_inactive_by_the_next_try_and_no_third_key_is_made() {
    let (desk, destination) = connected().await;
    let id = &destination.id;
    let fault = Fault::fail(503, "ServiceUnavailable");
    let faults = desk.sandbox.faults();
    faults.next(Operation::UpdateAccessKey, 10, fault);
    let rotated = desk.app.rotate_key(id, None).await.expect("replaced");
    assert!(rotated.still_active.is_some());
    faults.clear();
    let other = desk.app.rotation_outlook(id).await.expect("told").other;
    assert_eq!(other.expect("the old one").role, OtherKeyRole::Replaced);
    let again = desk.app.rotate_key(id, None).await.expect("ended");
    assert_eq!(
        (&again.ends, &again.old_ends),
        (&rotated.ends, &rotated.old_ends)
    );
    assert_eq!(again.still_active, None);
    assert!(!desk.sandbox.user_keys()[0].1, "inactive now");
    let made = desk
        .sandbox
        .counts()
        .requests_of(Operation::CreateAccessKey);
    assert_eq!(made, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_another_process_rotated_is_known_here_and_not_undone_by_an_edit() {
    let (desk, destination) = connected().await;
    let id = &destination.id;
    let other = desk.again();
    let rotated = other.rotate_key(id, None).await.expect("replaced");
    desk.app.sign_in(id, None).await.expect("with the new one");
    other.delete_old_key(id).await.expect("deleted");
    let rotated_again = other.rotate_key(id, None).await.expect("replaced");
    assert_ne!(rotated.ends, rotated_again.ends);
    desk.edit(id).await;
    let known = desk.app.key_state(id).await.expect("known");
    assert_eq!(known.presence, KeyPresence::InKeychain);
    assert_eq!(known.ends, rotated_again.ends);
    desk.app.sign_in(id, None).await.expect("signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_removed_while_it_is_rotated_does_not_come_back() {
    let desk = Desk::with(|options| {
        options.sts.made_key_known_after = Some(Duration::from_hours(1));
    })
    .await;
    let id = desk.connect(|_| {}).await.id;
    let remove = async {
        sts_was_asked(&desk).await;
        desk.app.forget_key(&id).await.expect("removed");
    };
    let both = async { tokio::join!(desk.app.rotate_key(&id, None), remove) };
    let (stopped, ()) = Box::pin(soon("it stops", both)).await;
    assert_eq!(stopped.expect_err("stopped").code, Code::RotationStopped);
    for entry in ["", ".next", ".old"] {
        assert_eq!(id_in(&desk, &format!("{}{entry}", id.as_str())), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_key_that_iam_does_not_list_is_forgotten_and_not_called_deleted() {
    let (desk, destination) = connected().await;
    let id = &destination.id;
    desk.app.rotate_key(id, None).await.expect("replaced");
    // As it is when another user's key was entered since.
    let stranger = "AKIAIOSFODNN7ANOTHER\nwJalrXUtnFEMI/K7MDENG/bPxRfiCY";
    let old = format!("{}.old", id.as_str());
    let value = secrecy::SecretString::from(stranger.to_owned());
    desk.keychain.set(&old, &value).expect("written");
    let forgotten = desk.app.delete_old_key(id).await.expect("done");
    assert_eq!(forgotten, OldKey::NotListed);
    assert_eq!(id_in(&desk, &old), None);
    assert_eq!(desk.sandbox.user_keys().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_not_called_a_wrong_secret() {
    let (desk, destination) = connected().await;
    desk.clock.set_wall(jiff::SignedDuration::from_mins(20));
    let fault = Fault::fail(403, "SignatureDoesNotMatch");
    desk.sandbox
        .faults()
        .next(Operation::CreateAccessKey, 1, fault);
    let refused = desk.app.rotate_key(&destination.id, None).await;
    assert_eq!(refused.expect_err("refused").code, Code::ClockOff);
}
