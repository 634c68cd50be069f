//! The source of a request, for the log: what an operator can act on, and no address.

use lifeguard_sign_in::budget::DAY;
use lifeguard_sign_in::code_key::{CodeKey, Purpose};
use lifeguard_sign_in::encode::{hexadecimal, length_prefixed};
use serde_json::Value;

use crate::client_network::{ClientNetwork, Hops};
use crate::origin::Origin;
use crate::provider::{Adapters, Provider};
use crate::request::header;

/// Header that CloudFront sets to the viewer's address and port.
const VIEWER: &str = "cloudfront-viewer-address";
/// Bytes of the hash that are shown.
const SHOWN_BYTES: usize = 8;

impl<A: Adapters> Provider<A> {
    /// Returns the source of a request; `None` if its network is not known, or no key was read yet:
    /// a name in the log is worth no call.
    pub(crate) async fn source(&self, event: &Value, origin: Origin, now: u64) -> Option<String> {
        let network = ClientNetwork::find(hops(event, origin))?;
        let key = self.keys.known(self.policy.key_version).await?;
        Some(source(&key, now, &network))
    }
}

fn hops(event: &Value, origin: Origin) -> Hops<'_> {
    let headers = event.get("headers");
    Hops {
        connection: event.pointer("/requestContext/http/sourceIp").and_then(Value::as_str),
        viewer: header(headers, VIEWER),
        origin,
    }
}

/// Hashes a network under a key and with the day (UTC): requests of one day can be told together,
/// and neither a reader of the log nor one day tells the address or another day's requests.
fn source(key: &CodeKey, now: u64, network: &ClientNetwork) -> String {
    let day = (now / DAY).to_be_bytes();
    let mac = key.mac(Purpose::Source, &length_prefixed(&[&day, network.as_bytes()]));
    let mut text = hexadecimal(&mac);
    text.truncate(2 * SHOWN_BYTES);
    text
}

#[cfg(test)]
mod tests {
    use super::source;
    use crate::client_network::ClientNetwork;
    use lifeguard_sign_in::code_key::CodeKey;

    const MIDNIGHT: u64 = 1_799_971_200;

    #[test]
    fn source_is_of_one_network_day_and_key() {
        let network = ClientNetwork::Address([203, 0, 113, 7]);
        let named = source(&CodeKey::new(1, [9; 32]), MIDNIGHT, &network);
        assert_eq!(named.len(), 16);
        let key = |byte| CodeKey::new(1, [byte; 32]);
        assert_eq!(source(&key(9), MIDNIGHT + 86_399, &network), named);
        for other in [
            source(&key(9), MIDNIGHT - 1, &network),
            source(&key(9), MIDNIGHT + 86_400, &network),
            source(&key(8), MIDNIGHT, &network),
            source(&key(9), MIDNIGHT, &ClientNetwork::Address([203, 0, 113, 8])),
            source(&key(9), MIDNIGHT, &ClientNetwork::Site([203, 0, 113, 7, 0, 0, 0, 0])),
        ] {
            assert_ne!(other, named);
        }
    }
}
