//! The HTTP APIs with their limits and their domain, and both firewalls, as the templates declare
//! them.
//!
//! `cargo xtask check-template` checks both templates with the tools of CI.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod deployments;

use std::collections::{BTreeMap, BTreeSet};

use local_cognito::template::{self, ResolvedTemplate};
use serde_json::{Value, json};
use xtask::template::document::Document;

use deployments::{CERTIFICATE, EDGE, resolve, resolve_edge};

const COGNITO: &str = "awscognitoidentityproviderservice";

/// The resources of a deployment with these parameters.
fn own(parameters: &Value) -> ResolvedTemplate {
    resolve(parameters).unwrap()
}

fn behind_a_domain() -> Value {
    json!({"ApiDomain": "id.example.com", "ApiCertificate": CERTIFICATE})
}

fn of_type(stack: &ResolvedTemplate, kind: &str) -> BTreeMap<String, Value> {
    stack.of_type(kind).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

/// Rate and burst of the route with this key, which is in one API alone.
#[track_caller]
fn limits(stack: &ResolvedTemplate, key: &str) -> [f64; 2] {
    let routes = of_type(stack, "AWS::ApiGatewayV2::Route");
    let [route] = routes.values().filter(|route| route["RouteKey"] == key).collect::<Vec<_>>()[..]
    else {
        panic!("there is not one {key}");
    };
    let stages = of_type(stack, "AWS::ApiGatewayV2::Stage");
    let stage = stages.values().find(|stage| stage["ApiId"] == route["ApiId"]).unwrap();
    ["ThrottlingRateLimit", "ThrottlingBurstLimit"]
        .map(|limit| number(&stage["DefaultRouteSettings"][limit]))
}

/// Each request to such a route is a mail or uses up a quota that all share. A route that only takes
/// a code is none of them: a flood of registrations must not slow a recovery that has begun.
#[test]
fn t49_costly_routes_have_limits_of_their_own() {
    let stack = own(&json!({}));
    for (keys, limit) in [
        (vec!["POST /v1/accounts", "POST /v1/accounts/recovery"], 2.0),
        (vec!["GET /v1/credentials"], 10.0),
        (
            vec![
                "POST /v1/accounts/confirm",
                "POST /v1/accounts/recovery/confirm",
                "POST /v1/accounts/password",
                "POST /v1/token",
            ],
            50.0,
        ),
    ] {
        for key in keys {
            assert_eq!(limits(&stack, key), [limit; 2], "{key}");
        }
    }
    let flood = own(&json!({"AccountRequestsPerSecond": 1}));
    assert_eq!(limits(&flood, "POST /v1/accounts"), [1.0; 2]);
    assert_eq!(limits(&flood, "POST /v1/accounts/recovery/confirm"), [50.0; 2]);
}

/// A stage that names metrics alone takes no request, and a limit of one route is untyped JSON.
#[test]
fn stages_take_requests_whatever_the_parameters_choose() {
    for parameters in [
        json!({}),
        json!({"RequestsPerSecond": 1, "AccountRequestsPerSecond": 1, "CredentialsPerSecond": 1}),
        json!({"RequestsPerSecond": 10000, "ExistingUserPool": "eu-west-1_Ab12Cd34E"}),
        behind_a_domain(),
    ] {
        let stages = of_type(&own(&parameters), "AWS::ApiGatewayV2::Stage");
        assert_eq!(stages.len(), 3);
        for (name, stage) in stages {
            let settings = &stage["DefaultRouteSettings"];
            for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
                assert!(number(&settings[limit]) > 0.0, "{limit} of {name}");
            }
            assert_eq!(settings["DetailedMetricsEnabled"], true, "{name}");
            assert_eq!(stage["RouteSettings"], Value::Null, "{name}");
            assert_eq!(stage["StageVariables"], Value::Null, "{name}");
        }
    }
    for limit in ["RequestsPerSecond", "AccountRequestsPerSecond", "CredentialsPerSecond"] {
        assert!(admits(template::OWN, limit, "1") && !admits(template::OWN, limit, "0"), "{limit}");
    }
}

