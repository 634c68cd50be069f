//! Limits on members of inputs, with AWS's wording of their violations.

use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::{Input, Texts, constraint};
use local_cognito_aws_emulation::listing::PageRequest;

const ID_PATTERN: &str = r"[\w-]+:[0-9a-f-]+";
const LONGEST_ID: usize = 55;
const MOST_LOGINS: usize = 10;
const LONGEST_LOGIN: usize = 50_000;

/// Parses `IdentityPoolId`.
pub(crate) fn pool_id(input: &Input) -> Result<String, ApiError> {
    let id = input.required("IdentityPoolId")?;
    check_id("IdentityPoolId", id)?;
    Ok(id.to_owned())
}

/// Parses `IdentityId`, which may be left out.
pub(crate) fn optional_identity_id(input: &Input) -> Result<Option<String>, ApiError> {
    let id = input.text("IdentityId")?;
    if let Some(id) = id {
        check_id("IdentityId", id)?;
    }
    Ok(id.map(str::to_owned))
}

/// Parses `IdentityId`.
pub(crate) fn identity_id(input: &Input) -> Result<String, ApiError> {
    let id = input.required("IdentityId")?;
    check_id("IdentityId", id)?;
    Ok(id.to_owned())
}

/// Checks the id of a pool or of an identity.
pub(crate) fn check_id(name: &str, id: &str) -> Result<(), ApiError> {
    check_length(name, id, 1, LONGEST_ID)?;
    let fits = id.split_once(':').is_some_and(|(region, rest)| {
        !region.is_empty()
            && !rest.is_empty()
            && region.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
            && rest.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f' | '-'))
    });
    if fits { Ok(()) } else { Err(violates_pattern(name, id, ID_PATTERN)) }
}

/// Parses `Logins`, which may be left out.
pub(crate) fn logins(input: &Input) -> Result<Texts, ApiError> {
    let logins = input.texts("Logins")?.unwrap_or_default();
    let fit = logins.len() <= MOST_LOGINS
        && logins.iter().all(|(provider, token)| {
            provider.chars().count() <= 128 && (1..=LONGEST_LOGIN).contains(&token.chars().count())
        });
    if !fit {
        return Err(violates_map("logins", "at most 10 pairs of lengths 1 to 128 and 1 to 50000"));
    }
    Ok(logins)
}

/// Checks that a text has `low` to `high` characters.
pub(crate) fn check_length(
    name: &str,
    text: &str,
    low: usize,
    high: usize,
) -> Result<(), ApiError> {
    let length = text.chars().count();
    let rule = if length < low {
        format!("Member must have length greater than or equal to {low}")
    } else if length > high {
        format!("Member must have length less than or equal to {high}")
    } else {
        return Ok(());
    };
    Err(constraint(&format!("'{text}'"), name, &rule))
}

/// Checks that a text has only characters that a pattern names.
pub(crate) fn check_characters(
    name: &str,
    text: &str,
    pattern: &str,
    fits: impl Fn(char) -> bool,
) -> Result<(), ApiError> {
    if text.chars().all(fits) { Ok(()) } else { Err(violates_pattern(name, text, pattern)) }
}

/// Parses the page of a list by `MaxResults`, which is required, and `NextToken`.
pub(crate) fn required_page(input: &Input) -> Result<PageRequest, ApiError> {
    let most = most_results(input)?
        .ok_or_else(|| constraint("null", "MaxResults", "Member must not be null"))?;
    PageRequest::parse("NextToken", input.text("NextToken")?, Some(most))
}

/// Parses the page of a list by `MaxResults` and `NextToken`, which may be left out.
pub(crate) fn optional_page(input: &Input) -> Result<PageRequest, ApiError> {
    PageRequest::parse("NextToken", input.text("NextToken")?, most_results(input)?)
}

fn most_results(input: &Input) -> Result<Option<u64>, ApiError> {
    input.number("MaxResults", 1, 60)
}

/// Returns the error for a map, without its content.
pub(crate) fn violates_map(member: &str, rule: &str) -> ApiError {
    ApiError::invalid(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Map must \
         satisfy constraint: [{rule}]"
    ))
}

fn violates_pattern(name: &str, text: &str, pattern: &str) -> ApiError {
    let rule = format!("Member must satisfy regular expression pattern: {pattern}");
    constraint(&format!("'{text}'"), name, &rule)
}

#[cfg(test)]
mod tests {
    use super::check_id;

    #[track_caller]
    fn check(id: &str, fits: bool) {
        assert_eq!(check_id("IdentityId", id).is_ok(), fits, "{id}");
    }

    #[test]
    fn id_is_a_region_and_hexadecimal_digits() {
        check("eu-west-1:11111111-2222-4333-8444-555555555555", true);
        check("eu-west-1:", false);
        check(":11", false);
        check("eu west:11", false);
        check("eu-west-1:1G", false);
        check(&format!("eu-west-1:{}", "1".repeat(46)), false);
    }
}
