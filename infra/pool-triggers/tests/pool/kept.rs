//! Every setting of the pool outlasts attaching and detaching.

use pool_triggers::attach::Accepted;
use pool_triggers::change::Outcome;
use serde_json::{Value, json};

use crate::stand_in::{POOL, StandIn, functions, object};

/// Settings as a current pool has them, and members that no model knows.
fn settings() -> Value {
    json!({
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
        "AcrConfiguration": {"Level1": {"AcrValue": "urn:theirs:1"}},
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": true,
            "UnusedAccountValidityDays": 7,
            "InviteMessageTemplate": {"EmailSubject": "Welcome"},
        },
        "AutoVerifiedAttributes": ["email"],
        "DcrConfiguration": {
            "EnableStatus": "Disabled",
            "AllowedScopes": ["openid"],
            "OpenDcrEnabled": false,
            "New": null,
        },
        "DeletionProtection": "ACTIVE",
        "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": false},
        "EmailConfiguration": {
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": "arn:aws:ses:eu-west-1:000000000000:identity/example.com",
            "ConfigurationSet": "set",
            "From": "Theirs <no-reply@example.com>",
            "ReplyToEmailAddress": "reply@example.com",
        },
        "IssuerConfiguration": {"Type": "UPDATED"},
        "KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": "arn:key"},
        "LambdaConfig": {
            "CustomMessage": "arn:theirs",
            "KMSKeyID": "arn:key",
            "CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": "arn:sender", "New": null},
            "CustomSMSSender": {"LambdaVersion": "V1_0", "LambdaArn": "arn:sender"},
            "InboundFederation": {"LambdaVersion": "V1_0", "LambdaArn": "arn:inbound"},
            "PreTokenGeneration": "arn:claims",
            "PreTokenGenerationConfig": {"LambdaVersion": "V3_0", "LambdaArn": "arn:claims"},
            "NewTrigger": {"Deep": [{"New": [null]}]},
            "UserMigration": null,
        },
        "NewConfiguration": {"Deep": {"Deeper": [{"New": null}, [], {}]}, "Null": null},
        "NewFlag": false,
        "NewNull": null,
        "Policies": {
            "PasswordPolicy": {"MinimumLength": 17, "TemporaryPasswordValidityDays": 3, "New": 1},
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]},
            "NewPolicy": {},
        },
        "SmsConfiguration": {"SnsCallerArn": "arn:role", "ExternalId": "id", "SnsRegion": "eu-west-1"},
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        "UserPoolAddOns": {
            "AdvancedSecurityMode": "ENFORCED",
            "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "AUDIT"},
        },
        "UserPoolTags": {"team": "identity", "aws:cloudformation:stack-name": "theirs"},
        "UserPoolTier": "PLUS",
        "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
    })
}

#[tokio::test]
async fn request_holds_every_setting_unchanged() {
    let service = StandIn::start("request", settings()).await;
    assert_eq!(service.attach().await.unwrap(), Outcome::Changed);

    let mut expected = settings();
    let members = expected.as_object_mut().unwrap();
    members.insert("UserPoolId".to_owned(), json!(POOL));
    members.insert("PoolName".to_owned(), json!("theirs"));
    members.insert("MfaConfiguration".to_owned(), json!("OFF"));
    members["LambdaConfig"].as_object_mut().unwrap().extend(object(functions("eu-west-1")));
    object_mut(&mut members["AdminCreateUserConfig"]).remove("UnusedAccountValidityDays");
    object_mut(&mut members["UserPoolTags"]).remove("aws:cloudformation:stack-name");
    assert_eq!(service.pool().updates, [expected]);
}

fn object_mut(value: &mut Value) -> &mut serde_json::Map<String, Value> {
    value.as_object_mut().unwrap()
}

#[tokio::test]
async fn attach_and_detach_leave_the_pool_as_it_was() {
    let service = StandIn::start("both", settings()).await;
    service.after_each(|action, pool| {
        if action == "UpdateUserPool" {
            pool.settings["EstimatedNumberOfUsers"] = json!(4);
        }
        None
    });
    let before = service.pool();
    service.attach().await.unwrap();
    assert_eq!(
        service.pool().settings["LambdaConfig"]["NewTrigger"],
        before.settings["LambdaConfig"]["NewTrigger"],
    );
    assert_eq!(service.detach().await.unwrap(), Outcome::Changed);
    let after = service.pool();
    let lasting = |settings: &serde_json::Map<String, Value>| {
        let mut settings = settings.clone();
        settings.retain(|name, _| {
            !["LastModifiedDate", "EstimatedNumberOfUsers", "AdminCreateUserConfig"]
                .contains(&name.as_str())
        });
        settings
    };
    assert_eq!(lasting(&after.settings), lasting(&before.settings));
    assert_eq!(after.mfa, before.mfa);
    assert_eq!(service.detach().await.unwrap(), Outcome::Unchanged);
}

