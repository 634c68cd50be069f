//! The operations of S3 over the objects; what a caller may do has been decided.

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::HeaderMap;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, Bucket, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CopyObjectInput, CopyObjectOutput, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput,
    DeleteObjectsOutput, ETag, GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput,
    HeadObjectInput, HeadObjectOutput, ListBucketsInput, ListBucketsOutput, ListObjectsInput,
    ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output, PutObjectInput, PutObjectOutput,
    StreamingBlob, UploadPartInput, UploadPartOutput,
};
use s3s::{Body, S3, S3Request, S3Response, S3Result, TrailingHeaders, s3_error};
use uuid::Uuid;

use super::body::{collect, etag};
use super::checksum;
use super::deletion::Denied;
use super::download::head;
use super::files::Files;
use super::label::Label;
use super::missing::Missing;

/// Reads a body to its end and verifies its checksums.
async fn receive(
    body: Option<StreamingBlob>,
    headers: &HeaderMap,
    trailers: Option<TrailingHeaders>,
) -> S3Result<Bytes> {
    let body = collect(body).await?;
    let trailers = trailers.and_then(|trailers| trailers.take());
    checksum::verify(headers, trailers.as_ref(), &body)?;
    Ok(body)
}

/// Returns the judgement on missing keys; without one, nothing is told of them.
fn missing<T>(request: &S3Request<T>) -> Missing {
    request.extensions.get::<Missing>().copied().unwrap_or_default()
}

#[async_trait]
impl S3 for Files {
    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let mut input = request.input;
        self.demand_bucket(&input.bucket)?;
        let label = Label::from(&mut input);
        let body = receive(input.body, &request.headers, request.trailing_headers).await?;
        let object = self.put(input.key, body, label).await?;
        Ok(S3Response::new(PutObjectOutput { e_tag: Some(object.etag()), ..Default::default() }))
    }

    async fn copy_object(
        &self,
        request: S3Request<CopyObjectInput>,
    ) -> S3Result<S3Response<CopyObjectOutput>> {
        let missing = missing(&request);
        self.copy(request.input, missing).await.map(S3Response::new)
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let missing = missing(&request);
        let (body, described) = self.download(request.input.into(), &request.headers, missing)?;
        let body = Some(StreamingBlob::from(Body::from(body)));
        Ok(S3Response::new(GetObjectOutput { body, ..described }))
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let missing = missing(&request);
        let (_, described) = self.download(request.input.into(), &request.headers, missing)?;
        Ok(S3Response::new(head(described)))
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.demand_bucket(&request.input.bucket)?;
        self.delete(request.input.key).await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        // Without the judgement nothing is deleted.
        let denied = request.extensions.get::<Denied>().cloned();
        let denied = denied.ok_or_else(|| s3_error!(AccessDenied, "Access Denied"))?;
        self.delete_all(request.input, denied).await.map(S3Response::new)
    }

    async fn list_objects(
        &self,
        request: S3Request<ListObjectsInput>,
    ) -> S3Result<S3Response<ListObjectsOutput>> {
        self.list(request.input).map(S3Response::new)
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.list_v2(request.input).map(S3Response::new)
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
        let bucket =
            Bucket { name: Some(self.objects().bucket().to_owned()), ..Default::default() };
        Ok(S3Response::new(ListBucketsOutput { buckets: Some(vec![bucket]), ..Default::default() }))
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let mut input = request.input;
        self.demand_bucket(&input.bucket)?;
        let label = Label::from(&mut input);
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
        let body = receive(input.body, &request.headers, request.trailing_headers).await?;
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
        let parts = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let named: Vec<(i32, String)> = parts
            .into_iter()
            .map(|part| {
                let etag = part.e_tag.map(ETag::into_value).unwrap_or_default();
                (part.part_number.unwrap_or_default(), etag)
            })
            .collect();
        let (body, label) = self.uploads.assemble(&input.upload_id, &input.key, &named)?;
        let e_tag = Some(self.put(input.key.clone(), body, label).await?.etag());
        // Another completion of the same upload may have been faster, with the same parts.
        let _ = self.uploads.remove(&input.upload_id, &input.key);
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
        self.uploads.remove(&input.upload_id, &input.key)?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }
}
