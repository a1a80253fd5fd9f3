use crate::client::{bytes, code, crc64, crc64_text, has_request_id, signed_in, start};
use crate::multipart::upload;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType};
use sandbox::{Operation, Sandbox, documents};
use serde_json::json;

const BUCKET: &str = "s3-fs-example-bucket";
const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn what_is_put_is_what_is_stored_with_every_checksum_algorithm() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let content = bytes(3 * MIB + 17);
    let algorithms = [
        None,
        Some(ChecksumAlgorithm::Crc32),
        Some(ChecksumAlgorithm::Crc32C),
        Some(ChecksumAlgorithm::Crc64Nvme),
        Some(ChecksumAlgorithm::Sha1),
        Some(ChecksumAlgorithm::Sha256),
    ];
    for (n, algorithm) in algorithms.into_iter().enumerate() {
        let put = client
            .put_object()
            .bucket(BUCKET)
            .key(format!("日本 語/{n}+&=%.txt"))
            .set_checksum_algorithm(algorithm.clone());
        let answer = put.body(content.clone().into()).send().await.unwrap();
        assert_eq!(
            answer.checksum_crc64_nvme(),
            Some(crc64_text(&content).as_str()),
            "{algorithm:?}"
        );
        assert_eq!(answer.checksum_type(), Some(&ChecksumType::FullObject));
        assert!(has_request_id(&answer));
    }
    for object in running.sandbox.objects().unwrap() {
        assert_eq!(
            (object.size, object.crc64nvme),
            (content.len() as u64, crc64(&content))
        );
        assert_eq!(running.sandbox.read_object(&object.key).unwrap(), content);
    }
    assert_eq!(
        running.sandbox.counts().requests_of(Operation::PutObject),
        6
    );
}

#[tokio::test]
async fn a_body_from_a_file_is_streamed_with_a_trailer_and_an_empty_one_works() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let dir = tempfile::tempdir().unwrap();
    for size in [0, 1, 5 * MIB + 1] {
        let path = dir.path().join(size.to_string());
        std::fs::write(&path, bytes(size)).unwrap();
        let body = ByteStream::from_path(&path).await.unwrap();
        client
            .put_object()
            .bucket(BUCKET)
            .key(size.to_string())
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(
            running.sandbox.read_object(&size.to_string()).unwrap(),
            bytes(size)
        );
    }
    let etag = &running.sandbox.objects().unwrap()[0].etag;
    assert_eq!(etag, "d41d8cd98f00b204e9800998ecf8427e");
}

#[tokio::test]
async fn a_wrong_checksum_is_a_bad_digest_and_stores_nothing() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let put = || {
        client
            .put_object()
            .bucket(BUCKET)
            .key("a")
            .body(ByteStream::from_static(b"content"))
    };
    let bad = (400, "BadDigest".to_owned());
    assert_eq!(
        code(put().checksum_crc64_nvme(crc64_text(b"other")).send().await),
        bad
    );
    assert_eq!(code(put().checksum_crc32("AAAAAA==").send().await), bad);
    assert_eq!(
        code(
            put()
                .checksum_sha256(base64_simd::STANDARD.encode_to_string([7; 32]))
                .send()
                .await
        ),
        bad
    );
    assert_eq!(
        code(put().checksum_crc32("nonsense").send().await),
        (400, "InvalidRequest".into())
    );
    put()
        .checksum_crc64_nvme(crc64_text(b"content"))
        .send()
        .await
        .unwrap();
    assert_eq!(running.sandbox.objects().unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_is_overwritten_under_if_none_match() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let put = || {
        client
            .put_object()
            .bucket(BUCKET)
            .key("a")
            .if_none_match("*")
            .body(ByteStream::from_static(b"x"))
    };
    let writers: Vec<_> = (0..12).map(|_| tokio::spawn(put().send())).collect();
    let mut won = 0;
    for writer in writers {
        match writer.await.unwrap() {
            Ok(_) => won += 1,
            refused => assert_eq!(code(refused), (412, "PreconditionFailed".into())),
        }
    }
    assert_eq!(won, 1);
    let (id, completed) = upload(&client, "a", &[bytes(10)]).await;
    let complete = client
        .complete_multipart_upload()
        .bucket(BUCKET)
        .key("a")
        .upload_id(&id);
    let complete = complete.multipart_upload(completed);
    let refused = complete.clone().if_none_match("*").send().await;
    assert_eq!(code(refused), (412, "PreconditionFailed".into()));
    // The upload is still there, for whoever chooses to replace after all.
    complete.send().await.unwrap();
    assert_eq!(running.sandbox.read_object("a").unwrap(), bytes(10));
}

#[tokio::test]
async fn a_listing_pages_through_folders() {
    let running = start(|_| ()).await;
    running
        .sandbox
        .fill((0..2500).map(|n| format!("folder-{}/{n:05}", n % 5)))
        .unwrap();
    running.sandbox.put_object("top.txt", b"x").unwrap();
    let client = signed_in(&running.sandbox).await;
    let root = client
        .list_objects_v2()
        .bucket(BUCKET)
        .delimiter("/")
        .send()
        .await
        .unwrap();
    let folders: Vec<_> = root
        .common_prefixes()
        .iter()
        .filter_map(|common| common.prefix())
        .collect();
    assert_eq!(
        folders,
        [
            "folder-0/",
            "folder-1/",
            "folder-2/",
            "folder-3/",
            "folder-4/"
        ]
    );
    assert_eq!(
        (root.contents()[0].key(), root.key_count()),
        (Some("top.txt"), Some(6))
    );
    assert_eq!(root.is_truncated(), Some(false));
    let mut pages = client
        .list_objects_v2()
        .bucket(BUCKET)
        .into_paginator()
        .send();
    let (mut keys, mut count) = (Vec::new(), 0);
    while let Some(page) = pages.next().await {
        count += 1;
        keys.extend(
            page.unwrap()
                .contents()
                .iter()
                .map(|object| object.key().unwrap().to_owned()),
        );
    }
    assert_eq!((keys.len(), count), (2501, 3));
    assert!(keys.is_sorted());
    let after = client
        .list_objects_v2()
        .bucket(BUCKET)
        .start_after("folder-4/02499")
        .max_keys(1)
        .send()
        .await
        .unwrap();
    assert_eq!(after.contents()[0].key(), Some("top.txt"));
}

