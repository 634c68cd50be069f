//! The variables of a function.

use thiserror::Error;

use crate::document::Policy;
use crate::key_text::looks_like_a_key;

/// All variables of a function together stay below this many bytes (the quota of AWS Lambda).
const MOST_BYTES: usize = 4096;

/// All mistakes in the settings of a function.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("the settings are not usable: {}", .0.join("; "))]
pub struct SettingsError(Vec<String>);

impl SettingsError {
    /// Returns the complaints, one sentence each.
    #[must_use]
    pub fn complaints(&self) -> &[String] {
        &self.0
    }
}

/// Reads the variables of one function and keeps every complaint until the end.
pub struct Variables<'a> {
    look_up: &'a dyn Fn(&str) -> Option<String>,
    complaints: Vec<String>,
    notes: Vec<String>,
    bytes: usize,
}

impl<'a> Variables<'a> {
    /// Creates a reader of the variables that `look_up` returns.
    #[must_use]
    pub fn new(look_up: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { look_up, complaints: Vec::new(), notes: Vec::new(), bytes: 0 }
    }

    /// Reads a variable that is required and must not be empty.
    pub fn required(&mut self, name: &str) -> Option<String> {
        let value = (self.look_up)(name).filter(|value| !value.is_empty());
        match &value {
            Some(value) => {
                self.bytes += name.len() + value.len();
                if name != "POLICY" && (looks_like_a_key(value) || value.starts_with('{')) {
                    let wrong = "looks like a key: only the name of a secret stands here";
                    self.complaints.push(format!("{name} {wrong}"));
                }
            }
            None => self.complaints.push(format!("{name} is missing")),
        }
        value
    }

    /// Parses the document `POLICY`.
    pub fn policy(&mut self) -> Option<Policy> {
        let text = self.required("POLICY")?;
        Policy::parse(&text, &mut self.complaints)
    }

    /// Adds a complaint of the caller.
    pub fn complain(&mut self, what: String) {
        self.complaints.push(what);
    }

    /// Adds a sentence about the settings for the log of the start.
    pub fn note(&mut self, what: String) {
        self.notes.push(what);
    }

