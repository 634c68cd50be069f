//! The operations of S3 over the objects; who may call them has been decided.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use axum::body::Bytes;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, Bucket, CommonPrefix,
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, ETag, GetObjectInput,
    GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput,
    ListBucketsInput, ListBucketsOutput, ListObjectsV2Input, ListObjectsV2Output, PutObjectInput,
    PutObjectOutput, StreamingBlob, Timestamp, UploadPartInput, UploadPartOutput,
};
use s3s::{Body, S3, S3Error, S3Request, S3Response, S3Result, s3_error};
use uuid::Uuid;

use super::body::{collect, etag, part, without_chunks};
use super::objects::{Label, Object, Objects, Wanted};
use super::uploads::Uploads;
use super::wishes::{refuse_unknown_wishes, refuse_versions};
use crate::clock::Clock;

/// The longest page of a listing.
const LONGEST_PAGE: usize = 1000;

/// The bucket as the server sees it.
pub(super) struct Files {
    objects: Objects,
    uploads: Uploads,
    region: String,
    clock: Clock,
}

impl Files {
    pub(super) fn new(objects: Objects, region: &str, clock: Clock) -> Self {
        Self { objects, uploads: Uploads::default(), region: region.to_owned(), clock }
    }

    fn demand_bucket(&self, bucket: &str) -> S3Result<()> {
        if bucket == self.objects.bucket() {
            return Ok(());
        }
        Err(s3_error!(NoSuchBucket, "The specified bucket does not exist"))
    }

    fn find(&self, bucket: &str, key: &str) -> S3Result<std::sync::Arc<Object>> {
        self.demand_bucket(bucket)?;
        let object = self.objects.get(key);
        object.ok_or_else(|| s3_error!(NoSuchKey, "The specified key does not exist."))
    }

    /// The part of an object that is wanted, and everything that goes with it.
    fn describe(&self, wanted: GetObjectInput) -> S3Result<(Bytes, GetObjectOutput)> {
        refuse_versions(wanted.version_id.as_ref())?;
        let object = self.find(&wanted.bucket, &wanted.key)?;
        let (body, content_range) = part(&object.body, wanted.range)?;
        let described = GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: i64::try_from(body.len()).ok(),
            content_range,
            content_type: object.label.content_type.clone(),
            content_encoding: object.label.content_encoding.clone(),
            content_disposition: object.label.content_disposition.clone(),
            cache_control: object.label.cache_control.clone(),
            metadata: Some(object.label.metadata.clone()),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(timestamp(object.modified)),
            ..Default::default()
        };
        Ok((body, described))
    }

    async fn put(&self, key: String, body: Bytes, label: Label) -> S3Result<ETag> {
        let etag = etag(&body);
        let modified = self.clock.now_millis();
        let object = Object { body, label, etag: etag.clone(), modified };
        self.objects.put(key, object).await.map_err(unkept)?;
        Ok(ETag::Strong(etag))
    }
}

