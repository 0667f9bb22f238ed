"""Buyers, an approver and vendors who go about their work, whatever happens to the gateways.

Each step looks at a negotiation as it is and does something that fits, through whichever gateway answers. Nobody trusts
an answer that did not come: what counts is what is on record in the end.
"""

import smtplib
import threading
import time

import requests

from gateway import answer

MEMBER = {"email": "mia@acme.example", "full_name": "Mia Member", "role": "member", "password": "another horse 43"}
PATIENCE = 20  # seconds for one call
CLOSED = ("accepted", "rejected", "expired", "cancelled", "undeliverable")
ROUNDS = 3  # counter-offers before somebody accepts
BODY = "Dear Vera,\n\nour price is {price} USD per unit, after another look.\n\nKind regards\n"


class Nobody(Exception):
    """No gateway answers, or not with yes or no."""


class Office:
    """Calls the API through any of the gateways."""

    def __init__(self, replicas, random, admin_key):
        self.replicas = replicas
        self.random = random
        self.admin = {"Authorization": f"Bearer {admin_key}"}
        self.member = None
        self.session = threading.local()

    def call(self, method, path, body=None, admin=False):
        """The answer's status and body."""
        if not admin and self.member is None:
            self.sign_in()
        if not hasattr(self.session, "requests"):
            self.session.requests = requests.Session()
        replica = self.random.choice(self.replicas)
        try:
            reply = self.session.requests.request(
                method, replica.url + path, json=body, timeout=PATIENCE, headers=self.admin if admin else self.member
            )
            content = reply.json()
        except (requests.RequestException, ValueError) as error:
            raise Nobody(str(error)) from error
        if reply.status_code == 401 and not admin:
            self.member = None
        if reply.status_code >= 500 or reply.status_code == 401:
            raise Nobody(f"{reply.status_code} {content}")
        return reply.status_code, content

    def sign_in(self):
        login = {"email": MEMBER["email"], "password": MEMBER["password"]}
        status, answer = self.call("POST", "/v1/auth/login", login, admin=True)
        if status == 200:
            self.member = {"Authorization": f"Bearer {answer['access_token']}"}
        else:
            raise Nobody(str(answer))


