"""Synonyms, days, channel, priority and note of keywords: every door takes and refuses the same."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.models import AuditEntry
from inbox.models import Priority
from routing.keyword_files import read_keyword_file
from routing.keyword_index import current_dictionary, stored_version
from routing.models import Keyword
from routing.services import (
    apply_keyword_import,
    create_keyword,
    prepare_keyword_import,
    preview_message,
    update_keyword,
)
from routing.services.keywords import KeywordRefused
from routing.templatetags.keyword_ui import reading_sentences
from tests.admin.conftest import address
from tests.factories import ChannelFactory, KeywordFactory
from tests.snapshot import snapshot

pytestmark = pytest.mark.django_db

HTML = {"accept": "text/html"}
REFUSED = [
    ({"synonyms": ["BẢO  HÀNH"]}, "synonyms", "“BẢO HÀNH” is the keyword itself."),
    ({"synonyms": ["hậu mãi", "Hậu mãi"]}, "synonyms", "“Hậu mãi” stands there twice."),
    ({"synonyms": ["?!"]}, "synonyms", "“?!” has no letter and no digit."),
    ({"synonyms": [f"w{n}" for n in range(21)]}, "synonyms", "A keyword can have 20 synonyms"),
    ({"valid_from": "2026-02-02", "valid_to": "2026-02-01"}, "valid_to", "The last day is before"),
    ({"weight": "0.09"}, "weight", "From 0.1 to 10, or from -10 to -0.1"),
    ({"weight": "-10.01"}, "weight", "From 0.1 to 10, or from -10 to -0.1"),
    ({"sets_priority": "7"}, "sets_priority", ""),
    ({"note": "x" * 201}, "note", ""),
]


@pytest.fixture(autouse=True)
def english():
    """The sentences are compared as they are written."""
    with override("en"):
        yield


def given(changes: dict) -> dict:
    """The values as a service takes them."""
    days = {n: date.fromisoformat(v) for n, v in changes.items() if n.startswith("valid_")}
    weight = {"weight": Decimal(changes["weight"])} if "weight" in changes else {}
    priority = {"sets_priority": 7} if "sets_priority" in changes else {}
    return changes | days | weight | priority


def typed(sales, changes: dict) -> dict:
    """The values as a form sends them."""
    form = {"word": "bảo hành", "department": sales.pk, "weight": "1", "is_active": "on"}
    return form | {n: ", ".join(v) if isinstance(v, list) else v for n, v in changes.items()}


@pytest.mark.parametrize(("changes", "field", "told"), REFUSED)
def test_the_service_refuses(people, sales, changes, field, told):
    keyword = KeywordFactory(word="mua", department=sales)
    before = snapshot()
    with pytest.raises(KeywordRefused) as refusal:
        create_keyword(word="bảo hành", department=sales, actor=people["admin"], **given(changes))
    assert (refusal.value.field, told in str(refusal.value)) == (field, True)
    with pytest.raises(KeywordRefused):
        update_keyword(
            keyword=keyword, actor=people["admin"], changes={"word": "bảo hành"} | given(changes)
        )
    assert snapshot() == before


@pytest.mark.parametrize(("changes", "field", "told"), REFUSED)
def test_the_pages_refuse_at_the_field(client, people, sales, changes, field, told):
    client.force_login(people["admin"])
    for path in (reverse("routing:keyword_list"), address("routing.keyword", "add")):
        before = snapshot()
        page = client.post(path, typed(sales, changes), headers={"accept": "text/html"})
        form = page.context["form"] if "adminform" not in page.context else None
        errors = (form or page.context["adminform"].form).errors
        assert list(errors) == [field], path
        with override("en"):  # the request has put its own language away again
            assert told in errors[field][0]
        assert snapshot() == before


@pytest.mark.parametrize(("changes", "field", "told"), REFUSED)
def test_the_api_refuses_and_names_the_field(api, people, sales, changes, field, told):
    before = snapshot()
    body = {"word": "bảo hành", "department_id": sales.pk} | changes
    answer = api(people["manager"]).post("/keywords", body)
    assert answer.status_code == 400
    said = answer.json()
    assert field in said or said["field"] == field
    assert snapshot() == before


def test_all_of_it_through_the_api(api, people, sales):
    channel = ChannelFactory(name="Zalo")
    fields = {
        "weight": -1.5,
        "synonyms": [" hậu  mãi ", "BH, bao hanh"],
        "valid_from": "2026-01-20",
        "valid_to": "2026-02-20",
        "channel_id": channel.pk,
        "sets_priority": 2,
        "note": "Tết",
    }
    body = {"word": "bảo hành", "department_id": sales.pk} | fields
    told = api(people["manager"]).post("/keywords", body).json()
    assert told | fields == told | {"synonyms": [" hậu  mãi ", "BH, bao hanh"]}
    assert told["synonyms"] == ["hậu mãi", "BH", "bao hanh"]
    changes = AuditEntry.objects.get(action="keyword_created").changes
    assert {name: value[1] for name, value in changes.items()} == {
        "word": "bảo hành",
        "department": "Sales",
        "weight": "-1.50",
        "is_active": True,
        "synonyms": "hậu mãi, BH, bao hanh",
        "valid_from": "2026-01-20",
        "valid_to": "2026-02-20",
        "channel": "Zalo",
        "sets_priority": "high",
        "remark": "Tết",
    }
    unset = {"valid_from": None, "valid_to": None, "channel_id": None, "sets_priority": None}
    path = f"/keywords/{told['id']}"
    assert api(people["manager"]).put(path, unset).status_code == 200
    keyword = Keyword.objects.get()
    assert (keyword.valid_from, keyword.channel, keyword.sets_priority) == (None, None, None)
    assert keyword.synonyms == ["hậu mãi", "BH", "bao hanh"]  # what is not named stays


@pytest.mark.parametrize("channel", [0, 10**9, "x", -1])
def test_a_channel_must_exist(api, client, people, sales, channel):
    body = {"word": "mua", "department_id": sales.pk, "channel_id": channel}
    answer = api(people["manager"]).post("/keywords", body)
    assert (answer.status_code, list(answer.json())) == (400, ["channel_id"])
    client.force_login(people["manager"])
    form = typed(sales, {"channel": channel})
    page = client.post("/keywords", form, headers={"accept": "text/html"})
    assert (page.status_code, list(page.context["form"].errors)) == (400, ["channel"])
    assert not Keyword.objects.exists()


def test_the_edit_page_shows_what_is_there_and_keeps_it(client, people, sales):
    channel = ChannelFactory(name="Zalo")
    keyword = KeywordFactory(
        word="bảo hành",
        folded="bao hanh",
        department=sales,
        weight=Decimal("-1.50"),
        synonyms=["hậu mãi", "BH"],
        valid_from=date(2026, 1, 20),
        valid_to=date(2026, 2, 20),
        channel=channel,
        sets_priority=Priority.HIGH,
        note="Tết",
    )
    client.force_login(people["manager"])
    path = reverse("routing:keyword_edit", args=[keyword.pk])
    page = client.get(path, headers=HTML)
    for shown in (">hậu mãi, BH</textarea>", 'value="2026-01-20"', "<details open>", 'value="Tết"'):
        assert shown in page.text
    form = page.context["form"]
    same = {name: form[name].value() for name in form.fields}
    before = list(Keyword.objects.values())
    assert client.post(path, same | {"is_active": "on"}, headers=HTML).status_code == 302
    assert list(Keyword.objects.values()) == before
    row = client.get("/keywords", headers={"accept": "text/html"}).text
    for shown in ("hậu mãi, BH", "Zalo", "until 20/02/2026", "priority: high"):
        assert shown in row


# --- Files --------------------------------------------------------------------------------------
HEADING = "word,department,weight,active,synonyms,valid_from,valid_to,channel,priority,note\n"


def checked(actor, text: str):
    return prepare_keyword_import(file=read_keyword_file(text.encode()), actor=actor)


def test_a_file_brings_all_of_it_and_an_old_file_leaves_it(people, sales):
    channel = ChannelFactory(name="Zalo Shop")
    row = "bảo hành,Sales,-1.5,,hậu mãi; BH,2026-01-20,20/02/2026,zalo shop,Cao,Tết\n"
    apply_keyword_import(
        prepared=checked(people["manager"], HEADING + row), actor=people["manager"]
    )
    stored = Keyword.objects.values(
        "weight", "synonyms", "valid_from", "valid_to", "channel", "sets_priority", "note"
    )
    assert stored.get() == {
        "weight": Decimal("-1.50"),
        "synonyms": ["hậu mãi", "BH"],
        "valid_from": date(2026, 1, 20),
        "valid_to": date(2026, 2, 20),
        "channel": channel.pk,
        "sets_priority": 2,
        "note": "Tết",
    }
    before = stored.get()
    old = checked(people["manager"], "word,department,weight,active\nbảo hành,Sales,2,\n")
    assert [r["result"] for r in old.rows] == ["changed"]
    apply_keyword_import(prepared=old, actor=people["manager"])
    assert stored.get() == before | {"weight": Decimal("2.00")}
    cleared = checked(people["manager"], HEADING + "bảo hành,Sales,,,-,-,-,-,-,-\n")
    apply_keyword_import(prepared=cleared, actor=people["manager"])
    assert stored.get() == {
        "weight": Decimal("2.00"),
        "synonyms": [],
        "valid_from": None,
        "valid_to": None,
        "channel": None,
        "sets_priority": None,
        "note": "",
    }


def test_wrong_cells_are_named(people, sales):
    ChannelFactory.create_batch(2, name="Two")
    rows = [
        "a,Sales,,,A,,,,,",
        "b,Sales,,,x; X,,,,,",
        "c,Sales,,,,tomorrow,,,,",
        "d,Sales,,,,2026-02-02,2026-02-01,,,",
        "e,Sales,,,,,,Nowhere,,",
        "f,Sales,,,,,,two,,",
        "g,Sales,,,,,,,sofort,",
        f"h,Sales,,,,,,,,{'x' * 201}",
        "i,Sales,-0.05,,,,,,,",
    ]
    found = checked(people["manager"], HEADING + "\n".join(rows))
    assert [(e["column"], e["code"]) for row in found.rows for e in row["errors"]] == [
        ("synonyms", "synonym_is_word"),
        ("synonyms", "synonym_doubled"),
        ("valid_from", "no_date"),
        ("valid_to", "ends_early"),
        ("channel", "unknown_channel"),
        ("channel", "channel_name_twice"),
        ("priority", "no_priority"),
        ("note", "note_too_long"),
        ("weight", "weight_range"),
    ]


def test_an_export_comes_back_as_it_was(client, people, sales):
    KeywordFactory(
        word="bảo hành",
        folded="bao hanh",
        department=sales,
        weight=Decimal("-1.50"),
        synonyms=["hậu mãi", "BH"],
        valid_to=date(2026, 2, 20),
        channel=ChannelFactory(name="Zalo"),
        sets_priority=Priority.URGENT,
        note="-x",
    )
    client.force_login(people["staff"])
    raw = b"".join(client.get(reverse("routing:keyword_export")).streaming_content)
    again = prepare_keyword_import(file=read_keyword_file(raw), actor=people["admin"])
    assert [row["result"] for row in again.rows] == ["same"], again.rows


# --- In a message -------------------------------------------------------------------------------
def test_days_and_channel_in_the_dictionary(sales):
    channel = ChannelFactory()
    KeywordFactory(word="mua", department=sales, channel=channel, valid_to=date(2026, 2, 20))
    dictionary = current_dictionary(stored_version())

    def found(**where):
        return [match.word for match in dictionary.match("mua", **where)]

    assert found(channel_id=channel.pk, on=date(2026, 2, 20)) == ["mua"]
    assert found(channel_id=channel.pk, on=date(2026, 2, 21)) == []
    assert found(channel_id=channel.pk + 1, on=date(2026, 2, 20)) == []


def test_the_box_says_how_each_word_was_read(people, sales):
    KeywordFactory(
        word="bảo hành", folded="bao hanh", department=sales, weight=8, synonyms=["hậu mãi"]
    )
    KeywordFactory(word="chuyển khoản", folded="chuyen khoan", department=sales, weight=5)
    KeywordFactory(word="warranty", folded="warranty", department=sales, weight=2)
    for text, sentence in (
        ("còn bao hanh", "“bao hanh” is written without marks, so it counts 8.0 × 0.9."),
        ("đã ck", "“ck” may be short for “chuyển khoản”, so it counts 5.0 × 0.9."),
        ("warrnty", "“warrnty” looks like “warranty” mistyped, so it counts 2.0 × 0.5."),
        ("hậu mãi", "“hậu mãi” is a synonym of “bảo hành”."),
    ):
        told = preview_message(text=text, reader=people["admin"])
        with override("en"):
            assert list(reading_sentences(told)) == [sentence]
    assert list(reading_sentences(preview_message(text="bảo hành", reader=people["admin"]))) == []
