"""Keywords in a text and the department they speak for."""

import json
from dataclasses import FrozenInstanceError
from decimal import Decimal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnichat.lib.text import fold
from routing.extraction import (
    KeywordEntry,
    KeywordIndex,
    Match,
    choose_department,
    department_sums,
)

SALES, BILLING, DELIVERY = 1, 2, 3


def index(*words: str, weight: str = "1") -> KeywordIndex:
    """Keywords numbered from 1, all of Sales."""
    return KeywordIndex(
        KeywordEntry(number, word, SALES, Decimal(weight)) for number, word in enumerate(words, 1)
    )


def found(text: str, *words: str) -> list[tuple[str, str]]:
    """Each word found and its factor."""
    return [(match.word, str(match.factor)) for match in index(*words).match(text)]


@pytest.mark.parametrize(
    ("text", "keywords", "expected"),
    [
        pytest.param("muaxyz giùm", ["mua"], [], id="no match inside a longer token"),
        pytest.param(
            normalize("NFD", "tôi muốn hoàn tiền"), ["hoàn tiền"], ["hoàn tiền"], id="NFD message"
        ),
        pytest.param("cho em hoan tien", ["hoàn tiền"], ["hoàn tiền"], id="no accents"),
        pytest.param("bạn ơi", ["bán"], [], id="other accents = other word"),
        pytest.param(
            "mã giảm giá", ["giá", "giảm giá", "mã giảm giá"], ["mã giảm giá"], id="longest match"
        ),
        pytest.param("huỷ đơn", ["hủy đơn"], ["hủy đơn"], id="tone placement"),
        pytest.param("ho\u200bàn tiền", ["hoàn tiền"], ["hoàn tiền"], id="zero-width"),
        pytest.param("shop ơi", ["ship"], [], id="short words are never fuzzy"),
        pytest.param("😡hoàn tiền", ["hoàn tiền"], ["hoàn tiền"], id="emoji separates"),
    ],
)
def test_matching_rules(text, keywords, expected):
    assert [match.word for match in index(*keywords).match(text)] == expected


@pytest.mark.parametrize(
    ("text", "keyword", "factor"),
    [
        ("bán", "bán", "1"),
        ("BÁN", "bán", "1"),
        ("bạn", "bán", None),
        ("ban", "bán", "0.6"),
        ("bán", "ban", None),
        ("ban", "ban", "1"),
        ("hoa2", "hòa", None),
        ("hoà", "hòa", "1"),
        ("đơn", "đơn", "1"),
        ("đon", "đơn", None),
        ("dơn", "đơn", None),
        ("don", "đơn", "0.6"),
        ("bảo hành", "bảo hành", "1"),
        ("bao hanh", "bảo hành", "0.9"),
        ("bảo hanh", "bảo hành", "0.9"),
        ("bao hành", "bảo hành", "0.9"),
        ("báo hanh", "bảo hành", None),
        ("bao hánh", "bảo hành", None),
        ("mua hang", "mua hàng", "0.9"),  # the keyword's own "mua" has no marks
        ("bảo, hành!", "bảo hành", "1"),
        ("bảo", "bảo hành", None),
        ("bảo hành", "bảo  HÀNH.", "1"),
        ("quáaaa", "quá", "1"),
        ("máy SM-7 bị lỗi", "sm 7", "1"),
        ("mã lỗi E04", "e04", "1"),
        ("mã lỗi E045", "e04", None),
    ],
)
def test_marks(text, keyword, factor):
    assert found(text, keyword) == ([] if factor is None else [(keyword, factor)])


def test_match_holds_weight_and_place():
    (match,) = index("bảo hành", weight="8.0").match("Máy còn BAO HANH không?")
    assert match == Match(
        keyword_id=1,
        word="bảo hành",
        department_id=SALES,
        weight=Decimal("7.20"),
        factor=Decimal("0.9"),
        start=8,
        end=16,
        reading="unmarked",
    )
    assert json.loads(json.dumps(match.as_json())) == {
        "keyword": 1,
        "word": "bảo hành",
        "department": SALES,
        "weight": "7.20",
        "factor": "0.9",
        "start": 8,
        "end": 16,
        "reading": "unmarked",
    }


@pytest.mark.parametrize(
    ("text", "weight", "expected"),
    [
        ("bán", "8", "8.00"),
        ("ban", "0.1", "0.06"),
        ("ban", "1.25", "0.75"),
        ("bảo hanh", "1.25", "1.13"),  # half a hundredth goes up
        ("bảo hanh", "0.35", "0.32"),
    ],
)
def test_weight_has_two_decimals(text, weight, expected):
    (match,) = index("bán", "bảo hành", weight=weight).match(text)
    assert str(match.weight) == expected


@pytest.mark.parametrize(
    ("text", "keywords", "expected"),
    [
        ("giảm giá", ["giá", "giảm giá"], [("giảm giá", "1")]),
        ("giá rẻ", ["giá", "giá rẻ"], [("giá rẻ", "1")]),
        ("gia re", ["gia", "giá rẻ"], [("giá rẻ", "0.9")]),  # longer before exact
        ("gia", ["giá", "giá rẻ"], [("giá", "0.6")]),
        ("a b c", ["a b", "b c"], [("a b", "1")]),  # leftmost
        ("a b c", ["a", "b c"], [("a", "1"), ("b c", "1")]),
        ("a b c d", ["a b c d e", "a b", "b c d"], [("a b", "1")]),
        ("a b", ["a b c", "b"], [("b", "1")]),
        ("a b d", ["a b c", "a", "b d"], [("a", "1"), ("b d", "1")]),
        ("giá rẻ, giảm giá", ["giá", "giảm giá"], [("giá", "1"), ("giảm giá", "1")]),
        ("b a", ["a", "b"], [("b", "1"), ("a", "1")]),  # in the order of the text
        # The second "giảm giá" does not count, and still keeps its "giá" to itself.
        ("giảm giá giảm giá", ["giá", "giảm giá"], [("giảm giá", "1")]),
    ],
)
def test_leftmost_longest_without_overlap(text, keywords, expected):
    assert found(text, *keywords) == expected


