//! Keys of routes: the requests that a route takes.

use std::collections::BTreeMap;
use std::fmt;

/// A route key: `GET /v1/items/{id}`, `ANY /files/{path+}`, or `$default`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteKey {
    text: String,
    /// The segments of the path; nothing for `$default`.
    pattern: Option<(Verb, Vec<Segment>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Verb {
    Any,
    Only(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter(String),
    /// Everything from here on; only at the end.
    Rest(String),
}

/// A route that takes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Closeness of the fit; of several routes the greatest one serves.
    pub rank: Rank,
    /// Values in place of `{name}`, decoded.
    pub parameters: BTreeMap<String, String>,
}

/// Closeness of a fit: `$default` the least, then `{name+}`, then the others; among equals
/// the one with more literal segments, then the one that names the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    kind: Kind,
    literals: usize,
    names_method: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Default,
    Greedy,
    Full,
}

impl RouteKey {
    /// Reads a route key; nothing if API Gateway would not take it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "$default" {
            return Some(Self { text: text.to_owned(), pattern: None });
        }
        let (verb, path) = text.split_once(' ')?;
        let verb = match verb {
            "ANY" => Verb::Any,
            "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => {
                Verb::Only(verb.to_owned())
            }
            _ => return None,
        };
        let path = path.strip_prefix('/')?;
        let segments: Option<Vec<Segment>> = path.split('/').map(Segment::parse).collect();
        let segments = segments?;
        let is_last = |index: usize| index + 1 == segments.len();
        let rest_is_last = segments
            .iter()
            .enumerate()
            .all(|(index, segment)| !matches!(segment, Segment::Rest(_)) || is_last(index));
        rest_is_last.then(|| Self { text: text.to_owned(), pattern: Some((verb, segments)) })
    }

    /// Returns the fit of a request, if there is one; `path` is as it was sent.
    #[must_use]
    pub fn fit(&self, method: &str, path: &str) -> Option<Match> {
        let Some((verb, segments)) = &self.pattern else {
            let rank = Rank { kind: Kind::Default, literals: 0, names_method: false };
            return Some(Match { rank, parameters: BTreeMap::new() });
        };
        let names_method = match verb {
            Verb::Any => false,
            Verb::Only(only) if only == method => true,
            Verb::Only(_) => return None,
        };
        self.fit_path(segments, path, names_method)
    }

    /// Returns true if it would take this path with one method or another; `$default` names no
    /// path.
    #[must_use]
    pub fn has_path(&self, path: &str) -> bool {
        self.pattern
            .as_ref()
            .is_some_and(|(_, segments)| self.fit_path(segments, path, false).is_some())
    }

    /// The first segment of its path, if that is a literal one.
    #[must_use]
    pub fn first_segment(&self) -> Option<&str> {
        match self.pattern.as_ref()?.1.first()? {
            Segment::Literal(text) => Some(text),
            Segment::Parameter(_) | Segment::Rest(_) => None,
        }
    }

    fn fit_path(&self, segments: &[Segment], path: &str, names_method: bool) -> Option<Match> {
        let mut rest = Some(path.strip_prefix('/')?);
        let (mut kind, mut literals) = (Kind::Full, 0);
        let mut parameters = BTreeMap::new();
        for segment in segments {
            let remaining = rest?;
            let (first, behind) = match remaining.split_once('/') {
                Some((first, behind)) => (first, Some(behind)),
                None => (remaining, None),
            };
            match segment {
                Segment::Literal(text) if percent_decode(first) == *text => {
                    literals += 1;
                    rest = behind;
                }
                Segment::Literal(_) => return None,
                Segment::Parameter(_) | Segment::Rest(_) if first.is_empty() => return None,
                Segment::Parameter(name) => {
                    parameters.insert(name.clone(), percent_decode(first));
                    rest = behind;
                }
                Segment::Rest(name) => {
                    kind = Kind::Greedy;
                    parameters.insert(name.clone(), percent_decode(remaining));
                    rest = None;
                }
            }
        }
        let rank = Rank { kind, literals, names_method };
        rest.is_none().then_some(Match { rank, parameters })
    }
}

