//! Every way to a first token leads to a profile and the default group: post confirmation gives
//! them at once, or the repair that the template's schedule starts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lifeguard_store::profiles::ProfileKey;
use local_cognito::default_pool::GROUP;
use local_cognito::functions::{Functions, Invocation, Invoke, Outcome};
use local_cognito::user_pool::{Caller, UserPools};
use local_cognito_testing::{
    GENERIC, OTHER_PASSWORD, PASSWORD, TestCognito, code_in, with_real_functions,
};
use serde_json::{Value, json};

/// A way to a first token, or to none.
#[derive(Clone, Copy, Debug)]
enum Way {
    SignUpAndCode,
    SignUpAndAdministrator,
    SignUpAndReset,
    SignUpAndPasswordByAdministrator,
    InvitationAndNewPassword,
    InvitationAndCode,
    InvitationAndPasswordByAdministrator,
    Migration,
    SignUpAlone,
    InvitationOfDisabledUser,
}

/// Part that gives the user a profile and the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Giver {
    PostConfirmation,
    Repair,
    /// None: the user cannot sign in.
    Nothing,
}

/// The table of docs/flows/sign-up.md, as far as the local Cognito has the ways.
const WAYS: [(Way, Giver, &str); 10] = [
    (Way::SignUpAndCode, Giver::PostConfirmation, "CONFIRMED"),
    (Way::SignUpAndAdministrator, Giver::PostConfirmation, "CONFIRMED"),
    (Way::SignUpAndReset, Giver::PostConfirmation, "CONFIRMED"),
    (Way::SignUpAndPasswordByAdministrator, Giver::Repair, "CONFIRMED"),
    (Way::InvitationAndNewPassword, Giver::Repair, "CONFIRMED"),
    (Way::InvitationAndCode, Giver::Repair, "FORCE_CHANGE_PASSWORD"),
    (Way::InvitationAndPasswordByAdministrator, Giver::Repair, "CONFIRMED"),
    (Way::Migration, Giver::Repair, "CONFIRMED"),
    (Way::SignUpAlone, Giver::Nothing, "UNCONFIRMED"),
    (Way::InvitationOfDisabledUser, Giver::Nothing, "FORCE_CHANGE_PASSWORD"),
];

#[tokio::test]
async fn every_way_to_a_token_leads_to_profile_and_group() {
    let arrivals = Arrivals::start().await;
    for (way, giver, status) in WAYS {
        let address = address(way);
        arrivals.arrive(way, &address).await;
        let has_both = giver == Giver::PostConfirmation;
        assert_eq!(arrivals.has_profile_and_group(&address).await, (has_both, has_both), "{way:?}");
        assert_eq!(arrivals.status(&address).await, status, "{way:?}");
    }
    let repaired = WAYS.iter().filter(|(_, giver, _)| *giver == Giver::Repair).count();
    assert_eq!(arrivals.repair().await, u64::try_from(repaired).unwrap());
    for (way, giver, _) in WAYS {
        let has_both = giver != Giver::Nothing;
        let found = arrivals.has_profile_and_group(&address(way)).await;
        assert_eq!(found, (has_both, has_both), "{way:?}");
    }
    assert_eq!(arrivals.repair().await, 0);
}

#[tokio::test]
async fn user_taken_out_of_the_group_stays_out() {
    let arrivals = Arrivals::start().await;
    for way in [Way::SignUpAndCode, Way::SignUpAndReset] {
        let address = address(way);
        arrivals.arrive(way, &address).await;
        arrivals.admin("AdminRemoveUserFromGroup", &address, json!({"GroupName": GROUP})).await;
        arrivals.reset(&address, OTHER_PASSWORD).await;
        assert_eq!(arrivals.repair().await, 0);
        assert_eq!(arrivals.has_profile_and_group(&address).await, (true, false), "{way:?}");
    }
}

