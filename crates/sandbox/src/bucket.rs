//! S3's operations over the store.

use crate::State;
use crate::account::Caller;
use crate::documents::{ACCOUNT, BUCKET, REGION};
use crate::store::{self, Condition, NewObject, Object, Refusal, Sums};
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumType,
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, ETag, ETagCondition,
    GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput,
    HeadObjectOutput, ListBucketsInput, ListBucketsOutput, ListMultipartUploadsInput,
    ListMultipartUploadsOutput, ListObjectsV2Input, ListObjectsV2Output, ListPartsInput,
    ListPartsOutput, PutObjectInput, PutObjectOutput, StreamingBlob, UploadPartInput,
    UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use std::sync::Arc;

mod answers;
mod lists;
mod receive;

use receive::Incoming;

/// The one bucket.
pub(crate) struct Bucket(pub(crate) Arc<State>);

/// The five checksum fields that many of s3s's types have.
macro_rules! sums {
    ($from:expr) => {
        Sums {
            crc32: $from.checksum_crc32.clone(),
            crc32c: $from.checksum_crc32c.clone(),
            crc64nvme: $from.checksum_crc64nvme.clone(),
            sha1: $from.checksum_sha1.clone(),
            sha256: $from.checksum_sha256.clone(),
        }
    };
}

#[async_trait::async_trait]
impl S3 for Bucket {
    async fn put_object(
        &self,
        req: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let mut input = req.input;
        let incoming = Incoming {
            body: input.body.take(),
            given: sums!(input),
            md5: input.content_md5.as_deref(),
            algorithm: input
                .checksum_algorithm
                .as_ref()
                .map(s3s::dto::ChecksumAlgorithm::as_str),
            headers: &req.headers,
            trailers: req.trailing_headers.as_ref(),
        };
        let body = self.receive(incoming, None).await?;
        let condition = condition(input.if_none_match.as_ref(), input.if_match.as_ref())?;
        let new = NewObject {
            key: input.key,
            content_type: input.content_type,
            metadata: input.metadata.unwrap_or_default(),
        };
        let output = answers::put(&body);
        self.run(move |store| store.put(&new, &condition, body))
            .await?;
        Ok(S3Response::new(output))
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let input = req.input;
        let algorithm = input
            .checksum_algorithm
            .as_ref()
            .map(|algorithm| algorithm.as_str().to_owned());
        let object = NewObject {
            key: input.key.clone(),
            content_type: input.content_type,
            metadata: input.metadata.unwrap_or_default(),
        };
        let new = store::NewUpload { object, algorithm };
        let id = self.run(move |store| store.begin_upload(&new)).await?;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id),
            checksum_algorithm: input.checksum_algorithm,
            checksum_type: input.checksum_type,
            ..CreateMultipartUploadOutput::default()
        }))
    }

    async fn upload_part(
        &self,
        req: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let mut input = req.input;
        let number = u32::try_from(input.part_number)
            .ok()
            .filter(|number| (1..=10_000).contains(number));
        let number = number.ok_or_else(|| {
            s3_error!(
                InvalidArgument,
                "Part number must be an integer between 1 and 10000, inclusive"
            )
        })?;
        let (key, id) = (input.key.clone(), input.upload_id.clone());
        let upload = self.run(move |store| store.upload(&key, &id)).await?;
        let incoming = Incoming {
            body: input.body.take(),
            given: sums!(input),
            md5: input.content_md5.as_deref(),
            algorithm: input
                .checksum_algorithm
                .as_ref()
                .map(s3s::dto::ChecksumAlgorithm::as_str),
            headers: &req.headers,
            trailers: req.trailing_headers.as_ref(),
        };
        let body = self
            .receive(incoming, upload.new.algorithm.as_deref())
            .await?;
        let output = answers::part(&body);
        self.run(move |store| store.add_part(&input.key, &input.upload_id, number, body))
            .await?;
        Ok(S3Response::new(output))
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = req.input;
        let parts = input
            .multipart_upload
            .as_ref()
            .and_then(|upload| upload.parts.as_deref())
            .unwrap_or_default();
        let claimed = |part: &s3s::dto::CompletedPart| {
            Some(store::ClaimedPart {
                number: u32::try_from(part.part_number?).ok()?,
                etag: part.e_tag.as_ref()?.value().trim_matches('"').to_owned(),
                sums: sums!(part),
            })
        };
        let parts: Option<Vec<_>> = parts.iter().map(claimed).collect();
        // A composite checksum is the checksum of the parts' checksums, which the parts have shown already.
        let composite = input
            .checksum_type
            .as_ref()
            .is_some_and(|kind| kind.as_str() == ChecksumType::COMPOSITE);
        let completion = store::Completion {
            key: input.key.clone(),
            upload_id: input.upload_id.clone(),
            parts: parts
                .filter(|parts| !parts.is_empty())
                .ok_or_else(|| s3_error!(MalformedXML))?,
            condition: condition(input.if_none_match.as_ref(), input.if_match.as_ref())?,
            given: if composite {
                Sums::default()
            } else {
                sums!(input)
            },
            size: input
                .mpu_object_size
                .and_then(|size| u64::try_from(size).ok()),
        };
        let (etag, sums) = self.run(move |store| store.complete(&completion)).await?;
        Ok(S3Response::new(answers::completed(input.key, &etag, sums)))
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let input = req.input;
        self.run(move |store| store.abort(&input.key, &input.upload_id))
            .await?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    async fn list_parts(
        &self,
        req: S3Request<ListPartsInput>,
    ) -> S3Result<S3Response<ListPartsOutput>> {
        let input = req.input;
        let (key, id) = (input.key.clone(), input.upload_id.clone());
        let parts = self.run(move |store| store.parts(&key, &id)).await?;
        Ok(S3Response::new(lists::parts(input, &parts)))
    }

    async fn list_multipart_uploads(
        &self,
        req: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        let uploads = self.run(store::Store::uploads).await?;
        Ok(S3Response::new(lists::uploads(req.input, uploads)))
    }

    async fn list_objects_v2(
        &self,
        req: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = req.input;
        let request = lists::page_request(&input)?;
        let page = self.run(move |store| store.list(&request)).await?;
        Ok(S3Response::new(lists::objects(input, page)))
    }

    async fn head_bucket(
        &self,
        _: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        Ok(S3Response::new(HeadBucketOutput {
            bucket_region: Some(REGION.to_owned()),
            ..HeadBucketOutput::default()
        }))
    }

    async fn list_buckets(
        &self,
        _: S3Request<ListBucketsInput>,
    ) -> S3Result<S3Response<ListBucketsOutput>> {
        let bucket = s3s::dto::Bucket {
            name: Some(BUCKET.to_owned()),
            ..s3s::dto::Bucket::default()
        };
        Ok(S3Response::new(ListBucketsOutput {
            buckets: Some(vec![bucket]),
            ..ListBucketsOutput::default()
        }))
    }

    async fn head_object(
        &self,
        req: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let object = self.find(&req.input.key, req.extensions.get()).await?;
        Ok(S3Response::new(answers::head(
            object,
            req.input.checksum_mode.is_some(),
        )))
    }

    async fn get_object(
        &self,
        req: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let object = self.find(&req.input.key, req.extensions.get()).await?;
        let range = match req.input.range {
            Some(range) => Some(range.check(object.size)?),
            None => None,
        };
        let wanted = object.clone();
        let segments = self.run(move |store| store.segments(&wanted)).await?;
        let body = store::stream(segments, range.clone().unwrap_or(0..object.size));
        let output = answers::get(
            object,
            range,
            StreamingBlob::wrap(body),
            req.input.checksum_mode.is_some(),
        );
        Ok(S3Response::new(output))
    }

    async fn delete_object(
        &self,
        req: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.run(move |store| store.delete(&req.input.key)).await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }
}

