//! The parameters of the template: no value and no combination that it admits deploys functions that
//! do not start, and every pattern and rule is seen to refuse.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod deployments;

use std::collections::{BTreeMap, BTreeSet};

use lifeguard_policy::Variables;
use local_cognito::template::{self, ResolvedTemplate, Template};
use proptest::prelude::*;
use proptest::string::string_regex;
use serde_json::{Value, json};

use deployments::{deployment, resolve};

/// Parameters that have a pattern and a place in `POLICY`.
const IN_POLICY: [&str; 14] = [
    "AdapterKeyVersion",
    "AllowedDomains",
    "AppleServicesId",
    "Application",
    "DefaultGroup",
    "DeveloperProvider",
    "ExistingUserPool",
    "GoogleClientId",
    "KeyVersion",
    "LinkRedirects",
    "OidcIssuers",
    "PoolRegions",
    "RegistrationsPerDay",
    "RegistrationsPerDomain",
];

/// The complaints of a function that starts with these parameters.
fn complaints(parameters: &Value) -> Vec<String> {
    let text = resolve(parameters).unwrap().variable("POLICY").unwrap();
    let look_up = |name: &str| (name == "POLICY").then(|| text.clone());
    let mut variables = Variables::new(&look_up);
    let policy = variables.policy();
    match variables.finish(policy) {
        Ok(_) => Vec::new(),
        Err(error) => error.complaints().to_vec(),
    }
}

#[test]
fn value_that_no_function_takes_is_refused() {
    let long_label = format!("https://{}.example.com/", "a".repeat(64));
    for (parameter, values) in [
        (
            "LinkRedirects",
            &[
                "https://App.example.com/",
                "https://app.example.com/a/../b",
                "https://app.example.com/./b",
                "https://app.example.com/a//b",
                "https://app..example.com/",
                "https://.example.com/",
                "https://app.example.com./",
                "https://-app.example.com/",
                "https://user@app.example.com/",
                "https://user:secret@app.example.com/",
                "https://app.example.com:0/",
                "https://app.example.com:08443/",
                "https://app.example.com:65536/",
                "https://app.example.com:/",
                "https://app.example.com:a/",
                "https://10.0.0.1/",
                "https://app.example.com/?a=b",
                "https://app.example.com/#a",
                "https://app.example.com/%2e%2e/",
                "http://app.example.com/",
                "http://localhost.example.com/",
                "http://127.0.0.1.example.com/",
                "https://app.example.com/,",
                &long_label,
                "",
            ][..],
        ),
        (
            "WebOrigins",
            &[
                "https://App.example.com",
                "https://app.example.com/",
                "https://*.example.com",
                "https://app..example.com",
                "https://app.example.com:99999",
                "http://app.example.com",
                "https://app.example.com, ",
                "*",
                "null",
            ],
        ),
        (
            "AllowedDomains",
            &["Example.com", "example", "a..example", "@a.example", "*.example.com"],
        ),
        ("AdapterUrl", &["http://a.example/", "https://a@b.example/", "https://A.example", "x"]),
        (
            "ChallengeUrl",
            &["https://a.example/../b", "https://a.example/#x", "https://a.example?x"],
        ),
        ("OidcIssuers", &["https://Id.example.com", "id.example.com", "https://id.example.com//"]),
        ("MailFrom", &["a@@b.example", "A <a@b.example>", "a@B.example", ".a@b.example", "a@b"]),
        ("MailIdentity", &["Example.com", "@example.com", "example..com", "a@b@c.example"]),
        ("Application", &["a\"b", "a\\b", "a\nb", "a\u{85}b", "a\u{7f}b", ""]),
        ("KeyVersion", &["0", "01", "65536", "1.0", "1e3", "-1", " 1"]),
        ("AdapterKeyVersion", &["0", "65536", "2.5"]),
        ("RegistrationsPerDay", &["7", "1000001", "8.5", "08"]),
        ("RegistrationsPerDomain", &["0", "1000001", "1e3"]),
        ("Digits", &["5", "11", "6.5", "08"]),
        ("Answers", &["1", "6", "2.5"]),
        ("ExistingWebClient", &["CLIENT_ID_NOT_APPLICABLE", "a-b"]),
        ("Methods", &["PASSKEY", "EMAIL_OTP,", ""]),
        (
            "WriteAttributes",
            &[
                "email,email_verified",
                "email,phone_number_verified",
                "email,custom:role",
                "email,dev:custom:role",
                "email,sub",
                "email,cognito:username",
                "email,",
            ],
        ),
        ("ReadAttributes", &["custom:", "cognito:groups", "email, "]),
        ("OriginSecretHashes", &["abc", "0A"]),
        ("Architecture", &["arm", "x86"]),
        ("TriggerConcurrency", &["-1", "many"]),
    ] {
        for value in values {
            let refused = resolve(&json!({parameter: value})).err();
            let refused = refused.unwrap_or_else(|| panic!("{parameter} takes {value:?}"));
            assert!(refused.starts_with(&format!("Parameters/{parameter}: ")), "{refused}");
        }
    }
}

