//! The services of the user pools, by actor.

use std::sync::Arc;

use super::confirmation::Confirmation;
use super::directory::UserDirectory;
use super::key_store::KeyStore;
use super::message_sender::MessageSender;
use super::registry::PoolRegistry;
use super::settings::Settings;
use super::sign_in::{
    Authentication, CustomAuth, NewPasswords, PasswordProofs, PasswordSignIn, SignInFlow,
    SrpSignIn, TokenRefresh, UserMigration,
};
use super::token_check::TokenCheck;
use super::token_issuer::TokenIssuer;
use super::trigger::TriggerRunner;
use super::user_attributes::UserAttributes;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_aws_emulation::journal::Journal;
use local_cognito_aws_emulation::outbox::Outbox;

/// The services that the handlers of actions draw on.
pub(crate) struct Services {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
    pub(crate) keys: KeyStore,
    pub(crate) triggers: TriggerRunner,
    pub(crate) messages: MessageSender,
    pub(crate) directory: UserDirectory,
    pub(crate) attributes: UserAttributes,
    pub(crate) confirmation: Confirmation,
    pub(crate) migration: UserMigration,
    pub(crate) token_check: TokenCheck,
    pub(crate) sign_in: SignInFlow,
}

impl Services {
    /// Returns the services over an empty registry of pools.
    pub(crate) fn new(
        settings: Settings,
        clock: Clock,
        functions: Functions,
        journal: Journal,
        outbox: Outbox,
    ) -> Self {
        let (settings, pools) = (Arc::new(settings), PoolRegistry::default());
        let keys = KeyStore::new(pools.clone());
        let triggers = TriggerRunner {
            settings: Arc::clone(&settings),
            pools: pools.clone(),
            functions,
            journal,
        };
        let messages = MessageSender {
            settings: Arc::clone(&settings),
            clock: clock.clone(),
            pools: pools.clone(),
            triggers: triggers.clone(),
            outbox,
        };
        let directory = UserDirectory {
            settings: Arc::clone(&settings),
            clock: clock.clone(),
            pools: pools.clone(),
        };
        let tokens = TokenIssuer {
            settings: Arc::clone(&settings),
            clock: clock.clone(),
            pools: pools.clone(),
            triggers: triggers.clone(),
            keys: keys.clone(),
        };
        let migration = UserMigration {
            clock: clock.clone(),
            pools: pools.clone(),
            triggers: triggers.clone(),
        };
        Self {
            attributes: UserAttributes {
                settings: Arc::clone(&settings),
                clock: clock.clone(),
                pools: pools.clone(),
                messages: messages.clone(),
            },
            confirmation: Confirmation {
                settings: Arc::clone(&settings),
                clock: clock.clone(),
                pools: pools.clone(),
                triggers: triggers.clone(),
                messages: messages.clone(),
            },
            token_check: TokenCheck {
                settings: Arc::clone(&settings),
                clock: clock.clone(),
                pools: pools.clone(),
            },
            sign_in: sign_in(&directory, &triggers, tokens, &migration),
            settings,
            clock,
            pools,
            keys,
            triggers,
            messages,
            directory,
            migration,
        }
    }
}

/// Returns the sign-in flow and the services that its parts share.
fn sign_in(
    directory: &UserDirectory,
    triggers: &TriggerRunner,
    tokens: TokenIssuer,
    migration: &UserMigration,
) -> SignInFlow {
    let UserDirectory { settings, clock, pools } = directory;
    let refresh =
        TokenRefresh { clock: clock.clone(), pools: pools.clone(), tokens: tokens.clone() };
    let authentication = Authentication {
        settings: Arc::clone(settings),
        pools: pools.clone(),
        triggers: triggers.clone(),
        tokens,
    };
    let new_passwords = NewPasswords { clock: clock.clone(), pools: pools.clone() };
    let proofs = PasswordProofs {
        settings: Arc::clone(settings),
        clock: clock.clone(),
        pools: pools.clone(),
    };
    let passwords = PasswordSignIn {
        settings: Arc::clone(settings),
        clock: clock.clone(),
        pools: pools.clone(),
        directory: directory.clone(),
        migration: migration.clone(),
        new_passwords: new_passwords.clone(),
        authentication: authentication.clone(),
    };
    let custom_auth = CustomAuth {
        settings: Arc::clone(settings),
        clock: clock.clone(),
        pools: pools.clone(),
        directory: directory.clone(),
        triggers: triggers.clone(),
        authentication: authentication.clone(),
        proofs: proofs.clone(),
    };
    let srp = SrpSignIn {
        settings: Arc::clone(settings),
        directory: directory.clone(),
        authentication: authentication.clone(),
        passwords: passwords.clone(),
        proofs,
        custom_auth: custom_auth.clone(),
    };
    SignInFlow {
        settings: Arc::clone(settings),
        clock: clock.clone(),
        pools: pools.clone(),
        directory: directory.clone(),
        triggers: triggers.clone(),
        authentication,
        passwords,
        new_passwords,
        srp,
        custom_auth,
        refresh,
    }
}
