"""Reads a message from standard input with Python's `email` and prints what it understands, as JSON."""

import email
import email.policy
import hashlib
import json
import sys

raw = sys.stdin.buffer.read()
message = email.message_from_bytes(raw, policy=email.policy.default)
plain = message.get_body(preferencelist=("plain",))
html = message.get_body(preferencelist=("html",))
json.dump(
    {
        "defects": [repr(defect) for part in message.walk() for defect in part.defects]
        + [repr(defect) for value in message.values() for defect in getattr(value, "defects", ())],
        "subject": message["subject"],
        "from": [[a.display_name, a.addr_spec] for a in message["from"].addresses],
        "to": [[a.display_name, a.addr_spec] for a in message["to"].addresses],
        "reply_to": [[a.display_name, a.addr_spec] for a in message["reply-to"].addresses] if message["reply-to"] else [],
        "date": int(message["date"].datetime.timestamp()),
        "message_id": str(message["message-id"]).strip(),
        "references": str(message["references"] or "").split(),
        "headers": sorted(name.lower() for name in message.keys()),
        "text": plain.get_content().replace("\r\n", "\n"),
        "html": html.get_content().replace("\r\n", "\n") if html else None,
        "attachments": [
            [part.get_filename(), hashlib.sha256(part.get_payload(decode=True)).hexdigest()] for part in message.iter_attachments()],
    }, sys.stdout)
