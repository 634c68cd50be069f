//! The bucket and what lies in it.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use super::kept::Kept;
use super::object::Object;

/// The objects of one local Cognito, in memory and, if they are to outlive it, in files.
pub(super) struct Objects {
    bucket: String,
    objects: Arc<RwLock<BTreeMap<String, Arc<Object>>>>,
    kept: Option<Kept>,
}

impl Objects {
    /// One bucket, with what is kept of it.
    pub(super) fn open(bucket: &str, kept: Option<Kept>) -> anyhow::Result<Self> {
        let all = kept.as_ref().map(Kept::all).transpose()?.unwrap_or_default();
        let objects = all.into_iter().map(|(key, object)| (key, Arc::new(object))).collect();
        Ok(Self { bucket: bucket.to_owned(), objects: Arc::new(RwLock::new(objects)), kept })
    }

    /// The name of the bucket.
    pub(super) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Puts an object in its place; nothing has changed if it cannot be kept.
    pub(super) async fn put(&self, key: String, object: Object) -> anyhow::Result<()> {
        self.change(move |objects, kept| {
            if let Some(kept) = kept {
                kept.put(&key, &object)?;
            }
            objects.insert(key, Arc::new(object));
            Ok(())
        })
        .await
    }

    pub(super) fn get(&self, key: &str) -> Option<Arc<Object>> {
        self.objects.read().unwrap_or_else(|poisoned| poisoned.into_inner()).get(key).cloned()
    }

    /// Takes an object away, if there is one; nothing has changed if its file stays.
    pub(super) async fn delete(&self, key: String) -> anyhow::Result<()> {
        self.change(move |objects, kept| {
            if let Some(kept) = kept {
                kept.delete(&key)?;
            }
            objects.remove(&key);
            Ok(())
        })
        .await
    }

    /// Changes memory and files under one lock, where waiting for a disk holds no other task up.
    async fn change(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Arc<Object>>, Option<&Kept>) -> anyhow::Result<()>
        + Send
        + 'static,
    ) -> anyhow::Result<()> {
        let (objects, kept) = (Arc::clone(&self.objects), self.kept.clone());
        let changed = tokio::task::spawn_blocking(move || {
            let mut objects = objects.write().unwrap_or_else(|poisoned| poisoned.into_inner());
            change(&mut objects, kept.as_ref())
        });
        changed.await?
    }

    /// One page of the bucket's contents.
    pub(super) fn list(&self, wanted: &Wanted<'_>) -> Page {
        let objects = self.objects.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        page(&objects, wanted)
    }
}

/// Part of a bucket that is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) prefix: &'a str,
    /// Delimiter between a folder and its contents; empty for none.
    pub(super) delimiter: &'a str,
    /// Only what follows this key or folder.
    pub(super) after: &'a str,
    /// At most so many keys and folders.
    pub(super) most: usize,
}

/// A part of a bucket's contents, in the order of their keys.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) objects: Vec<(String, Arc<Object>)>,
    pub(super) folders: Vec<String>,
    /// The last key or folder of this page, if there is more behind it.
    pub(super) next: Option<String>,
}

fn page(objects: &BTreeMap<String, Arc<Object>>, wanted: &Wanted<'_>) -> Page {
    let mut page = Page::default();
    let mut last = wanted.after.to_owned();
    for (key, object) in objects.range(wanted.prefix.to_owned()..) {
        if !key.starts_with(wanted.prefix) {
            break;
        }
        let folder = folder(key, wanted);
        let name = folder.unwrap_or(key);
        if name <= last.as_str() {
            continue;
        }
        if page.objects.len() + page.folders.len() == wanted.most {
            // An empty page has no last entry to go on from, and S3 calls it complete.
            page.next = (wanted.most > 0).then_some(last);
            break;
        }
        match folder {
            Some(folder) => page.folders.push(folder.to_owned()),
            None => page.objects.push((key.clone(), Arc::clone(object))),
        }
        last = name.to_owned();
    }
    page
}

/// The folder below the prefix that a key lies in, with the delimiter at its end.
fn folder<'k>(key: &'k str, wanted: &Wanted<'_>) -> Option<&'k str> {
    if wanted.delimiter.is_empty() {
        return None;
    }
    let rest = key.get(wanted.prefix.len()..)?;
    let end = wanted.prefix.len() + rest.find(wanted.delimiter)? + wanted.delimiter.len();
    key.get(..end)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Bytes;

    use super::{Object, Objects, Wanted};

    const KEYS: [&str; 6] = ["a/1", "a/2", "a/b/1", "a/b/2", "a/c", "b"];

    fn objects() -> Objects {
        let objects = Objects::open("files", None).unwrap();
        let object = |key: &str| Object {
            body: Bytes::copy_from_slice(key.as_bytes()),
            label: Default::default(),
            etag: String::new(),
            modified: 0,
        };
        let all = KEYS.iter().map(|key| ((*key).to_owned(), Arc::new(object(key))));
        objects.objects.write().unwrap().extend(all);
        objects
    }

    /// All pages of `most` each, keys and folders in the order of the pages.
    fn walk(prefix: &str, delimiter: &str, most: usize) -> Vec<String> {
        let objects = objects();
        let mut after = String::new();
        let mut names = Vec::new();
        loop {
            let page = objects.list(&Wanted { prefix, delimiter, after: &after, most });
            assert!(page.objects.len() + page.folders.len() <= most);
            names.extend(page.objects.into_iter().map(|(key, _)| key));
            names.extend(page.folders);
            match page.next {
                Some(next) => after = next,
                None => return names,
            }
        }
    }

    #[track_caller]
    fn check(prefix: &str, delimiter: &str, expected: &[&str]) {
        for most in 1..=7 {
            let mut names = walk(prefix, delimiter, most);
            names.sort();
            assert_eq!(names, expected, "{prefix} {delimiter} {most}");
        }
    }

    #[test]
    fn keys_are_listed_below_a_prefix() {
        check("", "", &KEYS);
        check("a/", "", &["a/1", "a/2", "a/b/1", "a/b/2", "a/c"]);
        check("a/b", "", &["a/b/1", "a/b/2"]);
        check("c", "", &[]);
    }

    #[test]
    fn empty_page_is_complete() {
        let wanted = Wanted { prefix: "", delimiter: "", after: "", most: 0 };
        let page = objects().list(&wanted);
        assert!(page.objects.is_empty() && page.folders.is_empty());
        assert_eq!(page.next, None);
    }

    #[test]
    fn folders_stand_for_what_lies_in_them() {
        check("", "/", &["a/", "b"]);
        check("a/", "/", &["a/1", "a/2", "a/b/", "a/c"]);
        check("a/b/", "/", &["a/b/1", "a/b/2"]);
    }
}
