"""Durations kept whole: the same bytes for the same values, a true median and p90 over any days."""

import math
import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.durations import median, p90, packed, unpacked

SECONDS = st.integers(min_value=0, max_value=2**32 - 1)
SOME = st.lists(SECONDS, min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("values", "middle", "ninth"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([1, 2], 1.5, 2),
        ([1, 2, 30], 2, 30),
        ([1, 2, 4, 30], 3, 30),
        # nearest rank: of 10 the 9th, of 11 the 10th, of 20 the 18th
        (list(range(1, 11)), 5.5, 9),
        (list(range(1, 12)), 6, 10),
        (list(range(1, 21)), 10.5, 18),
        ([5] * 9 + [100], 5, 5),
        ([5] * 8 + [100, 100], 5, 100),
    ],
)
def test_examples(values, middle, ninth):
    assert median(values) == middle
    assert p90(values) == ninth


@given(SOME)
def test_median_is_that_of_the_textbook(values):
    values.sort()
    assert median(values) == statistics.median(values)


@given(SOME)
def test_p90_is_the_shortest_that_nine_of_ten_do_not_exceed(values):
    values.sort()
    enough = [
        one
        for one in values
        if Fraction(sum(other <= one for other in values), len(values)) >= Fraction(9, 10)
    ]
    assert p90(values) == min(enough)
    assert p90(values) == values[math.ceil(Fraction(9, 10) * len(values)) - 1]


@given(st.lists(SECONDS, max_size=60))
def test_what_is_kept_comes_back_in_order(values):
    assert list(unpacked(packed(values))) == sorted(values)
    assert len(packed(values)) == 4 * len(values)


@given(SOME, st.randoms())
def test_the_same_values_give_the_same_bytes(values, random):
    shuffled = random.sample(values, len(values))
    assert packed(values) == packed(shuffled)


def test_bytes_are_the_same_on_every_machine():
    assert packed([258, 1]) == b"\x01\x00\x00\x00\x02\x01\x00\x00"


def test_on_a_machine_that_writes_the_other_way_round(monkeypatch):
    monkeypatch.setattr("sys.byteorder", "big")
    swapped = packed([258, 1])
    assert swapped == b"\x00\x00\x00\x01\x00\x00\x01\x02"  # array itself still writes little
    assert list(unpacked(swapped)) == [1, 258]


@given(st.lists(SOME, min_size=1, max_size=5))
def test_days_put_together_are_as_one(days):
    together = sorted(value for day in days for value in unpacked(packed(day)))
    everything = sorted(value for day in days for value in day)
    assert (median(together), p90(together)) == (median(everything), p90(everything))
