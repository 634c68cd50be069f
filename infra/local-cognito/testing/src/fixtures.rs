//! Names, passwords, ids and error texts that tests share.

/// Region of all fixtures.
pub const REGION: &str = "eu-west-1";
/// User pool of the tests.
pub const POOL: &str = "eu-west-1_Testing";
/// Part of the user pool's id that SRP hashes.
pub const POOL_NAME: &str = "Testing";
/// App client of the user pool.
pub const CLIENT: &str = "testclient0000000000000000";
/// App client that the identity pool and the authorizers do not know.
pub const OTHER_CLIENT: &str = "otherclient000000000000000";
/// Address of the user of most tests.
pub const NOOR: &str = "noor@example.com";
/// Password of every user.
pub const PASSWORD: &str = "Correct-horse-1";
/// Password that fits the policy and that no user has.
pub const OTHER_PASSWORD: &str = "Battery-staple-2";
/// Answer that the scripted verify function takes as right.
pub const RIGHT: &str = "42";
/// Text of every refused sign-in that must not say why.
pub const GENERIC: &str = "Incorrect username or password.";

/// Identity pool of the tests.
pub const IDENTITY_POOL: &str = "eu-west-1:11111111-2222-4333-8444-555555555555";
/// Role of authenticated users.
pub const ROLE: &str = "arn:aws:iam::000000000000:role/authenticated";
/// Role of guests.
pub const GUEST_ROLE: &str = "arn:aws:iam::000000000000:role/guest";
/// Role that no rule names unless a test writes one.
pub const OTHER_ROLE: &str = "arn:aws:iam::000000000000:role/other";
/// Developer provider of the identity pool.
pub const DEVELOPER_PROVIDER: &str = "lifeguard";
/// Key of the identity pool's own tokens among `Logins`.
pub const COGNITO: &str = "cognito-identity.amazonaws.com";
/// Social provider of the identity pool.
pub const GOOGLE: &str = "accounts.google.com";
/// Audience of the social provider's tokens.
pub const GOOGLE_CLIENT: &str = "google-client";
/// Key of the user pool's tokens among `Logins`.
pub const USERS: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Testing";
/// Error for logins that lead to another identity.
pub const DONT_MATCH: &str = "NotAuthorizedException: Logins don't match. Please include at \
                              least one valid login for this identity or identity pool.";
/// Error for an identity that has no role.
pub const NO_ROLE: &str = "InvalidIdentityPoolConfigurationException: Invalid identity pool \
                           configuration. Check assigned IAM roles for this pool.";

/// Identity with temporary credentials.
pub const ADA: &str = "eu-west-1:ada";
/// Second identity with temporary credentials.
pub const BOB: &str = "eu-west-1:bob";
/// Role of authenticated users in the project's own template.
pub const TEMPLATE_ROLE: &str = "arn:aws:iam::000000000000:role/lifeguard-authenticated-role";
