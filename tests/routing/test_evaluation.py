"""Judging a list of keywords: the figures, the files that are refused, the command."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from routing.evaluation import (
    BadLine,
    Labelled,
    evaluate,
    read_keywords,
    read_messages,
    rewrite,
    without_marks,
)
from routing.extraction import WordLists, starter_lists

DATA = Path(__file__).parents[2] / "routing" / "data"
HEADING = "department\tkeyword\tweight"


def keywords(*rows: str):
    return read_keywords([HEADING, *rows])


def report(messages: list[tuple[str, str]], *rows: str):
    labelled = [Labelled(text, department) for text, department in messages]
    return evaluate(labelled, keywords(*rows), variant="plain", lists=WordLists())


def test_the_figures():
    found = report(
        [
            ("mua", "sales"),
            ("mua sỉ", "sales"),
            ("giao", "delivery"),
            ("mua gấp", "delivery"),  # wrong
            ("chào", "delivery"),  # none, and wrong
            ("chào", "none"),  # none, and right
            ("giao lại", "none"),  # wrong
        ],
        "sales\tmua\t1",
        "delivery\tgiao\t1",
    )
    assert found.accuracy == 4 / 7
    assert found.coverage == 5 / 7
    assert found.precision == 3 / 5
    # sales: 2 right of 2 labelled and 3 chosen; delivery: 1 right of 3 labelled and 2 chosen.
    assert found.macro_f1 == pytest.approx((4 / 5 + 2 / 5) / 2)
    assert found.confusions == [
        ("delivery", "none", 1),
        ("delivery", "sales", 1),
        ("none", "delivery", 1),
    ]


def test_nothing_can_be_said_of_nothing():
    found = report([("chào", "none")], "sales\tmua\t1")
    assert (found.accuracy, found.precision, found.macro_f1) == (1.0, None, None)


def test_a_negative_weight_decides_for_nobody():
    assert report([("mua", "none")], "sales\tmua\t-1").accuracy == 1.0


@pytest.mark.parametrize(
    ("lines", "number", "reason"),
    [
        ([], 1, "there is no message"),
        (["", " "], 2, "there is no message"),
        (['{"text": "a", "dept": "x"}', "{"], 2, "this is no JSON"),
        (["[]"], 1, "this is no JSON object"),
        (['{"dept": "x"}'], 1, '"text" is missing or no text'),
        (['{"text": "a", "dept": 1}'], 1, '"dept" is missing or no text'),
    ],
)
def test_a_wrong_line_of_messages_is_named(lines, number, reason):
    with pytest.raises(BadLine) as refusal:
        read_messages(lines)
    assert (refusal.value.number, str(refusal.value)) == (number, f"line {number}: {reason}")


@pytest.mark.parametrize(
    ("lines", "number", "reason"),
    [
        ([], 1, "the heading has no column department"),
        (["department\tkeyword"], 1, "the heading has no column weight"),
        ([HEADING], 1, "there is no keyword"),
        ([HEADING, "sales\tmua"], 2, "a column is missing"),
        ([HEADING, "\tmua\t1"], 2, "the department is missing"),
        ([HEADING, "none\tmua\t1"], 2, "the department is missing"),
        ([HEADING, "sales\t?!\t1"], 2, "the keyword has no letter and no digit"),
        ([HEADING, "sales\tmua\tviel"], 2, "“viel” is no weight"),
        ([HEADING, "sales\tmua\t11"], 2, "the weight must be from 0.1 to 10, or negative"),
        ([HEADING, "sales\tmua\tNaN"], 2, "the weight must be from 0.1 to 10, or negative"),
        ([HEADING, "sales\tmua\t1e999999"], 2, "the weight must be from 0.1 to 10, or negative"),
        ([HEADING, "sales\tmua\t1", "", "sales\tMÙA\t2"], 4, "the same keyword stands in line 2"),
    ],
)
def test_a_wrong_line_of_keywords_is_named(lines, number, reason):
    with pytest.raises(BadLine) as refusal:
        read_keywords(lines)
    assert str(refusal.value) == f"line {number}: {reason}"


def test_columns_may_stand_in_any_order():
    read = read_keywords(["note\tWeight\tKeyword\tdepartment", "x\t1,5\tmua\tsales"])
    assert [(k.word, str(k.weight)) for k in read.entries] == [("mua", "1.5")]
    assert read.departments == ("sales",)


@pytest.mark.parametrize(
    ("variant", "written"),
    [
        ("plain", "Đã chuyển khoản"),
        ("unmarked", "Da chuyen khoan"),
        ("abbreviated", "Đã ck"),
    ],
)
def test_the_same_message_otherwise(variant, written):
    (message,) = rewrite([Labelled("Đã chuyển khoản", "billing")], variant, starter_lists())
    assert (message.text, message.department) == (written, "billing")


def test_slips_are_the_same_every_time_and_one_a_message():
    messages = [Labelled("Đã chuyển khoản nhầm", "billing")] * 20 + [Labelled("ok", "none")]
    written = rewrite(messages, "mistyped", WordLists())
    assert written == rewrite(messages, "mistyped", WordLists())
    assert written[-1].text == "ok"
    assert len({message.text for message in written}) > 5
    assert without_marks("Đặt ở Đà Nẵng") == "Dat o Da Nang"


# --- The command --------------------------------------------------------------------------------
def run(*args) -> str:
    out = StringIO()
    call_command("evaluate_routing", *map(str, args), stdout=out)
    return out.getvalue()


SHOP, STARTER = DATA / "vi_shop_dev.jsonl", DATA / "starter_keywords.tsv"


@pytest.mark.parametrize("variant", ["plain", "unmarked", "nfd", "abbreviated"])
def test_the_starter_words_never_send_anybody_to_a_wrong_department(variant):
    (found,) = json.loads(run(SHOP, "--keywords", STARTER, "--json", "--variant", variant))
    assert (found["variant"], found["messages"]) == (variant, 68)
    assert (found["accuracy"], found["precision"]) == (0.5, 1.0)
    assert found["coverage"] == pytest.approx(26 / 68)


def test_the_table_names_every_variant():
    told = run(SHOP, "--keywords", STARTER, "--variant", "all")
    assert told.startswith("68 messages, 22 keywords of 6 departments\n")
    assert [line.split()[0] for line in told.splitlines()[2:7]] == [
        "plain",
        "unmarked",
        "nfd",
        "mistyped",
        "abbreviated",
    ]
    assert "plain               50.0 %        59.3 %        38.2 %       100.0 %" in told
    assert "     7  complaint → no department" in told


def test_files_that_cannot_be_used_are_refused(tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"text": "a", "dept": "b"}\nx\n')
    with pytest.raises(CommandError, match=r"bad\.jsonl, line 2: this is no JSON\."):
        run(bad, "--keywords", STARTER)
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run(tmp_path / "missing", "--keywords", STARTER)
    bad.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="is not UTF-8"):
        run(bad, "--keywords", STARTER)
