use crate::client::{assume, code, refusal, s3, session, sign_in, signed_in, start, sts, user};
use aws_credential_types::Credentials;
use sandbox::{Options, Sandbox, documents};
use std::time::{Duration, SystemTime};

const ROLE: &str = "arn:aws:sts::123456789012:assumed-role/sts-s3-example-role/sandglass";

#[tokio::test]
async fn signing_in_gives_a_session_that_says_when_it_ends() {
    let running = start(|_| ()).await;
    let answer = assume(&running.sandbox)
        .duration_seconds(900)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.assumed_role_user().unwrap().arn(), ROLE);
    let ends_at = SystemTime::try_from(*answer.credentials().unwrap().expiration()).unwrap();
    let length = ends_at.duration_since(SystemTime::now()).unwrap();
    assert!((895..=900).contains(&length.as_secs()), "{length:?}");

    let caller = sts(&running.sandbox, user(&running.sandbox))
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(
        caller.arn(),
        Some("arn:aws:iam::123456789012:user/sts-s3-upload-user")
    );
    assert_eq!(caller.account(), Some("123456789012"));
    let caller = sts(&running.sandbox, session(&answer))
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(caller.arn(), Some(ROLE));
}

#[tokio::test]
async fn a_wrong_access_key_is_refused_with_the_code_of_its_service() {
    let running = start(|_| ()).await;
    let address = running.sandbox.address();
    let wrong_secret = Credentials::new(&address.access_key_id, "x".repeat(40), None, None, "test");
    let unknown_key = Credentials::new("AKIAAAAAAAAAAAAAAAAA", "x".repeat(40), None, None, "test");
    let bucket = &address.bucket;

    let sts_answer = async |keys: &Credentials| {
        code(
            sts(&running.sandbox, keys.clone())
                .get_caller_identity()
                .send()
                .await,
        )
    };
    assert_eq!(
        sts_answer(&wrong_secret).await,
        (403, "SignatureDoesNotMatch".into())
    );
    assert_eq!(
        sts_answer(&unknown_key).await,
        (403, "InvalidClientTokenId".into())
    );

    let s3_answer = async |keys: &Credentials| {
        code(
            s3(&running.sandbox, keys.clone())
                .list_objects_v2()
                .bucket(bucket)
                .send()
                .await,
        )
    };
    assert_eq!(
        s3_answer(&wrong_secret).await,
        (403, "SignatureDoesNotMatch".into())
    );
    assert_eq!(
        s3_answer(&unknown_key).await,
        (403, "InvalidAccessKeyId".into())
    );
    let (status, code, message) = refusal(
        s3(&running.sandbox, user(&running.sandbox))
            .list_objects_v2()
            .bucket(bucket)
            .send()
            .await,
    );
    assert_eq!((status, code.as_str()), (403, "AccessDenied"));
    assert!(
        message.contains("user/sts-s3-upload-user is not authorized to perform: s3:ListBucket"),
        "{message}"
    );
}

#[tokio::test]
async fn a_session_of_two_seconds_is_expired_after_two_seconds() {
    let running = start(|options| options.session_seconds = Some(2)).await;
    let client = signed_in(&running.sandbox).await;
    let bucket = &running.sandbox.address().bucket;
    client
        .list_objects_v2()
        .bucket(bucket)
        .send()
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(2050)).await;
    assert_eq!(
        code(client.list_objects_v2().bucket(bucket).send().await),
        (400, "ExpiredToken".into())
    );
    // A body that nobody wants is read all the same, so that the answer arrives.
    let body = vec![0; 8 * 1024 * 1024].into();
    assert_eq!(
        code(
            client
                .put_object()
                .bucket(bucket)
                .key("a")
                .body(body)
                .send()
                .await
        ),
        (400, "ExpiredToken".into())
    );
}

#[tokio::test]
async fn ended_garbled_and_forgotten_sessions_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(Options::new(dir.path())).await.unwrap();
    let bucket = sandbox.address().bucket.clone();
    let keys = sign_in(&sandbox).await;
    let list = async |sandbox: &Sandbox, token: Option<&str>| {
        let token = token.map(str::to_owned);
        let keys = Credentials::new(
            keys.access_key_id(),
            keys.secret_access_key(),
            token,
            None,
            "test",
        );
        code(
            s3(sandbox, keys)
                .list_objects_v2()
                .bucket(&bucket)
                .send()
                .await,
        )
    };
    assert_eq!(
        list(&sandbox, Some("garbled")).await,
        (400, "InvalidToken".into())
    );
    assert_eq!(
        list(&sandbox, None).await,
        (403, "InvalidAccessKeyId".into())
    );
    sandbox.end_all_sessions();
    assert_eq!(
        list(&sandbox, keys.session_token()).await,
        (400, "ExpiredToken".into())
    );
    let (access_key, key) = (sandbox.address().access_key_id.clone(), "kept");
    sandbox.put_object(key, b"x").unwrap();
    sandbox.stop().await;

    let sandbox = Sandbox::start(Options::new(dir.path())).await.unwrap();
    assert_eq!(
        list(&sandbox, keys.session_token()).await,
        (400, "ExpiredToken".into())
    );
    assert_eq!(sandbox.address().access_key_id, access_key);
    assert_eq!(sandbox.read_object(key).unwrap(), b"x");
}

