"""One typing mistake, and the guards that keep real words from being corrected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.extraction.spelling import MAX_NEAR, Spelling, is_one_edit
from routing.extraction.words import familiar_words, read_abbreviations, starter_lists, syllables

words = st.text("abcdxyz", max_size=8)


def brute_force(one: str, other: str) -> bool:
    """Every single edit of one word, by hand."""
    letters = set(one + other)
    edits = set()
    for at in range(len(one) + 1):
        edits.update(one[:at] + letter + one[at:] for letter in letters)
        if at < len(one):
            edits.add(one[:at] + one[at + 1 :])
            edits.update(one[:at] + letter + one[at + 1 :] for letter in letters)
        if at + 1 < len(one):
            edits.add(one[:at] + one[at + 1] + one[at] + one[at + 2 :])
    return other in edits - {one}


@given(words, words)
def test_one_edit_is_what_one_edit_makes(one, other):
    assert is_one_edit(one, other) == brute_force(one, other)
    assert is_one_edit(other, one) == is_one_edit(one, other)


@given(st.sets(st.text("abcx", min_size=4, max_size=6), max_size=6), st.text("abcx", max_size=7))
def test_the_table_finds_what_comparing_all_finds(vocabulary, word):
    near = Spelling(vocabulary, ()).near(word)
    assert set(near) == {other for other in vocabulary if is_one_edit(word, other)}


def test_only_so_many_are_looked_at():
    vocabulary = [f"abcd{letter}" for letter in "abcdefghijklm"]
    assert len(Spelling(vocabulary, ()).near("abcd")) == MAX_NEAR


@pytest.mark.parametrize(
    ("word", "is_mistake"),
    [
        ("warrnty", True),
        ("hoann", True),
        ("warranty", False),  # of the vocabulary
        ("hoan", False),  # a possible syllable
        ("khuynh", False),
        ("shop", False),  # a stop word
        ("hello", False),  # a loan word
        ("abc", False),  # too short
        ("model7", False),  # a code
        ("x" * 21, False),
    ],
)
def test_what_can_only_be_a_mistake(word, is_mistake):
    spelling = Spelling(["warranty"], [*familiar_words(), "warranty"])
    assert spelling.is_mistake(word) is is_mistake


def test_the_lists_of_the_language():
    assert {"nguyen", "khoan", "ngoeo"} <= syllables()
    assert not {"shop", "warranty", "khuyem"} & syllables()
    assert len(syllables()) > 2_000
    lists = starter_lists()
    assert ("ck", "chuyển khoản") in lists.abbreviations
    assert ("size", "size") not in lists.abbreviations  # a word that means itself
    assert "giao dịch" in lists.ignored


def test_meanings_of_one_abbreviation_are_bounded():
    found = read_abbreviations([("a", f"b{n}") for n in range(20)] + [("", "x"), ("y", "!")])
    assert {first: len(several) for first, several in found.items()} == {"a": 6}


def test_one_word_more_takes_the_table_over():
    before = Spelling(["warranty", "delivery", "refunds"], ["warranty"])
    after = Spelling(["warranty", "delivery", "payment"], ["payment"], before)
    assert after.near("paymnt") == ("payment",)
    assert after.near("warrnty") == ("warranty",)
    assert before.near("paymnt") == ()
    assert after.is_mistake("refundz") is True
    # Nothing is left of words that went in large numbers.
    assert Spelling(["payment"], (), before).near("warrnty") == ()
