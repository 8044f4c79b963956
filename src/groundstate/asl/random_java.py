"""java.util.Random: what a seed means to Step Functions (observed: `$random(42)`).

https://docs.oracle.com/javase/8/docs/api/java/util/Random.html
"""

from __future__ import annotations

_MULTIPLIER = 0x5DEECE66D
_MASK = (1 << 48) - 1


class JavaRandom:
    """A linear congruential generator of 48 bits.

    Args:
        seed: any integer.
    """

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = (seed ^ _MULTIPLIER) & _MASK

    def _next(self, bits: int) -> int:
        self._state = (self._state * _MULTIPLIER + 0xB) & _MASK
        return self._state >> (48 - bits)

    def next_double(self) -> float:
        """A number from 0 up to but not including 1."""
        return ((self._next(26) << 27) + self._next(27)) / (1 << 53)

    def next_int(self, bound: int) -> int:
        """A number from 0 up to but not including `bound`."""
        if bound > 0x7FFFFFFF:
            return int(self.next_double() * bound)
        if bound & -bound == bound:
            return (bound * self._next(31)) >> 31
        while True:
            bits = self._next(31)
            value = bits % bound
            if bits - value + bound - 1 <= 0x7FFFFFFF:
                return value