class Bazaar:
    """All negotiations that are under way, and what the people in them did and were told."""

    def __init__(self, office, book, post, random, count):
        self.office = office
        self.book = book
        self.post = post  # port of the mail server that brings answers to our mailbox
        self.random = random
        self.lock = threading.Lock()
        self.places = [{"id": None, "busy": False} for _ in range(count)]
        self.vendors = 0
        self.replies = []  # Message-IDs of answers that our mail server has taken
        self.cancelled = []  # what the gateway said yes to
        self.approved = []  # requests that the approver said yes to, heard or not
        self.early = []  # answers to "it was not sent, send it again", which is too early
        self.surprises = []  # answers that nobody should get
        self.steps = 0

    def work(self, over):
        while not over.is_set():
            place = self.take()
            try:
                self.step(place)
                with self.lock:
                    self.steps += 1
            except Nobody:
                over.wait(0.5)
            finally:
                place["busy"] = False
            over.wait(self.random.uniform(0.02, 0.25))

    def take(self):
        with self.lock:
            place = self.random.choice([place for place in self.places if not place["busy"]])
            place["busy"] = True
            return place

    def call(self, *arguments, expected=(200, 201, 409), **more):
        status, content = self.office.call(*arguments, **more)
        if status not in expected:
            self.surprises.append(f"{arguments}: {status} {content}")
        return status, content

    def step(self, place):
        if place["id"] is None:
            return self.create(place)
        status, negotiation = self.call("GET", f"/v1/negotiations/{place['id']}")
        if status != 200:
            return
        if negotiation["status"] in CLOSED:
            place["id"] = None
            return
        luck = self.random.random()
        if luck < 0.03 and negotiation["status"] != "draft":
            return self.cancel(place)
        if luck < 0.08:
            return self.reply(place)
        match negotiation["status"]:
            case "draft":
                self.call("POST", f"/v1/negotiations/{place['id']}/open", {})
            case "pending_approval":
                self.look_after_email(place)
            case "sent":
                self.wait_for_answer(place)
            case "vendor_replied":
                # An email that was held is asked about again, and another one takes its place.
                self.look_after_email(place) if self.random.random() < 0.3 else self.go_on(place)

    def create(self, place):
        with self.lock:
            self.vendors += 1
            number = self.vendors
        vendor = f"vendor-{number}@acme.test"
        status, made = self.call(
            "POST", "/v1/negotiations",
            {
                "product": {"title": f"Bolt {number}", "url": f"https://acme.test/{number}", "price": "1200.00",
                            "currency": "USD"},
                "vendor": {"name": f"Vendor {number}", "contact_email": vendor},
                "quantity": 10, "target_price": "900.00", "limit_price": "1000.00", "currency": "USD",
            },
        )  # fmt: skip
        if status == 201:
            place.update(id=made["id"], vendor=vendor, rounds=0)

    # -- our side --------------------------------------------------------------------------------------------------

    def look_after_email(self, place):
        status, found = self.call("GET", f"/v1/negotiations/{place['id']}/emails?limit=50")
        if status != 200 or not found["items"]:
            return
        email = max(found["items"], key=lambda email: email["created_at"])
        if email["status"] == "pending_approval":
            status, email = self.call("GET", f"/v1/emails/{email['id']}")
            luck = self.random.random()
            if luck < 0.12:
                price = self.random.randint(900, 990)
                self.call("PATCH", f"/v1/emails/{email['id']}", {"body_text": BODY.format(price=price)})
            elif email.get("approval"):
                self.decide(email["approval"]["id"], "approve" if luck < 0.95 else "reject")
        elif email["status"] == "uncertain":
            self.settle_doubt(place, email)

    def decide(self, request, decision):
        if decision == "approve":
            self.approved.append(request)
        self.call("POST", f"/v1/approvals/{request}/decision", {"decision": decision}, admin=True)

    def settle_doubt(self, place, email):
        """Says that it was sent where the vendor has it; tries in vain to say that it was not, before that is sure."""
        if any(entry["message_id"] == email["message_id"] for entry in list(self.book.entries)):
            if self.random.random() < 0.5:
                self.call("POST", f"/v1/emails/{email['id']}/resolve", {"resolution": "sent"})
        elif self.random.random() < 0.3:
            status, said = self.call("POST", f"/v1/emails/{email['id']}/resolve", {"resolution": "send_again"})
            self.early.append((email["id"], status, said.get("detail")))
            place["id"] = None  # it has to wait, and another begins in its place

    def go_on(self, place):
        luck = self.random.random()
        if luck < 0.15 and self.hand_in_again(place):
            return
        if luck < 0.3:
            body = ("reply", {"text": "Thank you, we shall come back to you."})
        elif place["rounds"] < ROUNDS:
            place["rounds"] += 1
            body = ("counter", {"price": f"{self.random.randint(900, 990)}.00"})
        else:
            body = ("accept", {"price": "950.00"}) if luck < 0.8 else ("reject", {})
        self.call("POST", f"/v1/negotiations/{place['id']}/{body[0]}", body[1], expected=(200, 201, 409, 422))

    def wait_for_answer(self, place):
        """The vendor answers, or is reminded, perhaps at the same moment; a reminder may need an approval."""
        luck = self.random.random()
        if luck < 0.25:
            self.call("POST", f"/v1/negotiations/{place['id']}/follow-up", {})
        elif luck < 0.45:
            self.look_after_email(place)
        else:
            self.reply(place)

    def hand_in_again(self, place):
        status, found = self.call("GET", f"/v1/negotiations/{place['id']}/emails?limit=50")
        drafts = [email for email in found.get("items", []) if email["status"] == "draft"]
        if status != 200 or not drafts:
            return False
        self.call("POST", f"/v1/emails/{drafts[-1]['id']}/submit", {})
        return True

    def cancel(self, place):
        status, _ = self.call("POST", f"/v1/negotiations/{place['id']}/cancel", {"reason": "No budget."})
        if status == 200:
            self.cancelled.append({"negotiation": place["id"], "at": time.time()})

    # -- the vendor ------------------------------------------------------------------------------------------------

    def reply(self, place):
        """Answers the last mail that the vendor has, perhaps while we are writing the next."""
        taken = self.book.to(place["vendor"])
        if not taken:
            return
        original = self.book.message(taken[-1])
        raw = answer(
            original, f"We can offer USD {self.random.randint(920, 1100)}.00 per unit.",
            f"Vera Vendor <{place['vendor']}>",
        )  # fmt: skip
        message_id = next(line for line in raw.split(b"\r\n") if line.lower().startswith(b"message-id:"))
        copies = 2 if self.random.random() < 0.1 else 1  # some servers deliver twice
        for _ in range(copies):
            with smtplib.SMTP("127.0.0.1", self.post, timeout=PATIENCE) as smtp:
                smtp.sendmail(place["vendor"], [str(original["Reply-To"].addresses[0].addr_spec)], raw)
        self.replies.append(
            {
                "message_id": message_id.split(b":", 1)[1].strip().decode().strip("<>"),
                "answers": taken[-1]["message_id"],
                "negotiation": place["id"],
            }
        )
