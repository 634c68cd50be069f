//! The network of a client: its address, as far as it may be believed and as it counts for a limit.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::origin::Origin;

/// Number of bytes of an IPv6 address that one site has of its own: a /64.
const SITE_BYTES: usize = 8;

/// Statements of a request about the way it came. Only the origin is verified.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hops<'a> {
    /// The address of the connection, as API Gateway saw it.
    pub(crate) connection: Option<&'a str>,
    /// The header that CloudFront sets to the viewer's address and port. Any client can send it.
    pub(crate) viewer: Option<&'a str>,
    /// CloudFront's proof of itself.
    pub(crate) origin: Origin,
}

/// An IPv4 address, or the /64 of an IPv6 address: the least that one client is known to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientNetwork {
    Address([u8; 4]),
    Site([u8; SITE_BYTES]),
}

impl ClientNetwork {
    /// Returns the network of the client; `None` if it is not known.
    ///
    /// Behind CloudFront the connection is CloudFront's, so a request with a right origin secret has
    /// the network of the viewer or none. Any other request has that of its connection, whatever its
    /// headers say.
    pub(crate) fn find(hops: Hops<'_>) -> Option<Self> {
        match hops.origin {
            Origin::Proved => hops.viewer.and_then(viewer_address).map(Self::from),
            Origin::Unguarded | Origin::Bypassed => {
                hops.connection?.parse().ok().map(|address: IpAddr| Self::from(address))
            }
        }
    }

    /// Returns the bytes that tell networks apart.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Address(bytes) => bytes,
            Self::Site(bytes) => bytes,
        }
    }
}

impl From<IpAddr> for ClientNetwork {
    fn from(address: IpAddr) -> Self {
        // An IPv4-mapped address of IPv6 becomes the one of IPv4.
        match address.to_canonical() {
            IpAddr::V4(address) => Self::Address(address.octets()),
            IpAddr::V6(address) => {
                let mut site = [0; SITE_BYTES];
                site.iter_mut().zip(address.octets()).for_each(|(to, from)| *to = from);
                Self::Site(site)
            }
        }
    }
}

