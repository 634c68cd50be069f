//! What outlives a host in its data folder: the user pools and the code key.

use std::time::Duration;

use anyhow::{Context, anyhow};

use crate::data_folder::DataFolder;
use crate::default_pool;
use crate::user_pool::UserPools;

/// How often the user pools are saved, if they have changed.
const SAVE_INTERVAL: Duration = Duration::from_secs(5);
const USER_POOLS_FILE: &str = "user-pools.json";
const CODE_KEY_FILE: &str = "code-key.json";

/// Restores the pools from the data folder or creates the default one; true if it is new.
pub(super) async fn restore(
    data: Option<&DataFolder>,
    pools: &UserPools,
    region: &str,
) -> anyhow::Result<bool> {
    let saved = match data {
        Some(data) => data.read(USER_POOLS_FILE)?,
        None => None,
    };
    let Some(saved) = saved else {
        default_pool::create(pools, region)
            .await
            .map_err(|error| anyhow!("The default pool: {}: {}", error.kind, error.message))?;
        return Ok(true);
    };
    serde_json::from_str(&saved)
        .and_then(|snapshot| pools.restore(snapshot))
        .with_context(|| format!("{USER_POOLS_FILE} in the data folder is not usable"))?;
    Ok(false)
}

/// Saves the pools once.
pub(super) fn save(data: &DataFolder, pools: &UserPools) -> anyhow::Result<()> {
    data.write(USER_POOLS_FILE, &pools.snapshot().to_string())
}

/// Saves the pools whenever they have changed.
pub(super) async fn keep_saving(data: DataFolder, pools: UserPools) {
    let mut saved = String::new();
    loop {
        let state = pools.snapshot().to_string();
        if state != saved {
            match data.write(USER_POOLS_FILE, &state) {
                Ok(()) => saved = state,
                Err(error) => eprintln!("{error:#}"),
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
        return Ok(kept);
    }
    let key = default_pool::code_key(random_bytes()?);
    if let Some(data) = data {
        data.write(CODE_KEY_FILE, &key)?;
    }
    Ok(key)
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
