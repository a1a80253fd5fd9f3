use crate::client::{assume, bytes, code, signed_in, start};
use sandbox::{Fault, Operation};
use std::time::{Duration, Instant};

const BUCKET: &str = "s3-fs-example-bucket";
const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn a_request_fails_with_the_chosen_status_and_code_as_often_as_asked() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let put = || {
        client
            .put_object()
            .bucket(BUCKET)
            .key("a")
            .body(bytes(MIB).into())
            .send()
    };
    running
        .sandbox
        .faults()
        .next_after(Operation::PutObject, 1, 2, Fault::fail(503, "SlowDown"));
    put().await.unwrap();
    assert_eq!(code(put().await), (503, "SlowDown".into()));
    assert_eq!(code(put().await), (503, "SlowDown".into()));
    put().await.unwrap();
    running.sandbox.faults().next(
        Operation::AssumeRole,
        1,
        Fault::fail(403, "RegionDisabledException"),
    );
    assert_eq!(
        code(assume(&running.sandbox).send().await),
        (403, "RegionDisabledException".into())
    );
    assert_eq!(
        running.sandbox.counts().requests_of(Operation::PutObject),
        4
    );
    assert_eq!(
        running.sandbox.counts().requests_of(Operation::AssumeRole),
        2
    );
}

#[tokio::test]
async fn a_connection_is_cut_in_the_middle_of_a_body() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    running.sandbox.faults().next(
        Operation::PutObject,
        1,
        Fault::Cut {
            after_bytes: MIB as u64,
        },
    );
    let put = || {
        client
            .put_object()
            .bucket(BUCKET)
            .key("a")
            .body(bytes(16 * MIB).into())
            .send()
    };
    assert_eq!(code(put().await).0, 0, "there is no answer");
    assert!(running.sandbox.objects().unwrap().is_empty());
    let read = running.sandbox.counts().body_bytes_of(Operation::PutObject);
    assert!(read >= MIB as u64 && read < 4 * MIB as u64, "{read}");
    put().await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_leaves_the_request_carried_out() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    running
        .sandbox
        .faults()
        .next(Operation::Any, 1, Fault::LoseAnswer);
    let put = client
        .put_object()
        .bucket(BUCKET)
        .key("a")
        .body(bytes(10).into())
        .send()
        .await;
    assert_eq!(code(put).0, 0);
    assert_eq!(running.sandbox.read_object("a").unwrap(), bytes(10));

    let create = client
        .create_multipart_upload()
        .bucket(BUCKET)
        .key("b")
        .send()
        .await
        .unwrap();
    let part = || {
        let part = client
            .upload_part()
            .bucket(BUCKET)
            .key("b")
            .upload_id(create.upload_id().unwrap());
        part.part_number(1).body(bytes(10).into()).send()
    };
    running
        .sandbox
        .faults()
        .next(Operation::UploadPart, 1, Fault::LoseAnswer);
    assert_eq!(code(part().await).0, 0);
    part().await.unwrap();
    let counts = running.sandbox.counts();
    assert!(counts.parts[0].accepted && !counts.parts[0].answered);
    assert!(
        counts.parts_sent_again().is_empty(),
        "what was not confirmed may come again"
    );
    part().await.unwrap();
    assert_eq!(running.sandbox.counts().parts_sent_again().len(), 1);
}

#[tokio::test]
async fn html_comes_in_the_place_of_xml() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    running
        .sandbox
        .faults()
        .next(Operation::ListObjectsV2, 1, Fault::Html { status: 200 });
    running
        .sandbox
        .faults()
        .next(Operation::AssumeRole, 1, Fault::Html { status: 502 });
    client
        .list_objects_v2()
        .bucket(BUCKET)
        .send()
        .await
        .unwrap_err();
    assert_eq!(code(assume(&running.sandbox).send().await).0, 502);
    client
        .list_objects_v2()
        .bucket(BUCKET)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn requests_are_delayed_and_bodies_slowed() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let faults = running.sandbox.faults();
    let timed = async |size: usize| {
        let begun = Instant::now();
        client
            .put_object()
            .bucket(BUCKET)
            .key("a")
            .body(bytes(size).into())
            .send()
            .await
            .unwrap();
        begun.elapsed()
    };
    faults.next(
        Operation::PutObject,
        1,
        Fault::Delay(Duration::from_millis(300)),
    );
    assert!(timed(10).await >= Duration::from_millis(300));
    faults.set_delay(Duration::from_millis(200));
    assert!(timed(10).await >= Duration::from_millis(200));
    faults.set_delay(Duration::ZERO);
    faults.set_bandwidth(Some(4 * MIB as u64));
    let slowed = timed(2 * MIB).await;
    assert!(
        slowed >= Duration::from_millis(450) && slowed < Duration::from_secs(3),
        "{slowed:?}"
    );
    faults.clear();
    timed(2 * MIB).await;
}
