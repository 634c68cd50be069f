//! Parts of a template that the local Cognito reads, and templates that it refuses.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use local_cognito_iam::{Context, Decision};
use local_cognito_sam_template::{
    self as template, Access, Deployment, ResolvedTemplate, StartingPosition, Template,
};
use serde_json::{Value, json};

const SUB: &str = "cognito-identity.amazonaws.com:sub";

fn deployment() -> Deployment {
    Deployment {
        region: "eu-west-1".to_owned(),
        parameters: [
            ("WebOrigins", "https://a.example"),
            ("MailFrom", "no-reply@a.example"),
            ("MailIdentity", "a.example"),
        ]
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .into(),
        ids: BTreeMap::from([("IdentityPool".to_owned(), "eu-west-1:pool".to_owned())]),
    }
}

fn own() -> Template {
    Template::parse(template::OWN, &deployment()).unwrap_or_else(|error| panic!("{error}"))
}

/// A small template with one of everything.
const SMALL: &str = r#"
Parameters:
  WebOrigins: {Type: CommaDelimitedList}
Resources:
  Pool: {Type: AWS::Cognito::IdentityPool, Properties: {DeveloperProviderName: lifeguard}}
  PoolRoles:
    Type: AWS::Cognito::IdentityPoolRoleAttachment
    Properties: {IdentityPoolId: !Ref Pool, Roles: {authenticated: !GetAtt Role.Arn}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Federated: cognito-identity.amazonaws.com}
            Action: sts:AssumeRoleWithWebIdentity
            Condition: {StringEquals: {cognito-identity.amazonaws.com:aud: !Ref Pool}}
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement: {Effect: Allow, Action: s3:GetObject, Resource: !GetAtt Files.Arn}
  Files: {Type: AWS::S3::Bucket}
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {ProtocolType: HTTP, CorsConfiguration: {AllowOrigins: !Ref WebOrigins}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default}}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Echo.Arn
      PayloadFormatVersion: "2.0"
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Api
      RouteKey: GET /echo
      AuthorizationType: AWS_IAM
      Target: !Sub integrations/${Integration}
  Echo: {Type: AWS::Serverless::Function}
"#;

/// The small template with one text in place of another.
fn with(old: &str, new: &str) -> String {
    assert!(SMALL.contains(old), "the template has no {old:?}");
    SMALL.replacen(old, new, 1)
}

