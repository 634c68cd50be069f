//! Belongings of the operator: a pool with settings of its own, a deployed stack, and an AWS CLI.

use serde_json::{Value, json};

use super::bench::{Bench, REGION};
use crate::{template, tools};

/// App clients of the stack.
pub(super) struct Clients {
    pub(super) web: String,
    pub(super) server: String,
}

/// Returns the ARN of a function.
pub(super) fn arn(function: &str) -> String {
    format!("arn:aws:lambda:{REGION}:000000000000:function:{function}")
}

/// Describes the pool that the operator has before.
pub(super) fn pool() -> Value {
    json!({
        "PoolName": "theirs",
        "UsernameAttributes": ["email"],
        "AutoVerifiedAttributes": ["email"],
        "Policies": {"PasswordPolicy": {"MinimumLength": 17, "RequireNumbers": true}},
        "DeletionProtection": "ACTIVE",
        "EmailVerificationSubject": "Ours, not yours",
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}],
        },
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": true},
        "LambdaConfig": {
            "CustomMessage": arn("theirs-custom-message"), "PreSignUp": arn("theirs-pre-sign-up"),
        },
    })
}

/// Gives the pool settings that came with newer models, and some that no model has.
pub(super) fn add_newer_settings(bench: &Bench) -> anyhow::Result<()> {
    bench.update(|pool| {
        let further = json!({
            "KeyConfiguration": {"KeyType": "AWS_OWNED_KEY"},
            "IssuerConfiguration": {"Type": "UPDATED"},
            "AcrConfiguration": {"Level1": {"AcrValue": "urn:theirs:1"}},
            "DcrConfiguration": {
                "EnableStatus": "Disabled", "AllowedScopes": ["openid"], "OpenDcrEnabled": false,
            },
            "NewConfiguration": {"Deep": [{"New": null}, {}], "New": false},
            "UserPoolTags": {"team": "identity"},
        });
        if let (Some(pool), Value::Object(further)) = (pool.as_object_mut(), further) {
            pool.extend(further);
        }
    })?;
    let mfa = json!({
        "UserPoolId": bench.pool,
        "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": {"Enabled": true},
        "WebAuthnConfiguration": {
            "RelyingPartyId": "example.com", "UserVerification": "required",
        },
        "NewMfaConfiguration": {"Deep": {"New": null}},
    });
    bench.cognito("SetUserPoolMfaConfig", &mfa).map(drop)
}

/// Writes what CloudFormation would say of two stacks, and the front that says it; everything else
/// is the local Cognito's to answer.
pub(super) fn put_cli_in_front(bench: &Bench, ids: &Clients) -> anyhow::Result<()> {
    for (name, pool) in [("stack", bench.pool.as_str()), ("elsewhere", "eu-west-1_Elsewhere")] {
        let output = |key: &str, value: &str| json!({"OutputKey": key, "OutputValue": value});
        let stack = json!({"Stacks": [{
            "StackName": name,
            "StackId": format!("arn:aws:cloudformation:{REGION}:000000000000:stack/{name}/1"),
            "Outputs": [
                output("UserPoolId", pool),
                output("WebClientId", &ids.web),
                output("ServerClientId", &ids.server),
                output("Region", REGION),
            ],
        }]});
        bench.write(&format!("{name}.json"), &stack)?;
    }
    let template = bench.file("template.json");
    let mut translate = tools::command(".ci/translate");
    tools::output(translate.arg(template::PATH).arg(&template))?;
    let body = json!({"TemplateBody": bench.read("template.json")?});
    bench.write("template.json", &body)?;
    let cli = tools::folder().join("venv/bin/aws");
    let (work, cli) = (bench.file(""), cli.display());
    let front = format!(
        r#"#!/usr/bin/env bash
set -euo pipefail
case $1-${{2:-}} in
    --version-) if [ -n "${{VERSION_2:-}}" ]; then echo aws-cli/2.31.0; else echo aws-cli/1.46.3; fi ;;
    configure-export-credentials)
        [ "$3 $4" = "--format process" ]
        echo '{{"Version": 1, "AccessKeyId": "local", "SecretAccessKey": "local"}}'
        ;;
    cloudformation-describe-stacks) cat "{work}/$4.json" ;;
    cloudformation-get-template)
        [ "${{*:5}}" = "--output json --template-stage Processed" ]
        cat "{work}/template.json"
        ;;
    *) exec "{cli}" "$@" ;;
esac
"#,
        work = work.display()
    );
    bench.script("front", "aws", &front).map(drop)
}
