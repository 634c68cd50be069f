//! The type of a token, as the header `typ` names it.

/// Media type of a token. Letter case makes no difference, and a name without a slash stands for
/// one with `application/` in front of it (RFC 7515, section 4.1.9).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenType(String);

impl TokenType {
    /// Creates a type from its name.
    ///
    /// ```
    /// use lifeguard_policy::token_type::TokenType;
    ///
    /// assert_eq!(TokenType::new("JWT"), TokenType::new("application/jwt"));
    /// ```
    #[must_use]
    pub fn new(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        Self(if name.contains('/') { name } else { format!("application/{name}") })
    }
}

#[cfg(test)]
mod tests {
    use super::TokenType;

    #[test]
    fn spellings_of_one_token_type_are_equal() {
        let spellings = [
            ["JWT", "jwt", "Jwt", "application/jwt", "APPLICATION/JWT", "application/JWT"],
            [
                "at+jwt",
                "AT+JWT",
                "at+JWT",
                "application/at+jwt",
                "Application/AT+jwt",
                "APPLICATION/at+jwt",
            ],
        ];
        for (place, names) in spellings.iter().enumerate() {
            for name in names {
                assert_eq!(TokenType::new(name), TokenType::new(names[0]), "{name}");
                assert_ne!(TokenType::new(name), TokenType::new(spellings[1 - place][0]), "{name}");
            }
        }
    }

    #[test]
    fn other_token_types_stay_different() {
        for name in [
            "",
            "JWT ",
            " JWT",
            "JOSE",
            "JWS",
            "text/jwt",
            "jwt/application",
            "/jwt",
            "application/application/jwt",
            "application/",
            "applicationjwt",
            "logout+jwt",
            "at-jwt",
            "\u{ff2a}WT",
        ] {
            for known in ["JWT", "at+jwt"] {
                assert_ne!(TokenType::new(name), TokenType::new(known), "{name:?}");
            }
        }
    }
}
