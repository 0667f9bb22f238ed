"""Providers of webhooks: they sign with their own SDKs where they have one, and serve their keys from this machine."""

import base64
import datetime
import hashlib
import hmac
import http.server
import json
import secrets
import threading
import time
import uuid

import google.auth.crypt
import google.auth.jwt
import requests
import standardwebhooks
import stripe
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from sendgrid.helpers.eventwebhook import EventWebhook

TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
ACCOUNT = "push@project.iam.gserviceaccount.com"
SNS = "https://sns.eu-west-1.amazonaws.com"


def b64(data):
    return base64.b64encode(data).decode()


class Provider:
    """Posts deliveries to one endpoint."""

    def __init__(self, url):
        self.url = url

    def post(self, headers, body, **options):
        return requests.post(self.url, data=body, headers=headers, timeout=60, **options)


class Custom(Provider):
    """Whoever follows Standard Webhooks."""

    def __init__(self, url, secret):
        super().__init__(url)
        self.webhook = standardwebhooks.Webhook(secret)

    def headers(self, body, ident=None, age=0):
        ident = ident or f"msg_{uuid.uuid4().hex}"
        when = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=age)
        when = when.replace(tzinfo=None, microsecond=0)  # the SDK wants no zone
        stamp = int(when.replace(tzinfo=datetime.timezone.utc).timestamp())
        signature = self.webhook.sign(ident, when, body.decode())
        return {
            "Content-Type": "application/json", "webhook-id": ident, "webhook-timestamp": str(stamp),
            "webhook-signature": signature,
        }  # fmt: skip

    def send(self, event, ident=None, age=0):
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        return self.post(self.headers(body, ident, age), body)

    def mail(self, raw, ident=None):
        return self.send({"type": "email.received", "data": {"raw": b64(raw)}}, ident)


class SendGrid(Provider):
    def __init__(self):
        self.private = ec.generate_private_key(ec.SECP256R1())
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        self.public = b64(self.private.public_key().public_bytes(serialization.Encoding.DER, form))

    def send(self, events):
        body, stamp = json.dumps(events).encode() + b"\r\n", str(int(time.time()))
        signature = b64(self.private.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256())))
        assert EventWebhook(self.public).verify_signature(body.decode(), signature, stamp)
        return self.post(
            {
                "Content-Type": "application/json", "X-Twilio-Email-Event-Webhook-Signature": signature,
                "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
            }, body,
        )  # fmt: skip


class Mailgun(Provider):
    def __init__(self, url, key):
        super().__init__(url)
        self.key = key

    def triple(self):
        stamp, token = str(int(time.time())), secrets.token_hex(25)
        code = hmac.new(self.key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
        return {"timestamp": stamp, "token": token, "signature": code}

    def route(self, raw, triple=None, recipient="purchasing@acme.example"):
        fields = {"recipient": recipient, "body-mime": raw.decode()} | (triple or self.triple())
        return requests.post(self.url, data=fields, timeout=60)

    def event(self, event, triple=None):
        return requests.post(
            self.url, json={"signature": triple or self.triple(), "event-data": event}, timeout=60
        )


class SNS_(Provider):
    """Amazon's notification service, whose certificate and confirmations are served by `Keys`."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        now = datetime.datetime.now(datetime.timezone.utc)
        self.certificate = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
            .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30)).sign(self.key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
        )  # fmt: skip

    def send(self, message, kind="Notification", topic=TOPIC, **changes):
        envelope = {
            "Type": kind, "MessageId": str(uuid.uuid4()), "TopicArn": topic, "Message": message,
            "Timestamp": "2026-11-23T10:00:10.123Z", "SignatureVersion": "2",
            "SigningCertURL": SNS + "/SimpleNotificationService-0123abcd.pem",
        } | changes  # fmt: skip
        names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
        text = "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope)
        envelope["Signature"] = b64(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))
        return self.post({"Content-Type": "text/plain; charset=UTF-8"}, json.dumps(envelope).encode())

    def subscribe(self, **changes):
        link = f"{SNS}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"
        return self.send(
            "You have chosen to subscribe.", "SubscriptionConfirmation",
            **({"Token": "2336412f37", "SubscribeURL": link} | changes),
        )  # fmt: skip


class PubSub(Provider):
    """Google's push, with tokens of a service account."""

    def __init__(self, key_id="k1"):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.signer = google.auth.crypt.RSASigner.from_string(private, key_id=key_id)
        self.key_id = key_id

    @property
    def jwks(self):
        modulus = self.key.public_key().public_numbers().n.to_bytes(256, "big")
        n = base64.urlsafe_b64encode(modulus).rstrip(b"=").decode()
        return {"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.key_id, "n": n, "e": "AQAB"}]}

    def token(self, **changes):
        now = int(time.time())
        claims = {
            "aud": self.url, "azp": "1", "email": ACCOUNT, "email_verified": True, "exp": now + 3000, "iat": now - 60,
            "iss": "https://accounts.google.com", "sub": "1",
        } | changes  # fmt: skip
        return google.auth.jwt.encode(self.signer, claims).decode()

    def push(self, address, token=None, history=4):
        data = b64(json.dumps({"emailAddress": address, "historyId": history}).encode())
        body = {"message": {"data": data, "messageId": str(uuid.uuid4())}, "subscription": "projects/p/subscriptions/s"}
        head = {"Content-Type": "application/json", "Authorization": f"Bearer {token or self.token()}"}
        return self.post(head, json.dumps(body).encode())


class Stripe(Provider):
    def __init__(self, url, secret):
        super().__init__(url)
        self.secret = secret

    def send(self, event, at=None):
        body = json.dumps(event)
        header = stripe.WebhookSignature.generate_signature_header(body, self.secret, at or int(time.time()))
        return self.post({"Content-Type": "application/json", "Stripe-Signature": header}, body.encode())


class Keys:
    """What Amazon and Google serve: the certificate, the confirmation of a topic, and the key set."""

    def __init__(self):
        self.sns, self.google, self.asked = SNS_(), PubSub(), []
        keys = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                keys.asked.append(self.path)
                if self.path.startswith("/redirect"):
                    return self.answer(302, b"", ("Location", "/SimpleNotificationService-0123abcd.pem"))
                if self.path == "/SimpleNotificationService-0123abcd.pem":
                    return self.answer(200, keys.sns.certificate)
                if self.path == "/SimpleNotificationService-moved.pem":
                    return self.answer(302, b"", ("Location", "/SimpleNotificationService-0123abcd.pem"))
                if self.path.startswith("/?Action=ConfirmSubscription"):
                    return self.answer(200, b"<ConfirmSubscriptionResponse/>")
                if self.path == "/certs":
                    return self.answer(200, json.dumps(keys.google.jwks).encode())
                return self.answer(404, b"")

            def answer(self, status, body, *headers):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def environment(self):
        return {"PARLEY_SNS_BASE": self.url, "PARLEY_JWKS_URL": f"{self.url}/certs"}

    def close(self):
        self.server.shutdown()
        self.server.server_close()
