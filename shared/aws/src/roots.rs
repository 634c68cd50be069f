//! The root certificates that connections to AWS are checked against.

use std::fmt;
use std::io;
use std::path::PathBuf;

use hyper_rustls::ConfigBuilderExt;
use rustls::client::WantsClientCert;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use thiserror::Error;

/// The five roots of Amazon Trust Services, as DER. The page asks clients with a store of their own
/// to take all of them. <https://www.amazontrust.com/repository/>
#[cfg(feature = "pinned-roots")]
const AMAZON: [&[u8]; 5] = [
    include_bytes!("../amazon-roots/amazon-root-ca-1.der"),
    include_bytes!("../amazon-roots/amazon-root-ca-2.der"),
    include_bytes!("../amazon-roots/amazon-root-ca-3.der"),
    include_bytes!("../amazon-roots/amazon-root-ca-4.der"),
    include_bytes!("../amazon-roots/starfield-services-root-g2.der"),
];

/// First parts of the names of Regions in the partition `aws`, which have three parts.
/// <https://docs.aws.amazon.com/general/latest/gr/rande.html>
#[cfg(feature = "pinned-roots")]
const AREAS: [&str; 9] = ["af", "ap", "ca", "eu", "il", "me", "mx", "sa", "us"];

/// Root certificates that a server's certificate must lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roots {
    /// Those of Amazon Trust Services, which are part of the program.
    #[cfg(feature = "pinned-roots")]
    Amazon,
    /// Those of the operating system.
    System,
    /// Those in a file of PEM blocks, and no others.
    Bundle(PathBuf),
}

/// Error of root certificates: without them no server can be believed.
#[derive(Debug, Error)]
pub enum RootsError {
    /// The operating system has no usable certificate.
    #[error("failed to load the root certificates of the system")]
    System(#[source] io::Error),
    /// The file is missing or malformed.
    #[error("failed to read the root certificates of AWS_CA_BUNDLE")]
    Read(#[source] pem::Error),
    /// The file holds no usable certificate.
    #[error("AWS_CA_BUNDLE holds no usable root certificate")]
    Empty,
}

impl Roots {
    /// Returns the roots for a Region, and for the path in `AWS_CA_BUNDLE`, which counts as not set
    /// if it is empty. Amazon's own roots are for the partition `aws`.
    #[must_use]
    pub fn choose(region: Option<&str>, bundle: Option<String>) -> Self {
        match bundle {
            Some(path) if !path.is_empty() => Self::Bundle(path.into()),
            _ => Self::of_region(region),
        }
    }

    #[cfg(feature = "pinned-roots")]
    fn of_region(region: Option<&str>) -> Self {
        if region.is_some_and(is_in_aws) { Self::Amazon } else { Self::System }
    }

    #[cfg(not(feature = "pinned-roots"))]
    fn of_region(_region: Option<&str>) -> Self {
        Self::System
    }

    /// True for the roots that a deployment in the partition `aws` has without any setting.
    pub(crate) fn are_usual(&self) -> bool {
        match self {
            #[cfg(feature = "pinned-roots")]
            Self::Amazon => true,
            Self::System => !cfg!(feature = "pinned-roots"),
            Self::Bundle(_) => false,
        }
    }

    /// Makes a TLS configuration trust these roots.
    ///
    /// # Errors
    /// [`RootsError`] if there are none.
    pub(crate) fn trust(
        &self,
        tls: ConfigBuilder<ClientConfig, WantsVerifier>,
    ) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, RootsError> {
        match self {
            #[cfg(feature = "pinned-roots")]
            Self::Amazon => {
                Ok(tls.with_root_certificates(store(AMAZON.map(CertificateDer::from_slice))?))
            }
            Self::System => tls.with_native_roots().map_err(RootsError::System),
            Self::Bundle(path) => {
                let certificates = CertificateDer::pem_file_iter(path).map_err(RootsError::Read)?;
                let certificates = certificates.collect::<Result<Vec<_>, _>>();
                Ok(tls.with_root_certificates(store(certificates.map_err(RootsError::Read)?)?))
            }
        }
    }
}

impl fmt::Display for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            #[cfg(feature = "pinned-roots")]
            Self::Amazon => "Amazon's own roots",
            Self::System => "the roots of the system",
            Self::Bundle(_) => "the roots in AWS_CA_BUNDLE",
        })
    }
}

/// True for the name of a Region in the partition `aws`: `us-gov-west-1`, `eusc-de-east-1` and
/// `cn-north-1` are in others.
#[cfg(feature = "pinned-roots")]
fn is_in_aws(region: &str) -> bool {
    let mut parts = region.split('-');
    parts.next().is_some_and(|area| AREAS.contains(&area)) && parts.count() == 2
}

