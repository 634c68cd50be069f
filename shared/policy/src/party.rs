//! The party that an issuer's name or a provider's name stands for, in any spelling.
//!
//! At run time an `iss` is compared byte for byte. At start-up two settings must not name one
//! party, so here every spelling of an address counts as that address: what the WHATWG URL
//! standard reads as equal (scheme, letter case, default port, userinfo, escapes, full stops and
//! letters of IDNA, dot segments), and slashes at the end. A user pool of Cognito is known by its
//! id alone, since its host name differs by Region, partition, endpoint and configuration of the
//! issuer; the pool of these settings is known by its id at any host.

use percent_encoding::percent_decode_str;
use url::Url;

use crate::pool_id::is_pool_id;

/// The part in front of an issuer in the ARN of one of IAM's OpenID Connect providers.
const ARN_OF_PROVIDER: &str = ":oidc-provider/";
/// Rounds in which escapes are decoded; a spelling has no escapes nested more deeply.
const MOST_DECODINGS: usize = 8;

/// The providers that identity pools know by name: that name, and the hosts of the provider. A
/// host with a full stop in front stands for every host below it too.
const SOCIAL: [(&str, &[&str]); 6] = [
    ("accounts.google.com", &["accounts.google.com"]),
    ("api.twitter.com", &[".twitter.com", ".x.com"]),
    ("appleid.apple.com", &["appleid.apple.com", "account.apple.com"]),
    ("graph.facebook.com", &[".facebook.com"]),
    ("www.amazon.com", &["amazon.com", "www.amazon.com", "api.amazon.com"]),
    ("www.digits.com", &[".digits.com"]),
];
/// Address at which Google keeps the keys of its sign-in: a host that serves much else.
const GOOGLE_KEYS: (&str, &str) = ("www.googleapis.com", "/oauth2/");

/// A party that issues tokens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Party {
    /// A user pool, by its id in small letters.
    UserPool(String),
    /// The identity pools of Cognito, which have one issuer for their own tokens.
    IdentityPools,
    /// A social provider, by its name at identity pools.
    Social(&'static str),
    /// Another party, by its address in one spelling.
    Other(String),
}

impl Party {
    /// Returns the party of an issuer's name, a provider's name, the ARN of a provider in IAM, or
    /// the address of a key set. `user_pool` is the pool of these settings.
    pub(crate) fn parse(name: &str, user_pool: &str) -> Self {
        let name = name.split_once(ARN_OF_PROVIDER).map_or(name, |(_, issuer)| issuer);
        let own = user_pool.to_ascii_lowercase();
        let Some(url) = parse_url(name) else {
            let is_own = pool_ids(&decode(name)).any(|id| id == own);
            return if is_own { Self::UserPool(own) } else { Self::Other(name.trim().to_owned()) };
        };
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        let path = decode(url.path());
        let path = path.trim_end_matches('/');
        let behind = [path, &decode(url.query().unwrap_or_default())].join("?");
        let is_of_cognito = host.split('.').any(|label| label.contains("cognito-idp"));
        let everything = format!("{behind}#{}", decode(url.fragment().unwrap_or_default()));
        if let Some(id) = pool_ids(&everything).find(|id| is_of_cognito || *id == own) {
            return Self::UserPool(id);
        }
        if host.split('.').any(|label| label.starts_with("cognito-identity")) {
            return Self::IdentityPools;
        }
        if let Some(provider) = social(host, path) {
            return Self::Social(provider);
        }
        let port = url.port().filter(|port| ![80, 443].contains(port));
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        Self::Other(format!("{host}{port}{}", behind.trim_end_matches(['/', '?'])))
    }

    /// Returns the user pool of this id.
    pub(crate) fn user_pool(id: &str) -> Self {
        Self::UserPool(id.to_ascii_lowercase())
    }
}

/// Parses an address of the web, with or without its scheme.
fn parse_url(name: &str) -> Option<Url> {
    let is_of_web = |url: &Url| ["http", "https"].contains(&url.scheme());
    Url::parse(name).ok().filter(is_of_web).or_else(|| {
        let rest = name.split_once("://").map_or(name.trim(), |(_, rest)| rest);
        Url::parse(&format!("https://{rest}")).ok()
    })
}