    /// Takes the sentences for the log of the start.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Returns the settings, if there is no complaint.
    ///
    /// # Errors
    /// [`SettingsError`] with every complaint, if there is one.
    pub fn finish<Settings>(
        mut self,
        settings: Option<Settings>,
    ) -> Result<Settings, SettingsError> {
        if self.bytes > MOST_BYTES {
            self.complaints.push(format!(
                "all variables together are {} bytes long, more than {MOST_BYTES}",
                self.bytes
            ));
        }
        match settings {
            Some(settings) if self.complaints.is_empty() => Ok(settings),
            _ => Err(SettingsError(self.complaints)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Variables;
    use crate::document::Policy;
    use lifeguard_sign_in::client_policy::Method;

    fn read(policy: &str) -> Result<Policy, super::SettingsError> {
        let look_up = |name: &str| (name == "POLICY").then(|| policy.to_owned());
        let mut variables = Variables::new(&look_up);
        let policy = variables.policy();
        variables.finish(policy)
    }

    #[track_caller]
    fn check(policy: &str, complaints: &[&str]) {
        match read(policy) {
            Ok(_) => assert!(complaints.is_empty(), "nothing was found wrong"),
            Err(error) => assert_eq!(error.complaints(), complaints),
        }
    }

    #[test]
    fn smallest_document_has_documented_defaults() {
        let policy =
            read(r#"{"pool":"eu-west-1_Pool","clients":{"abc":{"methods":["EMAIL_OTP"]}}}"#)
                .unwrap();
        let client = &policy.clients["abc"];
        assert_eq!(client.methods, [Method::EmailOtp].into());
        assert_eq!((client.answers, client.digits, client.default_method), (5, 8, None));
        assert_eq!((policy.key_version, policy.default_group), (1, None));
        assert!(!policy.discard_password);
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        check(
            r#"{"pool":"Pool","clients":{"abc":{"methods":["FAX"],"default_method":"EMAIL_OTP",
                "answers":6,"digits":"8","password":"maybe","metods":[]}},
                "sign_up":{"mode":"off","denied_domains":["É.example"],"allowed_attributes":[1]},
                "profile":[],"mail":{"application":"Two\nlines"},"extra":1}"#,
            &[
                "POLICY.pool must be a user pool id such as eu-west-1_Ab12Cd34E",
                "POLICY.clients.abc.methods must be a list of EMAIL_OTP, MAGIC_LINK",
                "POLICY.clients.abc.default_method must be one of the client's methods",
                "POLICY.clients.abc.password must be one of never, first, first_with_mfa",
                "POLICY.clients.abc.answers must be a whole number from 2 to 5",
                "POLICY.clients.abc.digits must be a whole number from 6 to 10",
                "POLICY.clients.abc.metods is not a setting",
                "POLICY.sign_up.mode must be one of enforce, observe",
                "POLICY.sign_up.denied_domains must hold domains in ASCII and lower case",
                "POLICY.sign_up.allowed_attributes must be a list of texts",
                "POLICY.profile must be an object",
                "POLICY.mail.application must be one line of at most 64 characters",
                "POLICY.extra is not a setting",
            ],
        );
    }

    #[test]
    fn setting_that_weakens_silently_is_reported() {
        check(
            r#"{"pool":"a_b","clients":{" web":{"password":"first"},"CLIENT_ID_NOT_APPLICABLE":{}},
                "sign_up":{"confirmation":"automatic","allowed_domains":[]}}"#,
            &[
                "POLICY.pool must be a user pool id such as eu-west-1_Ab12Cd34E",
                r#"POLICY.clients must hold app client ids, not " web""#,
                r#"POLICY.clients must hold app client ids, not "CLIENT_ID_NOT_APPLICABLE""#,
                "POLICY.sign_up.confirmation must be by_code: automatic leaves addresses unverified, and codes go to verified ones",
                "POLICY.sign_up.allowed_domains must not be empty; left out, any domain may sign up",
            ],
        );
    }