#[tokio::test]
async fn operator_sees_triggers_and_unknown_members() {
    let service = StandIn::start("shown", settings()).await;
    service.attach().await.unwrap();
    let output = service.output.lock().unwrap().clone();
    for line in [
        "   \"CustomMessage\": \"arn:theirs\"\n",
        "+  \"PreSignUp\": \"arn:aws:lambda:eu-west-1:000000000000:function:guard-pre-sign-up\"\n",
        "Sent as they are, not known here: NewConfiguration, NewFlag, NewNull\n",
        "Change the triggers of eu-west-1_Theirs? [y/N] ",
        "Only the triggers have changed.\n",
    ] {
        assert!(output.contains(line), "{line} in {output}");
    }
}

#[tokio::test]
async fn replica_is_called_in_the_region_of_the_stack() {
    let service = StandIn::start_in("us-east-1", "replica", settings()).await;
    service.attach().await.unwrap();
    let pool = service.pool();
    assert!(pool.regions.iter().all(|region| region == "us-east-1"), "{:?}", pool.regions);
    let triggers = &pool.settings["LambdaConfig"];
    assert_eq!(triggers["PreSignUp"], functions("us-east-1")["PreSignUp"]);
    service.detach().await.unwrap();
    assert_eq!(service.pool().settings["LambdaConfig"], settings()["LambdaConfig"]);
}

#[tokio::test]
async fn triggers_replaced_come_back_and_newer_ones_stay() {
    let theirs = json!({"LambdaConfig": {"PreSignUp": "arn:theirs"}});
    let service = StandIn::start("replaced", theirs).await;
    let accepted = Accepted { replace: true, other_clients_stop: false };
    service.attach_accepting(accepted, "y\n").await.unwrap();
    service.edit(|pool| {
        let triggers = object_mut(&mut pool.settings["LambdaConfig"]);
        triggers.insert("PostAuthentication".to_owned(), json!("arn:newer"));
        triggers.insert("PostConfirmation".to_owned(), json!("arn:newer"));
    });
    service.detach().await.unwrap();
    let expected = json!({
        "PreSignUp": "arn:theirs",
        "PostAuthentication": "arn:newer",
        "PostConfirmation": "arn:newer",
    });
    assert_eq!(service.pool().settings["LambdaConfig"], expected);
}

#[tokio::test]
async fn mfa_that_an_update_resets_is_set_back_whole() {
    for mode in ["ON", "OPTIONAL"] {
        let settings = json!({"MfaConfiguration": mode});
        let service = StandIn::start(&format!("mfa-{mode}"), settings).await;
        let mfa = object(json!({
            "MfaConfiguration": mode,
            "SmsMfaConfiguration": {
                "SmsAuthenticationMessage": "{####}",
                "SmsConfiguration": {"SnsCallerArn": "arn:role", "ExternalId": "id"},
            },
            "SoftwareTokenMfaConfiguration": {"Enabled": true},
            "EmailMfaConfiguration": {"Message": "{####}", "Subject": "Code", "New": null},
            "WebAuthnConfiguration": {
                "RelyingPartyId": "example.com",
                "UserVerification": "required",
                "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION",
            },
            "NewMfaConfiguration": {"Enabled": true},
        }));
        service.edit(|pool| pool.mfa = mfa.clone());
        service.after_each(|action, pool| {
            match action {
                "UpdateUserPool" => {
                    pool.mfa = object(json!({"MfaConfiguration": "OFF"}));
                    pool.settings["MfaConfiguration"] = json!("OFF");
                }
                "SetUserPoolMfaConfig" => {
                    pool.settings["MfaConfiguration"] = pool.mfa["MfaConfiguration"].clone();
                }
                _ => {}
            }
            None
        });
        assert_eq!(service.attach().await.unwrap(), Outcome::Changed);
        assert_eq!(service.pool().mfa, mfa);
        let output = service.output.lock().unwrap().clone();
        let change = format!("  MfaConfiguration: \"{mode}\", then \"OFF\"");
        assert!(output.contains(&change), "{output}");
        service.detach().await.unwrap();
        assert_eq!(service.pool().mfa, mfa);
        assert_eq!(service.pool().settings["MfaConfiguration"], mode);
    }
}

#[tokio::test]
async fn mfa_that_stays_is_not_set() {
    let service = StandIn::start("mfa-stays", json!({})).await;
    service.attach().await.unwrap();
    service.detach().await.unwrap();
    assert!(!service.pool().actions.contains(&"SetUserPoolMfaConfig".to_owned()));
}
