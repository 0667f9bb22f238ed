"""winmail.dat beside `tnefparse`, and its RTF beside `compressed-rtf`, `RTFDE` and `striprtf`."""

import hashlib
import random
import re

import compressed_rtf
import peer_sources
import pytest
import tnef_writer
from parley_reader import Reader
from RTFDE.deencapsulate import DeEncapsulator
from striprtf.striprtf import rtf_to_text
from tnefparse import TNEF

INTERFACE_OCTETS = 16


def samples():
    return sorted((peer_sources.folder("tnefparse") / "tests/examples").glob("*.tnef"))


def squeezed(text):
    """The words, without the markup and white space that differ between renderings."""
    return re.sub(r"[\s\0\u200b\xa0]+", "", text)


@pytest.fixture(scope="module")
def reader():
    reader = Reader()
    yield reader
    assert reader.close() == 0


def test_there_are_samples():
    assert len(samples()) >= 15


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.stem)
def test_files_are_those_that_tnefparse_finds(reader, path):
    raw = path.read_bytes()
    theirs = TNEF(raw, do_checksum=False).attachments
    ours = reader.read(tnef_writer.mail(raw))["attachments"]
    assert [item["filename"] for item in ours] == [item.long_filename().strip("\0") for item in theirs]
    for own, peer in zip(ours, theirs):
        # It leaves the identifier of the interface before objects that are no messages, and loses the zeros they end in.
        forms = (octets.ljust(own["size"], b"\0") for octets in (peer.data, peer.data[INTERFACE_OCTETS:]))
        assert own["sha256"] in {hashlib.sha256(octets).hexdigest() for octets in forms if len(octets) == own["size"]}


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.stem)
def test_text_is_what_the_peers_find(reader, path):
    raw = path.read_bytes()
    peer = TNEF(raw, do_checksum=False)
    text = reader.read(tnef_writer.mail(raw))["text"]
    if peer.body:
        body = peer.body[0] if isinstance(peer.body, list) else peer.body
        body = body if isinstance(body, str) else body.decode()
        # It also takes the preview for the body.
        assert squeezed(text).startswith(squeezed(body))
    elif not peer.htmlbody and peer.rtfbody:
        rtf = peer.rtfbody
        if b"\\fromhtml" in rtf or b"\\fromtext" in rtf:
            found = DeEncapsulator(rtf.rstrip(b"\0"))
            found.deencapsulate()
            theirs = found.html if found.content_type == "html" else found.text
            theirs = theirs if isinstance(theirs, str) else theirs.decode("utf-8", "replace")
            if found.content_type == "html":
                theirs = reader.read_text(theirs, "html")["text"]
            assert squeezed(text) == squeezed(theirs)
        else:
            assert squeezed(text) == squeezed(rtf_to_text(rtf.decode("latin-1"), errors="ignore"))


def test_rtf_of_the_peer_is_unpacked(reader):
    chance = random.Random(17)
    words = ["offer", "950.00", "USD", "per", "piece", "and", "aaaaaaaaaaaaaaaaaaaaaaaaa", "lead", "time"]
    for length in [0, 1, 5, 40, 700, 3_000, 20_000]:
        for is_compressed in (True, False):
            text = " ".join(chance.choice(words) + str(chance.randrange(9)) for _ in range(length)) or "x"
            packed = compressed_rtf.compress(b"{\\rtf1\\ansi " + text.encode() + b"}", compressed=is_compressed)
            assert reader.read(tnef_writer.mail(tnef_writer.with_rtf(packed)))["text"] == text


def test_cut_samples_are_read_as_far_as_they_go(reader):
    chance = random.Random(17)
    for path in samples():
        raw = path.read_bytes()
        files = len(TNEF(raw, do_checksum=False).attachments)
        for _ in range(20):
            cut = raw[: chance.randrange(min(len(raw), 100_000))]
            answer = reader.read(tnef_writer.mail(cut))
            assert len(answer["attachments"]) <= files + 1
