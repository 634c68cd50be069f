//! Lines that a started local Cognito prints: addresses, ids, clients and users.

use std::fmt::Write as _;

use crate::default_pool::{
    DIRECTORY_CLIENT, LINK_CLIENT, PASSWORDLESS_CLIENT, WEB_CLIENT, identity_pool_id, pool_id,
};
use crate::instance::LocalCognito;
use local_cognito_aws_emulation::origins::Origin;

/// Most users that are listed.
const MOST_USERS: usize = 10;

/// Returns the addresses and ids that a client needs, one a line.
#[must_use]
pub fn text(host: &LocalCognito) -> String {
    let (url, region) = (host.url(), host.region());
    let pool = pool_id(region);
    let origins: Vec<&str> = host.origins().iter().map(Origin::as_str).collect();
    let lines = [
        ("region", region.to_owned()),
        ("user pool", pool.clone()),
        ("issuer", host.user_pools().issuer(&pool).unwrap_or_default()),
        ("client web", WEB_CLIENT.to_owned()),
        ("client link", LINK_CLIENT.to_owned()),
        ("client passwordless", PASSWORDLESS_CLIENT.to_owned()),
        ("client directory", DIRECTORY_CLIENT.to_owned()),
        ("seeded users", users(host.seeded())),
        ("identity pool", identity_pool_id(region)),
        ("cognito, lambda", url.to_owned()),
        ("s3", format!("{}  bucket {}", host.s3_url(), host.template().bucket)),
        ("dynamodb", host.dynamo_url().to_owned()),
        ("web origins", origins.join("  ")),
        ("outbox, events", format!("{url}/_local/outbox  {url}/_local/events")),
    ];
    let mut text = format!("{url}\n\n");
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        // A `String` takes every text.
        let _ = writeln!(text, "{name:<22}{value}");
    }
    text.push_str("\nCtrl-C stops it.\n");
    text
}

fn users(names: &[String]) -> String {
    let listed = names.iter().take(MOST_USERS).cloned().collect::<Vec<_>>().join("  ");
    match names.len().saturating_sub(MOST_USERS) {
        0 => listed,
        more => format!("{listed}  and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::users;

    #[track_caller]
    fn check(count: usize, expected: &str) {
        let names: Vec<String> = (1..=count).map(|number| number.to_string()).collect();
        assert_eq!(users(&names), expected);
    }

    #[test]
    fn seeded_users_are_listed_up_to_the_limit() {
        check(0, "");
        check(2, "1  2");
        check(10, "1  2  3  4  5  6  7  8  9  10");
        check(12, "1  2  3  4  5  6  7  8  9  10  and 2 more");
    }
}