def test_exact_drops_what_only_looks_alike():
    assert found("ban", "bán", "ban", "bạn") == [("ban", "1")]
    assert found("ban", "bán", "bạn") == [("bán", "0.6"), ("bạn", "0.6")]
    assert found("bán", "bán", "ban", "bạn") == [("bán", "1")]
    assert found("ban ban", "ban", "bán") == [("ban", "1")]  # also where "ban" counts no more


def test_a_keyword_counts_once_at_its_first_place():
    matches = index("mua").match("Mua, mua và MUA")
    assert [(match.start, match.end) for match in matches] == [(0, 3)]
    assert found("ban roi, bán", "bán") == [("bán", "0.6")]


def test_two_departments_may_have_the_same_word():
    both = KeywordIndex(
        [
            KeywordEntry(7, "hoàn tiền", BILLING, Decimal(5)),
            KeywordEntry(8, "Hoàn tiền", SALES, Decimal(2)),
        ]
    )
    matches = both.match("hoàn tiền giúp em, hoan tien")
    assert [(match.keyword_id, match.start, match.end) for match in matches] == [
        (7, 0, 9),
        (8, 0, 9),
    ]
    assert department_sums(matches) == {BILLING: Decimal(5), SALES: Decimal(2)}


def test_keyword_without_a_word_is_ignored():
    assert found("😡 mua !!!", "", "!!!", "\u200b", "mua") == [("mua", "1")]
    assert found("", "mua") == []
    assert found("mua") == []


def test_index_keeps_its_version_and_its_own_entries():
    entries = [KeywordEntry(1, "mua", SALES, Decimal(1))]
    built = KeywordIndex(entries, version=4)
    entries.clear()
    assert built.version == 4
    assert [match.word for match in built.match("mua")] == ["mua"]
    assert index().version == 0
    with pytest.raises(FrozenInstanceError):
        built.match("mua")[0].start = 5


SYLLABLES = ["ban", "bán", "bạn", "don", "đơn", "đon", "gia", "giá", "giả", "E04", "muaa"]
phrases = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=3).map(" ".join)
messages = st.lists(st.sampled_from([*SYLLABLES, "😡", "\u200b", "Giaaaa,"])).map(" ".join)


@given(st.lists(phrases | st.text(max_size=4), max_size=8), messages | st.text())
def test_matches_are_whole_words_of_the_text(words, text):
    matches = index(*words).match(text)
    assert len({match.keyword_id for match in matches}) == len(matches)
    for match in matches:
        assert 0 <= match.start < match.end <= len(text)
        assert fold(text[match.start : match.end]) == fold(match.word)
    spans = sorted({(match.start, match.end) for match in matches})
    assert [match.start for match in matches] == sorted(match.start for match in matches)
    assert all(end < start for (_, end), (start, _) in zip(spans, spans[1:], strict=False))


@given(phrases, messages)
def test_composed_or_not_the_same_keywords_match(word, text):
    composed, apart = (
        [(match.word, match.factor) for match in index(word).match(normalize(form, text))]
        for form in ("NFC", "NFD")
    )
    assert composed == apart


@given(phrases)
def test_a_keyword_finds_itself(word):
    assert found(f"ạ {word}, ơi", word) == [(word, "1")]


def test_sums_add_up_per_department():
    keywords = KeywordIndex(
        [
            KeywordEntry(1, "mua", SALES, Decimal("1.5")),
            KeywordEntry(2, "bán", SALES, Decimal("2")),
            KeywordEntry(3, "giao", DELIVERY, Decimal("0.1")),
            KeywordEntry(4, "hoàn tiền", BILLING, Decimal("9")),
        ]
    )
    assert department_sums(keywords.match("mua ban giao")) == {
        SALES: Decimal("2.70"),
        DELIVERY: Decimal("0.10"),
    }
    assert department_sums([]) == {}


@pytest.mark.parametrize(
    ("sums", "priorities", "expected"),
    [
        ({}, {SALES: 1}, None),
        ({SALES: "1"}, {}, None),
        ({SALES: "0"}, {SALES: 1}, None),
        ({SALES: "-1"}, {SALES: 1}, None),
        ({SALES: "1", BILLING: "2"}, {SALES: 1, BILLING: 2}, BILLING),
        ({SALES: "1", BILLING: "2"}, {SALES: 1, DELIVERY: 2}, SALES),  # Billing is not active
        ({SALES: "2", BILLING: "2.00"}, {SALES: 5, BILLING: 4}, BILLING),
        ({BILLING: "2", SALES: "2"}, {SALES: 5, BILLING: 5}, SALES),
        ({DELIVERY: "2", BILLING: "2"}, {SALES: 0, BILLING: 5, DELIVERY: 5}, BILLING),
        ({DELIVERY: "2", BILLING: "2"}, {BILLING: 9, DELIVERY: 1}, DELIVERY),
    ],
)
def test_choose_department(sums, priorities, expected):
    sums = {department: Decimal(weight) for department, weight in sums.items()}
    assert choose_department(sums, priorities) == expected
