"""ID tokens, checked with the keys that the pool publishes."""

import base64
import json

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256


def claims(stage, token):
    """What a token says, once its signature has been checked."""
    head, body, signature = token.split(".")
    head, body_text = json.loads(decoded(head)), decoded(body)
    assert head["alg"] == "RS256", head
    keys = stage.emulator.get(f"/{stage.pool}/.well-known/jwks.json")["keys"]
    [key] = [key for key in keys if key["kid"] == head["kid"]]
    public = RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
    signed = token.rsplit(".", 1)[0].encode()
    public.verify(decoded(signature), signed, padding.PKCS1v15(), SHA256())
    return json.loads(body_text)


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(text):
    return int.from_bytes(decoded(text), "big")