#[test]
fn value_that_an_operator_needs_is_admitted() {
    for (parameter, values) in [
        (
            "LinkRedirects",
            &[
                "https://app.example.com",
                "https://app.example.co.uk:8443/sign-in/done,http://localhost:3000/",
                "http://127.0.0.1:5173/a",
                "https://xn--bcher-kva.example/",
                "https://preview-of-a-branch-with-quite-a-long-name.hosting.example.app/",
            ][..],
        ),
        ("WebOrigins", &["https://app.example.com,http://localhost:3000", "http://127.0.0.1:1"]),
        ("AllowedDomains", &["example.com,example.co.uk", ""]),
        (
            "OidcIssuers",
            &["https://id.example.com/realms/Staff", "https://id.example.com/a.b/v2.0"],
        ),
        ("MailFrom", &["no-reply+sign_in@mail.example.com"]),
        ("MailIdentity", &["mail.example.com", "no-reply@mail.example.com"]),
        ("WriteAttributes", &["email,phone_number,birthdate", "name, email"]),
        ("ReadAttributes", &["email,custom:tenant"]),
        ("Architecture", &["x86_64"]),
    ] {
        for value in values {
            let parameters = json!({parameter: value});
            resolve(&parameters).unwrap_or_else(|error| panic!("{value:?}: {error}"));
            assert_eq!(complaints(&parameters), Vec::<String>::new(), "{value:?}");
        }
    }
}

const POOL: &str = "eu-west-1_Ab12Cd34E";

