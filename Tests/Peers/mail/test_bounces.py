"""Delivery reports: the samples of flufl.bounce, read from its source distribution, with flufl.bounce as the peer."""

import email

import peer_sources
import pytest
from parley_reader import Reader

bounce = pytest.importorskip("flufl.bounce")
LEAST_SHARE = 0.95


@pytest.fixture(scope="module")
def reader():
    reader = Reader()
    yield reader
    assert reader.close() == 0


def test_bounces(reader):
    total, failed = 0, []
    for path in sorted((peer_sources.folder("flufl.bounce") / "tests/data").glob("*.txt")):
        raw = path.read_bytes()
        temporary, permanent = bounce.all_failures(email.message_from_bytes(raw))
        addresses = {address.decode("utf-8", "replace").lower() for address in temporary | permanent}
        if not addresses:
            continue
        total += 1
        answer = reader.read(raw)
        report = answer["bounce"] or {}
        recipient = (report.get("recipient") or "").lower()
        if answer["kind"] != "bounce" or recipient not in addresses:
            failed.append((path.name, answer["kind"], recipient, sorted(addresses)[:2]))
    for failure in failed:
        print("--", *failure)
    share = 1 - len(failed) / total
    print(f"bounces: {total - len(failed)} of {total} ({share:.1%})")
    assert total > 80
    assert share >= LEAST_SHARE
