"""The rules of matching: a table of cases, and what holds for every text."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnichat.lib.text import fold
from routing.extraction import KeywordEntry, KeywordIndex, WordLists, starter_lists
from routing.extraction.index import MAX_PATHS

HERE = Path(__file__).parent


def lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


EXAMPLES, CASES = lines("matching_examples.jsonl"), lines("matching_cases.jsonl")


def entry(number: int, keyword) -> KeywordEntry:
    """A keyword of a case: a word, [word, synonym…], or a word with days and channel."""
    if isinstance(keyword, str):
        keyword = [keyword]
    if isinstance(keyword, list):
        return KeywordEntry(number, keyword[0], 1, Decimal(1), synonyms=tuple(keyword[1:]))
    begins, ends = (
        keyword.get(name) and date.fromisoformat(keyword[name]) for name in ("from", "to")
    )
    return KeywordEntry(
        number,
        keyword["word"],
        1,
        Decimal(1),
        valid_from=begins,
        valid_to=ends,
        channel_id=keyword.get("channel"),
    )


def matches_of(case: dict):
    lists = starter_lists()
    lists = WordLists(
        ignored=tuple(case.get("ignore", lists.ignored)),
        abbreviations=tuple(map(tuple, case.get("abbr", lists.abbreviations))),
    )
    index = KeywordIndex(
        (entry(number, keyword) for number, keyword in enumerate(case["keywords"], 1)), lists=lists
    )
    on = case.get("on") and date.fromisoformat(case["on"])
    return index.match(case["text"], channel_id=case.get("channel"), on=on)


def test_there_are_enough_cases():
    assert len(EXAMPLES) == 10
    assert len({(case["text"], str(case["keywords"])) for case in CASES}) >= 100


@pytest.mark.parametrize(
    "case", EXAMPLES + CASES, ids=lambda case: f"{case['rule']}: {case['text'][:20]!a}"
)
def test_rule(case):
    found = matches_of(case)
    words = [match.word for match in found]
    assert (sorted(words) if case.get("any_order") else words) == case["expect"]
    for name in ("factor", "reading", "read_as"):
        if name in case:
            assert {str(getattr(match, name)) for match in found} == {case[name]}


# --- For every text -----------------------------------------------------------------------------
WORDS = [
    "ban",
    "bán",
    "ck",
    "bh",
    "chuyển",
    "khoản",
    "chuyne",
    "hoànn",
    "tiền",
    "xin",
    "lỗi",
    "ship",
]
PHRASES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
TEXTS = st.lists(st.sampled_from([*WORDS, "😡", "\u200b", "đ/c", "stk", "shpi,"])).map(" ".join)
KEYWORDS = st.lists(st.tuples(PHRASES, st.lists(PHRASES, max_size=2)), max_size=8)


@given(KEYWORDS, TEXTS | st.text(), st.lists(PHRASES, max_size=3))
def test_matches_lie_in_the_text_and_never_overlap(keywords, text, ignored):
    lists = WordLists(ignored=tuple(ignored), abbreviations=starter_lists().abbreviations)
    index = KeywordIndex(
        (
            KeywordEntry(number, word, number, Decimal(1), synonyms=tuple(synonyms))
            for number, (word, synonyms) in enumerate(keywords)
        ),
        lists=lists,
    )
    matches = index.match(text)
    assert len({match.keyword_id for match in matches}) == len(matches)
    for match in matches:
        assert 0 <= match.start < match.end <= len(text)
        word, synonyms = keywords[match.keyword_id]
        read_as = match.read_as or word
        assert read_as in (word, *synonyms)
        if match.reading in ("exact", "unmarked"):
            assert fold(text[match.start : match.end]) == fold(read_as)
        assert match.weight == match.factor <= 1
    spans = sorted({(match.start, match.end) for match in matches})
    assert all(end <= start for (_, end), (start, _) in zip(spans, spans[1:], strict=False))


@given(KEYWORDS, TEXTS)
def test_lists_of_nothing_find_what_stands_there(keywords, text):
    """Without lists each match is the keyword itself, or one slip away from it."""
    index = KeywordIndex(
        KeywordEntry(number, word, 1, Decimal(1)) for number, (word, _) in enumerate(keywords)
    )
    assert {match.reading for match in index.match(text)} <= {"exact", "unmarked", "fuzzy"}


def test_nothing_a_person_enters_runs_away():
    """Every word has six meanings that all lead on, and the keyword is as long as can be."""
    meanings = tuple(("a", "a " * n + "a") for n in range(1, 7)) + (("b", "a a"),)
    index = KeywordIndex(
        [KeywordEntry(1, "a " * 39 + "a", 1, Decimal(1))], lists=WordLists(abbreviations=meanings)
    )
    assert index.match("a " * 2_000) != []
    assert MAX_PATHS == 64


def test_a_limited_keyword_is_no_obstacle_without_a_day():
    limited = KeywordEntry(1, "mua", 1, Decimal(1), valid_to=date(2020, 1, 1))
    assert KeywordIndex([limited]).match("mua") != []
    assert KeywordIndex([limited]).match("mua", on=date(2020, 1, 2)) == []


@given(KEYWORDS, KEYWORDS, TEXTS)
def test_an_index_made_from_the_one_before_finds_the_same(old, new, text):
    def index(words, before=None):
        entries = [
            KeywordEntry(number, word, 1, Decimal(1), synonyms=tuple(synonyms))
            for number, (word, synonyms) in enumerate(words)
        ]
        return KeywordIndex(entries, lists=starter_lists(), before=before)

    assert index(new, index(old)).match(text) == index(new).match(text)
