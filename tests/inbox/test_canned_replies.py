"""Canned replies: blanks, search, use, and the page where teams keep them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import NotYourDepartment
from inbox.canned import fill, given_name, search
from inbox.models import CannedReply, CannedReplyUse, Draft, Message
from inbox.services import (
    canned_for,
    create_canned_reply,
    delete_canned_reply,
    send_reply,
    update_canned_reply,
)
from inbox.services.canned_replies import CannedReplyExists
from inbox.templatetags.composer_ui import with_blanks
from tests.factories import (
    ContactFactory,
    ContactIdentityFactory,
    ConversationFactory,
    MessageFactory,
)

pytestmark = pytest.mark.django_db

VALUES = {"customer": "Diệp", "me": "Lan", "department": "CSKH", "channel": "Zalo OA"}


def canned(shortcut: str, department=None, **columns) -> CannedReply:
    given = {"title": f"Title {shortcut}", "text": f"Text {shortcut}"} | columns
    return CannedReply.objects.create(shortcut=shortcut, department=department, **given)


@pytest.fixture
def talk(people, sales):
    identity = ContactIdentityFactory(contact=ContactFactory(name="Phạm Ngọc Diệp"))
    conversation = ConversationFactory(
        identity=identity, department=sales, assignee=people["staff"]
    )
    MessageFactory(conversation=conversation)
    return conversation


# --- Blanks -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Chào {customer}, em là {me}", "Chào Diệp, em là Lan"),
        ("{tên khách} {Tên Tôi} {phòng} {kênh}", "Diệp Lan CSKH Zalo OA"),
        ("{ten khach} { customer }", "Diệp Diệp"),
        ("lúc {giờ hẹn} ạ", "lúc {giờ hẹn} ạ"),
        ("{} { } {{me}} {me", "{} { } {Lan} {me"),
        ("{me}{me}", "LanLan"),
    ],
)
def test_known_blanks_are_filled_and_the_others_stay(text, filled):
    assert fill(text, VALUES) == filled


def test_what_is_not_known_of_this_customer_stays_a_blank():
    assert fill("Chào {customer}", VALUES | {"customer": ""}) == "Chào {customer}"
    # What is filled in is not read again.
    assert fill("{customer}", VALUES | {"customer": "{me}"}) == "{me}"


@pytest.mark.parametrize(
    ("name", "vi", "en"),
    [
        ("Phạm Ngọc Diệp", "Diệp", "Phạm Ngọc Diệp"),
        ("Diệp", "Diệp", "Diệp"),
        ("Jane Miller", "Miller", "Jane Miller"),
        ("+84903551208", "", ""),
        ("Diệp 0903", "Diệp", "Diệp"),
        ("", "", ""),
    ],
)
def test_how_one_is_addressed(name, vi, en):
    assert (given_name(name, "vi"), given_name(name, "en")) == (vi, en)


def test_blanks_are_marked_and_everything_is_escaped():
    assert with_blanks("<b>{giờ <hẹn>}</b>") == ("&lt;b&gt;<mark>giờ &lt;hẹn&gt;</mark>&lt;/b&gt;")


# --- Finding ------------------------------------------------------------------------------------
def test_search_is_without_marks_and_the_shortcut_counts_most():
    rows = [
        CannedReply(shortcut="gia", title="Báo giá", text="Máy có bảo hành 24 tháng"),
        CannedReply(shortcut="hen", title="Hẹn bảo hành", text="Dạ em hẹn"),
        CannedReply(shortcut="bao-hanh", title="Điều kiện", text="Máy được…"),
    ]

    def found(query: str) -> list[str]:
        return [row.shortcut for row in search(rows, query)]

    assert found("bao hanh") == ["bao-hanh", "hen", "gia"]
    assert found("BẢO HÀNH") == ["bao-hanh", "hen", "gia"]
    assert found("hẹn") == ["hen"]
    assert found("") == ["gia", "hen", "bao-hanh"]
    assert found("xyz") == []


def test_what_fits_a_conversation(talk, people, sales, billing):
    canned("all"), canned("sales", sales), canned("billing", billing)
    canned("off", sales, is_active=False)
    assert {row.shortcut for row in canned_for(talk, people["staff"])} == {"all", "sales"}
    assert {row.shortcut for row in canned_for(talk, people["admin"])} == {"all", "sales"}
    assert {row.shortcut for row in canned_for(talk, people["other_manager"])} == {
        "all",
        "billing",
    }


def test_the_picker_is_filled_for_this_conversation(client, talk, people, sales):
    row = canned("chao", sales, text='Chào {tên khách}, "{giờ}" <b>')
    client.force_login(people["staff"])
    path = reverse("inbox:canned_options", args=[talk.public_id])
    page = client.get(path, {"q": "chao"}).content.decode()
    assert 'data-text="Chào Diệp, &quot;{giờ}&quot; &lt;b&gt;"' in page
    assert f'id="canned-{row.pk}"' in page
    assert "chao" not in client.get(path, {"q": "khong co"}).content.decode()


# --- Using --------------------------------------------------------------------------------------
def test_a_reply_counts_its_canned_reply_once(client, talk, people, sales, billing):
    mine, foreign = canned("a", sales), canned("b", billing)
    client.force_login(people["staff"])
    path = reverse("inbox:conversation_reply", args=[talk.public_id])
    data = {"text": "Dạ", "canned": mine.pk, "submission": "6f3a5a3e-0000-4000-8000-000000000001"}
    for _time in range(2):
        assert client.post(path, data).status_code == 302
    assert [(use.canned_reply, use.user) for use in CannedReplyUse.objects.all()] == [
        (mine, people["staff"])
    ]
    for other in (foreign.pk, 10**15):
        send_reply(conversation=talk, author=people["staff"], text="Dạ", canned_id=other)
    assert CannedReplyUse.objects.count() == 1
    assert client.post(path, {"text": "A", "kind": "note", "canned": mine.pk}).status_code == 302
    assert CannedReplyUse.objects.count() == 1


def test_a_refused_reply_counts_nothing(client, talk, people, sales):
    mine = canned("a", sales)
    client.force_login(people["colleague"])
    path = reverse("inbox:conversation_reply", args=[talk.public_id])
    assert client.post(path, {"text": "Dạ", "canned": mine.pk}).status_code == 404
    assert CannedReplyUse.objects.count() == 0


def test_without_a_script_it_becomes_the_draft(client, talk, people, sales, billing):
    row = canned("chao", sales, text="Chào {tên khách}")
    foreign = canned("x", billing)
    client.force_login(people["staff"])
    path = reverse("inbox:canned_insert", args=[talk.public_id])
    answer = client.post(path, {"text": "Dạ", "kind": "reply", "insert": row.pk})
    assert answer.status_code == 302
    assert Draft.objects.get().text == "Dạ\nChào Diệp"
    page = client.get(answer["Location"])
    assert f'name="canned" value="{row.pk}"' in page.content.decode()
    assert "Dạ\nChào Diệp</textarea>" in page.content.decode()
    for bad in (foreign.pk, "", "x"):
        assert client.post(path, {"text": "Dạ", "insert": bad}).status_code == 400
    assert Draft.objects.get().text == "Dạ\nChào Diệp"
    assert Message.objects.filter(direction="outbound").count() == 0


# --- Rules --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "own", "foreign", "for_all"),
    [
        ("admin", True, True, True),
        ("manager", True, False, False),
        ("staff", False, False, False),
    ],
)
def test_who_may_write_them(people, sales, billing, who, own, foreign, for_all):
    for index, (department, may) in enumerate([(sales, own), (billing, foreign), (None, for_all)]):
        given = {"department": department, "shortcut": f"s{index}", "title": "T", "text": "X"}
        if may:
            create_canned_reply(actor=people[who], **given)
        else:
            with pytest.raises(NotYourDepartment):
                create_canned_reply(actor=people[who], **given)
    assert CannedReply.objects.count() == own + foreign + for_all


def test_a_manager_moves_nothing_out_and_takes_nothing_in(people, sales, billing):
    mine, theirs, for_all = canned("a", sales), canned("b", billing), canned("c")
    manager = people["manager"]
    for row, department in ((mine, billing), (mine, None), (theirs, sales), (for_all, sales)):
        with pytest.raises(NotYourDepartment):
            update_canned_reply(canned_reply=row, actor=manager, department=department)
    for row in (theirs, for_all):
        with pytest.raises(NotYourDepartment):
            delete_canned_reply(canned_reply=row, actor=manager)
    found = dict(CannedReply.objects.values_list("shortcut", "department"))
    assert found == {"a": sales.pk, "b": billing.pk, "c": None}
    update_canned_reply(canned_reply=mine, actor=manager, is_active=False)
    mine.refresh_from_db()
    assert (mine.is_active, mine.updated_by) == (False, manager)


def test_a_shortcut_is_one_per_department(people, sales, billing):
    admin, given = people["admin"], {"title": "T", "text": "X", "shortcut": "a"}
    for department in (sales, billing, None):
        create_canned_reply(actor=admin, department=department, **given)
        with pytest.raises(CannedReplyExists) as refused:
            create_canned_reply(actor=admin, department=department, **given)
        assert refused.value.field == "shortcut"
    assert CannedReply.objects.count() == 3


# --- Page ---------------------------------------------------------------------------------------
LIST = "/settings/canned"


def form_of(department, **changes) -> dict:
    given = {"shortcut": "chao", "title": "Chào", "text": "Chào {customer}", "is_active": "on"}
    return given | {"department": department.pk if department else ""} | changes


def test_a_manager_adds_changes_switches_off_and_deletes(client, people, sales):
    client.force_login(people["manager"])
    assert client.post(LIST, form_of(sales, shortcut="/chao")).status_code == 302
    row = CannedReply.objects.get()
    assert (row.shortcut, row.department, row.text) == ("chao", sales, "Chào {customer}")
    edit = f"{LIST}/{row.pk}"
    assert "Chào Miller" in client.get(edit).content.decode()
    changed = form_of(sales, text="Dạ")
    del changed["is_active"]
    assert client.post(edit, changed).status_code == 302
    row.refresh_from_db()
    assert (row.text, row.is_active) == ("Dạ", False)
    assert client.post(f"{edit}/delete").status_code == 302
    assert CannedReply.objects.count() == 0


def test_what_belongs_to_a_closed_department_stays_there(client, people, sales):
    row = canned("chao", sales)
    sales.is_active = False
    sales.save()
    client.force_login(people["admin"])
    path = f"{LIST}/{row.pk}"
    assert f'value="{sales.pk}" selected' in client.get(path).text
    assert client.post(path, form_of(sales, shortcut="chao", title="Mới")).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.department) == ("Mới", sales)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"shortcut": ""}, "shortcut"),
        ({"shortcut": "Chào"}, "shortcut"),
        ({"shortcut": "taken"}, "shortcut"),
        ({"title": ""}, "title"),
        ({"text": " "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"department": ""}, "department"),
        ({"department": "BILLING"}, "department"),
    ],
)
def test_each_error_stands_at_its_field(client, people, sales, billing, change, field):
    canned("taken", sales)
    client.force_login(people["manager"])
    data = form_of(sales) | change
    if data["department"] == "BILLING":
        data["department"] = billing.pk
    response = client.post(LIST, data)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert CannedReply.objects.count() == 1


def test_which_rows_each_person_sees_and_may_change(client, people, sales, billing):
    canned("all"), canned("sales", sales), canned("billing", billing)
    expected = {
        "admin": ({"all", "sales", "billing"}, {"all", "sales", "billing"}),
        "manager": ({"all", "sales"}, {"sales"}),
        "other_manager": ({"all", "billing"}, {"billing"}),
    }
    for who, found in expected.items():
        client.force_login(people[who])
        rows = client.get(LIST).context["rows"]
        assert {row.shortcut for row in rows} == found[0]
        assert {row.shortcut for row in rows if row.is_editable} == found[1]
    client.force_login(people["staff"])
    assert client.get(LIST).status_code == 403


def test_filters_and_search(client, people, sales, billing):
    canned("all"), canned("sales", sales), canned("billing", billing)
    client.force_login(people["admin"])

    def found(**query) -> set[str]:
        return {row.shortcut for row in client.get(LIST, query).context["rows"]}

    assert found(department=sales.pk) == {"sales"}
    assert found(department="all") == {"all"}
    assert found(q="text bill") == {"billing"}
    assert found(department="x") == {"all", "sales", "billing"}
    assert found(department="9" * 50) == set()


def test_the_list_costs_the_same_for_fifty_rows(client, people, sales):
    client.force_login(people["manager"])
    counts = []
    for total in (3, 50):
        for index in range(CannedReply.objects.count(), total):
            canned(f"s{index}", sales, updated_by=people["manager"])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(client.get(LIST).context["rows"]) == total
        counts.append(len(queries))
    assert counts[0] == counts[1]
