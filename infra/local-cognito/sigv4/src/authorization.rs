//! The `authorization` header of a signed request, taken apart.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use local_cognito_aws_emulation::SignatureError;

pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";

/// Members of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Authorization<'a> {
    pub(super) access_key_id: &'a str,
    /// `20260131`.
    pub(super) date: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    /// Names in lower case, in between semicolons.
    pub(super) signed_headers: &'a str,
    /// Hexadecimal digits in lower case.
    pub(super) signature: &'a str,
}

impl<'a> Authorization<'a> {
    pub(super) fn from_headers(headers: &'a HeaderMap) -> Result<Self, SignatureError> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        match (values.next(), values.next()) {
            (None, _) => Err(SignatureError::Missing),
            (Some(_), Some(_)) => Err(SignatureError::Incomplete),
            (Some(value), None) => {
                let text = value.to_str().map_err(|_| SignatureError::Incomplete)?;
                let rest = text.strip_prefix(ALGORITHM).ok_or(SignatureError::Missing)?;
                Self::parse(rest).ok_or(SignatureError::Incomplete)
            }
        }
    }

    /// Reads what follows the algorithm: three members, each once, in any order.
    fn parse(text: &'a str) -> Option<Self> {
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for member in text.split(',') {
            let (name, value) = member.trim().split_once('=')?;
            let place = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed_headers,
                "Signature" => &mut signature,
                _ => return None,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        Self::from_parts(credential?, signed_headers?, signature?)
    }

    /// Takes the credential apart; `None` if it is not `KEY/DATE/REGION/SERVICE/aws4_request`.
    pub(super) fn from_parts(
        credential: &'a str,
        signed_headers: &'a str,
        signature: &'a str,
    ) -> Option<Self> {
        let mut scope = credential.split('/');
        let read = Self {
            access_key_id: scope.next()?,
            date: scope.next()?,
            region: scope.next()?,
            service: scope.next()?,
            signed_headers,
            signature,
        };
        (scope.next() == Some(TERMINATOR) && scope.next().is_none()).then_some(read)
    }
}

/// Returns `KEY/DATE/REGION/SERVICE/aws4_request` of a signed request.
#[must_use]
pub fn credential_scope(headers: &HeaderMap) -> Option<&str> {
    let authorization = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (_, rest) = authorization.split_once("Credential=")?;
    rest.split([',', ' ']).next()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use axum::http::header::AUTHORIZATION;

    use super::{Authorization, SignatureError};

    const WHOLE: &str = "AWS4-HMAC-SHA256 Credential=K/20260131/eu-west-1/dynamodb/aws4_request, \
                         SignedHeaders=host;x-amz-date, Signature=00ff";

    #[track_caller]
    fn check(values: &[&str], expected: Result<(), SignatureError>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        assert_eq!(Authorization::from_headers(&headers).map(drop), expected, "{values:?}");
    }

    #[test]
    fn a_whole_header_is_taken_apart() {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, WHOLE.parse().unwrap());
        let expected = Authorization {
            access_key_id: "K",
            date: "20260131",
            region: "eu-west-1",
            service: "dynamodb",
            signed_headers: "host;x-amz-date",
            signature: "00ff",
        };
        assert_eq!(Authorization::from_headers(&headers), Ok(expected));
    }

    #[test]
    fn a_header_of_another_kind_is_no_signature() {
        check(&[], Err(SignatureError::Missing));
        check(&["Bearer x"], Err(SignatureError::Missing));
        check(&["AWS K:signature"], Err(SignatureError::Missing));
    }

    #[test]
    fn what_is_missing_foreign_or_twice_makes_it_incomplete() {
        check(&[WHOLE], Ok(()));
        check(&[WHOLE, WHOLE], Err(SignatureError::Incomplete));
        check(&["AWS4-HMAC-SHA256"], Err(SignatureError::Incomplete));
        for (from, to) in [
            (", Signature=00ff", ""),
            ("SignedHeaders=host;x-amz-date, ", ""),
            ("Signature=00ff", "Signature=00ff, Signature=00ff"),
            ("Signature=00ff", "Signature=00ff, More=1"),
            ("/aws4_request", ""),
            ("/aws4_request", "/aws4_request/more"),
            ("/aws4_request", "/aws3_request"),
            ("K/", "K/K/"),
        ] {
            check(&[&WHOLE.replace(from, to)], Err(SignatureError::Incomplete));
        }
    }
}
