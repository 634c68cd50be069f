//! Chapter one: an account comes to be, and is recovered.

use anyhow::ensure;
use serde_json::json;

use crate::client::{at, tokens};
use crate::names::PROFILES;
use crate::names::{GROUP, WEB_CLIENT};
use crate::plan::{Happens, Plan, SIGNED_IN};
use crate::steps::{Stopped, Tour};

const NOOR: &str = "noor@example.net";
const PASSWORD: &str = "Swim-between-the-flags-1";
const NEW_PASSWORD: &str = "Stay-behind-the-buoys-2";

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    let sign_up = Plan {
        name: "Noor signs up",
        expected: "an unconfirmed user, and a mail with a confirmation code",
        happens: Happens::InTurn { triggers: &["PreSignUp_SignUp"], aws_calls: &[] },
    };
    let sub = tour
        .step(sign_up, async |client| {
            let input = json!({
                "ClientId": WEB_CLIENT,
                "Username": NOOR,
                "Password": PASSWORD,
                "UserAttributes": [{"Name": "email", "Value": NOOR}],
            });
            let user = client.expect("SignUp", input).await?;
            ensure!(at(&user, "/UserConfirmed") == false, "the user is confirmed without a code");
            Ok(at(&user, "/UserSub").as_str().unwrap_or_default().to_owned())
        })
        .await?;

    let confirm = Plan {
        name: "Noor confirms with the code of the mail",
        expected: "a confirmed user, one profile row, a member of the default group",
        happens: Happens::InTurn {
            triggers: &["PostConfirmation_ConfirmSignUp"],
            aws_calls: &[
                "post-confirmation cognito-idp:AdminAddUserToGroup",
                "post-confirmation dynamodb:PutItem",
            ],
        },
    };
    tour.step(confirm, async |client| {
        let code = client.code_of_mail(NOOR, 1).await?;
        let input = json!({"ClientId": WEB_CLIENT, "Username": NOOR, "ConfirmationCode": code});
        client.expect("ConfirmSignUp", input).await?;
        let pool = client.pool();
        let profile = client.row(PROFILES, &format!("v1#{}#{pool}#{sub}", pool.len())).await?;
        ensure!(at(&profile, "/sub/S") == sub.as_str(), "there is no profile row");
        let input = json!({"UserPoolId": client.pool(), "Username": NOOR});
        let groups = client.expect("AdminListGroupsForUser", input).await?;
        ensure!(at(&groups, "/Groups/0/GroupName") == GROUP, "Noor is not in the group");
        Ok(())
    })
    .await?;

    let recover = Plan {
        name: "Noor forgets the password and recovers the account",
        expected: "a mail with a code, a new password, and no effect of a first confirmation",
        happens: Happens::InTurn {
            triggers: &["PostConfirmation_ConfirmForgotPassword"],
            aws_calls: &["post-confirmation dynamodb:GetItem"],
        },
    };
    tour.step(recover, async |client| {
        client.expect("ForgotPassword", json!({"ClientId": WEB_CLIENT, "Username": NOOR})).await?;
        let code = client.code_of_mail(NOOR, 2).await?;
        let input = json!({
            "ClientId": WEB_CLIENT,
            "Username": NOOR,
            "ConfirmationCode": code,
            "Password": NEW_PASSWORD,
        });
        client.expect("ConfirmForgotPassword", input).await
    })
    .await?;

    let password = Plan {
        name: "Noor signs in with the new password",
        expected: "tokens; the old password is refused",
        happens: Happens::InTurn { triggers: &[SIGNED_IN], aws_calls: &[SIGNED_IN] },
    };
    tour.step(password, async |client| {
        let sign_in = |password: &str| {
            json!({
                "ClientId": WEB_CLIENT,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": NOOR, "PASSWORD": password},
            })
        };
        let old = client.call("InitiateAuth", sign_in(PASSWORD)).await?;
        ensure!(old.is_err(), "the old password still signs in");
        tokens(client.call("InitiateAuth", sign_in(NEW_PASSWORD)).await?)
    })
    .await
    .map(drop)
}
