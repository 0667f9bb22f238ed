"""Measures how long an approval takes from the click to the moment at which the vendor's mail server has the email."""

import random
import statistics
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "story"))
import replica  # noqa: E402
from fickle_server import Book, FickleServer  # noqa: E402
from gateway import Gateway, eventually  # noqa: E402
from people import MEMBER, Bazaar, Office  # noqa: E402

APPROVALS = 60
LIMIT = 200  # ms


def approved(bazaar, place):
    """Milliseconds from the click on one new email to its line in the server's book."""
    bazaar.create(place)
    bazaar.call("POST", f"/v1/negotiations/{place['id']}/open", {})
    _, found = bazaar.call("GET", f"/v1/negotiations/{place['id']}/emails")
    _, email = bazaar.call("GET", f"/v1/emails/{found['items'][0]['id']}")
    began = time.time()
    bazaar.decide(email["approval"]["id"], "approve")
    (taken,) = eventually("the email at the server", lambda: bazaar.book.to(place["vendor"]))
    return 1000 * (taken["at"] - began)


def main():
    folder = replica.home()
    gateway = Gateway()
    server = FickleServer(Book(folder / "book"), 1, "acme.example")
    server.kind = True
    try:
        gateway.start()
        office = Office([gateway], random.Random(1), gateway.found()["api_key"])
        bazaar = Bazaar(office, server.book, 0, random.Random(1), 1)
        office.call("POST", "/v1/users", MEMBER, admin=True)
        smtp = {"host": "127.0.0.1", "port": server.port, "security": "none"}
        mailbox = {"name": "Purchasing", "address": "purchasing@parley.test", "smtp": smtp}
        status, answer = office.call("POST", "/v1/mailboxes", mailbox, admin=True)
        assert status == 201, answer
        times = [approved(bazaar, {}) for _ in range(APPROVALS)]
        median = statistics.median(times)
        print(f"{'approval to the mail server (median of ' + str(APPROVALS) + ')':48} {median:9.1f} ms  of {LIMIT} ms")
        print(f"{'':48} {max(times):9.1f} ms  at most")
    finally:
        gateway.remove()
        server.close()
        replica.remove(folder)


if __name__ == "__main__":
    main()
