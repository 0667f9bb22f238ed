"""What is wrong is said in one line that says how to mend it, and nothing half-starts."""

import os
import shutil
import subprocess
import time

import pytest
import requests

import gateway as gateways
from gateway import CHECKOUT, EXECUTABLE, Gateway, eventually
from purchase import Purchase

KEYS = {"SECRET_KEY": "s" * 40, "ENCRYPTION_KEY": "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="}


@pytest.fixture()
def gateway():
    gateway = Gateway().start()
    yield gateway
    gateway.remove()


def refused(*arguments, **environment):
    """The one line with which `parley` gives up."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_") and k != "DATABASE_URL"}
    done = subprocess.run(
        [EXECUTABLE, *arguments], env=kept | environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1, done
    assert done.stderr.startswith("parley: ") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PARLEY_LISTEN": "8080"}, "PARLEY_LISTEN"),
        ({"PARLEY_PUBLIC_URL": "nonsense"}, "PARLEY_PUBLIC_URL"),
        ({"PARLEY_HOME": "/dev/null"}, "PARLEY_HOME /dev/null cannot be used"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "ENCRYPTION_KEY is not set"),
        (KEYS | {"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "correct DATABASE_URL"),
        (KEYS | {"DATABASE_URL": "nonsense"}, "postgres:// URL"),
        (KEYS | {"ENCRYPTION_KEY": "short"}, "ENCRYPTION_KEY is not a Fernet key"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings, words, tmp_path):
    assert words in refused("serve", **({"PARLEY_HOME": str(tmp_path / "home")} | settings))


def test_wrong_usage_ends_with_64():
    for arguments in [["frobnicate"], ["serve", "--port"], ["org", "create", "--name", "x"]]:
        done = subprocess.run([EXECUTABLE, *arguments], capture_output=True, text=True, timeout=60)
        assert done.returncode == 64 and done.stdout == "", done


def test_a_port_and_a_home_in_use_are_named(gateway, tmp_path):
    listen = f"127.0.0.1:{gateway.port}"
    line = refused("serve", PARLEY_HOME=str(tmp_path / "home"), PARLEY_LISTEN=listen)
    assert str(gateway.port) in line and "in use" in line
    assert "in use by another gateway" in refused("serve", PARLEY_HOME=str(gateway.home))


def test_a_database_that_is_not_ours_is_left_alone(gateway):
    server = f"host={gateway.home}/postgres port=5432 user=parley"
    for statement, database in [
        ("CREATE DATABASE theirs", "parley"),
        ("CREATE TABLE users (id int); INSERT INTO users VALUES (7)", "theirs"),
    ]:
        subprocess.run(["psql", "-qc", statement, f"{server} dbname={database}"], check=True, timeout=30)
    url = f"postgresql://parley@/theirs?host={gateway.home}/postgres&port=5432"
    line = refused("serve", DATABASE_URL=url, PARLEY_HOME=str(gateway.home / "other"), **KEYS)
    assert "theirs" in line or "users" in line
    kept = subprocess.run(
        ["psql", "-Atqc", "SELECT id FROM users", f"{server} dbname=theirs"],
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    assert kept.stdout == "7\n"


def test_a_broken_message_is_kept_and_shown_and_the_gateway_lives_on(gateway):
    purchase = Purchase(gateway, gateway.found()["api_key"], "nobody@acme.example")
    gateway.drop(b"\x00\xff\x00 this is no mail")
    gateway.drop(b"From: a@b.example\r\nMessage-ID: <1@b.example>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x")
    gateway.drop(b"")

    def inbox():
        items = purchase.call("GET", "/v1/inbox")["items"]
        return items if len(items) >= 2 else None

    items = eventually("the inbox to show them", inbox)
    assert "quarantined" in str(items)
    assert requests.get(gateway.url + "/readyz", timeout=10).status_code == 200


def test_a_template_with_an_undefined_variable_stops_the_email_and_says_where(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    shutil.copy(EXECUTABLE, tmp_path / "bin/parley")
    shutil.copytree(CHECKOUT / "Templates", tmp_path / "share/parley/Templates")
    shutil.copytree(CHECKOUT / "Sources/Store/Migrations", tmp_path / "share/parley/Migrations")
    template = tmp_path / "share/parley/Templates/email/en/opening.j2"
    template.write_text(template.read_text().replace("{{ unit_price", "{{ unit_prise"))
    monkeypatch.setattr(gateways, "EXECUTABLE", str(tmp_path / "bin/parley"))
    gateway = Gateway().start()
    try:
        purchase = Purchase(gateway, gateway.found()["api_key"], "nobody@acme.example")
        purchase.create()
        problem = purchase.call("POST", f"/v1/negotiations/{purchase.id}/open", {}, expected=(422, 409))
        assert "unit_prise" in problem["detail"] and "opening" in problem["detail"], problem
        time.sleep(0.5)
        assert purchase.negotiation()["status"] == "draft"
        assert gateway.outbox() == []
    finally:
        gateway.remove()


def test_stopping_is_quick_and_leaves_no_server_behind(gateway):
    pid = int((gateway.home / "postgres/postmaster.pid").read_text().split()[0])
    began = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - began < 10
    assert not os.path.exists(f"/proc/{pid}")

