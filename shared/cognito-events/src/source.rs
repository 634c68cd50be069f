//! Trigger sources: the moment that an event is about.

use std::fmt;

/// The documented values of `triggerSource`, one for each moment at which Cognito asks.
///
/// Source: the "Trigger sources" tables of
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is the wire name without its underscore")]
pub enum TriggerSource {
    CreateAuthChallengeAuthentication,
    CustomEmailSenderAccountTakeOverNotification,
    CustomEmailSenderAdminCreateUser,
    CustomEmailSenderAuthentication,
    CustomEmailSenderForgotPassword,
    CustomEmailSenderResendCode,
    CustomEmailSenderSignUp,
    CustomEmailSenderUpdateUserAttribute,
    CustomEmailSenderVerifyUserAttribute,
    CustomMessageAdminCreateUser,
    CustomMessageAuthentication,
    CustomMessageForgotPassword,
    CustomMessageResendCode,
    CustomMessageSignUp,
    CustomMessageUpdateUserAttribute,
    CustomMessageVerifyUserAttribute,
    CustomSmsSenderAdminCreateUser,
    CustomSmsSenderAuthentication,
    CustomSmsSenderForgotPassword,
    CustomSmsSenderResendCode,
    CustomSmsSenderSignUp,
    CustomSmsSenderUpdateUserAttribute,
    CustomSmsSenderVerifyUserAttribute,
    DefineAuthChallengeAuthentication,
    InboundFederationExternalProvider,
    PostAuthenticationAuthentication,
    PostConfirmationConfirmForgotPassword,
    PostConfirmationConfirmSignUp,
    PreAuthenticationAuthentication,
    PreSignUpAdminCreateUser,
    PreSignUpExternalProvider,
    PreSignUpSignUp,
    TokenGenerationAuthenticateDevice,
    TokenGenerationAuthentication,
    TokenGenerationClientCredentials,
    TokenGenerationHostedAuth,
    TokenGenerationNewPasswordChallenge,
    TokenGenerationRefreshTokens,
    UserMigrationAuthentication,
    UserMigrationForgotPassword,
    VerifyAuthChallengeResponseAuthentication,
}

/// App client that an event of a source must name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientRule {
    /// A configured one: the call behind the event always comes through a client.
    Configured,
    /// A configured one or none, and without one the pool alone says that the event is ours.
    /// Administrators and the console cause most of these events without a client, authorised by
    /// IAM; the rest share the rule of their trigger.
    ConfiguredOrNone,
}

impl TriggerSource {
    /// Every source, in alphabetical order of the wire names.
    pub const ALL: [Self; 41] = [
        Self::CreateAuthChallengeAuthentication,
        Self::CustomEmailSenderAccountTakeOverNotification,
        Self::CustomEmailSenderAdminCreateUser,
        Self::CustomEmailSenderAuthentication,
        Self::CustomEmailSenderForgotPassword,
        Self::CustomEmailSenderResendCode,
        Self::CustomEmailSenderSignUp,
        Self::CustomEmailSenderUpdateUserAttribute,
        Self::CustomEmailSenderVerifyUserAttribute,
        Self::CustomMessageAdminCreateUser,
        Self::CustomMessageAuthentication,
        Self::CustomMessageForgotPassword,
        Self::CustomMessageResendCode,
        Self::CustomMessageSignUp,
        Self::CustomMessageUpdateUserAttribute,
        Self::CustomMessageVerifyUserAttribute,
        Self::CustomSmsSenderAdminCreateUser,
        Self::CustomSmsSenderAuthentication,
        Self::CustomSmsSenderForgotPassword,
        Self::CustomSmsSenderResendCode,
        Self::CustomSmsSenderSignUp,
        Self::CustomSmsSenderUpdateUserAttribute,
        Self::CustomSmsSenderVerifyUserAttribute,
        Self::DefineAuthChallengeAuthentication,
        Self::InboundFederationExternalProvider,
        Self::PostAuthenticationAuthentication,
        Self::PostConfirmationConfirmForgotPassword,
        Self::PostConfirmationConfirmSignUp,
        Self::PreAuthenticationAuthentication,
        Self::PreSignUpAdminCreateUser,
        Self::PreSignUpExternalProvider,
        Self::PreSignUpSignUp,
        Self::TokenGenerationAuthenticateDevice,
        Self::TokenGenerationAuthentication,
        Self::TokenGenerationClientCredentials,
        Self::TokenGenerationHostedAuth,
        Self::TokenGenerationNewPasswordChallenge,
        Self::TokenGenerationRefreshTokens,
        Self::UserMigrationAuthentication,
        Self::UserMigrationForgotPassword,
        Self::VerifyAuthChallengeResponseAuthentication,
    ];

