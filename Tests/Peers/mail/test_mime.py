"""Parsing beside Python's `email`, on the repository's fixtures and the messages in public source distributions."""

import email
import email.policy
import hashlib
import pathlib
import re

import peer_sources
import pytest
from parley_reader import Reader

LEAST_AGREEMENT = 0.98
OWN = pathlib.Path(__file__).resolve().parents[3] / "Fixtures/eml"


def corpus():
    yield from sorted(path for path in OWN.glob("*.eml") if not path.name.startswith("damaged"))
    yield from sorted((peer_sources.folder("talon") / "tests/fixtures").rglob("*.eml"))
    yield from sorted((peer_sources.folder("flufl.bounce") / "tests/data").glob("*.txt"))


def squeezed(text):
    return re.sub(r"\s+", " ", text or "").strip()


def leaves(message):
    """Leaf parts; an enclosed message/* is one."""
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.iter_parts():
            yield from leaves(part)
    else:
        yield message


def expected(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    attachments, texts = [], []
    for part in leaves(message):
        is_attachment = part.get_content_disposition() == "attachment" or part.get_filename() or part.get_content_maintype() != "text"
        if is_attachment:
            octets = part.get_payload(decode=True) if part.get_content_maintype() != "message" else None
            attachments.append((part.get_filename(), part.get_content_type(), hashlib.sha256(octets).hexdigest() if octets is not None else None))
        elif part.get_content_subtype() == "plain":
            texts.append(part.get_content())
    addresses = message["to"].addresses if message["to"] else ()
    ids = re.findall(r"<([^>]+)>", message["message-id"] or "")
    return {
        "subject": squeezed(message["subject"]),
        "message_id": ids[0] if ids else None,
        "to": [address.addr_spec.lower() for address in addresses],
        "attachments": attachments,
        "text": squeezed(" ".join(texts)) if texts else None,
    }


def found(answer, stated):
    attachments = [
        (item["filename"], item["content_type"], None if item["content_type"].startswith("message/") else item["sha256"])
        for item in answer["attachments"]]
    return {
        "subject": squeezed(answer["subject"]),
        "message_id": answer["message_id"],
        "to": [address["address"].lower() for address in answer["to"]],
        "attachments": attachments,
        "text": squeezed(answer["text"]) if stated["text"] is not None else None,
    }


@pytest.fixture(scope="module")
def reader():
    reader = Reader()
    yield reader
    assert reader.close() == 0


def test_agreement(reader):
    total, differing, skipped = 0, [], []
    for path in corpus():
        raw = path.read_bytes()
        try:
            stated = expected(raw)
        except Exception as problem:  # Python gives up on some of them.
            skipped.append((path.name, repr(problem)))
            continue
        actual = found(reader.read(raw), stated)
        for field, value in stated.items():
            total += 1
            if actual[field] != value:
                differing.append((path.name, field, value, actual[field]))
    for name, field, value, ours in differing:
        print(f"-- {name} {field}\n   python: {str(value)[:160]!r}\n   parley: {str(ours)[:160]!r}")
    print(f"fields: {total - len(differing)} of {total} agree ({1 - len(differing) / total:.1%}), {len(skipped)} files unread by Python")
    assert total > 500
    assert 1 - len(differing) / total >= LEAST_AGREEMENT


def test_enclosed_message_is_cut_out_exactly(reader):
    inner = b"Subject: inner\r\nContent-Type: multipart/mixed; boundary=M2\r\n\r\n--M2\r\n\r\ntext\r\n--M2--\r\n"
    raw = b"Subject: a\r\nContent-Type: multipart/mixed; boundary=M\r\n\r\n--M\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--M--\r\n"
    attachment = reader.read(raw)["attachments"][0]
    assert attachment["size"] == len(inner)
    assert attachment["sha256"] == hashlib.sha256(inner).hexdigest()
