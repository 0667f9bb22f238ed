"""Signs every fixture as its provider would, with the provider's own SDK where it has one.

    python3 sign.py FIXTURES TIME

prints one JSON object: name of a delivery → {provider, secrets, public_keys, audience, origins, headers, query,
body (base64), received_at, certificate, jwks}. Keys are made anew for each run. Where an SDK can verify, the
delivery is verified with it before it is printed, so that a mistake here does not pass for one of the gateway.
"""
import base64
import datetime
import hashlib
import hmac
import json
import pathlib
import secrets
import sys
import time
import urllib.parse

import google.auth.crypt
import google.auth.jwt
import standardwebhooks
import stripe
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.x509.oid import NameOID
from sendgrid.helpers.eventwebhook import EventWebhook

FIXTURES = pathlib.Path(sys.argv[1])
NOW = int(sys.argv[2])
DELIVERIES = {}
BOUNDARY = "b0undary-of-a-test"


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def add(name, provider, headers, body, query=(), **settings):
    assert name not in DELIVERIES, name
    DELIVERIES[name] = {
        "provider": provider,
        "headers": [[k, v] for k, v in headers],
        "query": [[k, v] for k, v in query],
        "body": b64(body),
        "received_at": NOW,
        **settings,
    }


def bodies(provider, *suffixes):
    for path in sorted((FIXTURES / provider).iterdir()):
        if path.name.endswith(".expected.json") or not path.name.endswith(suffixes):
            continue
        if not path.name.endswith(".fields.json"):
            yield path.name.rsplit(".", 1)[0], path.read_bytes()


# Standard Webhooks


def custom():
    secret = "whsec_" + b64(secrets.token_bytes(32))
    webhook = standardwebhooks.Webhook(secret)
    private = ed25519.Ed25519PrivateKey.generate()
    public = "whpk_" + b64(private.public_key().public_bytes_raw())
    # The SDK wants the local wall clock without a zone.
    when = datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc).replace(tzinfo=None)
    for name, body in bodies("custom", ".json"):
        ident = f"msg_{name}"
        signed = f"{ident}.{NOW}.".encode() + body
        try:
            signature = webhook.sign(ident, when, body.decode())
        except UnicodeDecodeError:  # the SDK knows text only
            key = base64.b64decode(secret[6:])
            signature = "v1," + b64(hmac.new(key, signed, hashlib.sha256).digest())
        head = [("Content-Type", "application/json"), ("Webhook-Id", ident), ("Webhook-Timestamp", str(NOW))]
        add(f"custom/{name}", "custom", head + [("Webhook-Signature", signature)], body, secrets=[secret])
        asymmetric = "v1a," + b64(private.sign(signed))
        add(f"custom-v1a/{name}", "custom", head + [("Webhook-Signature", asymmetric)], body, public_keys=[public])
    if abs(time.time() - NOW) < 60:
        good = DELIVERIES["custom/email-received"]
        webhook.verify(base64.b64decode(good["body"]), dict(good["headers"]))


# SendGrid


def sendgrid():
    private = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = b64(private.public_key().public_bytes(serialization.Encoding.DER, form))
    judge = EventWebhook(public)

    def sign(name, provider, content_type, body):
        stamp = str(NOW)
        signature = b64(private.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256())))
        try:
            assert judge.verify_signature(body.decode(), signature, stamp)
        except UnicodeDecodeError:  # the SDK knows text only
            pass
        headers = [
            ("Content-Type", content_type),
            ("X-Twilio-Email-Event-Webhook-Signature", signature),
            ("X-Twilio-Email-Event-Webhook-Timestamp", stamp),
        ]
        add(f"{provider}/{name}", provider, headers, body, public_keys=[public])

    for name, body in bodies("sendgrid_events", ".json"):
        sign(name, "sendgrid_events", "application/json", body)
    for name, body in bodies("sendgrid_inbound", ".form"):
        sign(name, "sendgrid_inbound", "multipart/form-data; boundary=xYzZY", body)
    # ECDSA signatures can be rewritten by anybody: (r, s) and (r, n - s) are both good.
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    body = (FIXTURES / "sendgrid_events/batch.json").read_bytes()
    sign("batch-again", "sendgrid_events", "application/json", body)
    twin = DELIVERIES.pop("sendgrid_events/batch-again")
    r, s = decode_dss_signature(base64.b64decode(twin["headers"][1][1]))
    twin["headers"][1][1] = b64(encode_dss_signature(r, order - s))
    DELIVERIES["sendgrid_events-rewritten/batch"] = twin
    password = [("Content-Type", "multipart/form-data; boundary=xYzZY")]
    password.append(("Authorization", "Basic " + b64(b"sendgrid:pass word")))
    body = (FIXTURES / "sendgrid_inbound/raw.form").read_bytes()
    add("sendgrid_inbound-password/raw", "sendgrid_inbound", password, body, secrets=["sendgrid:pass word"])


