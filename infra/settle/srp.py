"""The password proof of a client, as published clients compute it (RFC 5054, group 15)."""

import base64
import datetime
import hashlib
import hmac
import secrets

PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF", 16)
BASE = 2


def padded(number):
    """A number as bytes without a sign bit."""
    data = number.to_bytes((number.bit_length() + 7) // 8 or 1, "big")
    return b"\x00" + data if data[0] >= 0x80 else data


def hashed(*parts):
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


class Proof:
    """One ephemeral key."""

    def __init__(self):
        self.secret = secrets.randbits(1024)
        self.public = pow(BASE, self.secret, PRIME)

    @property
    def srp_a(self):
        return f"{self.public:x}"

    def responses(self, pool, parameters, password):
        """The responses to PASSWORD_VERIFIER."""
        user, server = parameters["USER_ID_FOR_SRP"], int(parameters["SRP_B"], 16)
        block = base64.b64decode(parameters["SECRET_BLOCK"])
        name = pool.partition("_")[2]
        inner = hashlib.sha256(f"{name}{user}:{password}".encode()).digest()
        exponent = hashed(padded(int(parameters["SALT"], 16)), inner)
        factor = hashed(padded(PRIME), padded(BASE))
        scramble = hashed(padded(self.public), padded(server))
        base = (server - factor * pow(BASE, exponent, PRIME)) % PRIME
        shared = pow(base, self.secret + scramble * exponent, PRIME)
        extracted = hmac.digest(padded(scramble), padded(shared), "sha256")
        key = hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]
        now = datetime.datetime.now(datetime.timezone.utc)
        stamp = f"{now:%a %b} {now.day} {now:%H:%M:%S UTC %Y}"
        signature = hmac.digest(key, name.encode() + user.encode() + block + stamp.encode(), "sha256")
        return {
            "USERNAME": user, "TIMESTAMP": stamp,
            "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(signature).decode(),
        }