    #[test]
    fn confirmation_without_a_code_is_refused_whatever_signs_in() {
        let automatic = "POLICY.sign_up.confirmation must be by_code: automatic leaves addresses unverified, and codes go to verified ones";
        for client in [
            r#"{}"#,
            r#"{"methods":["EMAIL_OTP"]}"#,
            r#"{"methods":["EMAIL_OTP"],"password":"never"}"#,
            r#"{"methods":["EMAIL_OTP"],"password":"first"}"#,
            r#"{"methods":["EMAIL_OTP"],"password":"first_with_mfa"}"#,
            r#"{"methods":["MAGIC_LINK"],"redirects":["https://app.example/"],"default_redirect":"https://app.example/"}"#,
        ] {
            for mode in ["enforce", "observe"] {
                for (confirmation, complaints) in [
                    (r#""by_code""#, &[][..]),
                    ("null", &[]),
                    (r#""automatic""#, &[automatic]),
                    (r#""Automatic""#, &["POLICY.sign_up.confirmation must be by_code"]),
                    (r#""""#, &["POLICY.sign_up.confirmation must be a text that is not empty"]),
                    ("true", &["POLICY.sign_up.confirmation must be a text that is not empty"]),
                ] {
                    let policy = format!(
                        r#"{{"pool":"eu-west-1_Pool","clients":{{"abc":{client}}},"sign_up":{{"mode":"{mode}","confirmation":{confirmation}}}}}"#
                    );
                    check(&policy, complaints);
                }
            }
        }
    }

    /// The long code follows the short one, and every mail of a client with links has a link.
    #[test]
    fn client_needs_two_answers_and_a_page_for_its_links() {
        let answers = "POLICY.clients.abc.answers must be a whole number from 2 to 5";
        let missing = "POLICY.clients.abc.default_redirect is missing: every mail of a client with MAGIC_LINK has a link, and it leads there where the request names no redirectUri";
        let foreign = "POLICY.clients.abc.default_redirect must match the redirects";
        for (client, complaints) in [
            (r#""answers":0"#, &[answers][..]),
            (r#""answers":1"#, &[answers]),
            (r#""answers":2"#, &[]),
            (r#""methods":["EMAIL_OTP"]"#, &[]),
            (r#""methods":["MAGIC_LINK"]"#, &[missing]),
            (r#""methods":["EMAIL_OTP","MAGIC_LINK"]"#, &[missing]),
            (r#""methods":["EMAIL_OTP","MAGIC_LINK"],"default_method":"EMAIL_OTP""#, &[missing]),
            (r#""methods":["MAGIC_LINK"],"default_redirect":"https://app.example/a""#, &[]),
            (r#""methods":["MAGIC_LINK"],"default_redirect":"https://other.example/""#, &[foreign]),
        ] {
            let policy = format!(
                r#"{{"pool":"eu-west-1_Pool","clients":{{"abc":{{{client},"redirects":["https://app.example/"]}}}}}}"#
            );
            check(&policy, complaints);
        }
    }

    /// Keys as base64, hexadecimal, PEM, a secret's document and the ids of access keys; and names
    /// that may stand there.
    #[test]
    fn t71_text_that_looks_like_a_key_stops_the_start() {
        let hexadecimal = "0123456789abcdef".repeat(4);
        let keys = [
            "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
            "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            &hexadecimal,
            "AKIAIOSFODNN7EXAMPLE",
            "ASIAIOSFODNN7EXAMPLE",
            "-----BEGIN PRIVATE KEY-----",
        ];
        let names = [
            "lifeguard/code-key",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:CodeKey-AbCdEf",
            "lifeguard-Challenges-1ABCDEFGHIJKL",
            "no-reply@example.com",
            "members",
            "AKIA",
        ];
        let required = |value: &str| {
            let look_up = |name: &str| (name == "CODE_KEY_SECRET").then(|| value.to_owned());
            let mut variables = Variables::new(&look_up);
            let read = variables.required("CODE_KEY_SECRET");
            variables.finish(read).map_err(|error| error.complaints().to_vec())
        };
        let group = |group: &str| {
            format!(
                r#"{{"pool":"eu-west-1_Pool","clients":{{"abc":{{}}}},"profile":{{"default_group":"{group}"}}}}"#
            )
        };
        let document = format!(r#"{{"1": "{hexadecimal}"}}"#);
        for key in keys.into_iter().chain([document.as_str()]) {
            let wrong = "CODE_KEY_SECRET looks like a key: only the name of a secret stands here";
            assert_eq!(required(key), Err(vec![wrong.to_owned()]), "{key}");
        }
        for key in keys {
            let wrong = "POLICY.profile.default_group looks like a key, and no setting holds one";
            check(&group(key), &[wrong]);
        }
        for name in names {
            assert_eq!(required(name), Ok(name.to_owned()));
            check(&group(name), &[]);
        }
    }

    #[test]
    fn name_of_a_client_is_one_short_line() {
        let with = |name: &str| {
            let name = serde_json::Value::from(name);
            format!(r#"{{"pool":"eu-west-1_Pool","clients":{{"abc":{{"name":{name}}}}}}}"#)
        };
        let wrong = "POLICY.clients.abc.name must be one line of at most 32 characters";
        for (name, complaints) in [
            ("Staff portal", &[][..]),
            (&"ü".repeat(32), &[]),
            (&"x".repeat(33), &[wrong]),
            ("Staff\r\nBcc: eve@example.org", &[wrong]),
            ("Staff\u{7f}", &[wrong]),
            ("Staff\u{85}", &[wrong]),
            ("", &["POLICY.clients.abc.name must be a text that is not empty"]),
        ] {
            check(&with(name), complaints);
        }
        let named = read(&with("Staff portal")).unwrap().client_names;
        assert_eq!(named, [("abc".to_owned(), "Staff portal".to_owned())].into());
    }

    /// Six digits are guessed too often where three rows or more can be guessed at.
    #[test]
    fn shortest_codes_are_refused_with_three_public_clients() {
        let (six, mail) = (r#""digits":6"#, r#""methods":["EMAIL_OTP"]"#);
        let wrong = |id: &str, public: u8| {
            format!(
                "POLICY.clients.{id}.digits must be at least 7 with {public} public clients: \
                 guesses at all of them hit too often; clients with a secret say \"secret\": true"
            )
        };
        for (extra, complaints) in [
            (vec!["", ""], vec![]),
            (vec!["", "", r#","secret":true"#], vec![]),
            (vec!["", "", r#","secret":false"#], vec![wrong("six", 3)]),
            (vec!["", "", ""], vec![wrong("six", 3)]),
            (vec!["", "", r#","secret":true,"digits":6"#], vec![]),
            (
                vec!["", "", "", r#","secret":true,"digits":6"#],
                vec![wrong("c3", 3), wrong("six", 3)],
            ),
            (vec!["", "", "", ""], vec![wrong("six", 4)]),
            (vec!["", "", r#","methods":[]"#], vec![]),
            (
                vec!["", "", r#","secret":"yes""#],
                vec!["POLICY.clients.c2.secret must be true or false".to_owned(), wrong("six", 3)],
            ),
        ] {
            // The client with six digits is public itself, so that it stands in for one of them.
            let others = extra.iter().enumerate().skip(1).map(|(at, more)| {
                let methods = if more.contains("methods") { "" } else { mail };
                let comma = if methods.is_empty() { "" } else { "," };
                format!(r#","c{at}":{{{methods}{comma}"password":"never"{more}}}"#)
            });
            let policy = format!(
                r#"{{"pool":"eu-west-1_Pool","clients":{{"six":{{{mail},{six}}}{}}}}}"#,
                others.collect::<String>()
            );
            let complaints: Vec<&str> = complaints.iter().map(String::as_str).collect();
            check(&policy, &complaints);
        }
        for digits in 7..=10 {
            let clients: Vec<String> =
                (0..5).map(|id| format!(r#""c{id}":{{{mail},"digits":{digits}}}"#)).collect();
            let clients = clients.join(",");
            check(&format!(r#"{{"pool":"eu-west-1_Pool","clients":{{{clients}}}}}"#), &[]);
        }
    }

    #[test]
    fn report_counts_clients_that_can_mail_one_mailbox() {
        let policy = read(
            r#"{"pool":"eu-west-1_Pool","clients":{"a":{"methods":["EMAIL_OTP"]},
                "b":{"methods":["EMAIL_OTP"],"secret":true},"c":{"secret":true},"d":{}}}"#,
        )
        .unwrap();
        assert_eq!(policy.public_clients, ["a".to_owned()].into());
        assert_eq!(
            policy.mail_report(),
            "app clients that can mail one mailbox: 2, without a secret: 1; each has limits of its own"
        );
    }

    #[test]
    fn password_is_discarded_only_where_the_flag_is_true() {
        let with = |flag: &str| {
            format!(
                r#"{{"pool":"eu-west-1_Pool","clients":{{"abc":{{}}}},"sign_up":{{"discard_password":{flag}}}}}"#
            )
        };
        for (flag, discards) in [("true", true), ("false", false), ("null", false)] {
            assert_eq!(read(&with(flag)).unwrap().discard_password, discards, "{flag}");
        }
        for flag in [r#""true""#, r#""yes""#, "1", "[]"] {
            check(&with(flag), &["POLICY.sign_up.discard_password must be true or false"]);
        }
    }

    #[test]
    fn regions_are_names_and_default_to_that_of_the_pool() {
        let with = |regions: &str| {
            format!(r#"{{"pool":"eu-west-1_Pool","clients":{{"abc":{{}}}}{regions}}}"#)
        };
        let not_names = "POLICY.regions must hold names of Regions such as eu-central-1";
        let not_texts = "POLICY.regions must be a list of texts";
        for (regions, complaints) in [
            ("", &[][..]),
            (r#","regions":null"#, &[]),
            (r#","regions":["eu-west-1"]"#, &[]),
            (r#","regions":["eu-central-1"]"#, &[]),
            (r#","regions":["eu-west-1","us-gov-east-1","mx-central-1"]"#, &[]),
            (
                r#","regions":[]"#,
                &["POLICY.regions must not be empty; left out, it is the Region of the pool"],
            ),
            (r#","regions":["eu-west-1","EU-WEST-1"]"#, &[not_names]),
            (r#","regions":["Ireland"]"#, &[not_names]),
            (r#","regions":["eu--1"]"#, &[not_names]),
            (r#","regions":["eu-west-1_Pool"]"#, &[not_names]),
            (r#","regions":["*"]"#, &[not_names]),
            (r#","regions":[""]"#, &[not_texts]),
            (r#","regions":[1]"#, &[not_texts]),
            (r#","regions":"eu-west-1""#, &[not_texts]),
        ] {
            check(&with(regions), complaints);
        }
        let read = |regions: &str| read(&with(regions)).unwrap().scope.regions().clone();
        assert_eq!(read(""), ["eu-west-1".to_owned()].into());
        assert_eq!(read(r#","regions":["eu-central-1"]"#), ["eu-central-1".to_owned()].into());
    }

    #[test]
    fn origin_hashes_are_two_at_most_and_of_no_empty_secret() {
        let wrong = "POLICY.api.origin_secret_hashes must be at most two SHA-256 hashes in lower-case hexadecimal, of secrets that are not empty";
        let (one, two, three) = ("0a".repeat(32), "1b".repeat(32), "2c".repeat(32));
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let with = |hashes: &str| {
            let api = format!(r#""api":{{"origin_secret_hashes":{hashes}}}"#);
            format!(r#"{{"pool":"eu-west-1_Pool","clients":{{"abc":{{}}}},{api}}}"#)
        };
        for hashes in ["null".to_owned(), "[]".to_owned(), format!(r#"["{one}","{two}"]"#)] {
            check(&with(&hashes), &[]);
        }
        for hashes in [
            format!(r#"["{one}","{two}","{three}"]"#),
            format!(r#"["{}"]"#, &one[1..]),
            format!(r#"["{}"]"#, one.to_uppercase()),
            format!(r#"["{one}","{nothing}"]"#),
            r#"["the secret itself"]"#.to_owned(),
        ] {
            check(&with(&hashes), &[wrong]);
        }
    }

    #[test]
    fn duplicate_member_is_reported_at_any_depth() {
        for text in [
            r#"{"pool":"a","pool":"b"}"#,
            r#"{"clients":{"web":{"password":"first","password":"never"}}}"#,
            r#"{"clients":{"web":{},"web":{}}}"#,
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("stands twice"), "{error}");
        }
    }

    #[test]
    fn missing_member_is_named() {
        check(
            "{}",
            &["POLICY.pool is missing", "POLICY.clients must name at least one app client"],
        );
        check("no JSON", &["POLICY must be a JSON object"]);
    }

    #[test]
    fn variables_have_room_for_four_kilobytes() {
        let look_up = |name: &str| (name == "X").then(|| "x".repeat(4096));
        let mut variables = Variables::new(&look_up);
        let value = variables.required("X");
        let error = variables.finish(value).unwrap_err();
        assert_eq!(
            error.complaints(),
            ["all variables together are 4097 bytes long, more than 4096"]
        );
    }
}
