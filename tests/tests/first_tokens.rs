//! Every way to a first token leads to a profile and the default group: post confirmation gives
//! them at once, or the repair that the template's schedule starts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use lifeguard_store::profiles::ProfileKey;
use local_cognito::default_pool::GROUP;
use local_cognito::functions::Outcome;
use local_cognito_testing::{OTHER_PASSWORD, PASSWORD, TestCognito, code_in, with_real_functions};
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
        let function = |name: &str| {
            format!("arn:aws:lambda:{}:000000000000:function:{name}", self.0.server().region())
        };
        let deployed = self.0.server().template().triggers.iter();
        let mut triggers: serde_json::Map<String, Value> = deployed
            .map(|trigger| (trigger.name.clone(), function(&trigger.function).into()))
            .collect();
        triggers.insert("UserMigration".to_owned(), function("user-migration").into());
        let update = json!({
            "AutoVerifiedAttributes": ["email"], "LambdaConfig": triggers,
        });
        self.0.admin("UpdateUserPool", update).await;
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
                self.sign_in_by_code(address).await;
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

    async fn sign_in_by_code(&self, address: &str) {
        let parameters = json!({"USERNAME": address});
        let start = json!({"AuthFlow": "CUSTOM_AUTH", "AuthParameters": parameters});
        let asked = self.public("InitiateAuth", start).await;
        let code = self.code(address, 8, 1).await;
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