/// Each rule of the template with parameters that it refuses.
fn refused_combinations() -> Vec<(&'static str, Value)> {
    let url = "https://corp.example/";
    let adapter = |more: Value| {
        let mut all = json!({"AdapterUrl": url, "AdapterKeySecret": "corp"});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let clients = |web: &str, server: &str| json!({"ExistingUserPool": POOL, "ExistingWebClient": web, "ExistingServerClient": server});
    let mut refused = vec![
        ("DefaultIsAMethod", json!({"Methods": "EMAIL_OTP", "DefaultMethod": "MAGIC_LINK"})),
        ("DefaultIsAMethod", json!({"Methods": "MAGIC_LINK"})),
        ("AddressIsWritten", json!({"WriteAttributes": "name,phone_number"})),
        ("RegionsOfAnExistingPool", json!({"PoolRegions": "eu-central-1"})),
        ("ProviderIsOurOwn", json!({"DeveloperProvider": "accounts.google.com"})),
        ("FirewallTakesTheRate", json!({"WafRequests": 9})),
        ("FirewallToAttach", json!({"AttachFirewall": "yes", "WafRequests": 0})),
        ("TrustNeedsAFirewall", json!({"TrustedAddresses": "192.0.2.0/24", "WafRequests": 0})),
        ("DomainHasACertificate", json!({"ApiDomain": "id.example.com"})),
        ("OriginHasADomain", json!({"OriginSecretHashes": "0a".repeat(32)})),
        ("AdapterHasAKey", json!({"AdapterUrl": url})),
        ("AdapterHasAKey", json!({"ChallengeUrl": url})),
        ("DirectoryOfTheOperator", adapter(json!({"CodeUnderAttack": "true"}))),
        ("DirectoryOfTheOperator", adapter(json!({"ChallengeUrl": url}))),
        ("ClientsOfAnExistingPool", clients("1web", "")),
        ("ClientsOfAnExistingPool", clients("", "2server")),
        ("ClientsOfAnExistingPool", clients("1same", "1same")),
        (
            "ClientsOfAnExistingPool",
            json!({"ExistingWebClient": "1web", "ExistingServerClient": "2server"}),
        ),
    ];
    let oidc = "arn:aws:iam::000000000000:oidc-provider/a.example";
    for (list, item) in [
        ("AllowedDomains", "a.example"),
        ("PoolRegions", "eu-central-1"),
        ("OidcIssuers", "https://a.example"),
        ("OidcProviders", oidc),
        ("SamlProviders", &oidc.replace("oidc", "saml")),
        ("Administrators", "arn:aws:iam::000000000000:role/a"),
        ("OriginSecretHashes", &"0a".repeat(32)),
        ("TrustedAddresses", "192.0.2.0/24"),
        ("TrustedAddressesV6", "2001:db8::/48"),
    ] {
        for gap in [format!("{item},"), format!(",{item}"), format!("{item},,{item}")] {
            let domain = "id.example.com";
            let certificate = "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a";
            refused.push((
                "ListsHaveNoGaps",
                json!({
                    "ExistingUserPool": POOL, "ApiDomain": domain, "ApiCertificate": certificate,
                    list: gap,
                }),
            ));
        }
    }
    refused
}

#[test]
fn combination_that_no_function_takes_is_refused() {
    let mut seen = BTreeSet::new();
    for (rule, parameters) in refused_combinations() {
        let refused = resolve(&parameters).err();
        let refused = refused.unwrap_or_else(|| panic!("{rule} takes {parameters}"));
        assert!(refused.starts_with(&format!("Rules/{rule}: ")), "{parameters}: {refused}");
        seen.insert(rule.to_owned());
    }
    let rules = resolve(&json!({})).unwrap().rules();
    assert_eq!(seen, rules, "each rule is seen to refuse");
}

/// Without its rules the template deploys functions that do not start: the rules are what refuses.
#[test]
fn refused_combination_stops_functions_without_its_rule() {
    let (above, rest) = template::OWN.split_once("\nRules:\n").unwrap();
    let (_, below) = rest.split_once("\nConditions:\n").unwrap();
    let without = format!("{above}\nConditions:\n{below}");
    let mut stopped = BTreeSet::new();
    for (rule, parameters) in refused_combinations() {
        let resolved = ResolvedTemplate::parse(&without, deployment(&parameters)).unwrap();
        let text = resolved.variable("POLICY").unwrap();
        let look_up = |name: &str| (name == "POLICY").then(|| text.clone());
        let mut variables = Variables::new(&look_up);
        let policy = variables.policy();
        if variables.finish(policy).is_err() {
            stopped.insert(rule);
        }
    }
    let expected = ["DefaultIsAMethod", "ClientsOfAnExistingPool", "DirectoryOfTheOperator"];
    for rule in expected {
        assert!(stopped.contains(rule), "{rule} refuses what functions take: {stopped:?}");
    }
}

/// Values of a parameter by its pattern, and none for half of those that may be empty.
fn values(parameter: &str) -> impl Strategy<Value = Option<String>> + use<> {
    let template = resolve(&json!({})).unwrap();
    let pattern = template.constraint(parameter, "AllowedPattern").and_then(Value::as_str);
    let pattern = pattern.unwrap_or_else(|| panic!("{parameter} has no pattern"));
    let bare = pattern.strip_prefix('^').and_then(|pattern| pattern.strip_suffix('$')).unwrap();
    prop::option::of(string_regex(bare).unwrap())
}

/// A label that begins with `xn--` may hold no Punycode, and a name may look like a key; no pattern
/// can tell, and the functions refuse both when they start.
fn is_beyond_patterns(complaint: &str, parameters: &BTreeMap<String, Value>) -> bool {
    let is_punycode = parameters.get("AllowedDomains").is_some_and(|domains| {
        domains.as_str().unwrap().split('.').any(|label| label.contains("--"))
    });
    complaint.contains("looks like a key") || (is_punycode && complaint.contains("allowed_domains"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// All patterns at once: what they admit, the functions take.
    #[test]
    fn functions_start_with_whatever_the_patterns_admit(
        chosen in Vec::from(IN_POLICY.map(|name| values(name).prop_map(move |value| (name, value)))),
        endpoint in values("ChallengeUrl"),
        adapter in any::<bool>(),
    ) {
        let mut parameters: BTreeMap<String, Value> = chosen
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), json!(value?))))
            .collect();
        parameters.entry("ExistingUserPool".to_owned()).or_insert(json!(POOL));
        if parameters["ExistingUserPool"] == "" {
            parameters.remove("PoolRegions");
        }
        let member = if adapter { "AdapterUrl" } else { "ChallengeUrl" };
        parameters.insert(member.to_owned(), json!(endpoint.unwrap_or_default()));
        parameters.insert("AdapterKeySecret".to_owned(), json!("lifeguard/corp"));
        let left: Vec<String> = complaints(&json!(parameters))
            .into_iter()
            .filter(|complaint| !is_beyond_patterns(complaint, &parameters))
            .collect();
        prop_assert_eq!(left, Vec::<String>::new(), "{:?}", parameters);
    }
}