/// Returns the address of a value `address:port`. CloudFront writes IPv6 without brackets; both
/// forms are read.
fn viewer_address(text: &str) -> Option<IpAddr> {
    let (address, port) = text.rsplit_once(':')?;
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let bracketed = address.strip_prefix('[').map(|rest| rest.strip_suffix(']'));
    match bracketed {
        _ if !is_port => None,
        Some(inner) => inner?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None if address.contains(':') => address.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => address.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientNetwork, Hops};
    use crate::origin::Origin;
    use proptest::prelude::{any, proptest};
    use std::net::{Ipv4Addr, Ipv6Addr};

    const CONNECTION: &str = "203.0.113.7";
    const OWN: Option<ClientNetwork> = Some(ClientNetwork::Address([203, 0, 113, 7]));

    fn find(viewer: Option<&str>, origin: Origin) -> Option<ClientNetwork> {
        ClientNetwork::find(Hops { connection: Some(CONNECTION), viewer, origin })
    }

    fn viewed(viewer: &str) -> Option<ClientNetwork> {
        find(Some(viewer), Origin::Proved)
    }

    fn connected(connection: &str) -> Option<ClientNetwork> {
        let origin = Origin::Unguarded;
        ClientNetwork::find(Hops { connection: Some(connection), viewer: None, origin })
    }

    const fn site(high: [u16; 4]) -> Option<ClientNetwork> {
        let ([a, b], [c, d]) = (high[0].to_be_bytes(), high[1].to_be_bytes());
        let ([e, f], [g, h]) = (high[2].to_be_bytes(), high[3].to_be_bytes());
        Some(ClientNetwork::Site([a, b, c, d, e, f, g, h]))
    }

    /// The attack: a client names another address, to hide or to blame its owner.
    #[test]
    fn t49_viewer_address_without_the_secret_is_not_believed() {
        let named = Some("198.51.100.10:46532");
        for origin in [Origin::Unguarded, Origin::Bypassed] {
            assert_eq!(find(named, origin), OWN, "{origin:?}");
        }
        let viewer = Some(ClientNetwork::Address([198, 51, 100, 10]));
        assert_eq!(find(named, Origin::Proved), viewer);
    }

    /// The connection is that of CloudFront then, which is not the client.
    #[test]
    fn t49_unreadable_viewer_names_no_other_client() {
        assert_eq!(find(None, Origin::Proved), None);
        for viewer in [
            "",
            ":",
            "198.51.100.10",
            "198.51.100.10:",
            "198.51.100.10:x",
            "198.51.100.10:+80",
            "198.51.100.10:-1",
            "198.51.100.10:65536",
            "198.51.100.10:80, 192.0.2.1:80",
            "192.0.2.1, 198.51.100.10:80",
            " 198.51.100.10:80",
            "198.51.100.010:80",
            "198.51.100:80",
            "0xc6336410:80",
            "[198.51.100.10]:80",
            "2001:db8::1",
            "[2001:db8::1]",
            "[2001:db8::1",
            "2001:db8::1]:80",
            "[2001:db8::1]80",
            "[[2001:db8::1]]:80",
            "[fe80::1%eth0]:80",
            "localhost:80",
            "unknown",
        ] {
            assert_eq!(viewed(viewer), None, "{viewer}");
        }
    }

    #[test]
    fn spellings_of_one_client_are_one_network() {
        let v4 = Some(ClientNetwork::Address([198, 51, 100, 10]));
        for viewer in [
            "198.51.100.10:1",
            "198.51.100.10:65535",
            "::ffff:198.51.100.10:80",
            "[::ffff:c633:640a]:80",
        ] {
            assert_eq!(viewed(viewer), v4, "{viewer}");
        }
        for connection in ["198.51.100.10", "::ffff:198.51.100.10", "::FFFF:c633:640a"] {
            assert_eq!(connected(connection), v4, "{connection}");
        }
        let v6 = site([0x2001, 0xdb8, 1, 2]);
        for viewer in [
            "2001:db8:1:2::1:443",
            "2001:0DB8:0001:0002:ffff:ffff:ffff:ffff:443",
            "[2001:db8:1:2::]:1",
        ] {
            assert_eq!(viewed(viewer), v6, "{viewer}");
        }
        for connection in ["2001:db8:1:2::1", "2001:DB8:1:2:a:b:c:d"] {
            assert_eq!(connected(connection), v6, "{connection}");
        }
        assert_ne!(connected("2001:db8:1:3::1"), v6);
        // Not mapped, only alike: such an address has a site of its own.
        assert_eq!(connected("::198.51.100.10"), site([0; 4]));
    }

    #[test]
    fn absent_or_strange_connection_is_no_network() {
        for connection in ["", "-", "localhost", "203.0.113.7:80", "[2001:db8::1]", "203.0.113.7 "]
        {
            assert_eq!(connected(connection), None, "{connection}");
        }
        let origin = Origin::Bypassed;
        let hops = Hops { connection: None, viewer: Some("198.51.100.10:80"), origin };
        assert_eq!(ClientNetwork::find(hops), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(viewer: String, connection: String) {
            let _ = (connected(&connection), viewed(&viewer));
        }

        #[test]
        fn viewer_and_connection_of_one_address_are_one(bits: u128, port: u16, old in any::<u32>()) {
            let v6 = Ipv6Addr::from(bits);
            for viewer in [format!("{v6}:{port}"), format!("[{v6}]:{port}")] {
                assert_eq!(viewed(&viewer), connected(&v6.to_string()), "{viewer}");
            }
            let v4 = Ipv4Addr::from(old);
            assert_eq!(viewed(&format!("{v4}:{port}")), connected(&v4.to_string()));
        }
    }
}
