//! `AdminResetUserPassword`: the password stops working and the user gets a code for a new one.

use serde_json::{Value, json};

use crate::aws_api::ApiError;
use crate::aws_api::input::Input;
use crate::user_pool::Host;
use crate::user_pool::code::Purpose;
use crate::user_pool::message::Notice;
use crate::user_pool::state::Pool;
use crate::user_pool::trigger::Scene;
use crate::user_pool::user::{Status, User};

impl Host {
    pub(super) async fn admin_reset_password(&self, input: &Input) -> Result<Value, ApiError> {
        let metadata = input.metadata()?;
        let (pool, name) = self.subject(input)?;
        let (attribute, code) = {
            let now = self.clock.now();
            let mut state = self.state();
            let pool = state.pool_mut(&pool)?;
            let attribute = check_resettable(pool, pool.user(&name)?)?;
            let user = pool.user_mut(&name)?;
            let code = user.codes.entry(Purpose::Password.key()).or_default();
            let code = code.renew(Purpose::Password, attribute, &self.settings, now)?;
            user.status = Status::ResetRequired;
            user.modified = now;
            (attribute, code)
        };
        let notice = Notice {
            scene: Scene { pool: &pool, client: None, user_name: &name },
            occasion: &self.settings.uncertain.admin_reset_occasion,
            attribute,
            code: &code,
            metadata: metadata.as_ref(),
        };
        self.notify(&notice).await?;
        Ok(json!({}))
    }
}

/// Returns the attribute with the address for the code, if the pool and the user's state allow a
/// reset.
fn check_resettable(pool: &Pool, user: &User) -> Result<&'static str, ApiError> {
    pool.check_recovery()?;
    user.check_enabled()?;
    match user.status {
        Status::Unconfirmed | Status::ForceChangePassword => {
            Err(ApiError::refused("User password cannot be reset in the current state."))
        }
        Status::Confirmed | Status::ResetRequired => pool.recovery_address(user).ok_or_else(|| {
            ApiError::invalid(
                "Cannot reset password for the user as there is no registered/verified email \
                     or phone_number",
            )
        }),
    }
}
