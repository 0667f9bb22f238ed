"""Reads messages with Python's own parser: JSON Lines {"raw": base64} on stdin, one JSON line each on stdout.

A second opinion on messages that the gateway put together from a provider's fields.
"""
import base64
import email
import email.policy
import json
import sys

for line in sys.stdin:
    raw = base64.b64decode(json.loads(line)["raw"])
    message = email.message_from_bytes(raw, policy=email.policy.default)
    texts = {}
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        texts[kind] = body.get_content() if body else None
    print(
        json.dumps(
            {
                "headers": [[name, str(value)] for name, value in message.items()],
                "plain": texts["plain"],
                "html": texts["html"],
                "attachments": [
                    {
                        "name": part.get_filename(),
                        "type": part.get_content_type(),
                        "id": part["Content-ID"],
                        "content": base64.b64encode(part.get_payload(decode=True)).decode(),
                    }
                    for part in message.iter_attachments()
                ],
                "defects": [type(d).__name__ for part in message.walk() for d in part.defects],
            }
        )
    )
