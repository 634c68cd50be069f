//! Settings: limits, lifetimes, and every point on which AWS's documents are silent.

use std::time::Duration;

use super::issuer_form::IssuerForm;

/// Settings of all user pools of one local Cognito.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Longest time that one invocation of a trigger may take; AWS: 5 s.
    pub trigger_limit: Duration,
    /// Base of the local form of issuers, `<issuer_base>/<pool id>`, and of the addresses of key
    /// sets under every form.
    pub issuer_base: String,
    /// Form of the issuer that new tokens name; AWS: the original one.
    pub issuer_form: IssuerForm,
    /// The region in pool ids, events and ARNs.
    pub region: String,
    /// Lifetime of a code for sign-up; AWS: 24 h.
    pub sign_up_code_life: Duration,
    /// Lifetime of a code for an attribute; AWS: 24 h.
    pub attribute_code_life: Duration,
    /// Lifetime of a code for a forgotten password; AWS: 1 h.
    pub password_code_life: Duration,
    /// Attempts at codes of one purpose that a user has in an hour; AWS: 15.
    pub code_tries_per_hour: u32,
    /// Codes of one purpose that a user may ask for in an hour; AWS: 5.
    pub codes_per_hour: u32,
    /// Wrong passwords in a row without a lockout; AWS: 5.
    pub password_tries: u32,
    /// The longest lockout after wrong passwords; AWS: about 15 min.
    pub longest_lockout: Duration,
    /// The points that AWS leaves open.
    pub uncertain: Uncertain,
}

impl Settings {
    /// Returns every issuer that a token of `pool` may name.
    pub fn issuers(&self, pool: &str) -> [String; 3] {
        IssuerForm::ALL.map(|form| self.issuer(form, pool))
    }

    /// Returns the issuer of `pool` in this form.
    pub(crate) fn issuer(&self, form: IssuerForm, pool: &str) -> String {
        form.issuer(&self.issuer_base, &self.region, pool)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            trigger_limit: Duration::from_secs(5),
            issuer_base: "http://localhost:4480".to_owned(),
            issuer_form: IssuerForm::Local,
            region: "eu-west-1".to_owned(),
            sign_up_code_life: Duration::from_secs(24 * 60 * 60),
            attribute_code_life: Duration::from_secs(24 * 60 * 60),
            password_code_life: Duration::from_secs(60 * 60),
            code_tries_per_hour: 15,
            codes_per_hour: 5,
            password_tries: 5,
            longest_lockout: Duration::from_secs(15 * 60),
            uncertain: Uncertain::default(),
        }
    }
}

/// Behaviour that AWS does not document, or documents in two ways. The defaults are the hardest for
/// a trigger, so that a function that works here works either way.
#[derive(Clone, Debug)]
pub struct Uncertain {
    /// Number of invocations of a trigger that runs into the time limit (case 14).
    pub attempts: u32,
    /// The type of the error after the last time-out (case 14).
    pub time_out_kind: String,
    /// The type of the error when a pre sign-up trigger verifies an address that the user does
    /// not have (case 6).
    pub verified_without_address_kind: String,
    /// True if keys in a trigger's `response` that the contract does not name are accepted (case
    /// 13); if not, `Unrecognizable lambda output`.
    pub unknown_response_keys_accepted: bool,
    /// True if an event that comes back with `clientMetadata: null` or another null where the
    /// event sent had no such key is accepted.
    pub added_nulls_accepted: bool,
    /// True if pre sign-up runs even when the name is taken (case 16).
    pub pre_sign_up_for_taken_name: bool,
    /// Outcome of a custom message without the code placeholder (case 27).
    pub codeless_message: CodelessMessage,
    /// True if custom message is invoked beside a custom sender.
    pub custom_message_beside_sender: bool,
    /// True if `AdminCreateUser`'s client metadata reaches custom message.
    pub admin_create_metadata_in_custom_message: bool,
    /// True if pre authentication runs for an unconfirmed user (case 36).
    pub pre_authentication_for_unconfirmed: bool,
    /// True if post authentication runs after `NEW_PASSWORD_REQUIRED` (case 39).
    pub post_authentication_after_new_password: bool,
    /// True if pre authentication runs while the password is locked out (case 43).
    pub pre_authentication_while_locked: bool,
    /// True if pre authentication runs for a user who has just been migrated (case 45).
    pub pre_authentication_after_migration: bool,
    /// True if define sees a wrong password of an SRP-first sign-in, which fails in any case
    /// (case 66).
    pub define_after_wrong_password: bool,
    /// True if the answer to `USER_SRP_AUTH` has a `Session` beside the secret block (case 37).
    pub session_beside_secret_block: bool,
    /// True if a secret block proves a password once; if not, until its session expires (case 129).
    pub secret_block_used_once: bool,
    /// True if the password proof of a custom sign-in must name its `Session` (case 65); if not,
    /// the secret block is enough, as in `USER_SRP_AUTH`.
    pub custom_proof_needs_session: bool,
    /// True if an unconfirmed user gets that error before the password is judged (case 36); if not,
    /// after the right password alone.
    pub unconfirmed_before_password: bool,
    /// The answer about a message to a user that the client may not learn of (case 131).
    pub hidden_delivery: HiddenDelivery,
    /// The text when define issues tokens for an unknown user (case 68).
    pub unknown_user_text: String,
    /// Outcome of a define answer that decides nothing (case 73).
    pub undecided_define: UndecidedDefine,
    /// Outcome of a define answer with both flags (case 74).
    pub both_flags: BothFlags,
    /// True if pre authentication runs in `CUSTOM_AUTH` (case 78).
    pub pre_authentication_in_custom_auth: bool,
    /// True if verify runs, with an empty answer, when `ANSWER` is missing (case 79); if not,
    /// `InvalidParameterException`.
    pub verify_without_answer: bool,
    /// The last part of the trigger source of a message that `AdminResetUserPassword` causes.
    pub admin_reset_occasion: String,
    /// The `userName` of trigger events for unknown users, and what `CUSTOM_AUTH` shows of it; the
    /// name that SRP shows is the same for one name and pool in any case (case 67, case 130).
    pub unknown_user_name: FakeUserName,
    /// True if `groupConfiguration` is null for a user without groups (case 90); if not, its lists
    /// are empty.
    pub group_configuration_null_without_groups: bool,
    /// `newDeviceUsed` in post authentication: absent, or this value.
    pub new_device_used: Option<bool>,
}