/// A wider pattern is noticed: the table above is not what makes the property hold.
#[test]
fn pattern_of_yesterday_admits_what_no_function_takes() {
    let yesterday = "^(https://|http://localhost:)[A-Za-z0-9.:/_-]+$";
    for value in ["https://App.example.com/", "https://app.example.com/../", "https://a..example/"]
    {
        let name = "    AllowedPattern: ^(https://[a-z0-9]";
        let at = template::OWN.split_once("  LinkRedirects:\n").unwrap().1;
        let line = at.lines().find(|line| line.starts_with(name)).unwrap();
        let wider = template::OWN.replace(line, &format!("    AllowedPattern: {yesterday}"));
        let resolved =
            ResolvedTemplate::parse(&wider, deployment(&json!({"LinkRedirects": value}))).unwrap();
        let text = resolved.variable("POLICY").unwrap();
        let look_up = |name: &str| (name == "POLICY").then(|| text.clone());
        let mut variables = Variables::new(&look_up);
        let policy = variables.policy();
        assert!(variables.finish(policy).is_err(), "{value}");
    }
}

/// A new account has a concurrency of ten, of which nothing can be reserved.
#[test]
fn concurrency_is_reserved_only_if_a_parameter_says_so() {
    let reserved = |parameters: &Value| -> BTreeMap<String, Option<u64>> {
        let template = Template::parse(template::OWN, &deployment(parameters)).unwrap();
        let functions = template.functions.into_iter();
        functions.map(|function| (function.name, function.reserved_concurrency)).collect()
    };
    let shapes = [
        json!({}),
        json!({"ExistingUserPool": POOL}),
        json!({"ExistingUserPool": POOL, "ExistingWebClient": "1web", "ExistingServerClient": "2s"}),
        json!({"WafRequests": 0, "ProfileRepair": "", "DefaultGroup": ""}),
        json!({"AdapterUrl": "https://a.example/", "AdapterKeySecret": "a"}),
        json!({"TriggerConcurrency": 0, "ProviderConcurrency": 0, "Architecture": "x86_64"}),
    ];
    for parameters in &shapes {
        let reserved = reserved(parameters);
        assert!(reserved.len() >= 9 && reserved.values().all(Option::is_none), "{reserved:?}");
    }
    let both = reserved(&json!({"TriggerConcurrency": 20, "ProviderConcurrency": 5}));
    assert_eq!((both["pre-sign-up"], both["developer-identity"]), (Some(20), Some(5)));
    let triggers = reserved(&json!({"TriggerConcurrency": 20}));
    assert_eq!((triggers["deliver-message"], triggers["developer-identity"]), (Some(20), None));
}