# Mailgun


def multipart(fields):
    body = b""
    for name, value in fields:
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        if isinstance(value, dict) and "filename" in value:
            escaped = value["filename"].replace('"', '\\"')
            body += f'; filename="{escaped}"\r\nContent-Type: {value["type"]}'.encode()
        body += b"\r\n\r\n" + content(value) + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def content(value):
    if isinstance(value, str):
        return value.encode()
    if "file" in value:
        return (FIXTURES / value["file"]).read_bytes()
    return base64.b64decode(value["base64"])


def mailgun():
    key = "key-" + secrets.token_hex(16)

    def triple():
        token = secrets.token_hex(25)
        code = hmac.new(key.encode(), f"{NOW}{token}".encode(), hashlib.sha256).hexdigest()
        return {"timestamp": str(NOW), "token": token, "signature": code}

    json_head = [("Content-Type", "application/json; charset=utf-8")]
    for name, body in bodies("mailgun", ".json"):
        whole = json.dumps({"signature": triple(), "event-data": json.loads(body)}).encode()
        add(f"mailgun/{name}", "mailgun", json_head, whole, secrets=[key])
    good = triple()
    block = {**good, "signature": secrets.token_hex(32), "parent-signature": good["signature"]}
    event = json.loads((FIXTURES / "mailgun/delivered.json").read_text())
    whole = json.dumps({"signature": block, "event-data": event}).encode()
    add("mailgun-parent/delivered", "mailgun", json_head, whole, secrets=[key])
    for path in sorted((FIXTURES / "mailgun").glob("*.fields.json")):
        name = path.name[: -len(".fields.json")]
        fields = json.loads(path.read_text()) + list(triple().items())
        head = [("Content-Type", f'multipart/form-data; boundary="{BOUNDARY}"')]
        add(f"mailgun/{name}", "mailgun", head, multipart(fields), secrets=[key])
        if all(isinstance(value, str) or "filename" not in value for _, value in fields):
            body = urllib.parse.urlencode([(n, content(v)) for n, v in fields]).encode()
            head = [("Content-Type", "application/x-www-form-urlencoded")]
            add(f"mailgun-urlencoded/{name}", "mailgun", head, body, secrets=[key])


# Postmark


def postmark():
    for name, body in bodies("postmark", ".json"):
        head = [("Content-Type", "application/json"), ("Authorization", "Basic " + b64(b"postmark:pa:ss"))]
        add(f"postmark/{name}", "postmark", head, body, secrets=["pa:ss"])


# Amazon SNS