    /// The source with this wire name; `None` for a name that was not documented when this was
    /// written, since AWS adds new ones.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// The app client that an event of this source must name.
    ///
    /// Calls without a client: `AdminCreateUser`, `AdminConfirmSignUp`,
    /// `AdminUpdateUserAttributes` and `AdminResetUserPassword` take a pool, not a client. The rule
    /// is that of a whole trigger for post confirmation, custom messages and custom senders, of
    /// which some sources come through a client alone (`PostConfirmation_ConfirmForgotPassword`,
    /// and `Authentication` of the message triggers): these triggers let no user in. A source that
    /// asks for an answer to a sign-in, or for what is in a token, needs a client.
    #[must_use]
    pub const fn client_rule(self) -> ClientRule {
        match self {
            Self::CustomEmailSenderAccountTakeOverNotification
            | Self::CustomEmailSenderAdminCreateUser
            | Self::CustomEmailSenderAuthentication
            | Self::CustomEmailSenderForgotPassword
            | Self::CustomEmailSenderResendCode
            | Self::CustomEmailSenderSignUp
            | Self::CustomEmailSenderUpdateUserAttribute
            | Self::CustomEmailSenderVerifyUserAttribute
            | Self::CustomMessageAdminCreateUser
            | Self::CustomMessageAuthentication
            | Self::CustomMessageForgotPassword
            | Self::CustomMessageResendCode
            | Self::CustomMessageSignUp
            | Self::CustomMessageUpdateUserAttribute
            | Self::CustomMessageVerifyUserAttribute
            | Self::CustomSmsSenderAdminCreateUser
            | Self::CustomSmsSenderAuthentication
            | Self::CustomSmsSenderForgotPassword
            | Self::CustomSmsSenderResendCode
            | Self::CustomSmsSenderSignUp
            | Self::CustomSmsSenderUpdateUserAttribute
            | Self::CustomSmsSenderVerifyUserAttribute
            | Self::PostConfirmationConfirmForgotPassword
            | Self::PostConfirmationConfirmSignUp
            | Self::PreSignUpAdminCreateUser => ClientRule::ConfiguredOrNone,
            Self::CreateAuthChallengeAuthentication
            | Self::DefineAuthChallengeAuthentication
            | Self::InboundFederationExternalProvider
            | Self::PostAuthenticationAuthentication
            | Self::PreAuthenticationAuthentication
            | Self::PreSignUpExternalProvider
            | Self::PreSignUpSignUp
            | Self::TokenGenerationAuthenticateDevice
            | Self::TokenGenerationAuthentication
            | Self::TokenGenerationClientCredentials
            | Self::TokenGenerationHostedAuth
            | Self::TokenGenerationNewPasswordChallenge
            | Self::TokenGenerationRefreshTokens
            | Self::UserMigrationAuthentication
            | Self::UserMigrationForgotPassword
            | Self::VerifyAuthChallengeResponseAuthentication => ClientRule::Configured,
        }
    }

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateAuthChallengeAuthentication => "CreateAuthChallenge_Authentication",
            Self::CustomEmailSenderAccountTakeOverNotification => {
                "CustomEmailSender_AccountTakeOverNotification"
            }
            Self::CustomEmailSenderAdminCreateUser => "CustomEmailSender_AdminCreateUser",
            Self::CustomEmailSenderAuthentication => "CustomEmailSender_Authentication",
            Self::CustomEmailSenderForgotPassword => "CustomEmailSender_ForgotPassword",
            Self::CustomEmailSenderResendCode => "CustomEmailSender_ResendCode",
            Self::CustomEmailSenderSignUp => "CustomEmailSender_SignUp",
            Self::CustomEmailSenderUpdateUserAttribute => "CustomEmailSender_UpdateUserAttribute",
            Self::CustomEmailSenderVerifyUserAttribute => "CustomEmailSender_VerifyUserAttribute",
            Self::CustomMessageAdminCreateUser => "CustomMessage_AdminCreateUser",
            Self::CustomMessageAuthentication => "CustomMessage_Authentication",
            Self::CustomMessageForgotPassword => "CustomMessage_ForgotPassword",
            Self::CustomMessageResendCode => "CustomMessage_ResendCode",
            Self::CustomMessageSignUp => "CustomMessage_SignUp",
            Self::CustomMessageUpdateUserAttribute => "CustomMessage_UpdateUserAttribute",
            Self::CustomMessageVerifyUserAttribute => "CustomMessage_VerifyUserAttribute",
            Self::CustomSmsSenderAdminCreateUser => "CustomSMSSender_AdminCreateUser",
            Self::CustomSmsSenderAuthentication => "CustomSMSSender_Authentication",
            Self::CustomSmsSenderForgotPassword => "CustomSMSSender_ForgotPassword",
            Self::CustomSmsSenderResendCode => "CustomSMSSender_ResendCode",
            Self::CustomSmsSenderSignUp => "CustomSMSSender_SignUp",
            Self::CustomSmsSenderUpdateUserAttribute => "CustomSMSSender_UpdateUserAttribute",
            Self::CustomSmsSenderVerifyUserAttribute => "CustomSMSSender_VerifyUserAttribute",
            Self::DefineAuthChallengeAuthentication => "DefineAuthChallenge_Authentication",
            Self::InboundFederationExternalProvider => "InboundFederation_ExternalProvider",
            Self::PostAuthenticationAuthentication => "PostAuthentication_Authentication",
            Self::PostConfirmationConfirmForgotPassword => "PostConfirmation_ConfirmForgotPassword",
            Self::PostConfirmationConfirmSignUp => "PostConfirmation_ConfirmSignUp",
            Self::PreAuthenticationAuthentication => "PreAuthentication_Authentication",
            Self::PreSignUpAdminCreateUser => "PreSignUp_AdminCreateUser",
            Self::PreSignUpExternalProvider => "PreSignUp_ExternalProvider",
            Self::PreSignUpSignUp => "PreSignUp_SignUp",
            Self::TokenGenerationAuthenticateDevice => "TokenGeneration_AuthenticateDevice",
            Self::TokenGenerationAuthentication => "TokenGeneration_Authentication",
            Self::TokenGenerationClientCredentials => "TokenGeneration_ClientCredentials",
            Self::TokenGenerationHostedAuth => "TokenGeneration_HostedAuth",
            Self::TokenGenerationNewPasswordChallenge => "TokenGeneration_NewPasswordChallenge",
            Self::TokenGenerationRefreshTokens => "TokenGeneration_RefreshTokens",
            Self::UserMigrationAuthentication => "UserMigration_Authentication",
            Self::UserMigrationForgotPassword => "UserMigration_ForgotPassword",
            Self::VerifyAuthChallengeResponseAuthentication => {
                "VerifyAuthChallengeResponse_Authentication"
            }
        }
    }
}

impl fmt::Display for TriggerSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::TriggerSource;

    #[test]
    fn every_name_is_read_back_as_its_source() {
        for source in TriggerSource::ALL {
            assert_eq!(TriggerSource::parse(source.name()), Some(source));
        }
        assert_eq!(TriggerSource::parse("PreSignUp_Tomorrow"), None);
    }
}