#[tokio::test]
async fn what_the_role_does_not_allow_is_denied() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let (id, _) = upload(&client, "open", &[bytes(10)]).await;
    client
        .put_object()
        .bucket(BUCKET)
        .key("a")
        .body(ByteStream::from_static(b"0123456789"))
        .send()
        .await
        .unwrap();
    let denied = (403, "AccessDenied".to_owned());
    assert_eq!(
        code(client.get_object().bucket(BUCKET).key("a").send().await),
        denied
    );
    assert_eq!(
        code(client.delete_object().bucket(BUCKET).key("a").send().await),
        denied
    );
    assert_eq!(
        code(client.head_object().bucket(BUCKET).key("a").send().await).0,
        403
    );
    assert_eq!(
        code(
            client
                .list_parts()
                .bucket(BUCKET)
                .key("open")
                .upload_id(&id)
                .send()
                .await
        ),
        denied
    );
    assert_eq!(
        code(client.list_multipart_uploads().bucket(BUCKET).send().await),
        denied
    );
    assert_eq!(
        code(
            client
                .abort_multipart_upload()
                .bucket(BUCKET)
                .key("open")
                .upload_id(&id)
                .send()
                .await
        ),
        denied
    );
    let other = client
        .list_objects_v2()
        .bucket("another-bucket")
        .send()
        .await;
    assert_eq!(code(other), (404, "NoSuchBucket".into()));
}

#[tokio::test]
async fn a_richer_role_reads_looks_and_deletes() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    allow_everything(&running.sandbox);
    let (id, _) = upload(&client, "open", &[bytes(10)]).await;
    let put = client.put_object().bucket(BUCKET).key("a");
    put.body(ByteStream::from_static(b"0123456789"))
        .send()
        .await
        .unwrap();
    let got = client
        .get_object()
        .bucket(BUCKET)
        .key("a")
        .range("bytes=2-4")
        .send()
        .await
        .unwrap();
    assert_eq!(got.content_range(), Some("bytes 2-4/10"));
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"234");
    let head = client
        .head_object()
        .bucket(BUCKET)
        .key("a")
        .send()
        .await
        .unwrap();
    assert_eq!(head.content_length(), Some(10));
    assert_eq!(
        code(client.head_object().bucket(BUCKET).key("none").send().await).0,
        404
    );
    let parts = client
        .list_parts()
        .bucket(BUCKET)
        .key("open")
        .upload_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(parts.parts()[0].size(), Some(10));
    let uploads = client
        .list_multipart_uploads()
        .bucket(BUCKET)
        .send()
        .await
        .unwrap();
    assert_eq!(uploads.uploads()[0].upload_id(), Some(id.as_str()));
    client
        .abort_multipart_upload()
        .bucket(BUCKET)
        .key("open")
        .upload_id(&id)
        .send()
        .await
        .unwrap();
    client
        .delete_object()
        .bucket(BUCKET)
        .key("a")
        .send()
        .await
        .unwrap();
    let head = client.head_bucket().bucket(BUCKET).send().await.unwrap();
    assert_eq!(head.bucket_region(), Some("ap-northeast-1"));
    assert!(running.sandbox.objects().unwrap().is_empty());
}

fn allow_everything(sandbox: &Sandbox) {
    let all = format!("arn:aws:s3:::{}*", documents::BUCKET);
    sandbox.set_role_policy(
        json!({"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": all}]}),
    );
}

#[tokio::test]
async fn keys_are_bytes_and_not_paths() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let long = "k".repeat(1024);
    let keys = [
        "a",
        "a/b",
        "a/",
        "a//b",
        "./x",
        "../x",
        "a\\b",
        "/lead",
        "ü(1)*'!.txt",
        long.as_str(),
    ];
    for key in keys {
        let put = client
            .put_object()
            .bucket(BUCKET)
            .key(key)
            .body(key.as_bytes().to_vec().into());
        put.send()
            .await
            .unwrap_or_else(|error| panic!("{key}: {error:?}"));
        assert_eq!(running.sandbox.read_object(key).unwrap(), key.as_bytes());
    }
    assert_eq!(running.sandbox.objects().unwrap().len(), keys.len());
    let too_long = client
        .put_object()
        .bucket(BUCKET)
        .key("k".repeat(1025))
        .send()
        .await;
    assert_eq!(code(too_long), (400, "KeyTooLongError".into()));
}

#[tokio::test]
async fn sixty_four_requests_go_on_at_once() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let puts: Vec<_> = (0..64)
        .map(|n| {
            tokio::spawn(
                client
                    .put_object()
                    .bucket(BUCKET)
                    .key(n.to_string())
                    .body(bytes(MIB).into())
                    .send(),
            )
        })
        .collect();
    for put in puts {
        put.await.unwrap().unwrap();
    }
    assert_eq!(running.sandbox.objects().unwrap().len(), 64);
}
