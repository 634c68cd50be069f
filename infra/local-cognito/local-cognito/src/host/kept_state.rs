//! What outlives a host in its data folder: the pools and the code key; tables and objects see to
//! themselves.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, anyhow};
use serde_json::Value;

use crate::data_folder::DataFolder;
use crate::identity_pool::IdentityPools;
use crate::template::Template;
use crate::user_pool::UserPools;
use crate::{default_identity_pool, default_pool};

/// How often the pools are saved, if they have changed.
const SAVE_INTERVAL: Duration = Duration::from_secs(5);
const IDENTITY_POOLS_FILE: &str = "identity-pools.json";
const USER_POOLS_FILE: &str = "user-pools.json";
const CODE_KEY_FILE: &str = "code-key.json";

/// The parts whose state is kept.
pub(super) struct Kept {
    pub(super) pools: UserPools,
    pub(super) identity_pools: IdentityPools,
}

impl Kept {
    /// What each file holds now.
    fn contents(&self) -> [(&'static str, String); 2] {
        [
            (USER_POOLS_FILE, self.pools.snapshot().to_string()),
            (IDENTITY_POOLS_FILE, self.identity_pools.snapshot().to_string()),
        ]
    }
}

/// Restores the pools from the data folder or creates the default ones; true if the user pools
/// are new.
pub(super) async fn restore(
    data: Option<&DataFolder>,
    kept: Kept,
    template: &Template,
    region: &str,
) -> anyhow::Result<bool> {
    if !brought_back(data, IDENTITY_POOLS_FILE, |saved| kept.identity_pools.restore(saved))? {
        default_identity_pool::create(&kept.identity_pools, template, region).await?;
    }
    let is_new = !brought_back(data, USER_POOLS_FILE, |saved| kept.pools.restore(saved))?;
    if is_new {
        default_pool::create(&kept.pools, template, region)
            .await
            .map_err(|error| anyhow!("The default pool: {error}"))?;
    }
    Ok(is_new)
}

fn brought_back(
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

/// Saves everything once.
pub(super) fn save(data: &DataFolder, kept: &Kept) -> anyhow::Result<()> {
    kept.contents().iter().try_for_each(|(file, content)| data.write(file, content.as_bytes()))
}

/// Saves whatever has changed, again and again.
pub(super) async fn keep_saving(data: DataFolder, kept: Kept) {
    let mut saved = BTreeMap::new();
    loop {
        for (file, content) in kept.contents() {
            if saved.get(file) != Some(&content) {
                match data.write(file, content.as_bytes()) {
                    Ok(()) => drop(saved.insert(file, content)),
                    Err(error) => eprintln!("{error:#}"),
                }
            }
        }
        tokio::time::sleep(SAVE_INTERVAL).await;
    }
}

/// The code key of the data folder, or a new one.
pub(super) fn code_key(data: Option<&DataFolder>) -> anyhow::Result<String> {
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
    reason = "the code key of a new host is the one draw outside the user pools"
)]
fn random_bytes() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("No random bytes: {error}"))?;
    Ok(bytes)
}