/// A squatter signs an address up with a password of theirs; its owner confirms the sign-up and
/// rejects that password.
#[tokio::test]
async fn t39_squatted_account_goes_to_the_reader_of_the_mailbox() {
    let arrivals = Arrivals::start().await;
    let owner = "owner@example.net";
    let session = arrivals.let_squatters_watch(owner).await;
    arrivals.sign_up(owner).await;
    let refused = arrivals.0.sign_in(owner, PASSWORD).await.unwrap_err();
    assert_eq!(refused.kind, "UserNotConfirmedException");

    arrivals.public("ResendConfirmationCode", json!({"Username": owner})).await;
    let code = arrivals.code(owner, 6, 2).await;
    let confirm = json!({
        "Username": owner, "ConfirmationCode": code,
        "ClientMetadata": {"discardPassword": "yes"},
    });
    arrivals.public("ConfirmSignUp", confirm).await;
    // The squatter was faster than the function, and signed in before it was called.
    let stolen = session.lock().unwrap().take().expect("the squatter signed in");
    let refresh = json!({
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": stolen["RefreshToken"]},
    });
    let refreshed = arrivals.0.run("InitiateAuth", refresh).await;
    assert_eq!(refreshed.fails("NotAuthorizedException"), "Refresh Token has been revoked");
    assert!(arrivals.0.get_user(&stolen["AccessToken"]).await.is_err());
    let refused = arrivals.0.sign_in(owner, PASSWORD).await.unwrap_err();
    assert_eq!(
        (refused.kind.as_str(), refused.message.as_str()),
        ("NotAuthorizedException", GENERIC)
    );
    assert_eq!(arrivals.status(owner).await, "CONFIRMED");
    assert_eq!(arrivals.has_profile_and_group(owner).await, (true, true));

    arrivals.sign_in_by_code(owner, 3).await;
    arrivals.reset(owner, OTHER_PASSWORD).await;
    assert!(session.lock().unwrap().is_none(), "the squatter signed in again");
    assert!(arrivals.0.sign_in(owner, OTHER_PASSWORD).await.is_ok());
}

/// Without the member, and at a recovery with it, the password is as the user set it.
#[tokio::test]
async fn t39_password_stays_at_confirmations_that_do_not_reject_it() {
    let arrivals = Arrivals::start().await;
    for way in [Way::SignUpAndCode, Way::SignUpAndAdministrator] {
        let address = address(way);
        arrivals.arrive(way, &address).await;
        arrivals.sign_in_by_password(&address).await;
    }
    let address = address(Way::SignUpAndCode);
    let mails = arrivals.0.outbox.to(&address).len();
    arrivals.public("ForgotPassword", json!({"Username": address})).await;
    let confirm = json!({
        "Username": address, "ConfirmationCode": arrivals.code(&address, 6, mails + 1).await,
        "Password": OTHER_PASSWORD, "ClientMetadata": {"discardPassword": "yes"},
    });
    arrivals.public("ConfirmForgotPassword", confirm).await;
    assert!(arrivals.0.sign_in(&address, OTHER_PASSWORD).await.is_ok());
}

/// Post confirmation with a squatter in front of it, who signs in as soon as the user is confirmed.
struct WatchedConfirmation {
    functions: Functions,
    pools: UserPools,
    sign_in: Value,
    session: Arc<Mutex<Option<Value>>>,
}

impl Invoke for WatchedConfirmation {
    fn invoke(&self, payload: Vec<u8>, limit: Duration) -> Invocation {
        let (functions, pools) = (self.functions.clone(), self.pools.clone());
        let (sign_in, session) = (self.sign_in.clone(), self.session.clone());
        Box::pin(async move {
            let signed_in = pools.call(Caller::Public, "InitiateAuth", sign_in).await;
            *session.lock().unwrap() =
                signed_in.ok().map(|answer| answer["AuthenticationResult"].clone());
            functions.invoke("post-confirmation", payload, limit).await
        })
    }
}

fn address(way: Way) -> String {
    format!("{way:?}@example.net").to_lowercase()
}

/// Users who arrive at a local Cognito with the real functions.
struct Arrivals(TestCognito);

impl Arrivals {
    async fn start() -> Self {
        let arrivals = Self(TestCognito::serve(&with_real_functions()).await);
        arrivals.offer_migration().await;
        arrivals
    }

