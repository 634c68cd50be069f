//! Cases 131 and 132: every action of Amazon's page on user existence errors, for every state of a
//! user and both settings of the client.

use local_cognito::user_pool::HiddenDelivery;
use local_cognito_testing::input::{sign_up, start};
use local_cognito_testing::{GENERIC, NOOR, OTHER_PASSWORD, PASSWORD, POOL_NAME, Run, TestCognito};
use serde_json::{Value, json};

use crate::srp::{proof, public_value};

/// The states of a user, in the order of the table's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Unknown,
    Unconfirmed,
    Disabled,
    Unverified,
    ResetRequired,
    ForceChange,
}

const STATES: [State; 6] = [
    State::Unknown,
    State::Unconfirmed,
    State::Disabled,
    State::Unverified,
    State::ResetRequired,
    State::ForceChange,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    SignUp,
    RightPassword,
    WrongPassword,
    RightPasswordAsAdmin,
    WrongPasswordAsAdmin,
    SrpStart,
    RightProof,
    WrongProof,
    CustomStart,
    Forgot,
    Recover,
    ForgotAndRecover,
    Resend,
    ConfirmSignUp,
}

const TOKENS: &str = "tokens";
const DELIVERY: &str = "delivery";
const PROOF: &str = "PASSWORD_VERIFIER";
const CHALLENGE: &str = "CUSTOM_CHALLENGE";
const NEW_PASSWORD: &str = "NEW_PASSWORD_REQUIRED";
const INCORRECT: &str = "NotAuthorizedException: Incorrect username or password.";
const DISABLED: &str = "NotAuthorizedException: User is disabled.";
const UNKNOWN: &str = "UserNotFoundException: User does not exist.";
const NOT_FOUND: &str = "UserNotFoundException: Username/client id combination not found.";
const UNCONFIRMED: &str = "UserNotConfirmedException: User is not confirmed.";
const RESET: &str = "PasswordResetRequiredException: Password reset required for the user";
const TAKEN: &str = "UsernameExistsException: An account with the given email already exists.";
const NO_ADDRESS: &str = "InvalidParameterException: Cannot reset password for the user as there is \
                          no registered/verified email or phone_number";
const NOT_NOW: &str = "NotAuthorizedException: User password cannot be reset in the current state.";
const MISMATCH: &str =
    "CodeMismatchException: Invalid verification code provided, please try again.";
const EXPIRED: &str = "ExpiredCodeException: Invalid code provided, please request a code again.";
const CONFIRMED: &str = "InvalidParameterException: User is already confirmed.";
const NO_MORE: &str = "NotAuthorizedException: User cannot be confirmed. Current status is ";

/// Answers to a client that tells and to one that hides, by action and state.
#[rustfmt::skip]
fn expected(act: Act, state: State) -> (&'static str, &'static str) {
    use State::{Disabled, ForceChange, ResetRequired, Unconfirmed, Unknown, Unverified};
    match (act, state) {
        (Act::SignUp, Unknown) => ("signed up", "signed up"),
        (Act::SignUp, _) => (TAKEN, TAKEN),

        (Act::RightPassword | Act::RightPasswordAsAdmin | Act::RightProof, state) => match state {
            Unknown => (UNKNOWN, INCORRECT),
            Unconfirmed => (UNCONFIRMED, UNCONFIRMED),
            Disabled => (DISABLED, DISABLED),
            Unverified => (TOKENS, TOKENS),
            ResetRequired => (RESET, INCORRECT),
            ForceChange => (NEW_PASSWORD, NEW_PASSWORD),
        },
        (Act::WrongPassword | Act::WrongPasswordAsAdmin | Act::WrongProof, state) => match state {
            Unknown => (UNKNOWN, INCORRECT),
            Unconfirmed => (UNCONFIRMED, UNCONFIRMED),
            Disabled => (DISABLED, INCORRECT),
            Unverified | ForceChange => (INCORRECT, INCORRECT),
            ResetRequired => (RESET, INCORRECT),
        },
        (Act::SrpStart, state) => match state {
            Unknown => (UNKNOWN, PROOF),
            Unconfirmed => (UNCONFIRMED, UNCONFIRMED),
            Disabled => (DISABLED, PROOF),
            Unverified | ForceChange => (PROOF, PROOF),
            ResetRequired => (RESET, PROOF),
        },
        (Act::CustomStart, state) => match state {
            Unknown => (UNKNOWN, CHALLENGE),
            Unconfirmed => (UNCONFIRMED, UNCONFIRMED),
            Disabled => (DISABLED, DISABLED),
            Unverified | ResetRequired | ForceChange => (CHALLENGE, CHALLENGE),
        },

        (Act::Forgot, state) => match state {
            Unknown => (NOT_FOUND, DELIVERY),
            Unconfirmed | Unverified => (NO_ADDRESS, DELIVERY),
            Disabled => (DISABLED, DELIVERY),
            ResetRequired => (DELIVERY, DELIVERY),
            ForceChange => (NOT_NOW, NOT_NOW),
        },
        (Act::Recover, state) => match state {
            Unknown => (NOT_FOUND, EXPIRED),
            Disabled => (DISABLED, EXPIRED),
            Unconfirmed | Unverified | ResetRequired | ForceChange => (EXPIRED, EXPIRED),
        },
        (Act::ForgotAndRecover, state) => match state {
            Unknown => (NOT_FOUND, MISMATCH),
            Unconfirmed | Unverified => (EXPIRED, MISMATCH),
            Disabled => (DISABLED, MISMATCH),
            ResetRequired => (MISMATCH, MISMATCH),
            ForceChange => (EXPIRED, EXPIRED),
        },

        (Act::Resend, state) => match state {
            Unknown => (NOT_FOUND, DELIVERY),
            Unconfirmed => (DELIVERY, DELIVERY),
            Disabled => (DISABLED, DELIVERY),
            Unverified | ResetRequired | ForceChange => (CONFIRMED, CONFIRMED),
        },
        (Act::ConfirmSignUp, state) => match state {
            Unknown => (NOT_FOUND, EXPIRED),
            Unconfirmed => (MISMATCH, MISMATCH),
            Disabled => (DISABLED, DISABLED),
            Unverified | ResetRequired | ForceChange => (NO_MORE, NO_MORE),
        },
    }
}

