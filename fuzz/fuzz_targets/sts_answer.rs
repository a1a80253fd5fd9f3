//! What a server answers in the place of STS and IAM: to a sign-in, and to questions about the user's own keys.

#![no_main]

use std::sync::LazyLock;

use fuzz::Answering;
use libfuzzer_sys::fuzz_target;
use secrecy::SecretString;
use session::{
    AccessKey, OwnKeys, Region, RoleArn, SessionLength, SessionName, SessionTags, SignIn,
    SystemClock,
};

static SERVER: LazyLock<Answering> = LazyLock::new(Answering::start);

static KEY: LazyLock<AccessKey> = LazyLock::new(|| {
    let secret = SecretString::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned());
    AccessKey::new("AKIAIOSFODNN7EXAMPLE", &secret).expect("a key")
});

static ASKED: LazyLock<SignIn> = LazyLock::new(|| SignIn {
    role_arn: RoleArn::new("arn:aws:iam::123456789012:role/up").expect("an ARN"),
    region: Region::new("ap-northeast-1").expect("a region"),
    endpoint: Some(SERVER.endpoint()),
    is_fips: false,
    is_dual_stack: false,
    network: None,
    length: SessionLength::new(3600).expect("a length"),
    external_id: None,
    mfa: None,
    session_name: SessionName::new("sandglass").expect("a name"),
    policy: None,
    tags: SessionTags::default(),
    source_identity: None,
});

fuzz_target!(|input: &[u8]| {
    SERVER.give(input);
    if let Some(Ok(granted)) = fuzz::briefly(session::sign_in(&ASKED, &KEY, &SystemClock)) {
        let shown = format!("{granted:?}");
        assert!(
            !shown.contains("SecretAccessKey"),
            "a session shows no secret"
        );
    }
    let _ = fuzz::briefly(OwnKeys::of(&ASKED, &KEY, &SystemClock).list());
});
