//! The gate of S3: finds the caller behind a signature, and asks the policies of the caller's role.
//!
//! The server calls it three times: for the secret, before the request is read, and with the
//! request as it was read, so that what is judged is what is done.

use std::collections::BTreeSet;

use async_trait::async_trait;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::dto::{
    AbortMultipartUploadInput, CompleteMultipartUploadInput, CopyObjectInput,
    CreateMultipartUploadInput, DeleteObjectInput, DeleteObjectsInput, GetObjectInput,
    HeadBucketInput, HeadObjectInput, ListBucketsInput, ListObjectsInput, ListObjectsV2Input,
    PutObjectInput, StorageClass, UploadPartInput,
};
use s3s::{S3Error, S3Request, S3Result, s3_error};

use super::deletion::{self, Denied};
use super::entry::refusal;
use super::missing::Missing;
use super::operation::Operation;
use super::permission::Permission;
use super::unsupported::{Unsupported, source};
use local_cognito_aws_emulation::journal::{Entry, Journal};
use local_cognito_iam::{Context, Decision, Roles};
use local_cognito_sigv4::{Caller, Claim, SignatureError, Verifier};

const DELETE: &str = "s3:DeleteObject";
const GET: &str = "s3:GetObject";
const PUT: &str = "s3:PutObject";

/// Decides what passes; cloning shares it.
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
                &permission.context(Context::from_holder(holder)),
            ),
            None => Decision::NotAllowed,
        };
        match decision {
            Decision::Allowed => Ok(()),
            Decision::Denied | Decision::NotAllowed => Err(denied()),
        }
    }

    /// Judges what is stored as a new object. Another storage class than the standard one is refused
    /// after that, since it is not served.
    fn judge_write<T>(
        &self,
        request: &S3Request<T>,
        (bucket, key): (&str, &str),
        class: Option<&StorageClass>,
    ) -> S3Result<()> {
        let class = class.map(StorageClass::as_str);
        self.judge(request, &Permission::to_write(bucket, key, class))?;
        match class {
            None | Some(StorageClass::STANDARD) => Ok(()),
            Some(_) => Err(Unsupported::Parameter("x-amz-storage-class".to_owned()).into()),
        }
    }

    /// Returns what the caller is told of a key that is missing. S3 asks for the permission to list
    /// the bucket without a prefix, so one below a prefix is not enough.
    fn missing<T>(&self, request: &S3Request<T>, bucket: &str) -> Missing {
        match self.judge(request, &Permission::to_list(bucket, None, None)) {
            Ok(()) => Missing::Told,
            Err(_) => Missing::Denied,
        }
    }
}

#[async_trait]
impl S3Auth for Gate {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        match self.verifier.find(access_key) {
            Some(key) => Ok(SecretKey::from(key.secret_key)),
            None => Err(refusal(SignatureError::UnknownKey, false)),
        }
    }
}

#[async_trait]
impl S3Access for Gate {
    /// The signature is right when this is called, if there is one.
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        let name = request.s3_op().name().to_owned();
        // The server has to understand the request as the entry did, which has checked it.
        let entered = request.extensions_mut().get::<&'static Operation>().copied();
        if entered.is_none_or(|operation| operation.name != name) {
            return Err(Unsupported::Operation.into());
        }
        let claim = request.extensions_mut().get::<Claim>().cloned();
        let (Some(claim), Some(credentials)) = (claim, request.credentials()) else {
            return Err(denied());
        };
        let caller = self
            .verifier
            .admit(&claim, &credentials.access_key, "s3")
            .map_err(|error| refusal(error, claim.is_presigned()))?;
        self.journal.record(Entry::Called {
            function: caller.function().to_owned(),
            service: "s3".to_owned(),
            action: name,
        });
        request.extensions_mut().insert(caller);
        Ok(())
    }

    async fn get_object(&self, request: &mut S3Request<GetObjectInput>) -> S3Result<()> {
        let GetObjectInput { bucket, key, .. } = &request.input;
        self.judge(request, &Permission::on_object(GET, bucket, key))?;
        let missing = self.missing(request, bucket);
        request.extensions.insert(missing);
        Ok(())
    }

    async fn head_object(&self, request: &mut S3Request<HeadObjectInput>) -> S3Result<()> {
        let HeadObjectInput { bucket, key, .. } = &request.input;
        self.judge(request, &Permission::on_object(GET, bucket, key))?;
        let missing = self.missing(request, bucket);
        request.extensions.insert(missing);
        Ok(())
    }

    async fn put_object(&self, request: &mut S3Request<PutObjectInput>) -> S3Result<()> {
        let PutObjectInput { bucket, key, storage_class, .. } = &request.input;
        self.judge_write(request, (bucket, key), storage_class.as_ref())
    }

    async fn delete_object(&self, request: &mut S3Request<DeleteObjectInput>) -> S3Result<()> {
        let DeleteObjectInput { bucket, key, .. } = &request.input;
        self.judge(request, &Permission::on_object(DELETE, bucket, key))
    }

    /// Each key is judged by itself.
    async fn delete_objects(&self, request: &mut S3Request<DeleteObjectsInput>) -> S3Result<()> {
        let DeleteObjectsInput { bucket, delete, .. } = &request.input;
        deletion::check(delete)?;
        let is_denied = |key: &&String| {
            self.judge(request, &Permission::on_object(DELETE, bucket, key)).is_err()
        };
        let keys = delete.objects.iter().map(|object| &object.key);
        let denied: BTreeSet<String> = keys.filter(is_denied).cloned().collect();
        request.extensions.insert(Denied(denied));
        Ok(())
    }

    /// Both sides are judged: what is read, and what is written.
    async fn copy_object(&self, request: &mut S3Request<CopyObjectInput>) -> S3Result<()> {
        let CopyObjectInput { bucket, key, copy_source, storage_class, .. } = &request.input;
        let (source_bucket, source_key) = source(copy_source)?;
        self.judge(request, &Permission::on_object(GET, source_bucket, source_key))?;
        self.judge_write(request, (bucket, key), storage_class.as_ref())?;
        let missing = self.missing(request, source_bucket);
        request.extensions.insert(missing);
        Ok(())
    }

    async fn create_multipart_upload(
        &self,
        request: &mut S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<()> {
        let CreateMultipartUploadInput { bucket, key, storage_class, .. } = &request.input;
        self.judge_write(request, (bucket, key), storage_class.as_ref())
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

    async fn list_objects(&self, request: &mut S3Request<ListObjectsInput>) -> S3Result<()> {
        let ListObjectsInput { bucket, prefix, delimiter, .. } = &request.input;
        self.judge(request, &Permission::to_list(bucket, prefix.as_deref(), delimiter.as_deref()))
    }

    async fn list_objects_v2(&self, request: &mut S3Request<ListObjectsV2Input>) -> S3Result<()> {
        let ListObjectsV2Input { bucket, prefix, delimiter, .. } = &request.input;
        self.judge(request, &Permission::to_list(bucket, prefix.as_deref(), delimiter.as_deref()))
    }

    async fn head_bucket(&self, request: &mut S3Request<HeadBucketInput>) -> S3Result<()> {
        self.judge(request, &Permission::to_list(&request.input.bucket, None, None))
    }

    async fn list_buckets(&self, request: &mut S3Request<ListBucketsInput>) -> S3Result<()> {
        self.judge(request, &Permission::on_everything("s3:ListAllMyBuckets"))
    }
}

/// S3 does not say which permission was missing.
fn denied() -> S3Error {
    s3_error!(AccessDenied, "Access Denied")
}
