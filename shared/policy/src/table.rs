//! The reference of all settings.

mod identity;

use std::fmt::Write as _;

use self::identity::IDENTITY;
use crate::setting::Setting;

/// Every member of the document `POLICY` but those of `identity`.
const SETTINGS: [Setting; 24] = [
    Setting {
        path: "pool",
        values: "user pool id",
        default: "required",
        meaning: "The only pool from which events are accepted; its Region is the part before `_`.",
    },
    Setting {
        path: "regions",
        values: "list of Regions",
        default: "the Region of the pool's id",
        meaning: "The only Regions from which events are accepted. Replicas of a pool keep its id and have Regions of their own: list the Region of the replica in the stack beside it.",
    },
    Setting {
        path: "clients",
        values: "object by app client id",
        default: "required, at least one",
        meaning: "The only app clients from which events are accepted.",
    },
    Setting {
        path: "clients.<id>.name",
        values: "one line of at most 32 characters",
        default: "none",
        meaning: "The name of the client in mails, after that of the application: a code works at the client that asked for it.",
    },
    Setting {
        path: "clients.<id>.secret",
        values: "`true`, `false`",
        default: "`false`",
        meaning: "`true` for a client with a secret, which only its servers can use. Clients without one are public: with three or more that have a method, no client may have 6 digits. `pool-triggers attach` looks for the secret of the stack's client for servers.",
    },
    Setting {
        path: "clients.<id>.methods",
        values: "list of `EMAIL_OTP`, `MAGIC_LINK`",
        default: "`[]`",
        meaning: "The methods by which users may sign in at this client.",
    },
    Setting {
        path: "clients.<id>.default_method",
        values: "one of the client's methods",
        default: "absent",
        meaning: "With it the first challenge is already the real one (one round); without, the client is asked for the method first (two rounds).",
    },
    Setting {
        path: "clients.<id>.password",
        values: "`never`, `first`, `first_with_mfa`",
        default: "`never`",
        meaning: "`first`: SRP must prove a password before the challenge; `first_with_mfa`: one MFA entry of Cognito may follow the password.",
    },
    Setting {
        path: "clients.<id>.answers",
        values: "2 to 5",
        default: "5",
        meaning: "The answers that one session may give.",
    },
    Setting {
        path: "clients.<id>.digits",
        values: "6 to 10",
        default: "8",
        meaning: "The number of digits of a short code.",
    },
    Setting {
        path: "clients.<id>.link_binding",
        values: "`same_session`, `any_browser`",
        default: "`same_session`",
        meaning: "The sessions in which a link may be answered: the one that caused the mail, or any. In other sessions the code of the same mail can be used.",
    },
    Setting {
        path: "clients.<id>.redirects",
        values: "list of URLs",
        default: "none; required for `MAGIC_LINK`",
        meaning: "The allowed targets of links: exact origins, each with the beginning of a path.",
    },
    Setting {
        path: "clients.<id>.default_redirect",
        values: "URL",
        default: "none; required for `MAGIC_LINK`",
        meaning: "The page that links lead to where the request names no `redirectUri`: every mail of a client with links has one.",
    },
    Setting {
        path: "key_version",
        values: "1 to 65535",
        default: "1",
        meaning: "The version of the code key that new challenges use; the secret must hold it.",
    },
    Setting {
        path: "sign_up.mode",
        values: "`enforce`, `observe`",
        default: "`enforce`",
        meaning: "`observe` admits every sign-up and records the refusals that `enforce` would make.",
    },
    Setting {
        path: "sign_up.confirmation",
        values: "`by_code`",
        default: "`by_code`",
        meaning: "Cognito sends a code and the user enters it. `automatic` is refused at start-up: it confirms accounts with an address that stays unverified, and codes and links go to verified addresses only.",
    },
    Setting {
        path: "sign_up.allowed_domains",
        values: "list of domains",
        default: "any",
        meaning: "If not empty, only addresses of exactly these domains may sign up.",
    },
    Setting {
        path: "sign_up.denied_domains",
        values: "list of domains",
        default: "none",
        meaning: "Addresses of these domains and of all names below them may not sign up.",
    },
    Setting {
        path: "sign_up.allowed_attributes",
        values: "list of attribute names",
        default: "the standard OpenID Connect attributes",
        meaning: "The attributes that a user may set at sign-up; administrators and identity providers may set others.",
    },
    Setting {
        path: "sign_up.discard_password",
        values: "`true`, `false`",
        default: "`false`",
        meaning: "With `true`, `ConfirmSignUp` with the client metadata `discardPassword: yes` replaces the password of the sign-up by one that no party knows and signs the user out everywhere: for the owner of an address that another party signed up. The template's parameter `DiscardPassword` also gives `post-confirmation` the two permissions.",
    },
    Setting {
        path: "profile.default_group",
        values: "group name",
        default: "none",
        meaning: "The group that a user joins together with the first profile. A user with a profile is never added again.",
    },
    Setting {
        path: "mail.application",
        values: "one line of at most 64 characters",
        default: "`your account`, in the language of the mail",
        meaning: "The name of the application that mails are about.",
    },
    Setting {
        path: "api.origin_secret_hashes",
        values: "list of at most two SHA-256 hashes in lower-case hexadecimal",
        default: "none",
        meaning: "The hashes of the secret that CloudFront sends to the HTTP APIs in `x-lifeguard-origin-secret`, the current and the previous one. With a hash, every route refuses requests without a right secret, and `CloudFront-Viewer-Address` of the others is believed; without a hash it never is.",
    },
    Setting {
        path: "identity",
        values: "object",
        default: "none",
        meaning: "The developer-authenticated identity provider; `developer-identity` needs it.",
    },
];

