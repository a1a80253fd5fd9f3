use crate::client::{bytes, code, crc64_text, signed_in, start};
use aws_sdk_s3::Client;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart};

const BUCKET: &str = "s3-fs-example-bucket";
const MIB: usize = 1024 * 1024;

/// Begins an upload and sends its parts, ready to be completed.
pub(crate) async fn upload(
    client: &Client,
    key: &str,
    parts: &[Vec<u8>],
) -> (String, CompletedMultipartUpload) {
    let create = client.create_multipart_upload().bucket(BUCKET).key(key);
    let create = create
        .checksum_algorithm(ChecksumAlgorithm::Crc64Nvme)
        .checksum_type(ChecksumType::FullObject);
    let id = create.send().await.unwrap().upload_id().unwrap().to_owned();
    let mut completed = CompletedMultipartUpload::builder();
    for (number, part) in (1..).zip(parts) {
        let sum = crc64_text(part);
        let send = client
            .upload_part()
            .bucket(BUCKET)
            .key(key)
            .upload_id(&id)
            .part_number(number);
        let answer = send
            .checksum_crc64_nvme(&sum)
            .body(part.clone().into())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.checksum_crc64_nvme(), Some(sum.as_str()));
        let part = CompletedPart::builder()
            .part_number(number)
            .e_tag(answer.e_tag().unwrap());
        completed = completed.parts(part.checksum_crc64_nvme(sum).build());
    }
    (id, completed.build())
}

#[tokio::test]
async fn parts_become_one_object_with_the_crc_of_the_whole() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let parts = [bytes(5 * MIB), bytes(6 * MIB), bytes(1234)];
    let whole = parts.concat();
    let (id, completed) = upload(&client, "big/file", &parts).await;
    assert_eq!(
        running.sandbox.open_uploads().unwrap(),
        [("big/file".to_owned(), id.clone())]
    );
    let complete = || {
        client
            .complete_multipart_upload()
            .bucket(BUCKET)
            .key("big/file")
            .upload_id(&id)
    };
    let full = || {
        complete()
            .multipart_upload(completed.clone())
            .checksum_type(ChecksumType::FullObject)
    };
    let wrong_sum = full()
        .checksum_crc64_nvme(crc64_text(b"other"))
        .send()
        .await;
    assert_eq!(code(wrong_sum), (400, "BadDigest".into()));
    assert_eq!(
        code(full().mpu_object_size(1).send().await),
        (400, "InvalidRequest".into())
    );
    let size = i64::try_from(whole.len()).unwrap();
    let answer = full()
        .mpu_object_size(size)
        .checksum_crc64_nvme(crc64_text(&whole))
        .if_none_match("*")
        .send();
    let answer = answer.await.unwrap();
    assert_eq!(
        answer.checksum_crc64_nvme(),
        Some(crc64_text(&whole).as_str())
    );
    assert_eq!(answer.checksum_type(), Some(&ChecksumType::FullObject));
    assert!(answer.e_tag().unwrap().ends_with("-3\""));
    assert_eq!(running.sandbox.read_object("big/file").unwrap(), whole);
    assert_eq!(code(full().send().await), (404, "NoSuchUpload".into()));
    let counts = running.sandbox.counts();
    assert_eq!(counts.parts.len(), 3);
    assert!(counts.parts.iter().all(sandbox::ReceivedPart::is_confirmed));
    assert_eq!(counts.parts[1].size, 6 * MIB as u64);
    assert_eq!(
        counts.parts_sent_again(),
        Vec::<&sandbox::ReceivedPart>::new()
    );
}

#[tokio::test]
async fn a_completion_with_wrong_parts_is_refused() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let (id, completed) = upload(&client, "a", &[bytes(1000), bytes(1000)]).await;
    let complete = async |completed: CompletedMultipartUpload| {
        let request = client
            .complete_multipart_upload()
            .bucket(BUCKET)
            .key("a")
            .upload_id(&id);
        code(request.multipart_upload(completed).send().await)
    };
    let parts = completed.parts().to_vec();
    let with = |parts: Vec<CompletedPart>| {
        CompletedMultipartUpload::builder()
            .set_parts(Some(parts))
            .build()
    };
    assert_eq!(
        complete(with(parts.clone())).await,
        (400, "EntityTooSmall".into())
    );
    let reversed = parts.iter().rev().cloned().collect();
    assert_eq!(
        complete(with(reversed)).await,
        (400, "InvalidPartOrder".into())
    );
    let stranger = CompletedPart::builder()
        .part_number(1)
        .e_tag("\"0123\"")
        .build();
    assert_eq!(
        complete(with(vec![stranger])).await,
        (400, "InvalidPart".into())
    );
    let part = client
        .upload_part()
        .bucket(BUCKET)
        .key("a")
        .upload_id("none")
        .part_number(1)
        .send()
        .await;
    assert_eq!(code(part), (404, "NoSuchUpload".into()));
}
