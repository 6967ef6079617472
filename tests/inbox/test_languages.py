"""Which language a customer writes."""

import unicodedata

import pytest

from inbox.languages import language_of


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["Máy lọc nước còn bảo hành không ạ?"], "vi"),
        (["may loc nuoc con bao hanh ko shop oi"], "vi"),
        (["gia bao nhieu vay em"], "vi"),
        (["Is this still available? How much is it?"], "en"),
        (["pls", "do you have the white one"], "en"),
        (["hello shop, máy còn hàng không"], "vi"),
        (["Is the café table still there?"], "en"),
        (["ok", "thanks, when will it be delivered, please? Đà Nẵng"], "en"),
        ([unicodedata.normalize("NFD", "Được không?")], "vi"),
        (["CÒN HÀNG KHÔNG"], "vi"),
        (["I want to buy Đà Lạt flowers for my mother, do you deliver on Sunday"], "en"),
    ],
)
def test_by_marks_and_frequent_words(texts, language):
    assert language_of(texts, default="xx") == language


@pytest.mark.parametrize("texts", [[], [""], ["👍"], ["12345"], ["ok"], ["you chua"], ["?!"]])
@pytest.mark.parametrize("default", ["vi", "en"])
def test_what_says_nothing_is_the_default(texts, default):
    assert language_of(texts, default=default) == default
