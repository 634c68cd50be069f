//! The gate of S3: whose signature it is, and whether the policies of its role allow what is
//! asked.
//!
//! The server calls it three times: for the secret, before the request is read, and with the
//! request as it was read, so that what is judged is what is done.

use async_trait::async_trait;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::dto::{
    AbortMultipartUploadInput, CompleteMultipartUploadInput, CreateMultipartUploadInput,
    DeleteObjectInput, GetObjectInput, HeadBucketInput, HeadObjectInput, ListBucketsInput,
    ListObjectsV2Input, PutObjectInput, UploadPartInput,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result, s3_error};

use super::permission::Permission;
use crate::iam::{Context, Decision, Roles};
use crate::journal::{Entry, Journal};
use crate::sigv4::{Caller, SignatureError, Verifier};

const GET: &str = "s3:GetObject";
const PUT: &str = "s3:PutObject";
const LIST: &str = "s3:ListBucket";

/// The operations that are judged by what they ask for; whoever is bound by policies can do no
/// others.
const JUDGED: [&str; 11] = [
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CreateMultipartUpload",
    "DeleteObject",
    "GetObject",
    "HeadBucket",
    "HeadObject",
    "ListBuckets",
    "ListObjectsV2",
    "PutObject",
    "UploadPart",
];

/// Who may pass; cloning shares it.
#[derive(Clone)]
pub(super) struct Gate {
    verifier: Verifier,
    roles: Roles,
    journal: Journal,
}

impl Gate {
    pub(super) fn new(verifier: Verifier, roles: Roles, journal: Journal) -> Self {
        Self { verifier, roles, journal }
    }

    fn judge<T>(&self, request: &S3Request<T>, permission: &Permission) -> S3Result<()> {
        let decision = match request.extensions.get::<Caller>() {
            Some(Caller::Administrator | Caller::Function(_)) => Decision::Allowed,
            Some(Caller::Holder(holder)) => self.roles.decide(
                holder,
                permission.action,
                &permission.resource,
                &permission.context(Context::of(holder)),
            ),
            None => Decision::NotAllowed,
        };
        match decision {
            Decision::Allowed => Ok(()),
            Decision::Denied | Decision::NotAllowed => Err(denied()),
        }
    }
}

#[async_trait]
impl S3Auth for Gate {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        match self.verifier.find(access_key) {
            Some(key) => Ok(SecretKey::from(key.secret_key)),
            None => Err(refusal(SignatureError::UnknownKey)),
        }
    }
}

#[async_trait]
impl S3Access for Gate {
    /// The signature is right when this is called, if there is one.
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        if request.credentials().is_none() {
            return Err(denied());
        }
        let caller = self.verifier.admit(request.headers(), "s3").map_err(refusal)?;
        let operation = request.s3_op().name();
        self.journal.record(Entry::Called {
            function: caller.function().to_owned(),
            service: "s3".to_owned(),
            action: operation.to_owned(),
        });
        let is_bound = match caller {
            Caller::Holder(_) => true,
            Caller::Administrator | Caller::Function(_) => false,
        };
        if is_bound && !JUDGED.contains(&operation) {
            return Err(denied());
        }
        request.extensions_mut().insert(caller);
        Ok(())
    }

    async fn get_object(&self, request: &mut S3Request<GetObjectInput>) -> S3Result<()> {
        let GetObjectInput { bucket, key, .. } = &request.input;
        self.judge(request, &Permission::on_object(GET, bucket, key))
    }

    async fn head_object(&self, request: &mut S3Request<HeadObjectInput>) -> S3Result<()> {
        let HeadObjectInput { bucket, key, .. } = &request.input;
        self.judge(request, &Permission::on_object(GET, bucket, key))
    }

    async fn put_object(&self, request: &mut S3Request<PutObjectInput>) -> S3Result<()> {
        let PutObjectInput { bucket, key, .. } = &request.input;
        self.judge(request, &Permission::on_object(PUT, bucket, key))
    }

    async fn delete_object(&self, request: &mut S3Request<DeleteObjectInput>) -> S3Result<()> {
        let DeleteObjectInput { bucket, key, .. } = &request.input;
        self.judge(request, &Permission::on_object("s3:DeleteObject", bucket, key))
    }

    async fn create_multipart_upload(
        &self,
        request: &mut S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<()> {
        let CreateMultipartUploadInput { bucket, key, .. } = &request.input;
        self.judge(request, &Permission::on_object(PUT, bucket, key))
    }

    async fn upload_part(&self, request: &mut S3Request<UploadPartInput>) -> S3Result<()> {
        let UploadPartInput { bucket, key, .. } = &request.input;
        self.judge(request, &Permission::on_object(PUT, bucket, key))
    }

    async fn complete_multipart_upload(
        &self,
        request: &mut S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<()> {
        let CompleteMultipartUploadInput { bucket, key, .. } = &request.input;
        self.judge(request, &Permission::on_object(PUT, bucket, key))
    }

    async fn abort_multipart_upload(
        &self,
        request: &mut S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<()> {
        let AbortMultipartUploadInput { bucket, key, .. } = &request.input;
        self.judge(request, &Permission::on_object("s3:AbortMultipartUpload", bucket, key))
    }

    async fn list_objects_v2(&self, request: &mut S3Request<ListObjectsV2Input>) -> S3Result<()> {
        let ListObjectsV2Input { bucket, prefix, delimiter, .. } = &request.input;
        let permission = Permission::on_bucket(LIST, bucket)
            .with("s3:prefix", prefix.as_deref())
            .with("s3:delimiter", delimiter.as_deref());
        self.judge(request, &permission)
    }

    async fn head_bucket(&self, request: &mut S3Request<HeadBucketInput>) -> S3Result<()> {
        self.judge(request, &Permission::on_bucket(LIST, &request.input.bucket))
    }

    async fn list_buckets(&self, request: &mut S3Request<ListBucketsInput>) -> S3Result<()> {
        self.judge(request, &Permission::on_everything("s3:ListAllMyBuckets"))
    }
}

/// S3 tells nobody which permission was missing.
fn denied() -> S3Error {
    s3_error!(AccessDenied, "Access Denied")
}

/// A refused signature in S3's words.
fn refusal(error: SignatureError) -> S3Error {
    let code = match error {
        SignatureError::Missing => S3ErrorCode::AccessDenied,
        SignatureError::Incomplete | SignatureError::WrongScope => {
            S3ErrorCode::AuthorizationHeaderMalformed
        }
        SignatureError::UnknownKey => S3ErrorCode::InvalidAccessKeyId,
        SignatureError::WrongToken => S3ErrorCode::InvalidToken,
        SignatureError::Mismatch => S3ErrorCode::SignatureDoesNotMatch,
        SignatureError::Skewed => S3ErrorCode::RequestTimeTooSkewed,
        SignatureError::Expired => S3ErrorCode::ExpiredToken,
    };
    S3Error::with_message(code, error.to_string())
}
