//! Pages that links may lead to.
//!
//! A `redirectUri` comes from the caller who requests the mail, so it is matched byte by byte
//! against configured prefixes, in an alphabet so small that no two readers of a URL can disagree
//! about it. It is never parsed, changed or echoed (RFC 9700, 4.1.3 asks for exact matching).

use thiserror::Error;

/// The longest redirect, in bytes.
const LONGEST: usize = 512;

/// A redirect that matches the configured ones, byte for byte as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Returns the address, without a fragment.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The configured redirects of one client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redirects(Vec<Prefix>);

/// An exact origin and the beginning of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Prefix {
    origin: String,
    path: String,
}

/// A configured redirect that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be like https://app.example.com/path, in ASCII and lower-case host, without user, query, \
     fragment or dots as path segments; http only for localhost"
)]
pub struct UnusableRedirect;

impl Redirects {
    /// Reads the configured redirects: an origin and a path, of which each link's redirect must
    /// be a continuation at a `/`, a `?` or the end.
    ///
    /// # Errors
    /// [`UnusableRedirect`] if one of them is not in the accepted form.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, UnusableRedirect> {
        texts
            .into_iter()
            .map(|text| Prefix::parse(text).ok_or(UnusableRedirect))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Returns the redirect, if it matches one of the configured ones.
    #[must_use]
    pub fn admit(&self, redirect: &str) -> Option<RedirectUri> {
        let admitted =
            redirect.len() <= LONGEST && self.0.iter().any(|prefix| prefix.admits(redirect));
        admitted.then(|| RedirectUri(redirect.to_owned()))
    }
}

impl Prefix {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let secure = match scheme {
            "https" => true,
            "http" => host == "localhost" || host == "127.0.0.1",
            _ => false,
        };
        let port_is_plain = port.is_none_or(|port| {
            !port.starts_with('0') && port.parse::<u16>().is_ok_and(|port| port > 0)
        });
        let usable = secure && is_host(host) && port_is_plain && is_path(path);
        usable.then(|| Self { origin: format!("{scheme}://{authority}"), path: path.to_owned() })
    }

    fn admits(&self, redirect: &str) -> bool {
        let Some(rest) = redirect.strip_prefix(&self.origin) else { return false };
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, query),
            None => (rest, ""),
        };
        // A browser takes an origin without a path for one with `/`.
        let path = if path.is_empty() { "/" } else { path };
        let Some(continuation) = path.strip_prefix(&self.path) else { return false };
        let at_a_border =
            continuation.is_empty() || continuation.starts_with('/') || self.path.ends_with('/');
        at_a_border && is_path(path) && is_query(query)
    }
}

/// True for lower-case labels of letters, digits and hyphens; no address in another notation.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let named =
        host.rsplit('.').next().is_some_and(|last| !last.bytes().all(|b| b.is_ascii_digit()));
    host.len() <= 253 && host.split('.').all(is_label) && (named || host == "127.0.0.1")
}

/// True for a path with segments that no program resolves, decodes or joins in another way.
fn is_path(path: &str) -> bool {
    let mut segments = path.split('/');
    let rooted = segments.next() == Some("");
    let count = path.matches('/').count();
    let plain = segments.enumerate().all(|(place, segment)| {
        let empty_end = segment.is_empty() && place + 1 == count;
        let dots = segment.bytes().all(|byte| byte == b'.');
        (empty_end || !dots) && segment.bytes().all(is_unreserved)
    });
    rooted && plain
}

/// True for a query of characters at which no mail program ends a link in running text, so that the
/// text behind them cannot become a second one.
fn is_query(query: &str) -> bool {
    let bytes = query.as_bytes();
    let plain = bytes.iter().all(|byte| is_unreserved(*byte) || b"&+=/%".contains(byte));
    let escapes = query
        .split('%')
        .skip(1)
        .all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()));
    plain && escapes
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}