#[tokio::test]
async fn case_131_user_existence_is_disclosed_as_documented() {
    for hides in [false, true] {
        for state in STATES {
            for act in [
                Act::SignUp,
                Act::RightPassword,
                Act::WrongPassword,
                Act::RightPasswordAsAdmin,
                Act::WrongPasswordAsAdmin,
                Act::SrpStart,
                Act::RightProof,
                Act::WrongProof,
                Act::CustomStart,
                Act::Forgot,
                Act::Recover,
                Act::ForgotAndRecover,
                Act::Resend,
                Act::ConfirmSignUp,
            ] {
                let cognito = in_state(state, hides, HiddenDelivery::Simulated).await;
                let (disclosed, hidden) = expected(act, state);
                let found = outcome(play(&cognito, act).await);
                let wanted = if hides { hidden } else { disclosed };
                assert!(
                    found == wanted || wanted == NO_MORE && found.starts_with(NO_MORE),
                    "{act:?}, {state:?}, hides: {hides}: {found} instead of {wanted}"
                );
            }
        }
    }
}

#[tokio::test]
async fn case_132_hidden_deliveries_are_simulated_or_refused() {
    for state in [State::Unknown, State::Disabled, State::Unverified] {
        for (act, refusal) in [(Act::Forgot, NO_ADDRESS), (Act::Resend, CONFIRMED)] {
            let cognito = in_state(state, true, HiddenDelivery::Refused).await;
            assert_eq!(outcome(play(&cognito, act).await), refusal, "{act:?}, {state:?}");
        }
    }
}

/// A simulated message has the shape of a real one, is not sent, and calls no trigger.
#[tokio::test]
async fn case_132_simulated_delivery_looks_like_a_real_one() {
    let real = in_state(State::ResetRequired, true, HiddenDelivery::Simulated).await;
    let real = play(&real, Act::Forgot).await.ok();
    for state in [State::Unknown, State::Disabled, State::Unverified] {
        let cognito = in_state(state, true, HiddenDelivery::Simulated).await;
        let sent = cognito.outbox.to(NOOR).len();
        assert_eq!(play(&cognito, Act::Forgot).await.fired(&[]).ok(), real, "{state:?}");
        assert_eq!(cognito.outbox.to(NOOR).len(), sent, "{state:?}");
    }
}

