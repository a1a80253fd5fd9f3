//! IAM, as far as a user needs it to replace the own key.

use aws_credential_types::Credentials;
use aws_sdk_iam::types::{AccessKey, StatusType};
use sandbox::{Options, Sandbox, documents};

use crate::client::{assume, code, iam, session, start, sts, user};

fn credentials(key: &AccessKey) -> Credentials {
    Credentials::new(
        key.access_key_id(),
        key.secret_access_key(),
        None,
        None,
        "test",
    )
}

async fn create(sandbox: &Sandbox) -> AccessKey {
    let client = iam(sandbox, user(sandbox));
    let created = client.create_access_key().send().await.unwrap();
    created.access_key.unwrap()
}

async fn is_known(sandbox: &Sandbox, key: Credentials) -> bool {
    match sts(sandbox, key).get_caller_identity().send().await {
        Ok(_) => true,
        refused => {
            assert_eq!(code(refused), (403, "InvalidClientTokenId".into()));
            false
        }
    }
}

#[tokio::test]
async fn a_new_key_works_beside_the_old_one_until_that_is_inactive_and_then_gone() {
    let running = start(|_| ()).await;
    let sandbox = &running.sandbox;
    let old = user(sandbox);
    let key = create(sandbox).await;
    assert_eq!(key.secret_access_key().len(), 40);
    assert_eq!(key.status(), &StatusType::Active);
    let new = credentials(&key);
    for each in [&old, &new] {
        let caller = sts(sandbox, each.clone())
            .get_caller_identity()
            .send()
            .await;
        assert_eq!(caller.unwrap().arn(), Some(documents::user_arn().as_str()));
    }
    let client = iam(sandbox, new.clone());
    let update = client
        .update_access_key()
        .access_key_id(old.access_key_id());
    update.status(StatusType::Inactive).send().await.unwrap();
    assert!(!is_known(sandbox, old.clone()).await);
    let listed = client.list_access_keys().send().await.unwrap();
    let states: Vec<_> = listed
        .access_key_metadata()
        .iter()
        .map(|key| key.status().unwrap())
        .collect();
    assert_eq!(states, [&StatusType::Inactive, &StatusType::Active]);
    let delete = client
        .delete_access_key()
        .access_key_id(old.access_key_id());
    delete.send().await.unwrap();
    let listed = client.list_access_keys().send().await.unwrap();
    assert_eq!(listed.access_key_metadata().len(), 1);
    let again = client
        .delete_access_key()
        .access_key_id(old.access_key_id());
    assert_eq!(code(again.send().await), (404, "NoSuchEntity".into()));
}

#[tokio::test]
async fn a_user_has_two_keys_at_most() {
    let running = start(|_| ()).await;
    create(&running.sandbox).await;
    let third = iam(&running.sandbox, user(&running.sandbox))
        .create_access_key()
        .send()
        .await;
    assert_eq!(code(third), (409, "LimitExceeded".into()));
}

#[tokio::test]
async fn the_last_use_is_told_and_a_key_that_was_never_used_has_none() {
    let running = start(|_| ()).await;
    let sandbox = &running.sandbox;
    let key = create(sandbox).await;
    let client = iam(sandbox, user(sandbox));
    let last_used = async |id: &str| {
        let answer = client
            .get_access_key_last_used()
            .access_key_id(id)
            .send()
            .await;
        answer.unwrap().access_key_last_used.unwrap()
    };
    let never = last_used(key.access_key_id()).await;
    assert_eq!(
        (never.last_used_date(), never.service_name()),
        (None, "N/A")
    );
    assert!(is_known(sandbox, credentials(&key)).await);
    let used = last_used(key.access_key_id()).await;
    assert!(used.last_used_date().is_some());
    assert_eq!(used.service_name(), "sts");
}

#[tokio::test]
async fn who_may_not_replace_keys_is_told_so() {
    let running = start(|options| options.user_policy = Some(documents::user_policy())).await;
    let client = iam(&running.sandbox, user(&running.sandbox));
    let denied = client
        .create_access_key()
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert_eq!(
        denied.meta().message(),
        Some(
            "User: arn:aws:iam::123456789012:user/sts-s3-upload-user is not authorized to perform: iam:CreateAccessKey on \
             resource: \"arn:aws:iam::123456789012:user/sts-s3-upload-user\" because no identity-based policy allows the \
             iam:CreateAccessKey action"
        )
    );
    // A role has no keys of its own.
    let answer = assume(&running.sandbox).send().await.unwrap();
    let listed = iam(&running.sandbox, session(&answer))
        .list_access_keys()
        .send()
        .await;
    assert_eq!(code(listed), (400, "ValidationError".into()));
}

#[tokio::test]
async fn keys_survive_a_restart_and_a_folder_with_one_key_is_still_read() {
    let dir = tempfile::tempdir().unwrap();
    let old = r#"{"access_key_id": "AKIAAAAAAAAAAAAAAAAA", "secret_access_key": "0123456789012345678901234567890123456789",
        "user_id": "AIDA", "role_id": "AROA", "role_policy": {}, "trust_policy": {}, "user_policy": {}}"#;
    std::fs::write(dir.path().join("account.json"), old).unwrap();
    let options = || Options {
        user_policy: Some(documents::user_policy_with_own_keys()),
        role_policy: Some(documents::role_policy()),
        trust_policy: Some(documents::trust_policy()),
        ..Options::new(dir.path())
    };
    let sandbox = Sandbox::start(options()).await.unwrap();
    assert_eq!(sandbox.address().access_key_id, "AKIAAAAAAAAAAAAAAAAA");
    let key = create(&sandbox).await;
    sandbox.stop().await;
    let sandbox = Sandbox::start(options()).await.unwrap();
    assert!(is_known(&sandbox, credentials(&key)).await);
    let file = std::fs::read_to_string(dir.path().join("account.json")).unwrap();
    assert!(file.contains(key.secret_access_key()));
}

#[tokio::test]
async fn a_new_key_is_unknown_for_a_while_where_that_is_wanted() {
    let running = start(|options| {
        options.sts.made_key_known_after = Some(std::time::Duration::from_millis(300));
    })
    .await;
    let sandbox = &running.sandbox;
    let key = create(sandbox).await;
    assert!(!is_known(sandbox, credentials(&key)).await);
    while !is_known(sandbox, credentials(&key)).await {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