impl Default for Uncertain {
    fn default() -> Self {
        Self {
            attempts: 3,
            time_out_kind: "UnexpectedLambdaException".to_owned(),
            verified_without_address_kind: "InvalidParameterException".to_owned(),
            unknown_response_keys_accepted: false,
            added_nulls_accepted: false,
            pre_sign_up_for_taken_name: true,
            codeless_message: CodelessMessage::Refused,
            custom_message_beside_sender: true,
            admin_create_metadata_in_custom_message: false,
            pre_authentication_for_unconfirmed: true,
            post_authentication_after_new_password: true,
            pre_authentication_while_locked: true,
            pre_authentication_after_migration: true,
            define_after_wrong_password: true,
            session_beside_secret_block: false,
            secret_block_used_once: false,
            custom_proof_needs_session: true,
            unconfirmed_before_password: true,
            hidden_delivery: HiddenDelivery::Simulated,
            unknown_user_text: "Incorrect username or password.".to_owned(),
            undecided_define: UndecidedDefine::Unrecognizable,
            both_flags: BothFlags::FailWins,
            pre_authentication_in_custom_auth: false,
            verify_without_answer: false,
            admin_reset_occasion: "ForgotPassword".to_owned(),
            unknown_user_name: FakeUserName::Fresh,
            group_configuration_null_without_groups: true,
            new_device_used: None,
        }
    }
}

/// The answer of `ForgotPassword` and `ResendConfirmationCode` about a user that a client with
/// `PreventUserExistenceErrors` may not learn of; AWS says that the answers alternate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HiddenDelivery {
    /// `CodeDeliveryDetails` of a message that is not sent.
    Simulated,
    /// The `InvalidParameterException` that known users get in a state without a message.
    Refused,
}

/// The fake user name of an unknown user in trigger events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FakeUserName {
    /// Another UUID in every sign-in.
    Fresh,
    /// The name as it was typed.
    Typed,
    /// The same UUID for the same name.
    Stable,
}

/// Outcome of a custom message without its placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodelessMessage {
    /// `InvalidLambdaResponseException`.
    Refused,
    /// The default text is sent instead.
    DefaultText,
}

/// Outcome of a define answer that names no challenge and sets no flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndecidedDefine {
    /// `InvalidLambdaResponseException`, `Unrecognizable lambda output`.
    Unrecognizable,
    /// The sign-in fails as if `failAuthentication` were set.
    Fails,
}

/// Outcome of a define answer with `issueTokens` and `failAuthentication`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BothFlags {
    /// The sign-in fails.
    FailWins,
    /// Tokens are issued.
    IssueWins,
}
