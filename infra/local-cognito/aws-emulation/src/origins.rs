//! Web origins: pages that are answered.
//!
//! The access key that may do everything is public, so a browser must not carry requests of any
//! page here. Pages of this machine are answered, and those that `--origin` names.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

const REFUSED: &str = "local-cognito answers only to pages and names of localhost, 127.0.0.1 and \
                       [::1], and to pages that --origin names\n";

/// Origin of a page as a browser writes it: scheme, host, and a port that is not the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Parses an address without a path; letter case, a slash at the end and the scheme's own port
    /// do not count.
    ///
    /// # Errors
    /// A sentence about what is expected. A wildcard and `null` stand for pages of other sites and
    /// are refused.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected =
            || "one origin is expected, such as http://localhost:3000, without a path".to_owned();
        let url = Url::parse(text).map_err(|_| expected())?;
        let is_bare = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !is_bare || text.contains('*') {
            return Err(expected());
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// Returns the origin as a browser writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Origins that are allowed beside those of this machine; cloning shares them.
#[derive(Clone, Debug)]
pub struct Origins(Arc<[Origin]>);

impl Origins {
    /// Returns the origins that are allowed.
    #[must_use]
    pub fn new(named: &[Origin]) -> Self {
        Self(named.into())
    }

    fn answer(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        text(HOST).is_none_or(is_local) && text(ORIGIN).is_none_or(|origin| self.allow(origin))
    }

    fn allow(&self, origin: &str) -> bool {
        is_local_origin(origin) || self.0.iter().any(|named| named.as_str() == origin)
    }
}

/// Refuses requests that a page of another site sends through a browser, under its own name or
/// under a name of its own for this machine.
pub async fn refuse_other_sites(
    State(origins): State<Origins>,
    request: Request,
    next: Next,
) -> Response {
    if origins.answer(request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, REFUSED).into_response()
}

/// True for the origin of a page of this machine.
pub fn is_local_origin(origin: &str) -> bool {
    origin.split_once("://").is_some_and(|(_, authority)| is_local(authority))
}

fn is_local(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" || host == "[::1]"
}

#[cfg(test)]
mod tests {
    use super::{Origin, Origins, is_local};

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let parsed = Origin::parse(text).ok();
        assert_eq!(parsed.as_ref().map(Origin::as_str), expected, "{text}");
    }

    #[test]
    fn origin_is_parsed_as_browsers_write_it() {
        check("http://localhost:3000", Some("http://localhost:3000"));
        check("http://localhost:3000/", Some("http://localhost:3000"));
        check("HTTPS://App.Example.COM", Some("https://app.example.com"));
        check("https://app.example.com:443", Some("https://app.example.com"));
        check("http://app.example.com:80/", Some("http://app.example.com"));
        check("https://app.example.com:8443", Some("https://app.example.com:8443"));
        check("http://[::1]:3000", Some("http://[::1]:3000"));
        check("https://bücher.example", Some("https://xn--bcher-kva.example"));
    }

    #[test]
    fn all_but_one_exact_web_origin_is_refused() {
        for text in [
            "",
            "*",
            "null",
            "localhost:3000",
            "https://*.example.com",
            "https://*",
            "https://app.example.com/page",
            "https://app.example.com/?a=b",
            "https://app.example.com/#a",
            "https://user@app.example.com",
            "file:///index.html",
            "javascript:alert(1)",
            "https://",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn only_named_origins_and_this_machine_are_allowed() {
        let named = ["https://app.example.com", "http://192.168.1.5:3000"];
        let origins = Origins::new(&named.map(|text| Origin::parse(text).unwrap()));
        for ours in [
            "https://app.example.com",
            "http://192.168.1.5:3000",
            "http://localhost:3000",
            "https://page.localhost",
            "http://127.0.0.1:1",
            "http://[::1]:4480",
            "capacitor://localhost",
        ] {
            assert!(origins.allow(ours), "{ours}");
        }
        for theirs in [
            "null",
            "",
            "*",
            "http://app.example.com",
            "https://app.example.com:8443",
            "https://app.example.com.evil.example",
            "https://app.example.com/",
            "http://192.168.1.5",
            "https://evil.example",
            "localhost:3000",
        ] {
            assert!(!origins.allow(theirs), "{theirs}");
        }
    }

    #[test]
    fn only_names_of_this_machine_are_local() {
        for ours in ["localhost:4480", "127.0.0.1:1", "[::1]:4480", "localhost"] {
            assert!(is_local(ours), "{ours}");
        }
        for theirs in ["evil.example:4480", "127.0.0.1.evil.example", "::1:x", ""] {
            assert!(!is_local(theirs), "{theirs}");
        }
    }
}
