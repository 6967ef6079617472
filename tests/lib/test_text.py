"""Words, keys, folds and offsets of a text."""

import random
from itertools import pairwise
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnichat.lib.text import Token, fold, tokenize

VIETNAMESE = "aàảãáạăằâậeẻêềiĩoóôổơợuụưừyỳdđĐÐƯỢ"
AWKWARD = (
    "\0\u200b\u00ad\ufeff\ufe0f \u0301\u0323\u0302\u031b\u0335\u0336ﬃＡ７½ﷺß각ि\ud800\ue000😡_-"
)
texts = st.text() | st.text(alphabet=VIETNAMESE + AWKWARD + "bchnmt3\n,")


def keys(text: str) -> list[str]:
    return [token.key for token in tokenize(text)]


def nfd(text: str) -> str:
    return normalize("NFD", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n\t.,!?😡\0\u200b", ""),
        ("\u0301 \u0323", ""),  # marks on nothing
        ("Đặt HÀNG, ngay!", "dat hang ngay"),
        ("ăâêôơưđ ĂÂÊÔƠƯĐ", "aaeooud aaeooud"),
        ("Ðơn hàng", "don hang"),  # U+00D0, which looks like Đ
        ("E04 SM-7 a_b", "e04 sm 7 a b"),
        ("50.000đ", "50 000d"),
        ("muaaaa quáaaa ôôô", "mua qua o"),
        ("xoong muaa", "xoong muaa"),  # two are spelling, not stress
        ("MuaAaA", "mua"),
        ("1000 0123 000", "1000 0123 000"),
        ("１０００ Ｍｕａ", "1000 mua"),
        ("o\ufb03ce ㎏", "office kg"),
        ("1½ #5", "1 5"),
        ("ho\u200bàn t\u00adi\0ền", "hoan tien"),
        ("Straße café ÜBER", "strasse cafe uber"),
        ("\ud800mua\udfff \ue000\uffff", "mua"),
    ],
)
def test_fold(text, expected):
    assert fold(text) == expected
    assert fold(nfd(text)) == expected


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ma", "ma"),
        ("má", "ma¹"),
        ("mà", "ma²"),
        ("mả", "ma³"),
        ("mã", "ma⁴"),
        ("mạ", "ma⁵"),
        ("hoà", "hoa²"),
        ("hòa", "hoa²"),
        ("Thuỷ", "thuy³"),
        ("THỦY", "thuy³"),
        ("khoẻ", "khoe³"),
        ("tiền", "tiên²"),
        ("ngữ", "ngư⁴"),
        ("hưởng", "hương³"),
        ("giặt", "giăt⁵"),
        ("Đồng", "đông²"),
        ("hoànhảo", "hoanhao²³"),
        ("quáaaa", "qua¹"),
        ("quaaaá", "qua¹"),
        ("quááá", "qua¹"),
        ("lêeee", "lê"),
        ("đđđ", "đ"),
        ("g\u0336i\u0336á\u0336", "gia¹"),  # struck through
        ("1\ufe0f\u20e3", "1"),  # keycap
        ("m\u034fua\ufeff", "mua"),
        ("hoa2", "hoa2"),  # a typed 2 is no tone
        ("hoa²", "hoa2"),
    ],
)
def test_key(text, key):
    assert keys(text) == [key]
    assert keys(nfd(text)) == [key]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bạn", "bán"),
        ("ban", "bán"),
        ("đon", "đơn"),
        ("đon", "don"),
        ("ma", "mă"),
        ("hòa", "hoa2"),
        ("uber", "über"),
        ("กิน", "กัน"),  # vowels of Thai are marks
    ],
)
def test_different_words_have_different_keys(one, other):
    assert keys(one) != keys(other)


def test_order_of_marks_does_not_matter():
    assert keys("a\u0302\u0323") == keys("a\u0323\u0302") == keys("ậ") == ["â⁵"]
    assert keys("a\u0301\u0323") == keys("a\u0323\u0301") == ["a⁵¹"]


def test_offsets_are_those_of_the_original():
    assert tokenize("😡 Hoàn, E04") == [
        Token(key="hoan²", fold="hoan", start=2, end=6),
        Token(key="e04", fold="e04", start=8, end=11),
    ]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        (nfd("(bạ)"), (1, 4)),  # the mark at the end belongs to the word
        ("\u200bho\u200ba\u200b!", (1, 5)),  # zero-width at the edges does not
        ("muaaaa!", (0, 6)),
        ("-o\ufb03ce-", (1, 5)),
    ],
)
def test_span(text, span):
    (token,) = tokenize(text)
    assert (token.start, token.end) == span


@pytest.mark.parametrize(
    ("word", "marked"),
    [
        ("ban", False),
        ("E04", False),
        ("нет", False),
        ("각", False),
        ("bán", True),
        ("đi", True),
        ("cô", True),
    ],
)
def test_is_marked(word, marked):
    (token,) = tokenize(word)
    assert token.is_marked is marked


@given(texts)
def test_offsets_are_in_range_and_in_order(text):
    end = -1
    for token in tokenize(text):
        assert end < token.start < token.end <= len(text)  # something stands between two words
        assert tokenize(text[token.start : token.end]) == [
            token._replace(start=0, end=token.end - token.start)
        ]
        end = token.end


@given(texts)
def test_composed_or_not_the_words_are_the_same(text):
    assert keys(normalize("NFC", text)) == keys(nfd(text))
    assert fold(normalize("NFC", text)) == fold(nfd(text))


@given(texts)
def test_fold_is_letters_digits_and_single_spaces(text):
    folded = fold(text)
    assert all(word.isalnum() for word in folded.split(" ") if folded)
    assert fold(folded) == folded
    assert keys(folded) == (folded.split(" ") if folded else [])


def test_each_character_reads_the_same_composed_or_not():
    for code_point in range(0x3000):
        word = f"x{chr(code_point)}y"
        assert keys(word) == keys(normalize("NFC", word)) == keys(nfd(word)), hex(code_point)


def test_a_full_cache_changes_nothing():
    before = tokenize("Đặt hàng ﷺ 각")
    assert all(fold(chr(ideograph)) for ideograph in range(0x4E00, 0x9FA6))
    assert tokenize("Đặt hàng ﷺ 각") == before


@pytest.mark.parametrize(
    "text",
    [
        "Đơn hàng em đặt hôm qua chưa thấy giao, cho em hoàn tiền với ạ. " * 1_600,
        nfd("Đơn hàng em đặt hôm qua chưa thấy giao ") * 2_000,
        "à" * 100_000,
        "ảb" * 50_000,
        "a" + "\u0301\u0323" * 50_000,
        ("a" + "\u0301\u0323" * 5_000) * 10,
        "a" + "\u200b" * 100_000,
        "a\u200b" * 50_000,
        "a " * 50_000,
        "ﷺ㌀" * 50_000,
        "".join(map(chr, range(0x4000, 0x4000 + 100_000))),
        "".join(map(chr, random.Random(1).choices(range(0x110000), k=100_000))),
    ],
    ids=range(12),
)
def test_100_000_characters_are_read(text):
    tokens = tokenize(text)
    assert all(a.end <= b.start for a, b in pairwise(tokens))
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