/// The other variables: name, functions that read it, meaning. None holds a secret.
pub const VARIABLES: [(&str, &str, &str); 6] = [
    (
        "CHALLENGES_TABLE",
        "create-auth-challenge, verify-auth-challenge, deliver-message, developer-identity, operator",
        "The DynamoDB table of challenge rows.",
    ),
    ("ACCOUNTS_TABLE", "developer-identity, operator", "The DynamoDB table of accounts."),
    (
        "PROFILES_TABLE",
        "post-confirmation, post-authentication, operator",
        "The DynamoDB table of profiles, one row for each user of the pool.",
    ),
    (
        "CODE_KEY_SECRET",
        "verify-auth-challenge, deliver-message, developer-identity",
        "Name or ARN of the secret that holds the code keys: a JSON object from version to 32 bytes in base64 or hexadecimal.",
    ),
    ("MAIL_FROM", "deliver-message", "The sender address; its domain is verified in SES."),
    (
        "ADAPTER_KEY_SECRET",
        "developer-identity",
        "With `identity.directory` as an object or `identity.registration.challenge`: name or ARN of the secret that holds the keys shared with the endpoints, in the form of the code keys.",
    ),
];

/// Returns every member of the document `POLICY`, in the order of the page.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().chain(&IDENTITY)
}

/// Renders the page `docs/settings.md`.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::from(
        "# Settings\n\nGenerated from `shared/policy`; a test keeps it equal.\n\nEvery function reads the variable `POLICY`, one JSON object, once when it starts.\nA function reports every mistake at once, in words, and exits before it takes an event.\nAll variables of a function together are at most 4,096 bytes long.\n`RUST_LOG` (`error`, `warn`, `info`, `debug`; `info` if not set) is the level of its log, and with the feature `otel` `OTEL_EXPORTER_OTLP_ENDPOINT` is the address of a collector ([operations](operations.md#traces)).\n`AWS_CA_BUNDLE` is the path of a file of root certificates (PEM) that connections to AWS trust instead of Amazon's own; variables that name a proxy are ignored.\n\n## `POLICY`\n\n| member | values | default | meaning |\n|---|---|---|---|\n",
    );
    for Setting { path, values, default, meaning } in settings() {
        let _ = writeln!(page, "| `{path}` | {values} | {default} | {meaning} |");
    }
    page.push_str("\n## Other variables\n\n| variable | read by | meaning |\n|---|---|---|\n");
    for (name, functions, meaning) in VARIABLES {
        let _ = writeln!(page, "| `{name}` | {functions} | {meaning} |");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::{markdown, settings};

    #[test]
    fn page_in_docs_equals_this_table() {
        let page = include_str!("../../../docs/settings.md");
        assert_eq!(
            page,
            markdown(),
            "run `cargo run -p lifeguard-policy --example settings > docs/settings.md`"
        );
    }

    #[test]
    fn parser_reads_every_setting() {
        let source = concat!(
            include_str!("document.rs"),
            include_str!("clients.rs"),
            include_str!("identity.rs"),
            include_str!("registration.rs"),
            include_str!("issuers.rs"),
            include_str!("login_providers.rs"),
        );
        for setting in settings() {
            let member = setting.path.rsplit('.').next().unwrap();
            assert!(source.contains(&format!("\"{member}\"")), "{member} is never read");
        }
    }
}
