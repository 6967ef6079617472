"""Durations of many facts: kept whole, so that median and p90 are true over any of them. Pure."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable

# Four bytes hold 136 years in seconds.
CODE = "I"


def packed(values: Iterable[int]) -> bytes:
    """Whole seconds as bytes, the shortest first; the same values give the same bytes."""
    numbers = array(CODE, sorted(values))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpacked(stored: bytes) -> array:
    """What `packed` kept."""
    numbers = array(CODE)
    numbers.frombytes(stored)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def median(values: list[int]) -> float | None:
    """The middle one, or half way between the two in the middle; `values` in order."""
    if not values:
        return None
    middle = len(values) // 2
    if len(values) % 2:
        return float(values[middle])
    return (values[middle - 1] + values[middle]) / 2


def p90(values: list[int]) -> float | None:
    """The shortest that at least nine of ten do not exceed; `values` in order."""
    if not values:
        return None
    return float(values[-(-9 * len(values) // 10) - 1])
