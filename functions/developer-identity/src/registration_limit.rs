//! Limits on registration mails, which go to addresses that never proved anything.

use lifeguard_identity::registration_quota::{Extent, QuotaLimits, quotas, seconds_left};
use lifeguard_policy::registration::RegistrationMode;
use lifeguard_sign_up::email::Email;
use lifeguard_store::quotas::{QuotaCount, Quotas};

use crate::fault::Failure;
use crate::problem::Problem;
use crate::provider::{Adapters, Provider};
use crate::reason::Reason;
use crate::response::Response;

/// Use of the quotas after a registration was counted, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuotaUse {
    /// Each is used by less than a half.
    Low,
    /// One is used by a half or more.
    Half,
}

impl QuotaUse {
    /// Returns the code of the log line.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Low => "",
            Self::Half => "RegistrationsHalfUsed",
        }
    }
}

impl<A: Adapters> Provider<A> {
    /// Refuses every registration while the route is closed.
    pub(crate) fn require_open_registration(&self) -> Result<(), Failure> {
        match self.identity.registration.mode {
            RegistrationMode::Accept => Ok(()),
            RegistrationMode::Refuse => Err(Problem::RegistrationClosed.into()),
        }
    }

    /// Counts a registration that the rules admit, before anything is known of its address: free,
    /// taken and joined ones alike, so that a refusal tells nothing.
    pub(crate) async fn count_registration(
        &self,
        email: &Email,
        now: u64,
    ) -> Result<QuotaUse, Failure> {
        let registration = &self.identity.registration;
        let limits =
            QuotaLimits { a_day: registration.mails_a_day, a_domain: registration.mails_a_domain };
        let mut used = QuotaUse::Low;
        for quota in quotas(email, limits, now) {
            match self.accounts.count(&quota).await? {
                QuotaCount::Counted(count) if quota.is_half_used(count) => used = QuotaUse::Half,
                QuotaCount::Counted(_) => {}
                QuotaCount::Exhausted => return Err(paused(quota.extent, now)),
            }
        }
        Ok(used)
    }
}

/// Builds the refusal until the next day (UTC). Only the log says which limit is reached.
fn paused(extent: Extent, now: u64) -> Failure {
    let reason = match extent {
        Extent::Domain => Reason::DomainQuota,
        Extent::Share => Reason::DayQuota,
    };
    let response = Response::from(Problem::RegistrationPaused);
    Failure::because(response.with_header("retry-after", &seconds_left(now).to_string()), reason)
}
