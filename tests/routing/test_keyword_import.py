"""Importing and exporting keywords: checked first, then exactly that, or nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Department
from accounts.services import update_department
from inbox.models import Message
from omnichat.lib.csv_files import BadTable
from routing.keyword_files import read_keyword_file
from routing.keyword_index import stored_version
from routing.models import Keyword, KeywordImport
from routing.services import (
    STARTER_TOPICS,
    apply_keyword_import,
    create_keyword,
    flush_keyword_imports,
    import_starter_keywords,
    prepare_keyword_import,
)
from routing.services.keyword_import import NO_OTHERS, AlreadyImported, DictionaryChanged
from tests.factories import ConversationFactory, KeywordFactory, MessageFactory
from tests.snapshot import snapshot

pytestmark = pytest.mark.django_db

HEADING = "word,department,weight,active\n"


def prepared(actor, text: str) -> KeywordImport:
    return prepare_keyword_import(file=read_keyword_file(text.encode()), actor=actor)


def results(checked: KeywordImport) -> list[tuple]:
    return [(row["number"], row["result"]) for row in checked.rows]


def errors(checked: KeywordImport) -> list[tuple]:
    return [
        (row["number"], error["column"], error["code"])
        for row in checked.rows
        for error in row["errors"]
    ]


# --- Reading a file ----------------------------------------------------------------------------
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ('từ khoá,phòng ban,trọng số,đang dùng\nhoá đơn,Sales,"1,5",không\n', "comma"),
        ("Word;Department;Weight;Active\r\nhoá đơn;Sales;1,5;no\r\n", "semicolon"),
        ("sep=;\r\nWord;Department;Weight;Active\r\nhoá đơn;Sales;1,5;no\r\n", "semicolon"),
        ("phòng\tTỪ KHOÁ\tghi chú\ttrọng số\tactive\nSales\thoá  đơn \tx\t1.50\tTắt", "tab"),
    ],
)
def test_what_spreadsheets_write_is_read(mark, text, delimiter):
    file = read_keyword_file(mark + text.encode())
    (row,) = file.rows
    assert (row.word, row.department, row.weight, row.is_active, row.errors, file.delimiter) == (
        "hoá đơn",
        "Sales",
        Decimal("1.50"),
        False,
        [],
        delimiter,
    )


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (HEADING.encode(), "empty"),
        ("word,department\nđ,S".encode("utf-16"), "not_utf8"),
        ("word,department\nđổi,S".encode("cp1258", "replace") + b"\xff", "not_utf8"),
        (b"word,department\n\0,S", "not_utf8"),
        (b"word,weight\nmua,1", "no_column"),
        (b"department\nSales", "no_column"),
        (HEADING.encode() + b"a,Sales\n" * 20_001, "too_many_rows"),
        (HEADING.encode() + b"x" * 2_097_152, "too_large"),
        (HEADING.encode() + b"x" * 200_000, "not_csv"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(raw, code):
    with pytest.raises(BadTable) as refusal:
        read_keyword_file(raw)
    assert refusal.value.code == code


# --- Checking ----------------------------------------------------------------------------------
def test_a_check_says_what_would_happen_and_writes_no_keyword(people, sales):
    KeywordFactory(word="mua", department=sales, weight=2)
    KeywordFactory(word="bán", folded="ban", department=sales, weight=2)
    before = snapshot()
    checked = prepared(
        people["manager"], HEADING + "mua,sales,,\nbán,Sales,3,no\nbao giá,Sales,,\n"
    )
    assert snapshot() == before
    assert results(checked) == [(2, "same"), (3, "changed"), (4, "added")]
    assert checked.rows[1]["before"] == ["bán", "2.00", True, NO_OTHERS]
    assert [checked.facts[name] for name in ("rows", "added", "changed", "same", "error")] == [
        3,
        1,
        1,
        1,
        0,
    ]


def test_wrong_rows_are_named_with_column_and_reason(people, billing):
    Department.objects.create(name="Closed", is_active=False)
    checked = prepared(
        people["manager"],
        HEADING
        + "…,Sales,1,\nmua,,1,\nmua,Kho,1,\nmua,Billing,1,\nmua,Closed,1,\n"
        + "mua,Sales,15,\nmua,Sales,NaN,\nmua,Sales,1.234,\nmua,Sales,1,vielleicht\n"
        + f"{'x' * 81},Sales,1,\nmua,Sales,1,\n\nMÙA,Sales,1,\n",
    )
    assert errors(checked) == [
        (2, "word", "no_letters"),
        (3, "department", "no_department"),
        (4, "department", "unknown_department"),
        (5, "department", "not_yours"),
        (6, "department", "unknown_department"),
        (7, "weight", "weight_range"),
        (8, "weight", "weight_range"),
        (9, "weight", "weight_places"),
        (10, "active", "active_unknown"),
        (11, "word", "too_long"),
        (14, "word", "double"),
    ]
    assert results(checked)[-2:] == [(12, "added"), (14, "error")]


def test_the_effect_on_recent_messages_of_ones_own(people, sales, billing):
    conversation = ConversationFactory(department=sales)
    for text in ("mua sỉ", "mua lẻ", "chào"):
        MessageFactory(conversation=conversation, text=text)
    MessageFactory(conversation=ConversationFactory(department=billing), text="mua")
    old = MessageFactory(conversation=conversation, text="mua")
    Message.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(days=31))
    effect = prepared(people["manager"], HEADING + "mua,Sales,,\n").facts["effect"]
    assert (effect["looked_at"], effect["moved"]) == (3, 2)
    assert [example[1:] for example in effect["examples"]] == [[None, sales.pk, 2]]


# --- Writing -----------------------------------------------------------------------------------
def test_exactly_the_valid_rows_are_written(people, sales):
    KeywordFactory(word="ban", folded="ban", department=sales, weight=2)
    checked = prepared(people["manager"], HEADING + "bán,Sales,3,no\nmua,Sales,,\nx,Kho,,\n")
    before = stored_version()
    apply_keyword_import(prepared=checked, actor=people["manager"], ip="10.0.0.1")
    rows = Keyword.objects.order_by("folded").values_list("word", "folded", "weight", "is_active")
    assert list(rows) == [("bán", "ban", Decimal(3), False), ("mua", "mua", Decimal(1), True)]
    assert stored_version() == before + 1
    entry = AuditEntry.objects.get(action="keywords_imported")
    assert (entry.actor, entry.ip) == (people["manager"], "10.0.0.1")
    assert entry.changes == {"file": "", "added": 1, "changed": 1, "error": 1}
    after = snapshot()
    with pytest.raises(AlreadyImported):
        apply_keyword_import(prepared=checked, actor=people["manager"])
    assert snapshot() == after


@pytest.mark.parametrize("what", ["keyword", "department", "demoted"])
def test_a_change_after_the_check_refuses_it(people, sales, billing, commits, what):
    checked = prepared(people["manager"], HEADING + "mua,Sales,,\n")
    if what == "keyword":
        create_keyword(word="bán", department=billing, actor=people["admin"])
    elif what == "department":
        update_department(department=billing, actor=people["admin"], changes={"name": "Kho"})
    else:
        people["manager"].department = billing
        people["manager"].save(update_fields=["department"])
    before = snapshot()
    with pytest.raises(DictionaryChanged):
        apply_keyword_import(prepared=checked, actor=people["manager"])
    assert snapshot() == before


def test_20_000_rows_are_written_with_few_statements(people, sales, django_assert_max_num_queries):
    text = HEADING + "".join(f"từ {number},Sales,1,\n" for number in range(20_000))
    with django_assert_max_num_queries(20):
        checked = prepared(people["manager"], text)
    # 1,000 rows a statement; SQLite takes 999 values in one, and a keyword has 12.
    with django_assert_max_num_queries(300 if connection.vendor == "sqlite" else 40):
        apply_keyword_import(prepared=checked, actor=people["manager"])
    assert Keyword.objects.count() == 20_000


def test_checked_files_go_after_a_day(people, sales):
    checked = prepared(people["manager"], HEADING + "mua,Sales,,\n")
    assert flush_keyword_imports(checked.created_at + timedelta(hours=23)) == 0
    assert flush_keyword_imports(checked.created_at + timedelta(hours=25)) == 1


# --- The pages ---------------------------------------------------------------------------------
def test_from_a_pasted_table_to_keywords(client, people, sales):
    client.force_login(people["manager"])
    sent = client.post(
        reverse("routing:keyword_import"), {"text": "word,department\nmua,Sales\nx,<Kho>\n"}
    )
    checked = KeywordImport.objects.get()
    path = reverse("routing:keyword_import_check", args=[checked.public_id])
    assert (sent.status_code, sent["Location"]) == (302, path)
    page = client.get(path)
    assert "2 rows: 1 new, 0 changed, 1 wrong" in page.text
    assert "There is no department “&lt;Kho&gt;”. There are: Sales." in page.text
    assert [row["number"] for row in client.get(f"{path}?show=error").context["rows"]] == [3]
    wrong = b"".join(client.get(f"{path}/errors").streaming_content).decode()
    assert wrong.splitlines()[1].startswith("x,<Kho>,,,")
    assert client.post(path)["Location"] == reverse("routing:keyword_list")
    assert [keyword.word for keyword in Keyword.objects.all()] == ["mua"]
    again = client.post(path)
    assert (again.status_code, "written already" in again.text) == (409, True)


def test_a_file_that_cannot_be_read_is_told_at_its_field(client, people, sales):
    client.force_login(people["manager"])
    page = client.post(reverse("routing:keyword_import"), {"text": "a,b\n1,2"})
    assert page.status_code == 400
    assert "The first row has no column “Keyword”." in page.text
    assert not KeywordImport.objects.exists()


def test_an_export_is_filtered_safe_and_read_again(client, people, sales, billing):
    KeywordFactory(word="=1+1", folded="1 1", department=sales, weight="1.50")
    KeywordFactory(word='a"b, c', folded="a b c", department=sales, is_active=False)
    KeywordFactory(word="hoá đơn", folded="hoa don", department=billing)
    client.force_login(people["staff"])
    answer = client.get(reverse("routing:keyword_export"), {"department": sales.pk})
    raw = b"".join(answer.streaming_content)
    assert raw.decode() == (
        "\ufeffword,department,weight,active,synonyms,valid_from,valid_to,channel,priority,note\r\n"
        "'=1+1,Sales,1.5,yes,,,,,,\r\n"
        '"a""b, c",Sales,1,no,,,,,,\r\n'
    )
    checked = prepare_keyword_import(file=read_keyword_file(raw), actor=people["admin"])
    assert results(checked) == [(2, "same"), (3, "same")]


# --- The first words ---------------------------------------------------------------------------
def test_the_starter_words_come_once(people, sales):
    KeywordFactory(word="báo giá", folded="bao gia", department=sales, weight=5)
    before = stored_version()
    assert import_starter_keywords(department=sales, actor=people["admin"]) == 21
    assert import_starter_keywords(department=sales) == 0
    assert stored_version() == before + 1
    assert Keyword.objects.get(folded="bao gia").weight == 5
    assert Keyword.objects.get(folded="hoan tien").weight == Decimal("1.40")


def test_starter_words_by_topic(sales):
    assert import_starter_keywords(department=sales, topics=["warranty"]) == 3
    assert import_starter_keywords(department=sales, topics=STARTER_TOPICS) == 19