fn store(
    certificates: impl IntoIterator<Item = CertificateDer<'static>>,
) -> Result<RootCertStore, RootsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    if roots.is_empty() { Err(RootsError::Empty) } else { Ok(roots) }
}

#[cfg(test)]
#[cfg(feature = "pinned-roots")]
mod tests {
    use std::time::SystemTime;

    use super::{AMAZON, Roots, store};
    use rustls::pki_types::CertificateDer;
    use sha2::{Digest, Sha256};

    /// Common name, last day as in the certificate (YYMMDD), SHA-256 of the public key as published
    /// at <https://www.amazontrust.com/repository/>, SHA-256 of the certificate as in Mozilla's list.
    const PUBLISHED: [(&str, &str, &str, &str); 5] = [
        (
            "Amazon Root CA 1",
            "380117",
            "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2",
            "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
        ),
        (
            "Amazon Root CA 2",
            "400526",
            "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461",
            "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
        ),
        (
            "Amazon Root CA 3",
            "400526",
            "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9",
            "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
        ),
        (
            "Amazon Root CA 4",
            "400526",
            "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5",
            "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
        ),
        (
            "Starfield Services Root Certificate Authority - G2",
            "371231",
            "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92",
            "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
        ),
    ];
    /// The basic constraints of a certificate authority, critical, as DER.
    const AUTHORITY: &[u8] = b"\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff";
    /// Days before the first root expires on which this test asks for new ones.
    const AHEAD: u64 = 2 * 365;

    fn has(certificate: &[u8], part: &[u8]) -> bool {
        certificate.windows(part.len()).any(|window| window == part)
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn pinned_roots_are_exactly_those_that_amazon_publishes() {
        let found: Vec<_> = AMAZON.iter().map(|der| hex(&Sha256::digest(der))).collect();
        assert_eq!(found, PUBLISHED.map(|(.., certificate)| certificate));
        let anchors = store(AMAZON.map(CertificateDer::from_slice)).unwrap().roots;
        assert_eq!(anchors.len(), PUBLISHED.len(), "each is usable");
        for (anchor, (name, _, key, _)) in anchors.iter().zip(PUBLISHED) {
            assert!(has(&anchor.subject, name.as_bytes()), "{name}");
            // The anchor has the content of the sequence alone, of 128 bytes or more where its
            // length takes more than one byte.
            let content = anchor.subject_public_key_info.as_ref();
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            let head = match length {
                [0, short @ 0..128] => vec![0x30, short],
                [0, long] => vec![0x30, 0x81, long],
                [high, low] => vec![0x30, 0x82, high, low],
            };
            assert_eq!(hex(&Sha256::digest([&head, content].concat())), key, "{name}");
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the day on which new roots are due")]
    fn pinned_roots_are_authorities_and_not_near_their_end() {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        for (der, (name, end, ..)) in AMAZON.iter().zip(PUBLISHED) {
            assert!(has(der, AUTHORITY), "{name}");
            assert!(has(der, format!("\x17\x0d{end}").as_bytes()), "{name}");
            let years: u64 = end[..2].parse().unwrap();
            let days = (2_000 + years - 1_970) * 365;
            assert!(now / 86_400 + AHEAD < days, "{name} ends on {end} (YYMMDD)");
        }
    }

    #[track_caller]
    fn check(region: Option<&str>, bundle: Option<&str>, expected: &Roots) {
        let chosen = Roots::choose(region, bundle.map(str::to_owned));
        assert_eq!(chosen, *expected, "{region:?} {bundle:?}");
        assert_eq!(chosen.are_usual(), *expected == Roots::Amazon);
    }

    #[test]
    fn roots_follow_the_partition_unless_a_bundle_is_named() {
        for region in ["us-east-1", "eu-west-1", "ap-southeast-7", "il-central-1", "mx-central-1"] {
            check(Some(region), None, &Roots::Amazon);
            check(Some(region), Some(""), &Roots::Amazon);
            check(Some(region), Some("/opt/ca.pem"), &Roots::Bundle("/opt/ca.pem".into()));
        }
        for region in [
            "cn-north-1",
            "us-gov-west-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "us-isof-south-1",
            "eu-isoe-west-1",
            "eusc-de-east-1",
            "new-north-1",
            "us",
            "us-east",
            "",
        ] {
            check(Some(region), None, &Roots::System);
            check(Some(region), Some("/opt/ca.pem"), &Roots::Bundle("/opt/ca.pem".into()));
        }
        check(None, None, &Roots::System);
    }
}
