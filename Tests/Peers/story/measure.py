"""Measures start, weight and round trip of the real executable, each beside what is asked of it."""

import datetime
import statistics
import time


from gateway import Gateway, answer, eventually
from purchase import Purchase

ANSWERS = 60
MANAGER = {"email": "max@acme.example", "full_name": "Max Manager", "role": "manager", "password": "another horse 43"}


def show(name, value, limit, unit):
    print(f"{name:48} {value:9.3f} {unit:3} of {limit:g} {unit} ({100 * value / limit:.0f} %)")


def seconds(action):
    began = time.monotonic()
    action()
    return time.monotonic() - began


def resident_megabytes(process):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def at(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def round_trips(purchase):
    """Milliseconds from a stored answer to the transaction that makes it `vendor_replied`."""
    mail = purchase.mails()[-1]
    times = []
    for number in range(ANSWERS):
        purchase.gateway.drop(answer(mail, f"We can offer {960 - number}.00 USD per unit."))
        eventually("the answer", lambda: purchase.actions().count("message.received") == number + 1)
    read = [at(entry["timestamp"]) for entry in purchase.timeline() if entry["action"] == "message.received"]
    messages = purchase.call("GET", f"/v1/negotiations/{purchase.id}/messages?limit=200")["items"]
    stored = [at(message["received_at"]) for message in messages if message["direction"] == "inbound"]
    times = [1000 * (later - earlier) for earlier, later in zip(sorted(stored), sorted(read))]
    return times


def main():
    gateway = Gateway()
    try:
        show("first start, empty home, to a ready /readyz", seconds(gateway.start), 8, "s")
        gateway.stop()
        starts = []
        for _ in range(5):
            starts.append(seconds(gateway.start))
            gateway.stop()
        show("start on an existing home (median of 5)", statistics.median(starts), 1.5, "s")
        gateway.start()
        time.sleep(2)
        show("resident memory of the idle gateway", resident_megabytes(gateway.process), 60, "MB")
        purchase = Purchase(gateway, gateway.found()["api_key"], MANAGER["email"])
        purchase.call("POST", "/v1/users", MANAGER)
        purchase.create()
        purchase.act("open")
        purchase.decide()
        purchase.wait_for_mails(1)
        purchase.wait_for("sent")
        times = round_trips(purchase)
        show(f"stored answer to vendor_replied (median of {ANSWERS})", statistics.median(times), 100, "ms")
        print(f"{'':48} {max(times):9.3f} ms at most")
    finally:
        gateway.remove()


if __name__ == "__main__":
    main()
