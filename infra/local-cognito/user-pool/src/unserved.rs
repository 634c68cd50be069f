//! Values that AWS serves and this local Cognito does not.

/// Members of inputs with the values that are not served: the flow and the client that would
/// allow it, the pool's setting and the challenge that would follow from it get one answer.
///
/// `AllowedFirstAuthFactors` is absent since a pool with such factors lets users exist without a
/// password, which is served; the settings of OAuth, tiers, keys and issuers change nothing that
/// an action of this API answers. `AttributesRequireVerificationBeforeUpdate` is stored, and a
/// new address takes effect at once all the same. `MfaConfiguration` may be `OPTIONAL`: no action
/// of this API gives a user a second factor, so all of them sign in with the first one, as in AWS.
pub(crate) const VALUES: [(&str, &str); 26] = [
    ("AdvancedSecurityMode", "AUDIT"),
    ("AdvancedSecurityMode", "ENFORCED"),
    ("AuthFlow", "USER_AUTH"),
    ("ChallengeName", "ADMIN_NO_SRP_AUTH"),
    ("ChallengeName", "DEVICE_PASSWORD_VERIFIER"),
    ("ChallengeName", "DEVICE_SRP_AUTH"),
    ("ChallengeName", "EMAIL_OTP"),
    ("ChallengeName", "MFA_SETUP"),
    ("ChallengeName", "PASSWORD"),
    ("ChallengeName", "PASSWORD_SRP"),
    ("ChallengeName", "SELECT_CHALLENGE"),
    ("ChallengeName", "SELECT_MFA_TYPE"),
    ("ChallengeName", "SMS_MFA"),
    ("ChallengeName", "SMS_OTP"),
    ("ChallengeName", "SOFTWARE_TOKEN_MFA"),
    ("ChallengeName", "WEB_AUTHN"),
    ("ClientType", "DCR"),
    ("CustomAuthMode", "AUDIT"),
    ("CustomAuthMode", "ENFORCED"),
    ("DefaultEmailOption", "CONFIRM_WITH_LINK"),
    ("EnableStatus", "Enabled"),
    ("ExplicitAuthFlows", "ALLOW_TOKEN_EXCHANGE_DELEGATION"),
    ("ExplicitAuthFlows", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"),
    ("ExplicitAuthFlows", "ALLOW_USER_AUTH"),
    ("MfaConfiguration", "ON"),
    ("RevokeAssociatedSessions", "LINKED"),
];