/// A preflight carries no credentials: no route that takes `OPTIONS` asks for any.
#[test]
fn preflights_meet_no_authorizer() {
    let stack = own(&json!({}));
    let mut open = BTreeSet::new();
    for (name, route) in of_type(&stack, "AWS::ApiGatewayV2::Route") {
        let key = route["RouteKey"].as_str().unwrap();
        if key == "$default" || key.starts_with("ANY ") || key.starts_with("OPTIONS ") {
            assert_eq!(route["AuthorizationType"], Value::Null, "{name}");
            open.insert(route["ApiId"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(open.len(), 3, "an API without such a route answers 404 by itself");
    for (name, api) in of_type(&stack, "AWS::ApiGatewayV2::Api") {
        let methods = &api["CorsConfiguration"]["AllowMethods"];
        let any = methods.as_array().is_some_and(|methods| methods.contains(&"*".into()));
        assert!(!any, "{name} allows every method");
    }
}

/// Beside a domain no address of Amazon's leads to the APIs, or each firewall could be walked
/// around.
#[test]
fn t49_domain_is_the_only_way_to_every_api() {
    let domain = own(&behind_a_domain());
    let without = own(&json!({}));
    for kind in ["AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping"] {
        assert!(of_type(&without, kind).is_empty(), "{kind}");
    }
    for (stack, disabled) in [(&domain, true), (&without, false)] {
        for (name, api) in of_type(stack, "AWS::ApiGatewayV2::Api") {
            assert_eq!(api["DisableExecuteApiEndpoint"], disabled, "{name}");
        }
    }
    let name = domain.properties("ApiDomainName").unwrap();
    assert_eq!(name["DomainName"], "id.example.com");
    let expected = json!([{
        "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2",
        "CertificateArn": format!("arn:aws:acm:eu-west-1:000000000000:certificate/{CERTIFICATE}"),
    }]);
    assert_eq!(name["DomainNameConfigurations"], expected, "a certificate of the stack's Region");
    let mappings = of_type(&domain, "AWS::ApiGatewayV2::ApiMapping");
    let keys: BTreeMap<_, _> = mappings
        .values()
        .map(|mapping| (mapping["ApiId"].as_str().unwrap(), mapping["ApiMappingKey"].as_str()))
        .collect();
    let expected =
        [("api", None), ("credentialsapi", Some("credentials")), ("mailsapi", Some("mails"))];
    assert_eq!(keys, expected.into());
}

/// The address of a client's request is one of an output and a path, with and without a domain.
#[test]
fn outputs_lead_to_the_routes_with_and_without_a_domain() {
    let outputs = sections(template::OWN)["Outputs"].clone();
    for (output, with, without) in [
        ("ApiUrl", json!("https://${ApiDomain}"), json!({"Fn::GetAtt": ["Api", "ApiEndpoint"]})),
        (
            "MailsUrl",
            json!("https://${ApiDomain}/mails"),
            json!({"Fn::GetAtt": ["MailsApi", "ApiEndpoint"]}),
        ),
        (
            "CredentialsUrl",
            json!("https://${ApiDomain}/credentials/v1/credentials"),
            json!({"Fn::Sub": "${CredentialsApi.ApiEndpoint}/v1/credentials"}),
        ),
    ] {
        let expected = json!({"Fn::If": ["WithApiDomain", {"Fn::Sub": with}, without]});
        assert_eq!(outputs[output]["Value"], expected, "{output}");
    }
}

/// The statement that tells the requests that the rate rule of the pool counts.
fn scope_of_the_rate_rule(parameters: &Value) -> (Value, Vec<Value>, Vec<Value>) {
    let firewall = own(parameters).properties("Firewall").unwrap();
    let rate = firewall["Rules"][0]["Statement"]["RateBasedStatement"].clone();
    assert_eq!(rate["AggregateKeyType"], "IP");
    let scope = rate["ScopeDownStatement"]["AndStatement"]["Statements"].as_array().unwrap();
    let [counted, left_out @ ..] = scope.as_slice() else { panic!("{scope:?}") };
    let counted = counted["OrStatement"]["Statements"].as_array().unwrap().clone();
    (rate["Limit"].clone(), counted, left_out.to_vec())
}

/// True if a request with this header is counted by a statement: the two transformations and the
/// comparison that the rule uses.
fn counts(statement: &Value, target: &str) -> bool {
    let matched = &statement["ByteMatchStatement"];
    assert_eq!(matched["FieldToMatch"], json!({"SingleHeader": {"Name": "x-amz-target"}}));
    assert_eq!(matched["PositionalConstraint"], "EXACTLY");
    assert_eq!(matched["TextTransformations"], json!([{"Priority": 0, "Type": "LOWERCASE"}]));
    matched["SearchString"] == target.to_ascii_lowercase()
}

#[test]
fn t49_rate_rule_counts_what_can_begin_a_session_or_a_mail() {
    let (_, counted, _) = scope_of_the_rate_rule(&json!({}));
    let is_counted = |target: &str| counted.iter().any(|statement| counts(statement, target));
    for operation in ["InitiateAuth", "SignUp", "ForgotPassword", "ResendConfirmationCode"] {
        for service in ["AWSCognitoIdentityProviderService", COGNITO] {
            assert!(is_counted(&format!("{service}.{operation}")), "{operation}");
        }
    }
    for operation in [
        "RespondToAuthChallenge",
        "GetUser",
        "GetTokensFromRefreshToken",
        "ConfirmSignUp",
        "AdminInitiateAuth",
        "InitiateAuthX",
        "",
    ] {
        assert!(!is_counted(&format!("{COGNITO}.{operation}")), "{operation}");
    }
    assert!(!is_counted("OtherService.InitiateAuth") && !is_counted("InitiateAuth"));
    assert_eq!(counted.len(), 4);
}

/// Room for the people of one office: refreshes of 1,000 applications with tokens of 15 minutes, and
/// within a quarter of an hour a sign-in of each, started twice.
#[test]
fn rate_rule_has_room_for_an_office() {
    let (people, token_minutes) = (1_000, 15);
    let refreshes = people * 5 / token_minutes;
    let sign_ins = 2 * people * 5 / 15;
    let (limit, ..) = scope_of_the_rate_rule(&json!({}));
    assert_eq!((refreshes, sign_ins), (333, 666));
    assert!(number(&limit) >= f64::from(refreshes + sign_ins), "{limit}");
    assert_eq!(sections(template::OWN)["Parameters"]["TokenMinutes"]["Default"], token_minutes);
}

/// Room for the same people in the rule that counts every request: each start with three answers, a
/// look at the own account after each sign-in, and a preflight of each browser.
#[test]
fn rule_of_all_requests_has_room_for_an_office() {
    let (refreshes, sign_ins, starts) = (333, 333, 666);
    let together = refreshes + starts + 3 * starts + sign_ins + sign_ins;
    assert_eq!(together, 3_663);
    let (starts, ..) = scope_of_the_rate_rule(&json!({}));
    let firewall = own(&json!({})).properties("Firewall").unwrap();
    let rate = &firewall["Rules"][1]["Statement"]["RateBasedStatement"];
    let limit = number(&rate["Limit"]);
    assert!(limit >= f64::from(together) && limit >= number(&starts), "{limit}");
}

/// One address cannot spend a quota of the user pool, in requests a second, that all share: answers
/// and starts of sign-ins, sign-ups with their confirmations, and recoveries.
#[test]
fn t49_one_address_cannot_spend_a_quota_of_the_pool() {
    let firewall = own(&json!({})).properties("Firewall").unwrap();
    let counts_all = |rule: &&Value| {
        let rate = &rule["Statement"]["RateBasedStatement"];
        rate["AggregateKeyType"] == "IP" && !rate.to_string().contains("ByteMatchStatement")
    };
    let rules = firewall["Rules"].as_array().unwrap();
    let rule = rules.iter().find(counts_all).expect("a rule that counts every request");
    assert_eq!(rule["Action"], json!({"Block": {}}));
    let a_second = number(&rule["Statement"]["RateBasedStatement"]["Limit"]) / 300.0;
    for (quota, most) in
        [("UserAuthentication", 120.0), ("UserCreation", 50.0), ("UserAccountRecovery", 30.0)]
    {
        assert!(a_second < most * 0.6, "{quota}: {a_second}");
    }
    assert!(admits(template::OWN, "WafAllRequests", "10"));
    for wrong in ["9", "0", "2000000001"] {
        assert!(!admits(template::OWN, "WafAllRequests", wrong), "{wrong}");
    }
}

/// Samples and logs of a firewall show the headers of a request; bodies they never show.
#[test]
fn t49_firewalls_keep_no_token() {
    let pool = own(&json!({})).properties("Firewall").unwrap();
    let edge = sections(EDGE)["Resources"]["Firewall"]["Properties"].clone();
    for (firewall, header) in [
        (&pool, "authorization"),
        (&pool, "cookie"),
        (&edge, "authorization"),
        (&edge, "cookie"),
        (&edge, "x-amz-security-token"),
    ] {
        let hidden = firewall["DataProtectionConfig"]["DataProtections"].as_array().unwrap();
        let is_hidden = hidden.iter().any(|hidden| {
            let keys = hidden["Field"]["FieldKeys"].as_array().unwrap();
            hidden["Field"]["FieldType"] == "SINGLE_HEADER" && keys.contains(&header.into())
        });
        assert!(is_hidden, "{header}");
        assert!(hidden.iter().all(|hidden| {
            hidden["Action"] == "SUBSTITUTION"
                && hidden["ExcludeRateBasedDetails"].is_null()
                && hidden["ExcludeRuleMatchDetails"].is_null()
        }));
    }
}

/// True if a statement of the edge's rules holds for a request of an address that is not trusted.
fn holds(statement: &Value, method: &str, path: &str) -> bool {
    let (kind, statement) = statement.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "AndStatement" => {
            let all = statement["Statements"].as_array().unwrap();
            all.iter().all(|statement| holds(statement, method, path))
        }
        "NotStatement" => !holds(&statement["Statement"], method, path),
        "IPSetReferenceStatement" => false,
        "ByteMatchStatement" => {
            let wanted = statement["SearchString"].as_str().unwrap();
            let by_method = statement["FieldToMatch"] == json!({"Method": {}});
            match statement["PositionalConstraint"].as_str().unwrap() {
                "EXACTLY" if by_method => method == wanted,
                "STARTS_WITH" if !by_method => path.starts_with(wanted),
                other => panic!("{other}"),
            }
        }
        other => panic!("{other}"),
    }
}

/// A browser's preflight is no mail, and must not halve the mails of an address; a flood of them is
/// limited by itself, since they take from the same API.
#[test]
fn t49_edge_counts_mails_apart_from_preflights() {
    let firewall = sections(EDGE)["Resources"]["Firewall"]["Properties"].clone();
    let rates: BTreeMap<&str, &Value> = firewall["Rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| (rule["Name"].as_str().unwrap(), &rule["Statement"]["RateBasedStatement"]))
        .collect();
    for (method, path, counted) in [
        ("POST", "/mails/v1/accounts", ["mails-per-address"].as_slice()),
        ("POST", "/mails/v1/accounts/recovery", &["mails-per-address"]),
        ("OPTIONS", "/mails/v1/accounts", &["preflights-per-address"]),
        ("GET", "/mails/v1/accounts", &["preflights-per-address"]),
        ("POST", "/v1/token", &[]),
        ("OPTIONS", "/v1/token", &[]),
    ] {
        let mut expected: BTreeSet<&str> = counted.iter().copied().collect();
        expected.insert("rate-per-address");
        let found: BTreeSet<&str> = rates
            .iter()
            .filter(|(_, rate)| !rate.is_null())
            .filter(|(_, rate)| holds(&rate["ScopeDownStatement"], method, path))
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(found, expected, "{method} {path}");
    }
    for name in ["mails-per-address", "preflights-per-address"] {
        assert_eq!(rates[name]["Limit"], json!({"Ref": "MailsPerAddress"}), "{name}");
        assert_eq!(rates[name]["AggregateKeyType"], "IP", "{name}");
    }
}

#[test]
fn trusted_addresses_are_left_out_of_the_rate_rules_alone() {
    for (parameters, v4, v6) in [
        (json!({}), json!([]), json!([])),
        (json!({"TrustedAddresses": "192.0.2.0/24"}), json!(["192.0.2.0/24"]), json!([])),
        (
            json!({
                "TrustedAddresses": "192.0.2.0/24, 198.51.100.7/32",
                "TrustedAddressesV6": "2001:db8::/48",
            }),
            json!(["192.0.2.0/24", "198.51.100.7/32"]),
            json!(["2001:db8::/48"]),
        ),
    ] {
        let stack = own(&parameters);
        for (set, version, addresses) in [("Trusted", "IPV4", v4), ("TrustedV6", "IPV6", v6)] {
            let expected =
                json!({"Scope": "REGIONAL", "IPAddressVersion": version, "Addresses": addresses});
            assert_eq!(stack.properties(set).unwrap(), expected);
        }
        let (_, _, left_out) = scope_of_the_rate_rule(&parameters);
        let arns = ["trusted", "trusted-v6"].map(|set| {
            let arn =
                format!("arn:aws:wafv2:eu-west-1:000000000000:regional/ipset/lifeguard-{set}");
            json!({"NotStatement": {"Statement": {"IPSetReferenceStatement": {"Arn": arn}}}})
        });
        assert_eq!(left_out, arns);
        let firewall = stack.properties("Firewall").unwrap();
        let whole = &firewall["Rules"][1]["Statement"]["RateBasedStatement"]["ScopeDownStatement"];
        assert_eq!(*whole, json!({"AndStatement": {"Statements": arns}}), "all other requests");
        let known_bad = &firewall["Rules"][2]["Statement"]["ManagedRuleGroupStatement"];
        assert_eq!(known_bad["Name"], "AWSManagedRulesAmazonIpReputationList");
        assert_eq!(known_bad["ScopeDownStatement"], Value::Null);
        assert_eq!(firewall["Rules"].as_array().unwrap().len(), 3);
    }
    assert!(!own(&json!({"WafRequests": 0})).has("Trusted").unwrap());
}

#[test]
fn t49_edge_proves_itself_and_names_the_viewer() {
    let resources = sections(EDGE)["Resources"].clone();
    let secret = &resources["OriginSecret"]["Properties"]["GenerateSecretString"];
    assert_eq!(secret["PasswordLength"], 64);
    let distribution = &resources["Distribution"]["Properties"]["DistributionConfig"];
    let [origin] = distribution["Origins"].as_array().unwrap().as_slice() else { panic!() };
    let header = &origin["OriginCustomHeaders"][0];
    assert_eq!(header["HeaderName"], "x-lifeguard-origin-secret");
    let value = "{{resolve:secretsmanager:${OriginSecret}:SecretString:::${OriginSecretVersion}}}";
    assert_eq!(header["HeaderValue"], json!({"Fn::Sub": value}));
    assert_eq!(origin["DomainName"], json!({"Ref": "ApiOrigin"}));
    let policy = &resources["OriginRequests"]["Properties"]["OriginRequestPolicyConfig"];
    let expected = json!({
        "HeaderBehavior": "allViewerAndWhitelistCloudFront", "Headers": ["CloudFront-Viewer-Address"],
    });
    assert_eq!(policy["HeadersConfig"], expected);
    assert_eq!(distribution["Aliases"], json!([{"Ref": "ApiDomain"}]), "the signed host");
    let kept: BTreeSet<u64> = distribution["CustomErrorResponses"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|error| error["ErrorCachingMinTTL"] == 0)
        .map(|error| error["ErrorCode"].as_u64().unwrap())
        .collect();
    let all = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
    assert_eq!(kept, all.into(), "every error that CloudFront would keep");
}

/// One address gets a small part of a limit that all share.
#[test]
fn t49_one_address_cannot_use_up_what_all_share() {
    let edge = sections(EDGE)["Parameters"].clone();
    let own = sections(template::OWN)["Parameters"].clone();
    let in_five_minutes = |limit: &str| number(&own[limit]["Default"]) * 300.0;
    for (address, all, share) in [
        ("MailsPerAddress", "AccountRequestsPerSecond", 20.0),
        ("RequestsPerAddress", "RequestsPerSecond", 15.0),
        ("RequestsPerAddress", "CredentialsPerSecond", 3.0),
    ] {
        let address = number(&edge[address]["Default"]);
        assert!(address * share <= in_five_minutes(all), "{all}: {address}");
    }
}

/// The sections of a template as they stand there.
fn sections(text: &str) -> Value {
    Document::parse(text).unwrap().sections
}

/// Resolves a template with these parameters.
fn resolved(text: &str, parameters: &Value) -> Result<ResolvedTemplate, String> {
    match text == EDGE {
        true => resolve_edge("us-east-1", parameters),
        false => resolve(parameters),
    }
}

/// True if a parameter admits a value, or each item of a list, as CloudFormation judges it before it
/// makes anything.
#[track_caller]
fn admits(text: &str, parameter: &str, value: &str) -> bool {
    assert!(sections(text)["Parameters"][parameter].is_object(), "there is no {parameter}");
    let refused = resolved(text, &json!({parameter: value})).err().unwrap_or_default();
    !refused.starts_with(&format!("Parameters/{parameter}: "))
}

#[test]
fn domains_are_names_without_scheme_path_or_wildcard() {
    let label = "a".repeat(63);
    for text in [template::OWN, EDGE] {
        for domain in ["id.example.com", "a.io", "x-1.example.co.uk", "xn--bcher-kva.example"] {
            assert!(admits(text, "ApiDomain", domain), "{domain}");
        }
        assert!(admits(text, "ApiDomain", &format!("{label}.example.com")));
        for domain in [
            "example",
            "https://id.example.com",
            "id.example.com/",
            "id.example.com/v1",
            "*.example.com",
            "Id.example.com",
            "id..example.com",
            ".example.com",
            "example.com.",
            "-id.example.com",
            "id-.example.com",
            "id_1.example.com",
            "id.example.com:443",
            "192.0.2.1",
            "id.example.com\n",
            "id example.com",
        ] {
            assert!(!admits(text, "ApiDomain", domain), "{domain}");
        }
        assert!(!admits(text, "ApiDomain", &format!("{label}a.example.com")));
        assert!(admits(text, "ApiCertificate", CERTIFICATE));
        let arn = format!("arn:aws:acm:eu-west-1:111122223333:certificate/{CERTIFICATE}");
        for certificate in [arn.as_str(), "12345678", &CERTIFICATE.to_uppercase()] {
            assert!(!admits(text, "ApiCertificate", certificate), "{certificate}");
        }
    }
    assert!(admits(template::OWN, "ApiDomain", "") && !admits(EDGE, "ApiDomain", ""));
    let origin = "d-ab12cd34ef.execute-api.eu-west-1.amazonaws.com";
    assert!(admits(EDGE, "ApiOrigin", origin));
    for wrong in ["", "id.example.com", "ab12cd34ef.execute-api.eu-west-1.amazonaws.com"] {
        assert!(!admits(EDGE, "ApiOrigin", wrong), "{wrong}");
    }
}

#[test]
fn trusted_addresses_are_networks_of_one_holder() {
    for text in [template::OWN, EDGE] {
        for list in ["", "192.0.2.0/24", "10.0.0.0/16,198.51.100.7/32", "255.255.255.255/32"] {
            assert!(admits(text, "TrustedAddresses", list), "{list}");
        }
        for list in [
            "0.0.0.0/0",
            "10.0.0.0/8",
            "0.0.0.0/1",
            "192.0.2.1",
            "192.0.2.0/33",
            "256.0.2.0/24",
            "192.0.2/24",
            "192.0.02.0/24",
            "2001:db8::/48",
            "192.0.2.0/24,0.0.0.0/0",
        ] {
            assert!(!admits(text, "TrustedAddresses", list), "{list}");
        }
    }
    for list in ["", "2001:db8::/48", "2001:db8:1:2:3:4:5:6/128"] {
        assert!(admits(template::OWN, "TrustedAddressesV6", list), "{list}");
    }
    for list in ["::/0", "2000::/3", "2001:db8::", "192.0.2.0/24", "2001:DB8::/48"] {
        assert!(!admits(template::OWN, "TrustedAddressesV6", list), "{list}");
    }
}

/// True if a rule refuses.
#[track_caller]
fn refuses(rule: &str, resolved: Result<ResolvedTemplate, String>) -> bool {
    resolved.err().unwrap_or_default().starts_with(&format!("Rules/{rule}: "))
}

#[test]
fn parameters_that_need_each_other_are_refused_alone() {
    let own = |rule: &str, parameters: Value| refuses(rule, resolve(&parameters));
    let rules = ["DomainHasACertificate", "OriginHasADomain", "TrustNeedsAFirewall"];
    for rule in rules {
        assert!(!own(rule, json!({})), "{rule} refuses the defaults");
    }
    let domain = "DomainHasACertificate";
    assert!(own(domain, json!({"ApiDomain": "id.example.com"})));
    assert!(own(domain, json!({"ApiCertificate": CERTIFICATE})));
    assert!(!own(domain, behind_a_domain()));
    let hashes = ["0a".repeat(32), "1b".repeat(32)].join(",");
    let origin = "OriginHasADomain";
    assert!(own(origin, json!({"OriginSecretHashes": hashes})));
    assert!(!own(origin, json!({"OriginSecretHashes": hashes, "ApiDomain": "id.example.com"})));
    for trusted in [
        json!({"WafRequests": "0", "TrustedAddresses": "192.0.2.0/24"}),
        json!({"WafRequests": "0", "TrustedAddressesV6": "2001:db8::/48"}),
    ] {
        assert!(own("TrustNeedsAFirewall", trusted.clone()), "{trusted}");
    }
    assert!(!own("TrustNeedsAFirewall", json!({"WafRequests": "0"})));
    let trusted = json!({"TrustedAddresses": "192.0.2.0/24"});
    assert!(!own("TrustNeedsAFirewall", trusted));
    let region = "CloudFrontLooksInOneRegion";
    assert!(refuses(region, resolve_edge("eu-west-1", &json!({}))));
    assert!(!refuses(region, resolve_edge("us-east-1", &json!({}))));
    resolve_edge("us-east-1", &json!({})).unwrap();
}