def ses():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    start = datetime.datetime.fromtimestamp(NOW - 86400, datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
        .decode()
    )
    topic = "arn:aws:sns:eu-west-1:123456789012:mail"

    def post(name, envelope, version="2", origins=(topic,)):
        envelope = {
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": topic,
            "Timestamp": "2026-11-23T10:00:10.123Z",
            "SignatureVersion": version,
            "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123abcd.pem",
            **envelope,
        }
        keys = {
            "Notification": ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
        }.get(envelope["Type"], ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"])
        text = "".join(f"{k}\n{envelope[k]}\n" for k in keys if k in envelope)
        algorithm = hashes.SHA1() if version == "1" else hashes.SHA256()
        envelope["Signature"] = b64(key.sign(text.encode(), padding.PKCS1v15(), algorithm))
        headers = [
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("x-amz-sns-message-type", envelope["Type"]),
            ("x-amz-sns-message-id", envelope["MessageId"]),
            ("x-amz-sns-topic-arn", envelope["TopicArn"]),
        ]
        body = json.dumps(envelope, indent=2).encode()
        add(name, "ses", headers, body, origins=list(origins), certificate=certificate)

    for name, body in bodies("ses", ".json", ".txt"):
        message = {"Type": "Notification", "Message": body.decode()}
        post(f"ses/{name}", message)
        post(f"ses-sha1/{name}", {**message, "Subject": "Amazon SES Email Receipt Notification"}, "1")
    confirm = {
        "Type": "SubscriptionConfirmation",
        "Token": "2336412f37",
        "Message": "You have chosen to subscribe to the topic.\nTo confirm, visit the SubscribeURL.",
        "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=" + topic + "&Token=2336412f37",
    }
    post("ses-confirm/confirm", confirm)
    post("ses-confirm/first-topic", confirm, origins=())
    post("ses-unsubscribe/unsubscribe", {**confirm, "Type": "UnsubscribeConfirmation"})
    post("ses-refused/other-topic", {**confirm, "TopicArn": topic + "-of-somebody-else"})
    post("ses-refused/subscribe-elsewhere", {**confirm, "SubscribeURL": "https://169.254.169.254/latest/meta-data"})
    for number, address in enumerate(json.loads((FIXTURES / "addresses-refused.json").read_text())):
        post(f"ses-refused/certificate-{number}", {**confirm, "SigningCertURL": address})


# Gmail


def gmail():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    numbers = key.public_key().public_numbers()
    jwks = {
        "keys": [
            {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k1", "n": b64url(numbers.n.to_bytes(256, "big")), "e": "AQAB"}
        ]
    }
    signer = google.auth.crypt.RSASigner.from_string(private, key_id="k1")
    audience = "https://parley.example/hooks/0192d0a0-0000-7000-8000-000000000001"
    account = "push@project.iam.gserviceaccount.com"
    claims = {
        "aud": audience,
        "azp": "1",
        "email": account,
        "email_verified": True,
        "exp": NOW + 3600 - 600,
        "iat": NOW - 600,
        "iss": "https://accounts.google.com",
        "sub": "1",
    }

    def post(name, token, body, origins=(account,)):
        head = [("Content-Type", "application/json"), ("Authorization", f"Bearer {token}")]
        add(name, "gmail", head, body, audience=audience, origins=list(origins), jwks=jwks)

    def encode(changes=None, without=(), key_id=None):
        payload = {k: v for k, v in {**claims, **(changes or {})}.items() if k not in without}
        return google.auth.jwt.encode(signer, payload, key_id=key_id).decode()

    if abs(time.time() - NOW) < 60:
        google.auth.jwt.decode(encode(), certs={"k1": public_pem}, audience=audience)
    for name, body in bodies("gmail", ".json"):
        post(f"gmail/{name}", encode(), body)
    body = (FIXTURES / "gmail/push.json").read_bytes()
    post("gmail-first-account/push", encode(), body, origins=())
    refused = {
        "expired": encode({"exp": NOW - 120}),
        "from-the-future": encode({"iat": NOW + 600}),
        "other-audience": encode({"aud": "https://parley.example/hooks/other"}),
        "list-of-audiences": encode({"aud": [audience]}),
        "other-issuer": encode({"iss": "https://accounts.google.example"}),
        "other-account": encode({"email": "evil@other.iam.gserviceaccount.com"}),
        "address-not-verified": encode({"email_verified": False}),
        "verified-as-text": encode({"email_verified": "true"}),
        "no-expiry": encode(without=["exp"]),
        "no-issue-time": encode(without=["iat"]),
        "unknown-key": encode(key_id="k2"),
    }
    head, payload, signature = encode().split(".")
    none = b64url(json.dumps({"alg": "none", "typ": "JWT", "kid": "k1"}).encode())
    refused["no-algorithm"] = f"{none}.{payload}."
    symmetric = b64url(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "k1"}).encode()) + "." + payload
    refused["public-key-as-secret"] = (
        symmetric + "." + b64url(hmac.new(public_pem, symmetric.encode(), hashlib.sha256).digest())
    )
    refused["no-signature"] = f"{head}.{payload}."
    refused["two-parts"] = f"{head}.{payload}"
    twice = json.dumps(claims)[:-1] + ', "aud": "x"}'
    signed = f"{head}.{b64url(twice.encode())}"
    refused["audience-twice"] = signed + "." + b64url(signer.sign(signed.encode()))
    for name, token in refused.items():
        post(f"gmail-refused/{name}", token, body)


# Stripe


def stripe_events():
    secret = "whsec_" + secrets.token_hex(24)
    for name, body in bodies("stripe", ".json"):
        header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, NOW)
        if abs(time.time() - NOW) < 60:
            assert stripe.WebhookSignature.verify_header(body.decode(), header, secret, 300)
        other = stripe.WebhookSignature.generate_signature_header(body.decode(), "whsec_older", NOW)
        rotating = header + "," + other.split(",")[1] + ",v0=" + "0" * 64
        head = [("Content-Type", "application/json"), ("Stripe-Signature", rotating)]
        add(f"stripe/{name}", "stripe", head, body, secrets=[secret])


# Microsoft Graph


def graph():
    for name, body in bodies("graph", ".json"):
        state = "client-state-0123456789"
        add(f"graph/{name}", "graph", [("Content-Type", "application/json")], body, secrets=[state])


for make in (custom, sendgrid, mailgun, postmark, ses, gmail, stripe_events, graph):
    make()
print(json.dumps(DELIVERIES))
