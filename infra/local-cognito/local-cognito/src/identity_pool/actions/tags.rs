//! Which claims of a provider become principal tags.

use serde_json::{Value, json};

use crate::aws_api::ApiError;
use crate::aws_api::input::Input;
use crate::identity_pool::tag::{TagMap, check_size, read};
use crate::identity_pool::{Host, rule};

impl Host {
    pub(super) fn set_tag_map(&self, input: &Input) -> Result<Value, ApiError> {
        let map = TagMap { use_defaults: input.flag("UseDefaults")?, tags: read(input)? };
        check_size(&map.tags)?;
        let provider = input.required("IdentityProviderName")?;
        let pool_id = rule::pool_id(input)?;
        let mut state = self.state();
        let pool = state.pool_mut(pool_id)?;
        if pool.provider(provider, &self.settings.url).is_none() {
            return Err(ApiError::no_such_resource(format!(
                "Identity pool {pool_id} has no provider {provider}."
            )));
        }
        let shown = show(pool_id, provider, &map);
        pool.tag_maps.insert(provider.to_owned(), map);
        Ok(shown)
    }

    pub(super) fn get_tag_map(&self, input: &Input) -> Result<Value, ApiError> {
        let provider = input.required("IdentityProviderName")?;
        let pool_id = rule::pool_id(input)?;
        let state = self.state();
        let map = state.pool(pool_id)?.tag_maps.get(provider).ok_or_else(|| {
            ApiError::no_such_resource(format!("There is no tag map of {provider}."))
        })?;
        Ok(show(pool_id, provider, map))
    }
}

fn show(pool: &str, provider: &str, map: &TagMap) -> Value {
    json!({
        "IdentityPoolId": pool,
        "IdentityProviderName": provider,
        "UseDefaults": map.use_defaults,
        "PrincipalTags": map.tags,
    })
}
