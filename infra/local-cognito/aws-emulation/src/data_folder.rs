//! The folder of `--data`: files that only their owner can read, replaced as a whole.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// End of the name of a file that is not completely written.
const NEW: &str = ".new";

/// A folder that keeps a local Cognito's state between starts.
#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// Creates the folder if it is not there.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("The folder {} cannot be created", path.display()))?;
        Ok(Self(path.to_path_buf()))
    }

    /// Returns the path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The text of a file, if there is one.
    pub fn read(&self, name: &str) -> anyhow::Result<Option<String>> {
        let file = self.0.join(name);
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
        }
    }

    /// The names of the files that were written to the end.
    pub fn files(&self) -> anyhow::Result<Vec<String>> {
        let unreadable = || format!("{} cannot be read", self.0.display());
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.0).with_context(unreadable)? {
            let name = entry.with_context(unreadable)?.file_name();
            if let Some(name) = name.to_str().filter(|name| !name.ends_with(NEW)) {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    /// Returns the content of a file.
    pub fn bytes(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        let file = self.0.join(name);
        std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))
    }

    /// Takes a file away, if there is one.
    pub fn remove(&self, name: &str) -> anyhow::Result<()> {
        let file = self.0.join(name);
        match std::fs::remove_file(&file) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => {
                Err(error).with_context(|| format!("{} cannot be deleted", file.display()))
            }
        }
    }

    /// Writes a file beside the old one and puts it in its place.
    pub fn write(&self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        let file = self.0.join(name);
        let new = self.0.join(format!("{name}{NEW}"));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        options
            .open(&new)
            .and_then(|mut opened| opened.write_all(content))
            .and_then(|()| std::fs::rename(&new, &file))
            .with_context(|| format!("{} cannot be written", file.display()))
    }
}