#[tokio::test]
async fn case_132_simulated_medium_follows_name_and_pool() {
    for (verified, name, attribute, destination) in [
        (json!(["email"]), "noor", "email", "n***@e***"),
        (json!(["email", "phone_number"]), "noor", "email", "n***@e***"),
        (json!([]), "noor", "email", "n***@e***"),
        (json!(["phone_number"]), "noor", "phone_number", "+*******"),
        (json!(["email"]), "+31612345678", "phone_number", "+*******5678"),
        (json!(["phone_number"]), "noor@example.com", "email", "n***@e***"),
    ] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            setup.hide_existence();
            setup.aliases();
            setup.pool["AutoVerifiedAttributes"] = verified.clone();
        });
        for action in ["ForgotPassword", "ResendConfirmationCode"] {
            let run = cognito.run(action, json!({"Username": name})).await;
            if action == "ResendConfirmationCode" && verified == json!([]) {
                run.fails_with("InvalidParameterException", "Auto verification not turned on.");
                continue;
            }
            let shown = run.ok();
            let details = &shown["CodeDeliveryDetails"];
            let found = details["Destination"].as_str().unwrap();
            assert_eq!(details["AttributeName"], attribute, "{name}, {verified}");
            assert!(found.starts_with(destination), "{name}, {verified}: {found}");
        }
    }
}

/// Requests for codes and tries at them are counted for a name without a user as for a user.
#[tokio::test]
async fn case_132_recovery_limits_do_not_disclose_users() {
    for state in [State::Unknown, State::Disabled, State::Unverified, State::ResetRequired] {
        let cognito = in_state(state, true, HiddenDelivery::Simulated).await;
        for _ in 0..5 {
            assert_eq!(outcome(play(&cognito, Act::Forgot).await), DELIVERY, "{state:?}");
        }
        play(&cognito, Act::Forgot).await.fails("LimitExceededException");
        for _ in 0..15 {
            assert_eq!(outcome(play(&cognito, Act::Recover).await), MISMATCH, "{state:?}");
        }
        play(&cognito, Act::Recover).await.fails("LimitExceededException");
        cognito.wait(60 * 60);
        assert_eq!(outcome(play(&cognito, Act::Recover).await), EXPIRED, "{state:?}");
    }
}

/// A code for a sign-up is counted for a name without a user as for a user, and apart from codes
/// for a new password.
#[tokio::test]
async fn case_132_resent_code_limits_do_not_disclose_users() {
    for state in [State::Unknown, State::Disabled, State::Unconfirmed] {
        let cognito = in_state(state, true, HiddenDelivery::Simulated).await;
        // The sign-up itself has sent one code, as has that of the disabled user.
        let left = if state == State::Unknown { 5 } else { 4 };
        assert_eq!(outcome(play(&cognito, Act::Forgot).await), DELIVERY, "{state:?}");
        for _ in 0..left {
            assert_eq!(outcome(play(&cognito, Act::Resend).await), DELIVERY, "{state:?}");
        }
        play(&cognito, Act::Resend).await.fails("LimitExceededException");
        assert_eq!(outcome(play(&cognito, Act::Forgot).await), DELIVERY, "{state:?}");
        cognito.wait(60 * 60);
        assert_eq!(outcome(play(&cognito, Act::Resend).await), DELIVERY, "{state:?}");
    }
}

/// A pool that verifies nothing says so of every name.
#[tokio::test]
async fn case_132_pool_without_verification_refuses_every_name() {
    let cognito = TestCognito::with_triggers_and(|setup| {
        setup.hide_existence();
        setup.pool["AutoVerifiedAttributes"] = json!([]);
    });
    cognito.sign_up(NOOR).await.ok();
    for name in [NOOR, "unknown@example.com"] {
        let run = cognito.run("ResendConfirmationCode", json!({"Username": name})).await;
        run.fails_with("InvalidParameterException", "Auto verification not turned on.");
    }
}

#[tokio::test]
async fn case_131_right_code_of_a_disabled_user_is_wrong() {
    for (hides, wanted) in [(true, MISMATCH), (false, DISABLED)] {
        let cognito = in_state(State::ResetRequired, hides, HiddenDelivery::Simulated).await;
        play(&cognito, Act::Forgot).await.ok();
        let code = cognito.code(NOOR);
        cognito.run_signed("AdminDisableUser", json!({"Username": NOOR})).await.ok();
        let recover = || cognito.run("ConfirmForgotPassword", recovery(&code));
        assert_eq!(outcome(recover().await), wanted);
        cognito.run_signed("AdminEnableUser", json!({"Username": NOOR})).await.ok();
        recover().await.ok();
    }
}

