//! Objects in the data folder: a file for each, with a line of JSON before the bytes.

use anyhow::{Context, anyhow};
use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::label::Label;
use super::object::Object;
use local_cognito_aws_emulation::data_folder::DataFolder;

/// Line before the bytes.
#[derive(Serialize, Deserialize)]
struct Head {
    key: String,
    label: Label,
    etag: String,
    modified: u64,
}

/// The files of objects.
#[derive(Clone)]
pub(super) struct Kept(DataFolder);

impl Kept {
    pub(super) fn open(data: &DataFolder) -> anyhow::Result<Self> {
        Ok(Self(DataFolder::open(&data.path().join("objects"))?))
    }

    /// Every object that was kept.
    pub(super) fn all(&self) -> anyhow::Result<Vec<(String, Object)>> {
        self.0.files()?.into_iter().map(|file| self.read(&file)).collect()
    }

    pub(super) fn put(&self, key: &str, object: &Object) -> anyhow::Result<()> {
        let Object { body, label, etag, modified } = object;
        let (label, etag) = (label.clone(), etag.clone());
        let head = Head { key: key.to_owned(), label, etag, modified: *modified };
        let mut content = serde_json::to_vec(&head)?;
        content.push(b'\n');
        content.extend_from_slice(body);
        self.0.write(&name(key), &content)
    }

    pub(super) fn delete(&self, key: &str) -> anyhow::Result<()> {
        self.0.remove(&name(key))
    }

    fn read(&self, file: &str) -> anyhow::Result<(String, Object)> {
        let unusable = || format!("objects/{file} in the data folder is not usable");
        let content = self.0.bytes(file)?;
        let end = content.iter().position(|byte| *byte == b'\n');
        let (head, body) = end
            .and_then(|end| content.split_at_checked(end))
            .ok_or_else(|| anyhow!("It has no first line"))
            .with_context(unusable)?;
        let Head { key, label, etag, modified } =
            serde_json::from_slice(head).with_context(unusable)?;
        let body = Bytes::copy_from_slice(body.get(1..).unwrap_or_default());
        Ok((key, Object { body, label, etag, modified }))
    }
}

/// A key may be no file's name; its hash is.
fn name(key: &str) -> String {
    Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect()
}
