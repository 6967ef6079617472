"""Which keywords a text contains, and which department they speak for. Pure: no rows, no clock."""

from routing.extraction.entries import (
    ABBREVIATION,
    EXACT,
    FUZZY,
    READINGS,
    UNMARKED_PHRASE,
    UNMARKED_WORD,
    KeywordEntry,
    Match,
    choose_department,
    department_sums,
    priority_of,
)
from routing.extraction.index import KeywordIndex
from routing.extraction.words import WordLists, starter_lists

__all__ = [
    "ABBREVIATION",
    "EXACT",
    "FUZZY",
    "READINGS",
    "UNMARKED_PHRASE",
    "UNMARKED_WORD",
    "KeywordEntry",
    "KeywordIndex",
    "Match",
    "WordLists",
    "choose_department",
    "department_sums",
    "priority_of",
    "starter_lists",
]
