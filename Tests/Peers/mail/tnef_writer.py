"""Writes TNEF streams ([MS-OXTNEF]) and the mail around them."""

import base64
import struct

MESSAGE_PROPERTIES = 0x00069003
CODE_PAGE = 0x00069007
COMPRESSED_RTF = 0x1009
BINARY = 0x0102


def attribute(identifier: int, value: bytes, level: int = 1) -> bytes:
    return struct.pack("<BII", level, identifier, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def binary_property(number: int, value: bytes) -> bytes:
    return struct.pack("<HHII", BINARY, number, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def with_rtf(compressed: bytes) -> bytes:
    """A stream whose only body is compressed RTF."""
    properties = struct.pack("<I", 1) + binary_property(COMPRESSED_RTF, compressed)
    return (struct.pack("<IH", 0x223E9F78, 1) + attribute(CODE_PAGE, struct.pack("<II", 1252, 0))
            + attribute(MESSAGE_PROPERTIES, properties))


def mail(stream: bytes) -> bytes:
    """A mail that has nothing but the stream."""
    head = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + base64.encodebytes(stream)
