"""One purchase, step by step, through the API, the approver's link and the two Maildirs."""

import re

import requests

from gateway import answer, eventually

VENDOR = "sales@vendor.example"


class Purchase:
    """A negotiation and the people around it. Every step may be repeated after the gateway was killed in it."""

    def __init__(self, gateway, key, approver):
        self.gateway = gateway
        self.key = key
        self.approver = approver
        self.id = None
        self.decided = set()

    # -- API -------------------------------------------------------------------------------------------------------

    def call(self, method, path, body=None, expected=(200, 201), **headers):
        reply = requests.request(
            method, self.gateway.url + path, json=body, timeout=30,
            headers={"Authorization": f"Bearer {self.key}", **headers},
        )  # fmt: skip
        assert reply.status_code in expected, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json()

    def create(self):
        negotiation = self.call(
            "POST",
            "/v1/negotiations",
            {
                "product": {
                    "title": "ThinkBook 14",
                    "url": "https://vendor.example/14",
                    "price": "1200.00",
                    "currency": "USD",
                },
                "vendor": {"name": "Vendor Inc", "contact_email": VENDOR},
                "quantity": 10,
                "target_price": "900.00",
                "limit_price": "1000.00",
                "currency": "USD",
                "payment_terms": "net 30",
            },
        )
        assert negotiation["status"] == "draft"
        self.id = negotiation["id"]
        return negotiation

    def act(self, action, **body):
        return self.call("POST", f"/v1/negotiations/{self.id}/{action}", body)

    def negotiation(self):
        return self.call("GET", f"/v1/negotiations/{self.id}")

    def wait_for(self, status):
        eventually(f"status {status}", lambda: self.negotiation()["status"] == status)

    def actions(self):
        return [entry["action"] for entry in self.timeline()]

    def timeline(self):
        return self.call("GET", f"/v1/negotiations/{self.id}/timeline?limit=200")["items"]

    # -- the approver ----------------------------------------------------------------------------------------------

    def links(self):
        """The links in the approver's mails, oldest first."""
        texts = [mail.get_body(("plain",)).get_content() for mail in self.gateway.mail_to(self.approver)]
        found = [re.search(r"(http://\S+/approve/\S+)", text) for text in texts]
        return [match.group(1) for match in found if match]

    def undecided_link(self):
        return next((link for link in reversed(self.links()) if link not in self.decided), None)

    def link(self):
        """The newest link that nobody has decided with, once it has come."""
        return eventually("a mail to the approver", self.undecided_link)

    def decide(self, decision="approve"):
        """Opens the newest link, which changes nothing, and decides on its page."""
        link = self.link()
        self.decided |= set(self.links())
        page = requests.get(link, timeout=30)
        assert page.status_code == 200, page.text
        reply = requests.post(link, data={"decision": decision, "comment": ""}, timeout=30)
        assert reply.status_code == 200, reply.text
        return page, reply

    # -- the vendor ------------------------------------------------------------------------------------------------

    def mails(self):
        return self.gateway.mail_to(VENDOR)

    def wait_for_mails(self, count):
        return eventually(f"{count} mails to the vendor", lambda: len(self.mails()) >= count and self.mails())

    def vendor_says(self, text):
        self.gateway.drop(answer(self.mails()[-1], text))