#[track_caller]
fn check_refused(text: &str, expected: &str) {
    let error = Template::parse(text, &deployment()).expect_err("it is not read");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn the_identity_pool_is_read_as_its_api_takes_it() {
    let own = own();
    assert_eq!(own.identity_pool["DeveloperProviderName"], "lifeguard");
    assert_eq!(own.identity_pool["AllowUnauthenticatedIdentities"], false);
    assert_eq!(own.identity_pool_roles["IdentityPoolId"], "eu-west-1:pool");
    let authenticated = own.identity_pool_roles["Roles"]["authenticated"].as_str().unwrap();
    assert_eq!(authenticated, "arn:aws:iam::000000000000:role/lifeguard-authenticated-role");
    assert!(own.roles.iter().any(|role| role.arn == authenticated));
    assert_eq!(own.bucket, "lifeguard-files");
}

#[test]
fn rules_of_the_bucket_are_read_or_refused() {
    let [rule] = &own().bucket_cors[..] else { panic!("there is one rule") };
    assert_eq!(rule.origins, ["https://a.example"]);
    assert_eq!(rule.methods, ["GET", "HEAD", "PUT", "POST", "DELETE"]);
    assert_eq!((&rule.headers[..], rule.max_age), (&["*".to_owned()][..], Some(600)));
    assert!(rule.exposed.contains(&"ETag".to_owned()));

    let bucket = "Files: {Type: AWS::S3::Bucket}";
    let with_rule = |rule: &str| {
        let rules = format!("{{CorsConfiguration: {{CorsRules: [{rule}]}}}}");
        with(bucket, &format!("Files: {{Type: AWS::S3::Bucket, Properties: {rules}}}"))
    };
    let read = |text: &str| Template::parse(text, &deployment()).unwrap().bucket_cors.len();
    assert_eq!(read(SMALL), 0);
    let rule = "{AllowedMethods: [GET], AllowedOrigins: [\"https://*.example\"]}";
    assert_eq!(read(&with_rule(&format!("{rule}, {rule}"))), 2);
    for (rule, complaint) in [
        ("{AllowedOrigins: [a]}", "/AllowedMethods: the member is missing"),
        ("{AllowedMethods: [GET]}", "/AllowedOrigins: the member is missing"),
        (
            "{AllowedMethods: [OPTIONS], AllowedOrigins: [a]}",
            "/AllowedMethods: methods is expected",
        ),
        (
            "{AllowedMethods: [GET], AllowedOrigins: [\"*.*\"]}",
            "/AllowedOrigins: at most one * is expected",
        ),
        (
            "{AllowedMethods: [GET], AllowedOrigins: [a], AllowedHeaders: [\"**\"]}",
            "/AllowedHeaders: at most one * is expected",
        ),
        (
            "{AllowedMethods: [GET], AllowedOrigins: [a], ExposedHeaders: [\"x-*\"]}",
            "/ExposedHeaders: names without a * is expected",
        ),
        (
            "{AllowedMethods: [GET], AllowedOrigins: [a], MaxAge: -1}",
            "/MaxAge: seconds is expected",
        ),
        (
            "{AllowedMethods: [GET], AllowedOrigins: [a], Credentials: true}",
            ": local-cognito does not know \"Credentials\"",
        ),
    ] {
        let path = "Resources/Files/Properties/CorsConfiguration/CorsRules/0";
        check_refused(&with_rule(rule), &format!("{path}{complaint}"));
    }
}

#[test]
fn the_role_of_each_function_is_read() {
    let own = own();
    let create = own.function_roles.iter().find(|role| role.function == "create-auth-challenge");
    let create = create.unwrap();
    assert_eq!(create.arn, "arn:aws:iam::000000000000:role/lifeguard-create-auth-challenge-role");
    let check = |action: &str, table: &str, expected: Decision| {
        let resource = format!("arn:aws:dynamodb:eu-west-1:000000000000:table/{table}");
        let context = Context::default();
        let request = local_cognito_iam::Request { action, resource: &resource, context: &context };
        let decision = local_cognito_iam::decide(&create.policies, &request);
        assert_eq!(decision, expected, "{action} on {table}");
    };
    check("dynamodb:UpdateItem", "lifeguard-challenges", Decision::Allowed);
    check("dynamodb:UpdateItem", "lifeguard-accounts", Decision::NotAllowed);
    check("dynamodb:GetItem", "lifeguard-challenges", Decision::NotAllowed);
    let statements = create.documents[0]["Statement"].as_array().unwrap();
    assert!(statements.iter().any(|statement| statement["Sid"] == "Challenges"));
}

#[test]
fn authenticated_role_reaches_its_own_things_alone() {
    let own = own();
    let role = &own.roles[0];
    let ann = Context::default().with(SUB, "eu-west-1:ann");
    let check = |action: &str, resource: &str, context: &Context, expected: bool| {
        let request = local_cognito_iam::Request { action, resource, context };
        let decision = local_cognito_iam::decide(&role.policies, &request);
        assert_eq!(decision == Decision::Allowed, expected, "{action} on {resource}");
    };
    let file = |owner: &str| format!("arn:aws:s3:::lifeguard-files/private/{owner}/a.txt");
    check("s3:PutObject", &file("eu-west-1:ann"), &ann, true);
    check("s3:PutObject", &file("eu-west-1:bob"), &ann, false);
    let class = |class: &str| ann.clone().with("s3:x-amz-storage-class", class);
    check("s3:PutObject", &file("eu-west-1:ann"), &class("STANDARD"), true);
    check("s3:PutObject", &file("eu-west-1:ann"), &class("STANDARD_IA"), false);
    check("s3:PutObject", &file("eu-west-1:ann"), &Context::default(), false);
    let bucket = "arn:aws:s3:::lifeguard-files";
    let listing = |prefix: &str| ann.clone().with("s3:prefix", prefix);
    check("s3:ListBucket", bucket, &listing("private/eu-west-1:ann/"), true);
    check("s3:ListBucket", bucket, &listing("private/"), false);
    check("s3:ListBucket", bucket, &ann, false);
    let table = "arn:aws:dynamodb:eu-west-1:000000000000:table/lifeguard-notes";
    let keys = |keys: &[&str]| {
        let keys = keys.iter().map(|key| (*key).to_owned());
        ann.clone().with_all("dynamodb:LeadingKeys", keys)
    };
    check("dynamodb:GetItem", table, &keys(&["eu-west-1:ann"]), true);
    check("dynamodb:GetItem", table, &keys(&["eu-west-1:ann", "eu-west-1:bob"]), false);
    check("dynamodb:GetItem", table, &keys(&[]), false);
    check("dynamodb:Scan", table, &keys(&[]), false);
}

#[test]
fn the_routes_are_those_of_the_template() {
    let own = own();
    let routes: Vec<_> = own.http_apis.iter().flat_map(|api| &api.routes).collect();
    assert!(routes.iter().all(|route| route.function == "developer-identity"));
    let access = |key: &str| {
        let route = routes.iter().find(|route| route.key.to_string() == key);
        route.unwrap_or_else(|| panic!("there is no {key}")).access.clone()
    };
    assert_eq!(access("POST /v1/token"), Access::Open);
    assert_eq!(access("GET /v1/whoami"), Access::Iam);
    let api = |id: &str| own.http_apis.iter().find(|api| api.id == id).unwrap();
    assert_eq!(api("api").cors.as_ref().unwrap().origins, ["https://a.example"]);
    assert_eq!(api("credentialsapi").cors, None, "no page reads credentials");
    assert_eq!(api("mailsapi").cors.as_ref().unwrap().origins, ["https://a.example"]);
    let keys = api("mailsapi").routes.iter().map(|route| route.key.to_string());
    let expected = ["$default", "POST /v1/accounts", "POST /v1/accounts/recovery"];
    assert_eq!(keys.collect::<BTreeSet<_>>(), expected.map(str::to_owned).into());
}

/// A route's key as OpenAPI has it, which has no word for a parameter that takes slashes.
fn described_key(key: &str) -> String {
    key.replace("+}", "}")
}

#[test]
fn openapi_document_has_the_routes_of_the_template_alone() {
    let document: Value =
        serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap();
    let mut described: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let own = own();
    let mut deployed: Vec<String> = own
        .http_apis
        .iter()
        .flat_map(|api| &api.routes)
        .filter(|route| route.function == "developer-identity")
        .map(|route| described_key(&route.key.to_string()))
        .filter(|key| key != "$default")
        .collect();
    described.sort();
    deployed.sort();
    assert!(!deployed.is_empty());
    assert_eq!(described, deployed);
}

#[test]
fn the_openapi_document_says_which_routes_are_behind_iam() {
    let document: Value =
        serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap();
    let own = own();
    for route in own.http_apis.iter().flat_map(|api| &api.routes) {
        let key = described_key(&route.key.to_string());
        let Some((method, path)) = key.split_once(' ') else { continue };
        let operation = &document["paths"][path][method.to_lowercase()];
        let said = operation["x-amazon-apigateway-auth"]["type"] == "AWS_IAM";
        assert_eq!(said, route.access == Access::Iam, "{key}");
    }
}

#[test]
fn request_without_a_route_goes_to_the_function() {
    for api in own().http_apis {
        let route = api.routes.iter().find(|route| route.key.to_string() == "$default");
        let route = route.unwrap_or_else(|| panic!("{} has no $default", api.id));
        assert_eq!((route.function.as_str(), &route.access), ("developer-identity", &Access::Open));
    }
}

#[test]
fn intrinsic_functions_come_to_what_a_stack_makes_of_them() {
    let text = r#"
Parameters:
  Stage: {Type: String, Default: test}
  Origins: {Type: CommaDelimitedList, Default: "https://a.example, https://b.example"}
Conditions:
  IsTest: !Equals [!Ref Stage, test]
  IsLive: !Not [!Condition IsTest]
  IsText: !Equals ["0", 0]
  Both: !And [!Condition IsTest, !Condition IsLive]
  Either: !Or [!Condition IsTest, !Condition IsLive]
Resources:
  Users: {Type: AWS::Cognito::UserPool}
  Files: {Type: AWS::S3::Bucket}
  Gone: {Type: AWS::S3::Bucket, Condition: IsLive}
  Pool:
    Type: AWS::Cognito::IdentityPool
    Properties:
      IdentityPoolName: !Sub ["${AWS::StackName}-${word}-${!kept}", {word: !Ref Stage}]
      AllowUnauthenticatedIdentities: !If [Both, true, false]
      AllowClassicFlow: !If [Either, !Ref AWS::NoValue, true]
      DeveloperProviderName: !If [IsText, !Join ["-", [a, !Select [1, !Split ["/", x/y]]]], ""]
      SupportedLoginProviders: {graph.facebook.com: "1", accounts.google.com: !Ref Files}
      OpenIdConnectProviderARNs: !Ref Origins
      CognitoIdentityProviders:
        - ProviderName: !GetAtt Users.ProviderName
  Roles:
    Type: AWS::Cognito::IdentityPoolRoleAttachment
    Properties: {IdentityPoolId: !Ref Pool, Roles: {}}
"#;
    let read = Template::parse(text, &deployment()).unwrap();
    let expected = json!({
        "IdentityPoolName": "lifeguard-test-${kept}",
        "AllowUnauthenticatedIdentities": false,
        "DeveloperProviderName": "a-y",
        "SupportedLoginProviders": {
            "graph.facebook.com": "1",
            "accounts.google.com": "lifeguard-files",
        },
        "OpenIdConnectProviderARNs": ["https://a.example", "https://b.example"],
        "CognitoIdentityProviders": [
            {"ProviderName": "cognito-idp.eu-west-1.amazonaws.com/lifeguard-users"},
        ],
    });
    assert_eq!(read.identity_pool, expected);
}

#[test]
fn what_is_needed_and_cannot_be_read_is_refused_with_its_path() {
    Template::parse(SMALL, &deployment()).unwrap();
    let route = "Resources/Route/Properties";
    check_refused(
        &with("AuthorizationType: AWS_IAM", "AuthorizationType: CUSTOM"),
        &format!("{route}/AuthorizationType: local-cognito does not know \"CUSTOM\""),
    );
    check_refused(
        &with("RouteKey: GET /echo", "RouteKey: LOOK /echo"),
        &format!("{route}/RouteKey: local-cognito does not know \"LOOK /echo\""),
    );
    check_refused(
        &with("RouteKey: GET /echo", "RouteKey: GET /echo\n      ApiKeyRequired: true"),
        &format!("{route}: local-cognito does not know \"ApiKeyRequired\""),
    );
    check_refused(
        &with("PayloadFormatVersion: \"2.0\"", "PayloadFormatVersion: \"1.0\""),
        "Resources/Integration/Properties/PayloadFormatVersion: 2.0 is expected",
    );
    check_refused(
        &with("StageName: $default", "StageName: live"),
        "Resources/Stage/Properties/StageName: $default is expected",
    );
    let limits = "StageName: $default, RouteSettings: {GET /other: {ThrottlingRateLimit: 1}}";
    check_refused(
        &with("StageName: $default", limits),
        "Resources/Stage/Properties/RouteSettings: there is no \"GET /other\"",
    );
    Template::parse(&with("StageName: $default", &limits.replace("other", "echo")), &deployment())
        .unwrap();
    let numbers = |text: &str| {
        with(
            "StageName: $default",
            &format!("StageName: $default, DefaultRouteSettings: {{{text}}}"),
        )
    };
    for (text, wrong) in [
        ("DetailedMetricsEnabled: true", "ThrottlingBurstLimit"),
        ("ThrottlingBurstLimit: 2", "ThrottlingRateLimit"),
        ("ThrottlingBurstLimit: 2, ThrottlingRateLimit: 0", "ThrottlingRateLimit"),
        ("ThrottlingBurstLimit: -1, ThrottlingRateLimit: 1", "ThrottlingBurstLimit"),
        ("ThrottlingBurstLimit: many, ThrottlingRateLimit: 1", "ThrottlingBurstLimit"),
    ] {
        let path = "Resources/Stage/Properties/DefaultRouteSettings";
        check_refused(&numbers(text), &format!("{path}/{wrong}: a number above 0 is expected"));
    }
    let text = "ThrottlingBurstLimit: 2, ThrottlingRateLimit: 0.5";
    Template::parse(&numbers(text), &deployment()).unwrap();
    check_refused(
        &with("!GetAtt Role.Arn", "!GetAtt Missing.Arn"),
        "Resources/PoolRoles/Properties/Roles/authenticated/Fn::GetAtt: there is no \"Missing\"",
    );
    check_refused(
        &with("!GetAtt Echo.Arn", "!ImportValue Echo"),
        "Resources/Integration/Properties/IntegrationUri/Fn::ImportValue: \
         local-cognito does not know \"Fn::ImportValue\"",
    );
    check_refused(
        &with("{StringEquals:", "{StringNotEquals:"),
        "Resources/Role/Properties/AssumeRolePolicyDocument/Statement/0/Condition/\
         StringNotEquals: local-cognito does not know this operator",
    );
    check_refused(
        &with("Action: s3:GetObject, ", ""),
        "Resources/Role/Properties/Policies/0/PolicyDocument/Statement/Action: \
         the member is missing",
    );
    check_refused(
        &with("Resources:\n", "Resources:\n  Other: {Type: AWS::Serverless::HttpApi}\n"),
        "Resources/Other: local-cognito does not know \"AWS::Serverless::HttpApi\"",
    );
    let events = "Echo: {Type: AWS::Serverless::Function, \
                  Properties: {Events: {Hidden: {Type: HttpApi}}}}";
    check_refused(
        &with("Echo: {Type: AWS::Serverless::Function}", events),
        "Resources/Echo/Properties/Events/Hidden: local-cognito does not know \"HttpApi\"",
    );
    let role = "Echo: {Type: AWS::Serverless::Function, \
                Properties: {Role: \"arn:aws:iam::000000000000:role/elsewhere\"}}";
    check_refused(
        &with("Echo: {Type: AWS::Serverless::Function}", role),
        "Resources/Echo/Properties/Role: a role of the template is expected",
    );
    let policy = "Resources:\n  Other: {Type: AWS::IAM::Policy, \
                  Properties: {Roles: [!Ref Role]}}\n";
    check_refused(
        &with("Resources:\n", policy),
        "Resources/Other: local-cognito does not know \"AWS::IAM::Policy\"",
    );
    check_refused("Resources: [", "the template is no YAML");
    check_refused("Resources: []", "Resources: a map is expected");
}

#[test]
fn a_parameter_without_a_value_is_named() {
    let nothing = Deployment { parameters: BTreeMap::new(), ..deployment() };
    let error = Template::parse(SMALL, &nothing).expect_err("it is not read");
    let expected = "Resources/Api/Properties/CorsConfiguration/AllowOrigins/Ref: \
                    the parameter \"WebOrigins\" has no value";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn any_property_is_resolved_as_the_parameters_choose() {
    let text = r#"
Parameters:
  Rate: {Type: String, Default: ""}
Conditions:
  WithRate: !Not [!Equals [!Ref Rate, ""]]
Globals:
  Function: {Environment: {Variables: {POLICY: !Sub "rate ${Rate}"}}}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    DependsOn: [Queue]
    Properties: {Dimensions: [{Name: QueueName, Value: !GetAtt Queue.QueueName}]}
  Schedule: {Type: AWS::Scheduler::Schedule, Condition: WithRate, Properties: {Rate: !Ref Rate}}
"#;
    let resolve = |rate: &str| {
        let parameters = BTreeMap::from([("Rate".to_owned(), json!(rate))]);
        ResolvedTemplate::parse(text, Deployment { parameters, ..deployment() }).unwrap()
    };
    let without = resolve("");
    let dimensions = json!([{"Name": "QueueName", "Value": "lifeguard-queue"}]);
    assert_eq!(without.properties("Alarm").unwrap()["Dimensions"], dimensions);
    assert_eq!(without.depends_on("Alarm"), ["Queue".to_owned()].into());
    assert!(!without.has("Schedule").unwrap());
    assert!(without.properties("Schedule").is_err());
    assert!(without.of_type("AWS::Scheduler::Schedule").unwrap().is_empty());
    let with = resolve("rate(1 day)");
    assert_eq!(with.properties("Schedule").unwrap(), json!({"Rate": "rate(1 day)"}));
    assert_eq!(with.variable("POLICY").unwrap(), "rate rate(1 day)");
    assert!(with.variable("OTHER").is_err());
}

/// Returns the small template with an event source mapping that has these further members.
fn mapped(members: &str) -> String {
    let mapping = format!(
        "Resources:\n  Mapping: {{Type: AWS::Lambda::EventSourceMapping, \
         Properties: {{FunctionName: !Ref Echo, StartingPosition: LATEST{members}}}}}\n"
    );
    with("Resources:\n", &mapping)
}

#[test]
fn mapping_of_own_template_paces_and_never_counts() {
    let mapping = own().stream.unwrap();
    assert_eq!(mapping.function, "deliver-message");
    assert_eq!((mapping.batch_size, mapping.parallelization_factor), (10, 2));
    assert_eq!(mapping.starting_position, StartingPosition::TrimHorizon);
    assert_eq!(mapping.retries, None);
    assert_eq!(mapping.record_age, Some(Duration::from_secs(300)));
    assert!(mapping.bisects && mapping.partial_failures);
    assert!(mapping.on_failure.unwrap().starts_with("arn:aws:sqs:"));
}

#[test]
fn mapping_without_members_has_defaults_of_aws() {
    assert_eq!(Template::parse(SMALL, &deployment()).unwrap().stream, None);
    let mapping = Template::parse(&mapped(""), &deployment()).unwrap().stream.unwrap();
    assert_eq!((mapping.batch_size, mapping.parallelization_factor), (100, 1));
    assert_eq!((mapping.retries, mapping.record_age, mapping.on_failure), (None, None, None));
    assert!(!mapping.bisects && !mapping.partial_failures);
    let limited = mapped(", MaximumRetryAttempts: 0, MaximumRecordAgeInSeconds: 60");
    let mapping = Template::parse(&limited, &deployment()).unwrap().stream.unwrap();
    let expected = (Some(0), Some(Duration::from_secs(60)));
    assert_eq!((mapping.retries, mapping.record_age), expected);
}

#[test]
fn mapping_that_cannot_be_played_is_refused() {
    for (members, member, expected) in [
        (", BatchSize: 0", "/BatchSize", "a number of at least 1 is expected"),
        (
            ", ParallelizationFactor: -1",
            "/ParallelizationFactor",
            "a number of at least 1 is expected",
        ),
        (", MaximumRetryAttempts: -2", "/MaximumRetryAttempts", "a number or -1 is expected"),
        (
            ", MaximumRecordAgeInSeconds: x",
            "/MaximumRecordAgeInSeconds",
            "a number or -1 is expected",
        ),
        (
            ", TumblingWindowInSeconds: 1",
            "",
            "local-cognito does not know \"TumblingWindowInSeconds\"",
        ),
    ] {
        let path = format!("Resources/Mapping/Properties{member}");
        check_refused(&mapped(members), &format!("{path}: {expected}"));
    }
    let position = "Resources/Mapping/Properties/StartingPosition";
    for (position_of_it, expected) in [
        ("", "the member is missing"),
        (", StartingPosition: AT_TIMESTAMP", "local-cognito does not know \"AT_TIMESTAMP\""),
    ] {
        let text = mapped("").replace(", StartingPosition: LATEST", position_of_it);
        check_refused(&text, &format!("{position}: {expected}"));
    }
}

/// The small template with parameters and rules in place of its own.
fn with_parameters(parameters: &str, rules: &str) -> String {
    let origins = "  WebOrigins: {Type: CommaDelimitedList}\n";
    with(origins, &format!("{origins}{parameters}Rules:\n{rules}"))
}

#[test]
fn value_outside_its_constraints_is_refused() {
    for (parameter, constraint) in [
        ("{Type: String, Default: ab, AllowedPattern: \"[a-z]\"}", "AllowedPattern"),
        ("{Type: String, Default: b, AllowedPattern: \"a|b\"}", ""),
        ("{Type: String, Default: ab, AllowedPattern: \"a|b\"}", "AllowedPattern"),
        ("{Type: CommaDelimitedList, Default: \"a, b\", AllowedPattern: \"[a-z]\"}", ""),
        (
            "{Type: CommaDelimitedList, Default: \"a,\", AllowedPattern: \"[a-z]\"}",
            "AllowedPattern",
        ),
        ("{Type: CommaDelimitedList, Default: \"a,c\", AllowedValues: [a, b]}", "AllowedValues"),
        ("{Type: Number, Default: 3, AllowedValues: [1, 2]}", "AllowedValues"),
        ("{Type: Number, Default: 2, AllowedValues: [1, 2], MinValue: 2, MaxValue: 2}", ""),
        ("{Type: Number, Default: 1, MinValue: 2}", "MinValue"),
        ("{Type: Number, Default: 3, MaxValue: 2}", "MaxValue"),
        ("{Type: Number, Default: x}", "Type"),
        ("{Type: String, Default: \"\", MinLength: 1}", "MinLength"),
        ("{Type: String, Default: abc, MaxLength: 2}", "MaxLength"),
    ] {
        let text = with_parameters(&format!("  P: {parameter}\n"), "  {}\n");
        match constraint {
            "" => drop(Template::parse(&text, &deployment()).unwrap()),
            _ => {
                let refused = format!("Parameters/P: its value does not satisfy {constraint}");
                check_refused(&text, &refused);
            }
        }
    }
    let unknown = with_parameters("  P: {Type: String, Default: a, Allowed: a}\n", "  {}\n");
    check_refused(&unknown, "Parameters/P: local-cognito does not know \"Allowed\"");
}

#[test]
fn rule_is_judged_by_its_own_functions_alone() {
    let parameters = "  P: {Type: String, Default: a}\n  L: {Type: CommaDelimitedList, Default: \"a, b\"}\n  E: {Type: CommaDelimitedList, Default: \"\"}\n";
    let judged = |condition: &str, assert: &str| {
        let condition = match condition {
            "" => String::new(),
            text => format!("    RuleCondition: {text}\n"),
        };
        let rule = format!(
            "  R:\n{condition}    Assertions: [{{Assert: {assert}, AssertDescription: it is so}}]\n"
        );
        with_parameters(parameters, &rule)
    };
    for (assert, holds) in [
        ("!Equals [!Ref P, a]", true),
        ("!Equals [!Ref P, A]", false),
        ("!Equals [!Ref AWS::Region, eu-west-1]", true),
        ("!Not [!Equals [!Ref P, a]]", false),
        ("!And [!Equals [a, a], !Equals [a, b]]", false),
        ("!Or [!Equals [a, a], !Equals [a, b]]", true),
        ("!Contains [!Ref L, !Ref P]", true),
        ("!Contains [[b, c], !Ref P]", false),
        ("!Contains [!Ref E, \"\"]", true),
        ("!Contains [[\"1\"], 1]", true),
        ("!EachMemberEquals [!Ref L, a]", false),
        ("!EachMemberEquals [!Ref E, \"\"]", true),
        ("!EachMemberIn [!Ref L, [a, b, c]]", true),
        ("!EachMemberIn [!Ref L, [a, c]]", false),
    ] {
        let text = judged("", assert);
        match holds {
            true => drop(Template::parse(&text, &deployment()).unwrap()),
            false => check_refused(&text, "Rules/R: the parameters are refused: it is so"),
        }
        let elsewhere = judged("!Equals [!Ref P, b]", assert);
        drop(Template::parse(&elsewhere, &deployment()).unwrap());
    }
    for (assert, function) in [
        ("!Equals [!Join [\"\", !Ref L], ab]", "Fn::Join"),
        ("!Equals [!Select [0, !Ref L], a]", "Fn::Select"),
        ("!Condition [Some]", "Condition"),
        ("!If [Some, !Equals [a, a], !Equals [a, a]]", "Fn::If"),
        ("!Not [!Equals [a, a], !Equals [a, a]]", "Fn::Not"),
        ("!And [!Equals [a, a]]", "Fn::And"),
    ] {
        let unknown = format!("Rules/R: local-cognito does not know {function:?}");
        check_refused(&judged("", assert), &unknown);
    }
    check_refused(&judged("", "!Equals [!Ref Q, a]"), "Rules/R: there is no \"Q\"");
}
