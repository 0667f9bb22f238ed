"""A server of one organization that hangs is that organization's trouble alone."""

import json
import socket
import time

import pytest
import requests

from gateway import ADMIN, Gateway, eventually
from purchase import Purchase


@pytest.fixture()
def gateway():
    gateway = Gateway().start()
    yield gateway
    gateway.remove()


@pytest.fixture()
def silent_server():
    """Takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield listener.getsockname()[1]


def founded(gateway, slug):
    address = f"root@{slug}.example"
    made = gateway.command(
        "org", "create", "--name", slug, "--slug", slug, "--admin-email", address, "--admin-password-stdin", "--json",
        stdin=ADMIN[1],
    )  # fmt: skip
    purchase = Purchase(gateway, json.loads(made)["api_key"], f"approver@{slug}.example")
    person = {"email": purchase.approver, "full_name": "Ann Approver", "role": "manager", "password": ADMIN[1]}
    reply = requests.post(
        gateway.url + "/v1/users", json=person, headers={"Authorization": f"Bearer {purchase.key}"}, timeout=30
    )  # fmt: skip
    assert reply.status_code == 201, reply.text
    return purchase


def test_mail_servers_that_hang_make_no_other_organization_wait(gateway, silent_server):
    stuck, other = founded(gateway, "stuck"), founded(gateway, "other")
    smtp = {"host": "127.0.0.1", "port": silent_server, "security": "none"}
    stuck.call("POST", "/v1/mailboxes", {"name": "Silent", "address": "buy@stuck.example", "smtp": smtp})
    for _ in range(4):
        stuck.create()
        stuck.act("open")
    time.sleep(1)
    began = time.monotonic()
    other.create()
    other.act("open")
    eventually("a letter to the approver", lambda: gateway.mail_to(other.approver), patience=15)
    assert time.monotonic() - began < 10
    assert gateway.mail_to(stuck.approver) == []
