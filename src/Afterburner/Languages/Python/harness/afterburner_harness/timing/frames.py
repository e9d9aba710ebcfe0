"""Frames both ways: length of the content (4 bytes, little endian), kind (1 byte), content."""

from __future__ import annotations

import os
import struct

HEAD = struct.Struct("<IB")
LENGTH = struct.Struct("<I")
COMMAND, AGAIN, INPUTS, GO, WRITE, LEAVE = b"C", b"N", b"I", b"G", b"W", b"L"  # from whoever asks
READY, DECODED, STOPPED, ANSWERS, ENDED, REPLY, MESSAGE = b"R", b"D", b"S", b"A", b"E", b"J", b"M"


class Gone(Exception):
    """Nobody asks any more."""


class Pipe:
    """Frames over two descriptors. `apart`: a first process counts what children used, and does so when it reaps them."""

    def __init__(self, inbox: int, outbox: int, apart: bool = False):
        self.inbox, self.outbox, self.apart = inbox, outbox, apart

    def receive(self, kind: bytes) -> bytes:
        """The content of the next frame, which must be of this kind."""
        length, found = HEAD.unpack(self._exactly(HEAD.size))
        content = self._exactly(length)
        if found != kind[0]:
            raise ValueError(f"a frame {kind!r} was expected, not {bytes([found])!r}")
        return content

    def send(self, kind: bytes, content: bytes = b"") -> None:
        view = memoryview(HEAD.pack(len(content), kind[0]) + content)
        while view:
            view = view[os.write(self.outbox, view):]

    def _exactly(self, size):
        # One buffer of the right size, however the bytes come: what would be made and let go of for each piece of them decides where on the heap the
        # calls of a sample find memory that they already have, which made samples of one version 20 % dearer now and then.
        data = bytearray(size)
        left = memoryview(data)
        while left:
            read = os.readv(self.inbox, [left])
            if read == 0:
                raise Gone
            left = left[read:]
        return bytes(data)


def pack(parts: list[bytes]) -> bytes:
    return b"".join(LENGTH.pack(len(part)) + part for part in parts)


def unpack(content: bytes) -> list[bytes]:
    parts, at = [], 0
    while at < len(content):
        length, = LENGTH.unpack_from(content, at)
        parts.append(content[at + LENGTH.size:at + LENGTH.size + length])
        at += LENGTH.size + length
    return parts