fn social(host: &str, path: &str) -> Option<&'static str> {
    let is_below = |known: &&str| match known.strip_prefix('.') {
        Some(domain) => host == domain || host.ends_with(*known),
        None => host == *known,
    };
    let of_google = host == GOOGLE_KEYS.0 && path.starts_with(GOOGLE_KEYS.1);
    let found = SOCIAL.iter().find(|(_, hosts)| hosts.iter().any(is_below));
    found.map(|(name, _)| *name).or(of_google.then_some("accounts.google.com"))
}

/// Finds words of the form of a user pool's id, in small letters.
fn pool_ids(text: &str) -> impl Iterator<Item = String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    let words = text.split(move |letter| !is_part(letter)).map(str::to_ascii_lowercase);
    words.filter(|word| is_pool_id(word))
}

/// Decodes percent-escapes until there are none.
fn decode(text: &str) -> String {
    let mut decoded = text.to_owned();
    for _ in 0..MOST_DECODINGS {
        let once = percent_decode_str(&decoded).decode_utf8_lossy().into_owned();
        if once == decoded {
            break;
        }
        decoded = once;
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::Party;

    fn parse(name: &str) -> Party {
        Party::parse(name, "eu-west-1_Ab12Cd34E")
    }

    #[track_caller]
    fn check(names: &[&str], expected: &Party) {
        for name in names {
            assert_eq!(parse(name), *expected, "{name}");
        }
    }

    #[test]
    fn every_address_of_user_pool_is_that_pool() {
        let names = [
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            // A replica has the id of the primary and the host name of its own Region.
            "https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            "https://issuer-cognito-idp.ap-southeast-2.amazonaws.com/eu-west-1_Ab12Cd34E",
            "https://cognito-idp.cn-north-1.amazonaws.com.cn/eu-west-1_Ab12Cd34E",
            "https://cognito-idp-fips.us-east-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            "https://cognito-idp.eu-west-1.api.aws/eu-west-1_Ab12Cd34E",
            "https://cognito-idp.eu-west-1.amazonaws.com:443/eu-west-1_Ab12Cd34E",
            "https://cognito-idp.eu-west-1.amazonaws.com./eu-west-1_Ab12Cd34E",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E/",
            "https://cognito-idp.eu-west-1.amazonaws.com//eu-west-1_Ab12Cd34E//",
            "https://cognito-idp.eu-west-1.amazonaws.com/x/../eu-west-1_Ab12Cd34E",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E?x=y",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E#x",
            "https://cognito-idp.eu-west-1.amazonaws.com/?pool=eu-west-1_Ab12Cd34E",
            "https://cognito-idp.eu-west-1.amazonaws.com/#eu-west-1_Ab12Cd34E",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1%5FAb12Cd34E",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1%255fAb12Cd34E",
            "https://cognito-idp.eu-west-1.amazonaws.com%2Feu-west-1_Ab12Cd34E",
            "https://cognito%2didp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            "https://user@cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            "https://user:word@cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            "https://cognito-idp\u{3002}eu-west-1\u{ff0e}amazonaws\u{ff61}com/eu-west-1_Ab12Cd34E",
            "https://\u{ff43}ognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            "HTTPS://COGNITO-IDP.EU-WEST-1.AMAZONAWS.COM/EU-WEST-1_AB12CD34E",
            "http://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            "https:\\\\cognito-idp.eu-west-1.amazonaws.com\\eu-west-1_Ab12Cd34E",
            "https:cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            "ftp://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            " https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E\n",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_\tAb12Cd34E",
            "//cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            "cognito-idp.eu-west-1.amazonaws.com:443/eu-west-1_Ab12Cd34E",
            "arn:aws:iam::123456789012:oidc-provider/cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
            // The local Cognito, and any server in front of the pool.
            "https://no host/eu-west-1_Ab12Cd34E",
            "http://localhost:4480/eu-west-1_Ab12Cd34E",
            "http://[::1]:4480/eu-west-1_Ab12Cd34E",
            "https://id.example.com/pools/eu-west-1_Ab12Cd34E",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E/.well-known/jwks.json",
        ];
        check(&names, &Party::user_pool("eu-west-1_Ab12Cd34E"));
    }

    #[test]
    fn similar_addresses_are_not_the_user_pool() {
        let own = Party::user_pool("eu-west-1_Ab12Cd34E");
        for name in [
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34EX",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-2_Ab12Cd34E",
            "https://cognito-idp.eu-west-1.amazonaws.com/",
            "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
            "https://kubernetes.default.svc.cluster.local",
            "kubernetes/serviceaccount",
            "Example Corporation",
            "",
        ] {
            assert_ne!(parse(name), own, "{name}");
        }
    }

    #[test]
    fn every_address_of_social_provider_is_that_provider() {
        let google = [
            "https://accounts.google.com",
            "accounts.google.com",
            "http://accounts.google.com/",
            "https://accounts.google.com:443//",
            "https://ACCOUNTS.Google.com",
            "https://accounts\u{3002}google.com",
            "https://accounts%2Egoogle.com",
            "https://me@accounts.google.com",
            "https://accounts.google.com.",
            "https://accounts.google.com\\@evil.example",
            "https://www.googleapis.com/oauth2/v3/certs",
        ];
        check(&google, &Party::Social("accounts.google.com"));
        let apple = ["https://appleid.apple.com/", "https://appleid.apple.com/auth/keys"];
        check(&apple, &Party::Social("appleid.apple.com"));
        let facebook = [
            "https://www.facebook.com",
            "https://limited.facebook.com",
            "graph.facebook.com",
            "https://facebook.com",
            "https://m.facebook.com/",
        ];
        check(&facebook, &Party::Social("graph.facebook.com"));
        check(&["https://www.amazon.com", "api.amazon.com"], &Party::Social("www.amazon.com"));
        check(&["https://api.twitter.com", "https://api.x.com"], &Party::Social("api.twitter.com"));
        check(&["https://www.digits.com"], &Party::Social("www.digits.com"));
    }

    #[test]
    fn every_address_of_identity_pools_is_theirs() {
        let names = [
            "https://cognito-identity.amazonaws.com",
            "cognito-identity.amazonaws.com",
            "https://cognito-identity.eu-west-1.amazonaws.com/",
            "https://cognito-identity.cn-north-1.amazonaws.com.cn",
            "https://cognito-identity-us-gov.amazonaws.com",
            "https://cognito-identity-fips.us-east-1.amazonaws.com",
            "https://cognito-identity.eu-west-1.api.aws",
            "HTTP://Cognito-Identity.AmazonAWS.com:80/.well-known/jwks_uri",
        ];
        check(&names, &Party::IdentityPools);
    }

    #[test]
    fn other_address_is_one_in_every_spelling() {
        for (one, same) in [
            ("https://a.example", "https://a.example/"),
            ("https://a.example", "http://A.example:80"),
            ("https://a.example/x", "https://a.example:443/y/../x//"),
            ("https://a.example/x", "https://a.example/%78"),
            ("https://b\u{fc}cher.example", "https://xn--bcher-kva.example"),
            (
                "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other",
                "https://issuer-cognito-idp-fips.us-east-1.api.aws:443/eu-west-1_Other/",
            ),
            ("https://a.example/", "arn:aws:iam::123456789012:oidc-provider/a.example"),
        ] {
            assert_eq!(parse(one), parse(same), "{one} {same}");
        }
        for (one, other) in [
            ("https://a.example", "https://b.example"),
            ("https://a.example", "https://a.example:8443"),
            ("https://a.example/x", "https://a.example/y"),
            ("https://a.example/realms/One", "https://a.example/realms/one"),
            ("https://a.example?x", "https://a.example?y"),
            ("https://a.example/my-own-app_one", "https://b.example/my-own-app_one"),
            ("https://accounts.google.com@evil.example", "https://accounts.google.com"),
            ("https://securetoken.google.com/project", "https://accounts.google.com"),
            ("https://www.googleapis.com/service_accounts/v1/jwk/x", "https://accounts.google.com"),
            ("https://notfacebook.com", "https://facebook.com"),
            ("https://login.example/cognito-identity", "https://cognito-identity.amazonaws.com"),
        ] {
            assert_ne!(parse(one), parse(other), "{one} {other}");
        }
    }
}