/// A pool with NOOR in this state.
async fn in_state(state: State, hides: bool, how: HiddenDelivery) -> TestCognito {
    let cognito = TestCognito::with_triggers_and(|setup| {
        setup.allow("ALLOW_ADMIN_USER_PASSWORD_AUTH");
        assert_eq!(setup.settings.uncertain.hidden_delivery, HiddenDelivery::Simulated);
        setup.settings.uncertain.hidden_delivery = how;
        if hides {
            setup.hide_existence();
        }
        if state == State::ResetRequired {
            setup.trigger("UserMigration", "user-migration");
        }
    });
    let named = json!({"Username": NOOR});
    match state {
        State::Unknown => {}
        State::Unconfirmed => drop(cognito.sign_up(NOOR).await.ok()),
        State::Disabled => {
            cognito.join(NOOR).await;
            cognito.run_signed("AdminDisableUser", named).await.ok();
        }
        State::Unverified => {
            cognito.join(NOOR).await;
            let unverified = json!([{"Name": "email_verified", "Value": "false"}]);
            let input = json!({"Username": NOOR, "UserAttributes": unverified});
            cognito.run_signed("AdminUpdateUserAttributes", input).await.ok();
        }
        State::ResetRequired => {
            let attributes = json!({"email": NOOR, "email_verified": "true"});
            cognito.answers("user-migration", json!({"userAttributes": attributes}));
            cognito.password(NOOR, PASSWORD).await.fails("PasswordResetRequiredException");
            cognito.answers("user-migration", json!({}));
        }
        State::ForceChange => {
            let input = json!({
                "Username": NOOR,
                "TemporaryPassword": PASSWORD,
                "MessageAction": "SUPPRESS",
                "UserAttributes": [
                    {"Name": "email", "Value": NOOR},
                    {"Name": "email_verified", "Value": "true"},
                ],
            });
            cognito.run_signed("AdminCreateUser", input).await.ok();
        }
    }
    cognito
}

async fn play(cognito: &TestCognito, act: Act) -> Run {
    match act {
        Act::SignUp => cognito.run("SignUp", sign_up(NOOR)).await,
        Act::RightPassword => cognito.password(NOOR, PASSWORD).await,
        Act::WrongPassword => cognito.password(NOOR, OTHER_PASSWORD).await,
        Act::RightPasswordAsAdmin => as_admin(cognito, PASSWORD).await,
        Act::WrongPasswordAsAdmin => as_admin(cognito, OTHER_PASSWORD).await,
        Act::SrpStart => srp_start(cognito).await,
        Act::RightProof => prove(cognito, PASSWORD).await,
        Act::WrongProof => prove(cognito, OTHER_PASSWORD).await,
        Act::CustomStart => cognito.run("InitiateAuth", start(NOOR)).await,
        Act::Forgot => cognito.run("ForgotPassword", json!({"Username": NOOR})).await,
        Act::Recover => cognito.run("ConfirmForgotPassword", recovery("000000")).await,
        Act::ForgotAndRecover => {
            cognito.run("ForgotPassword", json!({"Username": NOOR})).await;
            cognito.run("ConfirmForgotPassword", recovery("000000")).await
        }
        Act::Resend => cognito.run("ResendConfirmationCode", json!({"Username": NOOR})).await,
        Act::ConfirmSignUp => {
            let input = json!({"Username": NOOR, "ConfirmationCode": "000000"});
            cognito.run("ConfirmSignUp", input).await
        }
    }
}

fn recovery(code: &str) -> Value {
    json!({"Username": NOOR, "ConfirmationCode": code, "Password": OTHER_PASSWORD})
}

async fn as_admin(cognito: &TestCognito, password: &str) -> Run {
    let parameters = json!({"USERNAME": NOOR, "PASSWORD": password});
    let input = json!({"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters});
    cognito.run_signed("AdminInitiateAuth", input).await
}

async fn srp_start(cognito: &TestCognito) -> Run {
    let parameters = json!({"USERNAME": NOOR, "SRP_A": public_value()});
    let input = json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters});
    cognito.run("InitiateAuth", input).await
}

async fn prove(cognito: &TestCognito, password: &str) -> Run {
    let run = srp_start(cognito).await;
    let Ok(open) = &run.result else { return run };
    cognito.run("RespondToAuthChallenge", proof(POOL_NAME, open, password)).await
}

/// One word for a success, type and text of an error.
fn outcome(run: Run) -> String {
    match run.result {
        Err(error) => error.to_string(),
        Ok(answer) if answer.get("UserSub").is_some() => "signed up".to_owned(),
        Ok(answer) if answer.get("CodeDeliveryDetails").is_some() => DELIVERY.to_owned(),
        Ok(answer) if answer.get("AuthenticationResult").is_some() => TOKENS.to_owned(),
        Ok(answer) => answer["ChallengeName"].as_str().unwrap_or("done").to_owned(),
    }
}

#[test]
fn generic_refusal_is_the_shared_one() {
    assert_eq!(INCORRECT, format!("NotAuthorizedException: {GENERIC}"));
}