#[async_trait]
impl S3 for Files {
    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let input = request.input;
        self.demand_bucket(&input.bucket)?;
        refuse_unknown_wishes(&request.headers)?;
        let label = Label {
            content_type: input.content_type,
            content_encoding: without_chunks(input.content_encoding),
            content_disposition: input.content_disposition,
            cache_control: input.cache_control,
            metadata: input.metadata.unwrap_or_default(),
        };
        let body = collect(input.body).await?;
        let etag = self.put(input.key, body, label).await?;
        Ok(S3Response::new(PutObjectOutput { e_tag: Some(etag), ..Default::default() }))
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let (body, described) = self.describe(request.input)?;
        let body = Some(StreamingBlob::from(Body::from(body)));
        Ok(S3Response::new(GetObjectOutput { body, ..described }))
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let HeadObjectInput { bucket, key, range, version_id, .. } = request.input;
        let wanted = GetObjectInput { bucket, key, range, version_id, ..Default::default() };
        let (_, described) = self.describe(wanted)?;
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: described.accept_ranges,
            content_length: described.content_length,
            content_range: described.content_range,
            content_type: described.content_type,
            content_encoding: described.content_encoding,
            content_disposition: described.content_disposition,
            cache_control: described.cache_control,
            metadata: described.metadata,
            e_tag: described.e_tag,
            last_modified: described.last_modified,
            ..Default::default()
        }))
    }

    /// Deleting what is not there succeeds, as in S3.
    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = request.input;
        self.demand_bucket(&input.bucket)?;
        refuse_versions(input.version_id.as_ref())?;
        self.objects.delete(input.key).await.map_err(unkept)?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        self.demand_bucket(&input.bucket)?;
        let most = match input.max_keys {
            None => LONGEST_PAGE,
            Some(most) => match usize::try_from(most) {
                Ok(most) => most.min(LONGEST_PAGE),
                Err(_) => return Err(s3_error!(InvalidArgument, "max-keys is negative")),
            },
        };
        let after = input.continuation_token.as_ref().or(input.start_after.as_ref());
        let page = self.objects.list(&Wanted {
            prefix: input.prefix.as_deref().unwrap_or_default(),
            delimiter: input.delimiter.as_deref().unwrap_or_default(),
            after: after.map_or("", String::as_str),
            most,
        });
        let contents = page.objects.into_iter().map(|(key, object)| s3s::dto::Object {
            key: Some(key),
            size: i64::try_from(object.body.len()).ok(),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(timestamp(object.modified)),
            ..Default::default()
        });
        let contents: Vec<_> = contents.collect();
        let folders: Vec<_> =
            page.folders.into_iter().map(|folder| CommonPrefix { prefix: Some(folder) }).collect();
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            key_count: i32::try_from(contents.len() + folders.len()).ok(),
            max_keys: i32::try_from(most).ok(),
            is_truncated: Some(page.next.is_some()),
            next_continuation_token: page.next,
            continuation_token: input.continuation_token,
            start_after: input.start_after,
            prefix: input.prefix,
            delimiter: input.delimiter,
            contents: Some(contents),
            common_prefixes: Some(folders),
            ..Default::default()
        }))
    }

    async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        self.demand_bucket(&request.input.bucket)?;
        let bucket_region = Some(self.region.clone());
        Ok(S3Response::new(HeadBucketOutput { bucket_region, ..Default::default() }))
    }

    async fn list_buckets(
        &self,
        _request: S3Request<ListBucketsInput>,
    ) -> S3Result<S3Response<ListBucketsOutput>> {
        let bucket = Bucket { name: Some(self.objects.bucket().to_owned()), ..Default::default() };
        Ok(S3Response::new(ListBucketsOutput { buckets: Some(vec![bucket]), ..Default::default() }))
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let input = request.input;
        self.demand_bucket(&input.bucket)?;
        refuse_unknown_wishes(&request.headers)?;
        let label = Label {
            content_type: input.content_type,
            content_encoding: input.content_encoding,
            content_disposition: input.content_disposition,
            cache_control: input.cache_control,
            metadata: input.metadata.unwrap_or_default(),
        };
        let id = Uuid::new_v4().simple().to_string();
        self.uploads.begin(id.clone(), input.key.clone(), label);
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id),
            ..Default::default()
        }))
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let input = request.input;
        self.demand_bucket(&input.bucket)?;
        let body = collect(input.body).await?;
        let etag = etag(&body);
        self.uploads.add(&input.upload_id, &input.key, input.part_number, body, etag.clone())?;
        let e_tag = Some(ETag::Strong(etag));
        Ok(S3Response::new(UploadPartOutput { e_tag, ..Default::default() }))
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = request.input;
        self.demand_bucket(&input.bucket)?;
        refuse_unknown_wishes(&request.headers)?;
        let parts = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let named: Vec<(i32, String)> = parts
            .into_iter()
            .map(|part| {
                let etag = part.e_tag.map(ETag::into_value).unwrap_or_default();
                (part.part_number.unwrap_or_default(), etag)
            })
            .collect();
        let (body, label) = self.uploads.complete(&input.upload_id, &input.key, &named)?;
        let e_tag = Some(self.put(input.key.clone(), body, label).await?);
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag,
            ..Default::default()
        }))
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let input = request.input;
        self.demand_bucket(&input.bucket)?;
        self.uploads.abort(&input.upload_id, &input.key)?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }
}

/// A file that cannot be written is a matter for whoever runs the host.
fn unkept(error: anyhow::Error) -> S3Error {
    eprintln!("{error:#}");
    s3_error!(InternalError)
}

fn timestamp(millis: u64) -> Timestamp {
    let time: SystemTime = UNIX_EPOCH + Duration::from_millis(millis);
    time.into()
}
