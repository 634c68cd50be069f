//! Sign-in: the flows of `InitiateAuth`, their challenges, and the refresh of tokens.

mod attempt;
mod authentication;
mod custom_auth;
mod flow;
mod migration;
mod new_password;
mod password;
mod proof;
mod refresh;
mod srp;

pub(crate) use self::attempt::{Attempt, Origin};
pub(crate) use self::authentication::Authentication;
pub(crate) use self::custom_auth::CustomAuth;
pub(crate) use self::flow::{AuthFlow, ChallengeResponse, SignInFlow};
pub(crate) use self::migration::UserMigration;
pub(crate) use self::new_password::NewPasswords;
pub(crate) use self::password::PasswordSignIn;
pub(crate) use self::proof::PasswordProofs;
pub(crate) use self::refresh::TokenRefresh;
pub(crate) use self::srp::SrpSignIn;
