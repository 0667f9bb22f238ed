"""Another service of the platform, connected by `parley service connect` while the gateway runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway import Gateway

SCHEMA = Path(__file__).resolve().parents[1] / "schema"


@pytest.fixture()
def gateway():
    gateway = Gateway().start()
    yield gateway
    gateway.remove()


def test_a_service_with_its_own_models_works_within_its_rights(gateway):
    organization = gateway.found()["organization_id"]
    connected = gateway.command("service", "connect", "--org", "acme", "--name", "scraper", "--json")
    again = gateway.command("service", "connect", "--org", "acme", "--name", "scraper", "--json")
    assert json.loads(connected)["dsn"] != json.loads(again)["dsn"], "connecting again gives a new password"
    environment = os.environ | {
        "PARLEY_SERVICE_DSN": json.loads(again)["dsn"],
        "PARLEY_ORGANIZATION_ID": organization,
        "PARLEY_OWNER_DSN": f"postgresql://parley@/parley?host={gateway.home}/postgres&port=5432",
    }
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=SCHEMA, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    print(run.stdout[-3000:])
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