impl fmt::Display for RouteKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Segment {
    fn parse(text: &str) -> Option<Self> {
        let Some(name) = text.strip_prefix('{') else {
            return (!text.contains(['{', '}'])).then(|| Self::Literal(text.to_owned()));
        };
        let name = name.strip_suffix('}')?;
        let (name, is_rest) = match name.strip_suffix('+') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let is_name = !name.is_empty()
            && name.chars().all(|each| each.is_ascii_alphanumeric() || "_-.".contains(each));
        let name = is_name.then(|| name.to_owned())?;
        Some(if is_rest { Self::Rest(name) } else { Self::Parameter(name) })
    }
}

/// `%2F` as `/`; what is no escape stays, and bytes that are no text are replaced.
pub fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let escaped = match (first, behind) {
            (b'%', [high, low, ..]) => hexadecimal(*high).zip(hexadecimal(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::{RouteKey, percent_decode};

    /// Checks the key that serves, and its parameters.
    #[track_caller]
    fn check(keys: &[&str], request: &str, expected: Option<(&str, &[(&str, &str)])>) {
        let (method, path) = request.split_once(' ').unwrap();
        let keys: Vec<RouteKey> = keys.iter().map(|key| RouteKey::parse(key).unwrap()).collect();
        let best = keys
            .iter()
            .filter_map(|key| Some((key, key.fit(method, path)?)))
            .max_by_key(|(_, found)| found.rank);
        let found = best.as_ref().map(|(key, found)| {
            let parameters: Vec<(&str, &str)> =
                found.parameters.iter().map(|(name, value)| (&**name, &**value)).collect();
            (key.to_string(), parameters)
        });
        let expected = expected.map(|(key, parameters)| (key.to_owned(), parameters.to_vec()));
        assert_eq!(found, expected, "{request} among {keys:?}");
    }

    #[test]
    fn the_closest_route_serves() {
        let keys = [
            "$default",
            "ANY /{proxy+}",
            "GET /a/{rest+}",
            "ANY /a/{id}",
            "GET /a/{id}",
            "GET /a/b",
        ];
        check(&keys, "GET /a/b", Some(("GET /a/b", &[])));
        check(&keys, "GET /a/c", Some(("GET /a/{id}", &[("id", "c")])));
        check(&keys, "PUT /a/b", Some(("ANY /a/{id}", &[("id", "b")])));
        check(&keys, "GET /a/b/c", Some(("GET /a/{rest+}", &[("rest", "b/c")])));
        check(&keys, "PUT /a/b/c", Some(("ANY /{proxy+}", &[("proxy", "a/b/c")])));
        check(&keys, "PUT /", Some(("$default", &[])));
    }

    #[test]
    fn a_path_fits_whole_or_not_at_all() {
        let keys = ["GET /v1/items/{id}", "GET /"];
        for path in
            ["/v1/items", "/v1/items/", "/v1/items/a/", "/v1/items/a/b", "/V1/items/a", "//"]
        {
            check(&keys, &format!("GET {path}"), None);
        }
        check(&keys, "POST /v1/items/a", None);
        check(&keys, "get /v1/items/a", None);
        check(&keys, "GET /", Some(("GET /", &[])));
    }

    #[test]
    fn parameters_are_decoded_after_the_path_was_parted() {
        let keys = ["DELETE /links/{provider}"];
        let path = "DELETE /links/cognito-idp.eu-west-1.amazonaws.com%2Fpool%20one";
        let provider = "cognito-idp.eu-west-1.amazonaws.com/pool one";
        check(&keys, path, Some((keys[0], &[("provider", provider)])));
        assert_eq!(percent_decode("a%2fb%zz%4"), "a/b%zz%4");
    }

    #[test]
    fn keys_that_api_gateway_would_refuse_are_not_read() {
        for key in [
            "",
            "GET",
            "get /",
            "FETCH /",
            "GET a",
            "GET /{}",
            "GET /{a",
            "GET /a}",
            "GET /{a+}/b",
            "GET /{a b}",
            "$other",
        ] {
            assert_eq!(RouteKey::parse(key), None, "{key}");
        }
    }
}