/// Properties that begin with the name of the stack, with the longest value that AWS takes.
const NAMES: [(&str, &str, usize); 10] = [
    ("AWS::ApiGatewayV2::Api", "/Name", 128),
    ("AWS::CloudWatch::Alarm", "/AlarmName", 255),
    ("AWS::CloudWatch::Dashboard", "/DashboardName", 255),
    ("AWS::Cognito::IdentityPool", "/IdentityPoolName", 128),
    ("AWS::Cognito::UserPool", "/UserPoolName", 128),
    ("AWS::Logs::MetricFilter", "/MetricTransformations/0/MetricNamespace", 255),
    ("AWS::Logs::LogGroup", "/LogGroupName", 512),
    ("AWS::Serverless::Function", "/FunctionName", 64),
    ("AWS::WAFv2::WebACL", "/VisibilityConfig/MetricName", 128),
    ("AWS::WAFv2::WebACL", "/Rules/0/VisibilityConfig/MetricName", 128),
];

/// No rule of CloudFormation can measure a name, so the limit is written down and preflight tells.
#[test]
fn longest_name_of_a_stack_is_the_documented_one() {
    let template = resolve(&json!({})).unwrap();
    let mut longest = usize::MAX;
    for (kind, pointer, most) in NAMES {
        let resources = template.of_type(kind).unwrap();
        assert!(!resources.is_empty(), "{kind}");
        for (id, properties) in resources {
            let name = properties.pointer(pointer).and_then(Value::as_str).unwrap();
            assert!(name.contains(template::STACK), "{id}: {name}");
            let letter = |letter: char| letter.is_ascii_alphanumeric() || "-_/".contains(letter);
            assert!(name.chars().all(letter), "{id}: {name}");
            longest = longest.min(most - (name.len() - template::STACK.len()));
        }
    }
    let page = include_str!("../../infra/README.md");
    let documented = format!("The name of a stack has at most {longest} characters");
    assert!(page.contains(&documented), "infra/README.md does not say: {documented}");
}

/// A name that is fixed cannot be made again beside what a deleted stack has left.
#[test]
fn retained_resource_has_no_fixed_name() {
    let template = resolve(&json!({})).unwrap();
    for (kind, names) in [
        ("AWS::DynamoDB::Table", &["TableName"][..]),
        ("AWS::S3::Bucket", &["BucketName"]),
        ("AWS::SecretsManager::Secret", &["Name"]),
        ("AWS::KMS::Key", &["AliasName"]),
        ("AWS::SQS::Queue", &["QueueName"]),
        ("AWS::IAM::Role", &["RoleName"]),
    ] {
        for (id, properties) in template.of_type(kind).unwrap() {
            assert!(names.iter().all(|name| properties.get(name).is_none()), "{id}");
        }
    }
}

#[test]
fn template_has_no_loop_and_one_transform() {
    assert!(template::OWN.contains("\nTransform: AWS::Serverless-2016-10-31\n"));
    for loop_or_extension in ["Fn::ForEach", "!ForEach", "LanguageExtensions"] {
        assert!(!template::OWN.contains(loop_or_extension), "{loop_or_extension}");
    }
}
