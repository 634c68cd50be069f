//! The signature that a request to S3 claims to have, in its `authorization` header or in its
//! query string.
//!
//! The value of the signature is compared by the server of S3; everything else about it is read
//! here, before the request is changed in any way.
//! Contract: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use axum::extract::Query;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Uri};

use super::authorization::{ALGORITHM, Authorization};
use super::request::{check_signed_headers, parse_date, session_token, signing_date};
use local_cognito_aws_emulation::SignatureError;

const ALGORITHM_MEMBER: &str = "X-Amz-Algorithm";
const CREDENTIAL: &str = "X-Amz-Credential";
const DATE: &str = "X-Amz-Date";
const EXPIRES: &str = "X-Amz-Expires";
const SIGNED_HEADERS: &str = "X-Amz-SignedHeaders";
const SIGNATURE: &str = "X-Amz-Signature";
const TOKEN: &str = "X-Amz-Security-Token";

/// Members of a query string that are its signature.
pub const SIGNATURE_MEMBERS: [&str; 7] =
    [ALGORITHM_MEMBER, CREDENTIAL, DATE, EXPIRES, SIGNED_HEADERS, SIGNATURE, TOKEN];

/// Members of a query string that are a signature of version 2, which S3 does not accept for new
/// buckets.
pub const OLD_MEMBERS: [&str; 3] = ["AWSAccessKeyId", "Expires", "Signature"];

/// The longest validity of a presigned URL, in seconds: seven days.
const LONGEST_VALIDITY: u64 = 7 * 24 * 60 * 60;

/// A signature with a complete form; its value and its key are not checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub(super) access_key_id: String,
    pub(super) region: String,
    pub(super) service: String,
    /// Time of signing by the client's clock, in seconds since 1970.
    pub(super) date: u64,
    pub(super) session_token: Option<Vec<u8>>,
    /// Validity in seconds, for a presigned URL only.
    pub(super) validity: Option<u64>,
}

impl Claim {
    /// Reads the one signature of a request; `None` for an unsigned request.
    ///
    /// # Errors
    /// Two signatures, one of another scheme, or one that is incomplete.
    pub fn parse(headers: &HeaderMap, uri: &Uri) -> Result<Option<Self>, SignatureError> {
        let query = match Query::<Vec<(String, String)>>::try_from_uri(uri) {
            Ok(Query(query)) => query,
            Err(_) => return Err(SignatureError::IncompleteQuery),
        };
        let names = |members: &[&str]| query.iter().any(|(name, _)| members.contains(&&**name));
        let in_header = headers.contains_key(AUTHORIZATION);
        let in_query = names(&SIGNATURE_MEMBERS);
        if in_header && (in_query || names(&OLD_MEMBERS)) {
            return Err(SignatureError::Several);
        }
        if names(&OLD_MEMBERS) {
            return Err(SignatureError::OtherScheme);
        }
        match (in_header, in_query) {
            (true, _) => Self::parse_header(headers).map(Some),
            (false, true) => Self::parse_query(headers, &query).map(Some),
            (false, false) => Ok(None),
        }
    }

    /// True for a presigned URL.
    pub fn is_presigned(&self) -> bool {
        self.validity.is_some()
    }

    fn parse_header(headers: &HeaderMap) -> Result<Self, SignatureError> {
        let authorization = Authorization::from_headers(headers).map_err(|error| match error {
            SignatureError::Missing => SignatureError::OtherScheme,
            other => other,
        })?;
        Ok(Self {
            access_key_id: authorization.access_key_id.to_owned(),
            region: authorization.region.to_owned(),
            service: authorization.service.to_owned(),
            date: signing_date(headers, &authorization)?,
            session_token: session_token(headers)?.map(<[u8]>::to_vec),
            validity: None,
        })
    }

    fn parse_query(
        headers: &HeaderMap,
        query: &[(String, String)],
    ) -> Result<Self, SignatureError> {
        let member = |wanted: &str| {
            let mut values = query.iter().filter(|(name, _)| name == wanted);
            match (values.next(), values.next()) {
                (None, _) => Ok(None),
                (Some((_, value)), None) => Ok(Some(value.as_str())),
                (Some(_), Some(_)) => Err(SignatureError::IncompleteQuery),
            }
        };
        let needed = |wanted: &str| member(wanted)?.ok_or(SignatureError::IncompleteQuery);
        if needed(ALGORITHM_MEMBER)? != ALGORITHM {
            return Err(SignatureError::IncompleteQuery);
        }
        let (credential, signed_headers) = (needed(CREDENTIAL)?, needed(SIGNED_HEADERS)?);
        let authorization =
            Authorization::from_parts(credential, signed_headers, needed(SIGNATURE)?)
                .ok_or(SignatureError::IncompleteQuery)?;
        check_signed_headers(headers, signed_headers)?;
        let date = parse_date(needed(DATE)?, authorization.date)?;
        let validity = parse_validity(needed(EXPIRES)?).ok_or(SignatureError::Validity)?;
        Ok(Self {
            access_key_id: authorization.access_key_id.to_owned(),
            region: authorization.region.to_owned(),
            service: authorization.service.to_owned(),
            date,
            session_token: member(TOKEN)?.map(|token| token.as_bytes().to_vec()),
            validity: Some(validity),
        })
    }
}