    /// Puts a migration trigger beside the others, which knows every user.
    async fn offer_migration(&self) {
        self.0.functions.script("user-migration", |mut event| {
            let address = event["userName"].clone();
            event["response"] = json!({
                "userAttributes": {"email": address, "email_verified": "true"},
                "finalUserStatus": "CONFIRMED", "messageAction": "SUPPRESS",
            });
            Outcome::json(&event)
        });
        let mut triggers = self.triggers();
        triggers.insert("UserMigration".to_owned(), self.arn("user-migration").into());
        self.set_triggers(triggers).await;
    }

    fn arn(&self, function: &str) -> String {
        format!("arn:aws:lambda:{}:000000000000:function:{function}", self.0.server().region())
    }

    /// Returns the triggers that the template deploys.
    fn triggers(&self) -> serde_json::Map<String, Value> {
        let deployed = self.0.server().template().triggers.iter();
        deployed.map(|trigger| (trigger.name.clone(), self.arn(&trigger.function).into())).collect()
    }

    async fn set_triggers(&self, triggers: serde_json::Map<String, Value>) {
        let update = json!({
            "AutoVerifiedAttributes": ["email"], "LambdaConfig": triggers,
        });
        self.0.admin("UpdateUserPool", update).await;
    }

    /// Puts a squatter in front of post confirmation; returns the place of their tokens.
    async fn let_squatters_watch(&self, address: &str) -> Arc<Mutex<Option<Value>>> {
        let session = Arc::<Mutex<Option<Value>>>::default();
        let sign_in = json!({
            "ClientId": self.0.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": address, "PASSWORD": PASSWORD},
        });
        let watched = WatchedConfirmation {
            functions: self.0.functions.clone(),
            pools: self.0.user_pools.clone(),
            sign_in,
            session: session.clone(),
        };
        self.0.functions.put("watched-confirmation", Arc::new(watched));
        let mut triggers = self.triggers();
        triggers.insert("PostConfirmation".to_owned(), self.arn("watched-confirmation").into());
        self.set_triggers(triggers).await;
        session
    }

