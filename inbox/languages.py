"""Which of our customers' languages somebody writes. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

VIETNAMESE, ENGLISH = "vi", "en"
WORD = re.compile(r"[^\W\d_]+")
# Letters no other language of our customers has; é, à, ô and â are French, too.
ONLY_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]")
MARKED = re.compile("[àáâãèéêìíòóôõùúý]")
MARKS_WEIGH = 2  # as much as so many words without marks
# Frequent words without marks, as people type in a hurry; none of them is a word of the other.
_VIETNAMESE = (
    "anh chi em oi shop cho hoi khong ko khg hok duoc dc bao nhieu nhiu gia con hang mua cua ban"
    " minh toi muon nay vay nhe nha roi chua giao tra sao voi lam giup cam xin chao dum ma la bi"
    " may loi bac ben dang tien gui nhan ngay vs k ad"
)
_ENGLISH = (
    "the is are am was were you your i we my me it its this that what when where which who how"
    " why do does did can could will would please hello hi thanks thank have has had not no yes"
    " of and or for from with about in on at need want buy order price much many delivery refund"
    " still any there be get got help us"
)
VIETNAMESE_WORDS = frozenset(_VIETNAMESE.split())
ENGLISH_WORDS = frozenset(_ENGLISH.split())


def language_of(texts: Iterable[str], *, default: str) -> str:
    """The language of what somebody wrote: by marks, else by frequent words, else `default`."""
    vietnamese = english = 0
    for text in texts:
        for word in WORD.findall(unicodedata.normalize("NFC", text).casefold()):
            if ONLY_VIETNAMESE.search(word):
                vietnamese += MARKS_WEIGH
            elif MARKED.search(word):
                vietnamese += 1
            else:
                vietnamese += word in VIETNAMESE_WORDS
                english += word in ENGLISH_WORDS
    if vietnamese == english:
        return default
    return VIETNAMESE if vietnamese > english else ENGLISH
