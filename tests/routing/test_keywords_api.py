"""Keywords: reading, adding, changing, removing; who may, and when the next message knows."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Department
from inbox.models import Message
from routing.keyword_index import stored_version
from routing.models import Keyword
from tests.deliveries import BRIEF, deliver
from tests.factories import ChannelFactory, KeywordFactory

pytestmark = pytest.mark.django_db


# What a keyword has in its other fields when nobody filled them in.
NOTHING_MORE = {
    "synonyms": [],
    "valid_from": None,
    "valid_to": None,
    "channel_id": None,
    "sets_priority": None,
    "note": "",
}


def facts() -> tuple:
    audit = AuditEntry.objects.filter(action__startswith="keyword_").count()
    return list(Keyword.objects.order_by("pk").values()), stored_version(), audit


@pytest.fixture
def mua(sales) -> Keyword:
    return KeywordFactory(word="mua", department=sales)


# --- Reading -----------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["staff", "manager", "other_manager", "admin"])
def test_everybody_reads_all_words(api, people, sales, billing, who):
    rows = [
        KeywordFactory(word="trả góp", folded="tra gop", department=billing, weight="2.50"),
        KeywordFactory(word="Báo giá", folded="bao gia", department=sales, is_active=False),
    ]
    assert api(people[who]).get("/keywords").json() == {
        "count": 2,
        "next": None,
        "previous": None,
        "results": [
            {
                "id": rows[1].pk,
                "word": "Báo giá",
                "department_id": sales.pk,
                "department": "Sales",
                "weight": 1.0,
                "is_active": False,
                **NOTHING_MORE,
            },
            {
                "id": rows[0].pk,
                "word": "trả góp",
                "department_id": billing.pk,
                "department": "Billing",
                "weight": 2.5,
                "is_active": True,
                **NOTHING_MORE,
            },
        ],
    }


def test_many_words_come_in_pages(api, people, sales):
    for number in range(55):
        KeywordFactory(word=f"word{number:02}", department=sales)
    first = api(people["staff"]).get("/keywords").json()
    assert (first["count"], len(first["results"]), first["previous"]) == (55, 50, None)
    second = api(people["staff"]).get("/keywords?page=2").json()
    assert [row["word"] for row in second["results"]] == [f"word{n}" for n in range(50, 55)]
    assert second["next"] is None


# --- Adding ------------------------------------------------------------------------------------
def test_the_briefs_keyword_is_created(api, people, sales):
    before = stored_version()
    response = api(people["manager"]).post("/keywords", {"word": "mua", "department_id": sales.pk})
    keyword = Keyword.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": keyword.pk,
        "word": "mua",
        "department_id": sales.pk,
        "department": "Sales",
        "weight": 1.0,
        "is_active": True,
        **NOTHING_MORE,
    }
    assert (keyword.word, keyword.folded, keyword.weight) == ("mua", "mua", Decimal(1))
    assert stored_version() == before + 1
    entry = AuditEntry.objects.get(action="keyword_created")
    assert (entry.actor, entry.target_id) == (people["manager"], str(keyword.pk))
    assert entry.changes == {
        "word": [None, "mua"],
        "department": [None, "Sales"],
        "weight": [None, "1"],
        "is_active": [None, True],
    }


def test_the_next_message_uses_it(client, api, people, sales, settings, commits):
    settings.DEMO = True
    ChannelFactory()
    assert deliver(client).json()["keywords"] == []
    api(people["admin"]).post("/keywords", {"word": "mua", "department_id": sales.pk})
    answer = deliver(client, BRIEF | {"sender": "another"}).json()
    assert (answer["keywords"], answer["department"]) == (["mua"], "Sales")
    # What was looked at before is not looked at again.
    assert Message.objects.inbound().first().keywords == []


def test_all_fields_are_taken_and_spaces_tidied(api, people, billing):
    body = {
        "word": "  Hoá \n đơn  đỏ ",
        "department_id": billing.pk,
        "weight": "2.55",
        "is_active": False,
    }
    response = api(people["admin"]).post("/keywords", body)
    keyword = Keyword.objects.get()
    assert response.status_code == 201
    assert (keyword.word, keyword.folded) == ("Hoá đơn đỏ", "hoa don do")
    assert (keyword.weight, keyword.is_active) == (Decimal("2.55"), False)


@pytest.mark.parametrize(
    "word", ["mua", "MUA", " Mua ", "mùa", "múa", "m\u200bua", "ｍｕａ", "mua!"]
)
def test_a_repeat_in_any_case_or_marks_is_409(api, people, sales, mua, word):
    before = facts()
    response = api(people["manager"]).post("/keywords", {"word": word, "department_id": sales.pk})
    assert response.status_code == 409
    assert response.json()["code"] == "keyword_exists"
    assert response.json()["field"] == "word"
    assert facts() == before


def test_another_department_may_have_the_same_word(api, people, billing, mua):
    response = api(people["admin"]).post("/keywords", {"word": "mua", "department_id": billing.pk})
    assert response.status_code == 201
    assert Keyword.objects.filter(folded="mua").count() == 2


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"word": ""}, {"word"}),
        ({"word": None}, {"word"}),
        ({"word": "x" * 81}, {"word"}),
        ({"department_id": None}, {"department_id"}),
        ({"department_id": "Sales"}, {"department_id"}),
        ({"weight": 0.09}, {"weight"}),
        ({"weight": 10.01}, {"weight"}),
        ({"weight": 0}, {"weight"}),
        ({"weight": -0.09}, {"weight"}),
        ({"weight": -10.01}, {"weight"}),
        ({"weight": 1.005}, {"weight"}),
        ({"weight": "NaN"}, {"weight"}),
        ({"weight": None}, {"weight"}),
        ({"is_active": "perhaps"}, {"is_active"}),
    ],
)
def test_what_is_wrong_is_named(api, people, sales, changes, fields):
    before = facts()
    body = {"word": "mua", "department_id": sales.pk} | changes
    response = api(people["admin"]).post("/keywords", body)
    assert (response.status_code, set(response.json())) == (400, fields)
    assert facts() == before


@pytest.mark.parametrize("word", ["!!!", "\u200b", "😀", "---"])
def test_a_word_without_a_letter_is_none(api, people, sales, word):
    before = facts()
    response = api(people["admin"]).post("/keywords", {"word": word, "department_id": sales.pk})
    assert (response.status_code, response.json()["code"]) == (400, "keyword_empty")
    assert response.json()["field"] == "word"
    assert facts() == before


@pytest.mark.parametrize("weight", [0.1, 10, "0.10", "10.00", -0.1, -10])
def test_the_bounds_themselves_are_good(api, people, sales, weight):
    body = {"word": "mua", "department_id": sales.pk, "weight": weight}
    assert api(people["admin"]).post("/keywords", body).status_code == 201


def test_a_closed_department_gets_no_words(api, people, billing, mua):
    Department.objects.filter(pk=billing.pk).update(is_active=False)
    before = facts()
    for call in (api(people["admin"]).post, api(people["admin"]).put):
        path = "/keywords" if call.__name__ == "post" else f"/keywords/{mua.pk}"
        response = call(path, {"word": "bán", "department_id": billing.pk})
        assert (response.status_code, set(response.json())) == (400, {"department_id"})
    assert facts() == before


# --- Whose words -------------------------------------------------------------------------------
def test_a_manager_adds_to_the_own_department_only(api, people, billing):
    before = facts()
    body = {"word": "mua", "department_id": billing.pk}
    response = api(people["manager"]).post("/keywords", body)
    assert (response.status_code, response.json()["code"]) == (403, "not_your_department")
    assert facts() == before


def test_a_manager_gives_no_word_away(api, people, billing, mua):
    before = facts()
    path = f"/keywords/{mua.pk}"
    response = api(people["manager"]).put(path, {"department_id": billing.pk})
    assert (response.status_code, response.json()["code"]) == (403, "not_your_department")
    assert facts() == before


def test_a_manager_changes_no_word_of_others(api, people, sales, mua):
    before = facts()
    path = f"/keywords/{mua.pk}"
    other = api(people["other_manager"])
    for response in (
        other.put(path, {"weight": 9}),
        other.put(path, {"department_id": people["other_manager"].department_id}),
        other.delete(path),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert facts() == before


def test_staff_change_nothing(api, people, sales, mua):
    before = facts()
    staff = api(people["staff"])
    for response in (
        staff.post("/keywords", {"word": "bán", "department_id": sales.pk}),
        staff.put(f"/keywords/{mua.pk}", {"weight": 9}),
        staff.delete(f"/keywords/{mua.pk}"),
    ):
        assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
    assert facts() == before


# --- Changing and removing ---------------------------------------------------------------------
def test_put_changes_what_it_names_and_keeps_the_rest(api, people, sales, mua):
    before = stored_version()
    response = api(people["manager"]).put(f"/keywords/{mua.pk}", {"weight": 2.5})
    mua.refresh_from_db()
    assert response.status_code == 200
    assert (response.json()["id"], response.json()["word"]) == (mua.pk, "mua")
    assert (mua.word, mua.weight, mua.is_active) == ("mua", Decimal("2.50"), True)
    assert stored_version() == before + 1
    entry = AuditEntry.objects.get(action="keyword_changed")
    assert entry.changes == {"weight": ["1.00", "2.50"]}


def test_the_briefs_put_with_both_fields(api, people, sales, billing, mua):
    body = {"word": "mua sỉ", "department_id": billing.pk}
    response = api(people["admin"]).put(f"/keywords/{mua.pk}", body)
    mua.refresh_from_db()
    assert response.status_code == 200
    assert (mua.word, mua.folded, mua.department) == ("mua sỉ", "mua si", billing)


def test_the_marks_of_its_own_word_may_change(api, people, mua):
    assert api(people["manager"]).put(f"/keywords/{mua.pk}", {"word": "Mùa"}).status_code == 200
    mua.refresh_from_db()
    assert (mua.word, mua.folded) == ("Mùa", "mua")


def test_a_change_into_a_word_that_is_there_is_409(api, people, sales, mua):
    other = KeywordFactory(word="bán", folded="ban", department=sales)
    before = facts()
    response = api(people["manager"]).put(f"/keywords/{other.pk}", {"word": "MUA"})
    assert (response.status_code, response.json()["code"]) == (409, "keyword_exists")
    assert facts() == before


def test_a_change_that_changes_nothing_is_none(api, people, mua):
    before = facts()
    response = api(people["manager"]).put(f"/keywords/{mua.pk}", {"word": "mua", "weight": "1.0"})
    assert response.status_code == 200
    assert facts() == before


def test_delete_removes_it_and_messages_keep_their_marks(
    client, api, people, sales, mua, settings, commits
):
    settings.DEMO = True
    ChannelFactory()
    assert deliver(client).json()["keywords"] == ["mua"]
    before = stored_version()
    response = api(people["manager"]).delete(f"/keywords/{mua.pk}")
    assert (response.status_code, response.content) == (204, b"")
    assert not Keyword.objects.exists()
    assert stored_version() == before + 1
    assert AuditEntry.objects.get(action="keyword_deleted").changes["word"] == ["mua", None]
    assert Message.objects.inbound().get().keyword_words == ["mua"]
    assert deliver(client, BRIEF | {"sender": "another"}).json()["keywords"] == []
    again = api(people["manager"]).delete(f"/keywords/{mua.pk}")
    assert again.status_code == 404


def test_the_database_holds_the_rules_too(sales, mua):
    for fields in ({"folded": "mua"}, {"weight": "0.05"}, {"weight": "10.01"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            KeywordFactory(department=sales, **fields)
    assert Keyword.objects.get() == mua


# --- The page ----------------------------------------------------------------------------------
def browser(person) -> Client:
    client = Client(headers={"Accept": "text/html"})
    client.force_login(person)
    return client


def test_the_page_adds_changes_and_removes(people, sales):
    client = browser(people["manager"])
    listing = reverse("routing:keyword_list")
    typed = {"word": "mua", "department": sales.pk, "weight": "1.5", "is_active": "on"}
    assert client.post(listing, typed).status_code == 302
    keyword = Keyword.objects.get()
    assert (keyword.word, keyword.weight) == ("mua", Decimal("1.50"))
    assert "mua" in client.get(listing).content.decode()
    repeated = client.post(listing, typed)
    assert repeated.status_code == 400
    assert "already has this keyword" in repeated.content.decode()
    edit = reverse("routing:keyword_edit", args=[keyword.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, typed | {"word": "mua sỉ", "weight": "3"}).status_code == 302
    keyword.refresh_from_db()
    assert (keyword.word, keyword.weight) == ("mua sỉ", Decimal("3.00"))
    assert client.post(reverse("routing:keyword_delete", args=[keyword.pk])).status_code == 302
    assert not Keyword.objects.exists()


def test_the_page_takes_a_weight_as_the_language_writes_it(people, sales):
    people["manager"].language = "vi"
    people["manager"].save(update_fields=["language"])
    typed = {"word": "mua", "department": sales.pk, "weight": "1,5", "is_active": "on"}
    client = browser(people["manager"])
    assert client.post(reverse("routing:keyword_list"), typed).status_code == 302
    assert Keyword.objects.get().weight == Decimal("1.50")


def test_the_page_is_for_the_own_department_too(people, sales, billing, mua):
    before = facts()
    typed = {"word": "bán", "department": sales.pk, "weight": "1", "is_active": "on"}
    other = browser(people["other_manager"])
    page = other.get(reverse("routing:keyword_list"))
    assert list(page.context["form"].fields["department"].queryset) == [billing]
    assert other.post(reverse("routing:keyword_list"), typed).status_code == 400
    assert other.get(reverse("routing:keyword_edit", args=[mua.pk])).status_code == 404
    assert other.post(reverse("routing:keyword_edit", args=[mua.pk]), typed).status_code == 404
    assert other.post(reverse("routing:keyword_delete", args=[mua.pk])).status_code == 404
    staff = browser(people["staff"])
    assert staff.get(reverse("routing:keyword_list")).status_code == 200
    assert staff.post(reverse("routing:keyword_list"), typed).status_code == 403
    assert staff.get(reverse("routing:keyword_edit", args=[mua.pk])).status_code == 403
    assert staff.post(reverse("routing:keyword_delete", args=[mua.pk])).status_code == 403
    assert facts() == before