/// A number of seconds, from one to seven days.
fn parse_validity(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| is_number)?;
    (1..=LONGEST_VALIDITY).contains(&seconds).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{Claim, SignatureError, parse_validity};

    const QUERY: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=ASIAADA%2F20260131%2Feu-west-1%2Fs3%2Faws4_request\
        &X-Amz-Date=20260131T120000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host\
        &X-Amz-Security-Token=to%2Fken&X-Amz-Signature=00ff";
    const HEADER: &str = "AWS4-HMAC-SHA256 \
        Credential=ASIAADA/20260131/eu-west-1/s3/aws4_request, \
        SignedHeaders=host;x-amz-date, Signature=00ff";

    fn read(
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Option<Claim>, SignatureError> {
        let mut map = HeaderMap::new();
        map.insert("host", "localhost".parse().unwrap());
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Claim::parse(&map, &format!("/bucket/key?{query}").parse().unwrap())
    }

    /// The query with one text replaced.
    fn altered(from: &str, to: &str) -> String {
        assert!(QUERY.contains(from), "{from}");
        QUERY.replace(from, to)
    }

    #[test]
    fn presigned_url_is_read_whole() {
        let claim = read(QUERY, &[]).unwrap().unwrap();
        let expected = Claim {
            access_key_id: "ASIAADA".to_owned(),
            region: "eu-west-1".to_owned(),
            service: "s3".to_owned(),
            date: 1_769_860_800,
            session_token: Some(b"to/ken".to_vec()),
            validity: Some(900),
        };
        assert_eq!(claim, expected);
        assert_eq!(read("prefix=a", &[]), Ok(None));
    }

    #[test]
    fn incomplete_or_repeated_query_member_is_refused() {
        for member in QUERY.split('&').filter(|member| !member.contains("Security-Token")) {
            let (name, _) = member.split_once('=').unwrap();
            let without = altered(member, "more=1");
            assert_eq!(read(&without, &[]), Err(SignatureError::IncompleteQuery), "{name}");
        }
        for member in QUERY.split('&') {
            let twice = format!("{QUERY}&{member}");
            assert_eq!(read(&twice, &[]), Err(SignatureError::IncompleteQuery), "{member}");
        }
        for (from, to) in [
            ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
            ("%2Faws4_request", ""),
            ("%2Faws4_request", "%2Faws4_request%2Fmore"),
            ("aws4_request", "aws3_request"),
        ] {
            let answer = read(&altered(from, to), &[]);
            assert_eq!(answer, Err(SignatureError::IncompleteQuery), "{to}");
        }
    }

    #[test]
    fn two_signatures_or_another_scheme_are_refused() {
        let date = ("x-amz-date", "20260131T120000Z");
        let header = ("authorization", HEADER);
        assert!(matches!(read("prefix=a", &[date, header]), Ok(Some(_))));
        for query in [QUERY, "X-Amz-Signature=00ff", "X-Amz-Security-Token=t", "Signature=x"] {
            assert_eq!(read(query, &[date, header]), Err(SignatureError::Several), "{query}");
        }
        for query in ["AWSAccessKeyId=ASIAADA&Expires=9&Signature=x", "Signature=x"] {
            assert_eq!(read(query, &[]), Err(SignatureError::OtherScheme), "{query}");
            let both = format!("{QUERY}&{query}");
            assert_eq!(read(&both, &[]), Err(SignatureError::OtherScheme), "{query}");
        }
        for other in ["Bearer token", "AWS ASIAADA:c2ln", "Basic eA=="] {
            let answer = read("", &[("authorization", other)]);
            assert_eq!(answer, Err(SignatureError::OtherScheme), "{other}");
        }
        let twice = read("", &[date, header, header]);
        assert_eq!(twice, Err(SignatureError::Incomplete));
    }

    #[test]
    fn header_that_is_not_signed_is_refused() {
        for (name, expected) in [
            ("x-amz-copy-source", Err(SignatureError::NotSigned)),
            ("x-amz-meta-mood", Err(SignatureError::NotSigned)),
            ("x-amz-security-token", Err(SignatureError::NotSigned)),
            ("content-type", Ok(())),
            ("range", Ok(())),
        ] {
            assert_eq!(read(QUERY, &[(name, "x")]).map(drop), expected, "{name}");
        }
        let signed = altered("SignedHeaders=host", "SignedHeaders=host%3Bx-amz-meta-mood");
        assert!(read(&signed, &[("x-amz-meta-mood", "good")]).is_ok());
        for signed in ["", "x-amz-meta-mood", "host%3Bx-amz-meta-mood", "Host", "host%3Bhost"] {
            let query = altered("SignedHeaders=host", &format!("SignedHeaders={signed}"));
            assert_eq!(read(&query, &[]), Err(SignatureError::Incomplete), "{signed}");
        }
    }

    #[test]
    fn validity_is_one_second_to_seven_days() {
        for (text, expected) in [
            ("1", Some(1)),
            ("900", Some(900)),
            ("604800", Some(604_800)),
            ("0", None),
            ("604801", None),
            ("-1", None),
            ("+900", None),
            ("9e2", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(parse_validity(text), expected, "{text}");
            let query = altered("Expires=900", &format!("Expires={text}").replace('+', "%2B"));
            assert_eq!(read(&query, &[]).is_ok(), expected.is_some(), "{text}");
        }
    }

    #[test]
    fn date_of_another_day_is_another_scope() {
        let query = altered("Date=20260131T", "Date=20260201T");
        assert_eq!(read(&query, &[]), Err(SignatureError::WrongScope));
        let query = altered("Date=20260131T120000Z", "Date=yesterday");
        assert_eq!(read(&query, &[]), Err(SignatureError::Incomplete));
    }
}
