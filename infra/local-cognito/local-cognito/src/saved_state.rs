//! State that outlives a process in its data folder: the pools and the code key; tables and objects
//! are kept by DynamoDB and S3.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use serde_json::Value;

use crate::{default_identity_pool, default_pool};
use local_cognito_aws_emulation::data_folder::DataFolder;
use local_cognito_identity_pool::IdentityPools;
use local_cognito_sam_template::Template;
use local_cognito_user_pool::UserPools;

/// Shortest pause between two savings of the pools, if they have changed.
const SAVE_INTERVAL: Duration = Duration::from_secs(5);
/// Times that the pause is longer than the saving before it, so that large pools are not saved all
/// the time.
const PAUSE_FACTOR: u32 = 20;
const IDENTITY_POOLS_FILE: &str = "identity-pools.json";
const USER_POOLS_FILE: &str = "user-pools.json";
const CODE_KEY_FILE: &str = "code-key.json";

/// Pools that are saved, and the folder for their state; without one nothing is saved.
#[derive(Clone)]
pub(crate) struct SavedState {
    pub(crate) data: Option<DataFolder>,
    pub(crate) user_pools: UserPools,
    pub(crate) identity_pools: IdentityPools,
    /// Held from the reading of the pools to the end of their writing, so that no older content is
    /// written after a newer one or amid it.
    pub(crate) writing: Arc<Mutex<()>>,
}

impl SavedState {
    /// Returns the present content of each file.
    fn contents(&self) -> [(&'static str, String); 2] {
        [
            (USER_POOLS_FILE, self.user_pools.snapshot().to_string()),
            (IDENTITY_POOLS_FILE, self.identity_pools.snapshot().to_string()),
        ]
    }

    /// Restores the pools from the data folder or creates the default ones; true if the user pools
    /// are new.
    pub(crate) async fn restore(&self, template: &Template, region: &str) -> anyhow::Result<bool> {
        let data = self.data.as_ref();
        let restore_identity_pools = |saved| self.identity_pools.restore(saved);
        if !restore_file(data, IDENTITY_POOLS_FILE, restore_identity_pools)? {
            default_identity_pool::create(&self.identity_pools, template, region).await?;
        }
        let is_new = !restore_file(data, USER_POOLS_FILE, |saved| self.user_pools.restore(saved))?;
        if is_new {
            default_pool::create(&self.user_pools, template, region)
                .await
                .map_err(|error| anyhow!("The default pool: {error}"))?;
        }
        Ok(is_new)
    }

    /// Saves everything once.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn save(&self) -> anyhow::Result<()> {
        match &self.data {
            Some(data) => {
                let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
                self.contents()
                    .iter()
                    .try_for_each(|(file, content)| data.write(file, content.as_bytes()))
            }
            None => Ok(()),
        }
    }

    /// Saves the files that have other content than when they were saved last.
    fn save_changes(&self, data: &DataFolder, saved: &mut BTreeMap<&str, String>) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        for (file, content) in self.contents() {
            if saved.get(file) != Some(&content) {
                match data.write(file, content.as_bytes()) {
                    Ok(()) => drop(saved.insert(file, content)),
                    Err(error) => eprintln!("{error:#}"),
                }
            }
        }
    }

    /// Saves files that have changed, again and again; ends at once without a data folder.
    pub(crate) async fn keep_saving(self) {
        let Some(data) = &self.data else {
            return;
        };
        let mut saved = BTreeMap::new();
        loop {
            let started = Instant::now();
            self.save_changes(data, &mut saved);
            tokio::time::sleep(pause(started.elapsed())).await;
        }
    }
}

/// Returns the pause after a saving that took this long.
fn pause(took: Duration) -> Duration {
    took.saturating_mul(PAUSE_FACTOR).max(SAVE_INTERVAL)
}

fn restore_file(
    data: Option<&DataFolder>,
    file: &str,
    restore: impl FnOnce(Value) -> Result<(), serde_json::Error>,
) -> anyhow::Result<bool> {
    let saved = match data {
        Some(data) => data.read(file)?,
        None => None,
    };
    let Some(saved) = saved else {
        return Ok(false);
    };
    serde_json::from_str(&saved).and_then(restore).with_context(|| not_usable(file))?;
    Ok(true)
}

/// Returns the code key of the data folder, or a new one.
pub(crate) fn code_key(data: Option<&DataFolder>) -> anyhow::Result<String> {
    let kept = match data {
        Some(data) => data.read(CODE_KEY_FILE)?,
        None => None,
    };
    if let Some(kept) = kept {
        serde_json::from_str::<BTreeMap<String, String>>(&kept)
            .with_context(|| not_usable(CODE_KEY_FILE))?;
        return Ok(kept);
    }
    let key = default_pool::code_key(random_bytes()?);
    if let Some(data) = data {
        data.write(CODE_KEY_FILE, key.as_bytes())?;
    }
    Ok(key)
}

fn not_usable(file: &str) -> String {
    format!(
        "{file} in the data folder is damaged or of another version; choose another --data folder"
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "the code key of a new local Cognito is the one draw outside the user pools"
)]
fn random_bytes() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("No random bytes: {error}"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::pause;

    #[test]
    fn pause_grows_with_the_time_of_a_saving() {
        for (took, expected) in [(0, 5_000), (250, 5_000), (251, 5_020), (1_000, 20_000)] {
            let pause = pause(Duration::from_millis(took));
            assert_eq!(pause, Duration::from_millis(expected), "{took} ms");
        }
        assert_eq!(pause(Duration::MAX), Duration::MAX);
    }
}
