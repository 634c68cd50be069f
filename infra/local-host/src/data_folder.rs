//! The folder of `--data`: files that only their owner can read, replaced as a whole.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// A folder that keeps a host's state between starts.
#[derive(Clone, Debug)]
pub(crate) struct DataFolder(PathBuf);

impl DataFolder {
    /// Creates the folder if it is not there.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("The folder {} cannot be created", path.display()))?;
        Ok(Self(path.to_path_buf()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The text of a file, if there is one.
    pub(crate) fn read(&self, name: &str) -> anyhow::Result<Option<String>> {
        let file = self.0.join(name);
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
        }
    }

    /// Writes a file beside the old one and puts it in its place.
    pub(crate) fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let file = self.0.join(name);
        let new = self.0.join(format!("{name}.new"));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        options
            .open(&new)
            .and_then(|mut opened| opened.write_all(text.as_bytes()))
            .and_then(|()| std::fs::rename(&new, &file))
            .with_context(|| format!("{} cannot be written", file.display()))
    }
}
