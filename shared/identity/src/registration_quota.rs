//! Limits on registration mails: rows of counts that every registration of a day shares.
//!
//! Registration mails go to addresses that never proved anything, so their number is limited for the
//! whole directory, and for each domain that is no large mail provider. A registration counts before
//! anything is known of its address, so a count tells nothing of an account.

use lifeguard_sign_in::budget::DAY;
use lifeguard_sign_up::email::Email;
use lifeguard_sign_up::mail_provider::is_large;
use sha2::{Digest, Sha256};

use crate::account::{AccountKey, hash_of};

/// Number of rows over which the limit of a day is spread, so that no row takes every write.
pub const SHARES: u64 = 8;

/// Numbers of registration mails of one day (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaLimits {
    /// Of the whole directory, at least [`SHARES`].
    pub a_day: u64,
    /// Of one domain.
    pub a_domain: u64,
}

/// Extent of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The addresses of one domain.
    Domain,
    /// A share of all addresses, by their hash.
    Share,
}

/// One row that counts registrations, and its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationQuota {
    /// Extent of the quota.
    pub extent: Extent,
    /// Key of the row: a plain hash, which names no address and no domain.
    pub key: String,
    /// The highest count.
    pub limit: u64,
    /// Time from which on the row may be cleared, in seconds since 1970.
    pub expires: u64,
}

/// Returns the quotas that a registration counts in, in this order. That of the domain comes first:
/// a domain that has used its own up takes nothing from all others. At a large mail provider there
/// is none for the domain.
#[must_use]
pub fn quotas(email: &Email, limits: QuotaLimits, now: u64) -> Vec<RegistrationQuota> {
    let day = now / DAY;
    let quota = |extent, kind, of: &str, limit| RegistrationQuota {
        extent,
        key: format!("q1#{}", hash_of(kind, &[&day.to_string(), of])),
        limit,
        // A day more than it counts, for clocks that differ.
        expires: (day + 2) * DAY,
    };
    let domain = email.domain();
    let of_domain = (!is_large(domain)).then(|| {
        quota(Extent::Domain, "registrations-of-domain", domain.as_str(), limits.a_domain)
    });
    let share = share(&AccountKey::from_address(email)).to_string();
    let of_share = quota(Extent::Share, "registrations", &share, limits.a_day / SHARES);
    of_domain.into_iter().chain([of_share]).collect()
}

/// Returns the seconds until the counts begin anew.
#[must_use]
pub const fn seconds_left(now: u64) -> u64 {
    DAY - now % DAY
}

impl RegistrationQuota {
    /// True if a count has reached half of the limit.
    #[must_use]
    pub const fn is_half_used(&self, count: u64) -> bool {
        count.saturating_mul(2) >= self.limit
    }
}

fn share(account: &AccountKey) -> u64 {
    let hash = Sha256::digest(account.as_str());
    hash.first().map_or(0, |byte| u64::from(*byte)) % SHARES
}

#[cfg(test)]
mod tests {
    use super::{DAY, Extent, QuotaLimits, SHARES, quotas, seconds_left};
    use lifeguard_sign_up::email::Email;
    use std::collections::BTreeMap;

    const NOW: u64 = 1_800_000_000;
    const LIMITS: QuotaLimits = QuotaLimits { a_day: 1_000, a_domain: 200 };

    fn keys(address: &str, now: u64) -> Vec<(Extent, String)> {
        let quotas = quotas(&Email::parse(address).unwrap(), LIMITS, now);
        quotas.into_iter().map(|quota| (quota.extent, quota.key)).collect()
    }

    #[test]
    fn registration_counts_for_its_domain_and_a_share_of_the_day() {
        let both = quotas(&Email::parse("noor@example.net").unwrap(), LIMITS, NOW);
        let seen: Vec<_> = both.iter().map(|quota| (quota.extent, quota.limit)).collect();
        assert_eq!(seen, [(Extent::Domain, 200), (Extent::Share, 125)]);
        for quota in &both {
            assert!(quota.key.len() == 3 + 43 && quota.key.starts_with("q1#"), "{quota:?}");
            assert!(quota.expires > NOW + DAY && quota.expires <= NOW + 2 * DAY);
        }
        let large = quotas(&Email::parse("noor@gmail.com").unwrap(), LIMITS, NOW);
        assert_eq!(large.iter().map(|quota| quota.extent).collect::<Vec<_>>(), [Extent::Share]);
    }

    #[test]
    fn spellings_of_an_address_count_in_one_place_and_days_do_not() {
        let noor = keys("noor@example.net", NOW);
        assert_eq!(keys("Noor@EXAMPLE.net", NOW), noor);
        assert_eq!(keys("noor@example.net", NOW + seconds_left(NOW) - 1), noor);
        let next = keys("noor@example.net", NOW + seconds_left(NOW));
        assert!(next.iter().all(|key| !noor.contains(key)));
        assert_eq!(keys("raj@example.net", NOW)[0], noor[0], "one domain");
        assert_ne!(keys("noor@example.org", NOW)[0], noor[0]);
    }

    #[test]
    fn shares_are_few_and_about_even_and_stay_below_the_limit() {
        let mut shares: BTreeMap<String, u64> = BTreeMap::new();
        for number in 0..8_000 {
            let (_, share) = keys(&format!("user{number}@gmail.com"), NOW).remove(0);
            *shares.entry(share).or_default() += 1;
        }
        assert_eq!(shares.len() as u64, SHARES);
        assert!(shares.values().all(|count| (800..1_200).contains(count)), "{shares:?}");
        for a_day in [8, 9, 15, 16, 1_000, 1_007] {
            let limits = QuotaLimits { a_day, ..LIMITS };
            let share = quotas(&Email::parse("noor@gmail.com").unwrap(), limits, NOW).remove(0);
            assert!(share.limit >= 1 && share.limit * SHARES <= a_day, "{a_day}");
        }
    }

    #[test]
    fn half_is_reached_by_the_count_that_reaches_it() {
        let [domain, share] =
            quotas(&Email::parse("noor@example.net").unwrap(), LIMITS, NOW).try_into().unwrap();
        assert_eq!([99, 100, 200].map(|count| domain.is_half_used(count)), [false, true, true]);
        assert_eq!([62, 63].map(|count| share.is_half_used(count)), [false, true]);
    }

    #[test]
    fn day_ends_at_midnight() {
        assert_eq!(seconds_left(0), DAY);
        assert_eq!(seconds_left(DAY - 1), 1);
        assert_eq!(seconds_left(DAY), DAY);
    }
}
