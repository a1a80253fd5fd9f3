//! What a server answers in S3's place: to a listing, and to an examination's probes.

#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use bucket::{Addressing, BucketName, Folder, Listing, Target};
use fuzz::Answering;
use libfuzzer_sys::fuzz_target;
use secrecy::SecretString;

const BUCKET: &str = "field-recordings";
const REGION: &str = "ap-northeast-1";

static SERVER: LazyLock<Answering> = LazyLock::new(Answering::start);

fuzz_target!(|input: &[u8]| {
    SERVER.give(input);
    let _ = fuzz::briefly(listed());
    let mut told = 0;
    let _ = fuzz::briefly(examined(&mut told));
    assert!(
        told <= account::Check::ALL.len() * 2,
        "each check is told of: {told}"
    );
});

async fn listed() -> Result<bucket::Page, bucket::Error> {
    let target = Target {
        bucket: BucketName::new(BUCKET).expect("a name"),
        region: REGION.to_owned(),
        endpoint: Some(SERVER.endpoint()),
        addressing: Addressing::default(),
    };
    let [id, secret, token] = values();
    let time_left = || Duration::from_hours(1);
    let access = bucket::Access::new(
        id,
        SecretString::from(secret),
        SecretString::from(token),
        time_left,
    );
    let folder = Folder::new("incoming").expect("a folder");
    Listing::new(&target, access)
        .page(&folder, false, None)
        .await
}

async fn examined(told: &mut usize) -> Result<(), account::Silence> {
    let target = account::Target {
        bucket: BUCKET.to_owned(),
        prefix: "incoming/".to_owned(),
        region: REGION.to_owned(),
        endpoint: Some(SERVER.endpoint()),
        is_path_style: true,
        is_fips: false,
        is_dual_stack: false,
        kms_key: None,
        storage_class: None,
        tagging: None,
        reads: true,
    };
    let [access_key_id, secret_access_key, session_token] = values().map(SecretString::from);
    let access = account::Access {
        access_key_id,
        secret_access_key,
        session_token,
    };
    account::examine(&target, &access, None, |_| *told += 1).await
}

fn values() -> [String; 3] {
    [
        "ASIAIOSFODNN7EXAMPLE",
        "a secret that opens nothing",
        "a token",
    ]
    .map(str::to_owned)
}
