"""What finding keywords costs: microseconds a message, however many keywords there are.

Pure: needs no database. The messages are the labelled ones of a shop and a few longer ones; the
keywords are the starter words and made-up phrases, most of them of Vietnamese syllables, so that
almost every word of a message begins one. `python -m bench.keywords` prints it alone.
"""

from __future__ import annotations

import csv
import json
import random
import time
from decimal import Decimal
from pathlib import Path

from bench.figures import table
from routing.extraction import KeywordEntry, KeywordIndex, starter_lists
from routing.extraction.words import syllables

DATA = Path(__file__).parent.parent / "routing" / "data"
SIZES = (600, 100_000)
GOAL_US = 100  # a message, at any number of keywords
ROUNDS = 30
LETTERS = "abcdeghiklmnopqrstuvxy"
LONGER = (
    "Máy SM-7 rò nước, còn bao hanh không, gửi em báo giá lõi mới luôn ạ",
    "shop oi cho minh hoi don hang cua minh toi dau roi a, dat tu hom qua ma chua thay giao",
    "Can you please tell me when my refund will be transferred to my card, order 1182?",
)


def messages() -> list[str]:
    lines = (DATA / "vi_shop_dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines] + list(LONGER)


def keywords(count: int) -> list[str]:
    """The starter words, then made-up phrases; the same ones every time."""
    with (DATA / "starter_keywords.tsv").open(encoding="utf-8", newline="") as lines:
        found = dict.fromkeys(row["keyword"] for row in csv.DictReader(lines, delimiter="\t"))
    chance, spoken = random.Random(1), sorted(syllables())  # noqa: S311 - made up, not secret
    while len(found) < count:
        if chance.random() < 0.6:
            words = chance.choices(spoken, k=chance.choice((2, 2, 3)))
        else:
            words = ["".join(chance.choices(LETTERS, k=chance.randint(4, 9)))]
        found[" ".join(words)] = None
    return list(found)[:count]


def measure(sizes: tuple[int, ...] = SIZES, rounds: int = ROUNDS) -> list[dict]:
    """Return of each size what a message costs on average, at its best and in the longer ones."""
    texts, rows = messages(), []
    for size in sizes:
        entries = [
            KeywordEntry(n, word, n % 8, Decimal(1)) for n, word in enumerate(keywords(size))
        ]
        begun = time.perf_counter()
        index = KeywordIndex(entries, lists=starter_lists())
        built = time.perf_counter() - begun
        entries.append(KeywordEntry(size, "một từ mới", 1, Decimal(1)))
        begun = time.perf_counter()
        index = KeywordIndex(entries, lists=starter_lists(), before=index)
        rebuilt = time.perf_counter() - begun
        rows.append(
            {
                "keywords": size,
                "built_ms": round(1000 * built),
                "rebuilt_ms": round(1000 * rebuilt),
                "mean_us": _cost(index, texts, rounds),
                "longer_us": _cost(index, list(LONGER), rounds),
                "goal_us": GOAL_US,
            }
        )
    return rows


def _cost(index: KeywordIndex, texts: list[str], rounds: int) -> float:
    """Microseconds a message, of the quickest round: what else runs here costs nothing."""
    quickest = None
    for _round in range(rounds):
        begun = time.perf_counter_ns()
        for text in texts:
            index.match(text)
        took = time.perf_counter_ns() - begun
        quickest = took if quickest is None else min(quickest, took)
    return round(quickest / 1000 / len(texts), 1)


def show(rows: list[dict]) -> None:
    print(f"\nFinding keywords, microseconds a message (goal: at most {GOAL_US})")
    head = ("keywords", "mean", "longer messages", "built in ms", "after a change")
    told = (
        (r["keywords"], r["mean_us"], r["longer_us"], r["built_ms"], r["rebuilt_ms"]) for r in rows
    )
    print(table(head, told))


if __name__ == "__main__":
    show(measure())