#[tokio::test]
async fn a_length_above_the_roles_is_refused() {
    let running = start(|options| options.max_session_seconds = 3600).await;
    let answer = refusal(assume(&running.sandbox).duration_seconds(7200).send().await);
    let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    assert_eq!(answer, (400, "ValidationError".into(), message.into()));
    assume(&running.sandbox)
        .duration_seconds(1)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn the_trust_policy_can_ask_for_an_external_id_or_a_second_factor() {
    let with_id =
        start(|o| o.trust_policy = Some(documents::trust_policy_with_external_id("green"))).await;
    assert_eq!(
        code(assume(&with_id.sandbox).send().await),
        (403, "AccessDenied".into())
    );
    assert_eq!(
        code(assume(&with_id.sandbox).external_id("blue").send().await),
        (403, "AccessDenied".into())
    );
    assume(&with_id.sandbox)
        .external_id("green")
        .send()
        .await
        .unwrap();

    let with_mfa = start(|o| o.trust_policy = Some(documents::trust_policy_with_mfa())).await;
    let mfa = |code: &str| {
        let serial = "arn:aws:iam::123456789012:mfa/phone";
        assume(&with_mfa.sandbox)
            .serial_number(serial)
            .token_code(code)
            .send()
    };
    assert_eq!(
        code(assume(&with_mfa.sandbox).send().await),
        (403, "AccessDenied".into())
    );
    let message = "MultiFactorAuthentication failed with invalid MFA one time pass code.";
    assert_eq!(
        refusal(mfa("000000").await),
        (403, "AccessDenied".into(), message.into())
    );
    mfa("123456").await.unwrap();
}

#[tokio::test]
async fn a_role_that_is_not_there_is_refused_like_one_that_does_not_trust() {
    let running = start(|_| ()).await;
    let other = "arn:aws:iam::123456789012:role/other";
    let answer = refusal(assume(&running.sandbox).role_arn(other).send().await);
    let message = format!(
        "User: arn:aws:iam::123456789012:user/sts-s3-upload-user is not authorized to perform: \
         sts:AssumeRole on resource: {other}"
    );
    assert_eq!(answer, (403, "AccessDenied".into(), message));
}

#[tokio::test]
async fn a_session_policy_narrows_the_session() {
    let running = start(|_| ()).await;
    let policy = r#"{"Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}}"#;
    let client = s3(
        &running.sandbox,
        session(
            &assume(&running.sandbox)
                .policy(policy)
                .send()
                .await
                .unwrap(),
        ),
    );
    let bucket = &running.sandbox.address().bucket;
    client
        .list_objects_v2()
        .bucket(bucket)
        .send()
        .await
        .unwrap();
    let (_, _, message) = refusal(client.put_object().bucket(bucket).key("a").send().await);
    assert!(
        message.ends_with("because no session policy allows the s3:PutObject action"),
        "{message}"
    );
    let answer = code(assume(&running.sandbox).policy("{").send().await);
    assert_eq!(answer, (400, "MalformedPolicyDocument".into()));
}

#[tokio::test]
async fn the_published_policy_uploads_and_denies_every_listing() {
    let running =
        start(|options| options.role_policy = Some(documents::published_role_policy())).await;
    let client = signed_in(&running.sandbox).await;
    let bucket = &running.sandbox.address().bucket;
    client
        .put_object()
        .bucket(bucket)
        .key("a")
        .send()
        .await
        .unwrap();
    let (status, code, message) = refusal(client.list_objects_v2().bucket(bucket).send().await);
    assert_eq!((status, code.as_str()), (403, "AccessDenied"));
    assert_eq!(
        message,
        format!(
            "User: {ROLE} is not authorized to perform: s3:ListBucket on resource: \
             \"arn:aws:s3:::s3-fs-example-bucket\" because no identity-based policy allows the s3:ListBucket action"
        )
    );
    let head = client
        .head_bucket()
        .bucket(bucket)
        .send()
        .await
        .unwrap_err();
    let answer = head.raw_response().unwrap();
    assert_eq!(answer.status().as_u16(), 403);
    assert_eq!(
        answer.headers().get("x-amz-bucket-region"),
        Some("ap-northeast-1")
    );

    running
        .sandbox
        .set_role_policy(documents::role_policy_under("photos/"));
    client
        .list_objects_v2()
        .bucket(bucket)
        .prefix("photos/2026/")
        .send()
        .await
        .unwrap();
    assert_eq!(
        refusal(client.list_objects_v2().bucket(bucket).send().await).0,
        403
    );
    assert_eq!(
        refusal(client.put_object().bucket(bucket).key("a").send().await).0,
        403
    );
    client
        .put_object()
        .bucket(bucket)
        .key("photos/a")
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_signature_for_another_region_says_which_is_right() {
    let running = start(|_| ()).await;
    let keys = sign_in(&running.sandbox).await;
    let elsewhere = s3(&running.sandbox, keys)
        .config()
        .to_builder()
        .region(aws_sdk_s3::config::Region::new("us-east-1"))
        .build();
    let client = aws_sdk_s3::Client::from_conf(elsewhere);
    let bucket = &running.sandbox.address().bucket;
    let (status, code, message) = refusal(client.list_objects_v2().bucket(bucket).send().await);
    assert_eq!(
        (status, code.as_str()),
        (400, "AuthorizationHeaderMalformed")
    );
    assert!(message.ends_with("expecting 'ap-northeast-1'"), "{message}");
}
