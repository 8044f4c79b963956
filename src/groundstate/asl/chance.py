"""Chance that comes from an input event's entropy: the same entropy gives the same values."""

from __future__ import annotations

import base64
import hashlib

TOKEN_PREFIX = "AQCEAAAAKgAAAAMAAAAA"  # noqa: S105  # How every token begins.


class Chance:
    """A source of uuids, tokens and random numbers, seeded by the entropy of one input event.

    Values are made by hashing a counter with the entropy, which costs nothing until one is asked
    for; a `random.Random` would take ten microseconds to seed for each event.
    """

    __slots__ = ("_count", "_entropy")

    def __init__(self, entropy: int) -> None:
        self._entropy = entropy
        self._count = 0

    def bytes(self, length: int) -> bytes:
        """The next `length` random bytes, at most 64."""
        self._count += 1
        seed = self._entropy.to_bytes(16, "big") + self._count.to_bytes(8, "big")
        return hashlib.blake2b(seed, digest_size=length).digest()

    def uuid(self) -> str:
        """A random UUID, version 4, as text."""
        raw = bytearray(self.bytes(16))
        raw[6] = raw[6] & 0x0F | 0x40
        raw[8] = raw[8] & 0x3F | 0x80
        text = raw.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def token(self) -> str:
        """A task token: base64 text that begins as AWS's do."""
        return TOKEN_PREFIX + base64.b64encode(self.bytes(48) + self.bytes(48)).decode()

    def fraction(self) -> float:
        """A number from 0 up to but not including 1."""
        return (int.from_bytes(self.bytes(8), "big") >> 11) / (1 << 53)
