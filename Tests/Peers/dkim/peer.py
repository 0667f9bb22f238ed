"""The other side of the DKIM tests: dkimpy signs and verifies.

Reads JSON Lines {"op": …, …} on stdin and writes one JSON line per request, in order: {"result": …}, or
{"refused": "<exception>"}. Bytes are base64.
"""
import base64
import json
import sys

import dkim
import nacl.signing
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def make_key(r):
    """A key as dkimpy wants it, and the text of its DNS record."""
    if r["algorithm"] == "ed25519-sha256":
        key = nacl.signing.SigningKey.generate()
        text = base64.b64encode(bytes(key.verify_key)).decode()
        return {"key": base64.b64encode(bytes(key)).decode(), "record": f"v=DKIM1; k=ed25519; p={text}"}
    key = rsa.generate_private_key(public_exponent=65537, key_size=r.get("bits", 2048))
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {"key": pem.decode(), "record": f"v=DKIM1; k=rsa; p={base64.b64encode(spki).decode()}"}


def sign(r):
    message = base64.b64decode(r["message"])
    header = dkim.sign(
        message,
        r["selector"].encode(),
        r["domain"].encode(),
        r["key"].encode(),
        canonicalize=tuple(form.encode() for form in r["forms"]),
        signature_algorithm=r["algorithm"].encode(),
        length=r.get("length", False),
    )
    return base64.b64encode(header + message).decode()


def verify(r):
    records = {name.encode(): text.encode() for name, text in r["records"].items()}
    checker = dkim.DKIM(base64.b64decode(r["message"]))
    return checker.verify(dnsfunc=lambda name, timeout: records.get(name.rstrip(b".")))


def main():
    for line in sys.stdin:
        request = json.loads(line)
        operation = {"make_key": make_key, "sign": sign, "verify": verify}[request["op"]]
        try:
            answer = {"result": operation(request)}
        except Exception as error:  # a refusal is an answer here
            answer = {"refused": type(error).__name__ + ": " + str(error)[:200]}
        print(json.dumps(answer))


if __name__ == "__main__":
    main()