    async fn arrive(&self, way: Way, address: &str) {
        match way {
            Way::SignUpAlone => self.sign_up(address).await,
            Way::SignUpAndCode => {
                self.sign_up(address).await;
                let code = self.code(address, 6, 1).await;
                let confirm = json!({"Username": address, "ConfirmationCode": code});
                self.public("ConfirmSignUp", confirm).await;
            }
            Way::SignUpAndAdministrator => {
                self.sign_up(address).await;
                self.admin("AdminConfirmSignUp", address, json!({})).await;
            }
            Way::SignUpAndReset => {
                self.sign_up(address).await;
                let verified = json!([{"Name": "email_verified", "Value": "true"}]);
                let update = json!({"UserAttributes": verified});
                self.admin("AdminUpdateUserAttributes", address, update).await;
                self.reset(address, OTHER_PASSWORD).await;
            }
            Way::SignUpAndPasswordByAdministrator => {
                self.sign_up(address).await;
                self.set_password(address).await;
                self.sign_in_by_password(address).await;
            }
            Way::InvitationAndNewPassword => {
                self.invite(address).await;
                let asked = self.start_with_password(address, PASSWORD).await;
                assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
                let answer = json!({
                    "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"],
                    "ChallengeResponses": {"USERNAME": address, "NEW_PASSWORD": OTHER_PASSWORD},
                });
                has_tokens(&self.public("RespondToAuthChallenge", answer).await);
            }
            Way::InvitationAndCode => {
                self.invite(address).await;
                self.sign_in_by_code(address, 1).await;
            }
            Way::InvitationAndPasswordByAdministrator => {
                self.invite(address).await;
                self.set_password(address).await;
                self.sign_in_by_password(address).await;
            }
            Way::Migration => self.sign_in_by_password(address).await,
            Way::InvitationOfDisabledUser => {
                self.invite(address).await;
                self.admin("AdminDisableUser", address, json!({})).await;
            }
        }
    }

    async fn sign_up(&self, address: &str) {
        let attributes = json!([{"Name": "email", "Value": address}]);
        let user = json!({"Username": address, "Password": PASSWORD, "UserAttributes": attributes});
        self.public("SignUp", user).await;
    }

    /// Creates a user with a verified address.
    async fn invite(&self, address: &str) {
        let attributes = json!([
            {"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"},
        ]);
        let user = json!({
            "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS",
            "UserAttributes": attributes,
        });
        self.admin("AdminCreateUser", address, user).await;
    }

    async fn set_password(&self, address: &str) {
        let password = json!({"Password": PASSWORD, "Permanent": true});
        self.admin("AdminSetUserPassword", address, password).await;
    }

    async fn reset(&self, address: &str, password: &str) {
        let mails = self.0.outbox.to(address).len();
        self.public("ForgotPassword", json!({"Username": address})).await;
        let code = self.code(address, 6, mails + 1).await;
        let confirm = json!({"Username": address, "ConfirmationCode": code, "Password": password});
        self.public("ConfirmForgotPassword", confirm).await;
    }

    async fn start_with_password(&self, address: &str, password: &str) -> Value {
        let parameters = json!({"USERNAME": address, "PASSWORD": password});
        let start = json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        self.public("InitiateAuth", start).await
    }

    async fn sign_in_by_password(&self, address: &str) {
        has_tokens(&self.start_with_password(address, PASSWORD).await);
    }

    /// Signs in with the code of the mail with this number.
    async fn sign_in_by_code(&self, address: &str, mail: usize) {
        let parameters = json!({"USERNAME": address});
        let start = json!({"AuthFlow": "CUSTOM_AUTH", "AuthParameters": parameters});
        let asked = self.public("InitiateAuth", start).await;
        let code = self.code(address, 8, mail).await;
        let answer = json!({
            "ChallengeName": "CUSTOM_CHALLENGE", "Session": asked["Session"],
            "ChallengeResponses": {"USERNAME": asked["ChallengeParameters"]["USERNAME"], "ANSWER": code},
        });
        has_tokens(&self.public("RespondToAuthChallenge", answer).await);
    }

    /// Returns the code of this many digits in the mail with this number, from 1.
    async fn code(&self, address: &str, digits: usize, mails: usize) -> String {
        code_in(&self.0.mail(address, mails).await, digits)
    }

    async fn status(&self, address: &str) -> String {
        let user = self.admin("AdminGetUser", address, json!({})).await;
        user["UserStatus"].as_str().unwrap().to_owned()
    }

    async fn has_profile_and_group(&self, address: &str) -> (bool, bool) {
        let user = self.admin("AdminGetUser", address, json!({})).await;
        let attributes = user["UserAttributes"].as_array().unwrap();
        let sub = attributes.iter().find(|one| one["Name"] == "sub").unwrap()["Value"].clone();
        let key = ProfileKey::new(&self.0.pool, sub.as_str().unwrap()).unwrap();
        let input = json!({"TableName": "lifeguard-profiles", "Key": {"pk": {"S": key.text()}}});
        let profile = self.0.table("GetItem", &input).await;
        let groups = self.admin("AdminListGroupsForUser", address, json!({})).await;
        let names = groups["Groups"].as_array().unwrap().iter();
        let in_group = names.map(|group| &group["GroupName"]).any(|name| name == GROUP);
        (profile.get("Item").is_some(), in_group)
    }

    /// Repairs page by page, as the state machine of the template does; the number of profiles.
    async fn repair(&self) -> u64 {
        let (mut repaired, mut next) = (0, Value::Null);
        loop {
            let request = json!({"action": "repair_profiles", "mode": "apply", "next": next});
            let page = self.0.invoke("operator", &request).await;
            repaired += page["missing"].as_u64().unwrap();
            next = page["next"].clone();
            if next.is_null() {
                return repaired;
            }
        }
    }

    async fn admin(&self, action: &str, address: &str, mut input: Value) -> Value {
        input["Username"] = address.into();
        self.0.admin(action, input).await
    }

    async fn public(&self, action: &str, input: Value) -> Value {
        let answer = self.0.run(action, input).await.result;
        answer.unwrap_or_else(|error| panic!("{action}: {error}"))
    }
}

#[track_caller]
fn has_tokens(answer: &Value) {
    assert!(answer["AuthenticationResult"]["IdToken"].is_string(), "{answer}");
}