impl Bucket {
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&store::Store) -> Result<T, Refusal> + Send + 'static,
    ) -> S3Result<T> {
        self.0
            .store
            .run(work)
            .await
            .map_err(|refusal| answers::error(&refusal))
    }

    /// An object that is not there is "not found" only to those who may list.
    async fn find(&self, key: &str, caller: Option<&Caller>) -> S3Result<Object> {
        let wanted = key.to_owned();
        if let Some(object) = self.run(move |store| store.object(&wanted)).await? {
            return Ok(object);
        }
        let bucket = format!("arn:aws:s3:::{BUCKET}");
        let may_list = caller.is_some_and(|caller| {
            self.0
                .account
                .decide(caller, "s3:ListBucket", &bucket, &[])
                .is_ok()
        });
        if may_list {
            Err(s3_error!(NoSuchKey, "The specified key does not exist."))
        } else {
            Err(s3_error!(AccessDenied, "Access Denied"))
        }
    }
}

fn condition(
    if_none_match: Option<&ETagCondition>,
    if_match: Option<&ETagCondition>,
) -> S3Result<Condition> {
    if matches!(if_none_match, Some(ETagCondition::ETag(_))) {
        let message = "A header you provided implies functionality that is not implemented";
        return Err(s3_error!(NotImplemented, "{message}"));
    }
    let etag = if_match.map(|condition| match condition {
        ETagCondition::Any => "*".to_owned(),
        ETagCondition::ETag(etag) => etag.value().to_owned(),
    });
    Ok(Condition {
        absent: if_none_match.is_some(),
        etag,
    })
}

fn etag(value: &str) -> ETag {
    ETag::Strong(value.to_owned())
}

fn owner_id() -> String {
    ACCOUNT.to_owned()
}
