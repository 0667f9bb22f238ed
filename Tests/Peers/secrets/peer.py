"""The other side of the Secrets tests: the same formats as other services of the platform read and write them.

Reads JSON Lines {"op": …, …} on stdin and writes one JSON line per request, in order. A refusal is
{"refused": "<exception>"}.
"""
import base64
import datetime
import hashlib
import json
import sys

import bcrypt
import jwt
from cryptography import x509
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt as jose
from joserfc.jwk import OctKey


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def ring(r):
    return MultiFernet([Fernet(key) for key in r["keys"]])


def fernet_encrypt(r):
    return ring(r).encrypt_at_time(r["text"].encode(), r["time"]).decode()


def fernet_decrypt(r):
    return ring(r).decrypt(r["token"].encode()).decode()


def fernet_time(r):
    return Fernet(r["keys"][0]).extract_timestamp(r["token"].encode())


def fernet_key(_):
    return Fernet.generate_key().decode()


def bcrypt_make(r):
    salt = bcrypt.gensalt(rounds=r["cost"], prefix=r.get("prefix", "2b").encode())
    return bcrypt.hashpw(r["password"].encode(), salt).decode()


def bcrypt_check(r):
    return bcrypt.checkpw(r["password"].encode(), r["hash"].encode())


def passlib_identify(r):
    from passlib.hash import bcrypt as form

    parsed = form.from_string(r["hash"])
    return {"ident": parsed.ident, "rounds": parsed.rounds, "canonical": parsed.to_string() == r["hash"]}


def jwt_sign(r):
    return jwt.encode(r["claims"], r["key"], algorithm=r.get("alg", "HS256"), headers=r.get("headers"))


def jwt_verify(r):
    options = {"verify_exp": False, "verify_iat": False}
    return jwt.decode(r["token"], r["key"], algorithms=["HS256"], options=options)


def jose_sign(r):
    return jose.encode({"alg": "HS256", "typ": "JWT"}, r["claims"], OctKey.import_key(r["key"]))


def jose_verify(r):
    return jose.decode(r["token"], OctKey.import_key(r["key"]), algorithms=["HS256"]).claims


def spki(key):
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return b64(key.public_key().public_bytes(serialization.Encoding.DER, form))


def p256_sign(r):
    key = ec.generate_private_key(ec.SECP256R1())
    return {"spki": spki(key), "signature": b64(key.sign(r["text"].encode(), ec.ECDSA(hashes.SHA256())))}


def p384_key(_):
    return spki(ec.generate_private_key(ec.SECP384R1()))


def ed25519_sign(r):
    key = ed25519.Ed25519PrivateKey.generate()
    return {
        "raw": b64(key.public_key().public_bytes_raw()),
        "spki": spki(key),
        "signature": b64(key.sign(r["text"].encode())),
    }


def rsa_sign(r):
    key = rsa.generate_private_key(public_exponent=65537, key_size=r.get("bits", 2048))
    text = r["text"].encode()
    numbers = key.public_key().public_numbers()
    now = datetime.datetime.fromtimestamp(r.get("time", 1_800_000_000), datetime.timezone.utc)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.eu-west-1.amazonaws.com")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    public = {
        "kty": "RSA",
        "kid": "k1",
        "use": "sig",
        "alg": "RS256",
        "n": b64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
        "e": b64url(numbers.e.to_bytes(3, "big")),
    }
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    tokens = [
        jwt.encode(t["claims"], private, algorithm=t.get("alg", "RS256"), headers=t.get("headers"))
        for t in r.get("tokens", [])
    ]
    return {
        "spki": spki(key),
        "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "jwks": {"keys": [{"kty": "EC", "kid": "other", "crv": "P-256"}, public]},
        "n": public["n"],
        "e": public["e"],
        "sha1": b64(key.sign(text, padding.PKCS1v15(), hashes.SHA1())),
        "sha256": b64(key.sign(text, padding.PKCS1v15(), hashes.SHA256())),
        "pss": b64(key.sign(text, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())),
        "tokens": tokens,
    }


def sha256(r):
    return hashlib.sha256(r["text"].encode()).hexdigest()


def main():
    operations = {name: f for name, f in globals().items() if callable(f) and name != "main"}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": operations[request["op"]](request)}
        except Exception as error:  # a refusal is an answer here
            answer = {"refused": type(error).__name__ + ": " + str(error)[:200]}
        print(json.dumps(answer))


if __name__ == "__main__":
    main()
