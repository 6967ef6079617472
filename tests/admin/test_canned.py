"""Canned replies in the back office: the same service as /settings/canned."""

import pytest

from inbox.models import CannedReply
from tests.admin.conftest import act, address, errors
from tests.factories import CannedReplyFactory

pytestmark = pytest.mark.django_db

ADD = "/admin/inbox/cannedreply/add/"


def form_of(department=None, **changes) -> dict:
    data = {"shortcut": "gio-mo", "title": "Giờ mở cửa", "text": "Chào {customer}"}
    return data | {"department": department.pk if department else "", "is_active": "on"} | changes


def stored() -> list[tuple]:
    rows = CannedReply.objects.order_by("pk")
    return list(rows.values_list("shortcut", "title", "text", "department__name", "is_active"))


def test_one_is_written(client, admin, sales):
    assert client.post(ADD, form_of(sales)).status_code == 302
    assert stored() == [("gio-mo", "Giờ mở cửa", "Chào {customer}", "Sales", True)]
    assert CannedReply.objects.get().updated_by == admin
    assert client.post(ADD, form_of()).status_code == 302
    assert stored()[1:] == [("gio-mo", "Giờ mở cửa", "Chào {customer}", None, True)]


def test_one_is_changed(client, admin, sales, billing):
    row = CannedReplyFactory(department=sales)
    page = address("inbox.cannedreply", "change", row.pk)
    assert client.post(page, form_of(billing, is_active="")).status_code == 302
    assert stored() == [("gio-mo", "Giờ mở cửa", "Chào {customer}", "Billing", False)]
    assert CannedReply.objects.get().updated_by == admin


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"shortcut": "taken"},
            "shortcut",
            "This shortcut is taken already in this department.",
        ),
        ({"shortcut": "Giờ mở"}, "shortcut", "Use small letters a-z, digits and hyphen."),
        ({"title": ""}, "title", "This field is required."),
        ({"department": "999"}, "department", "Select a valid choice."),
    ],
)
def test_a_refused_one_is_shown_at_the_field(client, admin, sales, changes, field, sentence):
    CannedReplyFactory(shortcut="taken", department=sales)
    other = CannedReplyFactory(shortcut="other", department=sales)
    before = stored()
    for page in (ADD, address("inbox.cannedreply", "change", other.pk)):
        found = errors(client.post(page, form_of(sales) | changes))
        assert list(found) == [field]
        assert found[field][0].startswith(sentence)
    assert stored() == before


def test_they_are_deleted_with_their_counts(client, admin, people):
    rows = CannedReplyFactory.create_batch(3)
    for row in rows:
        row.uses.create(user=people["staff"])
    page = address("inbox.cannedreply", "delete", rows[0].pk)
    assert client.post(page, {"post": "yes"}).status_code == 302
    act(client, "inbox.cannedreply", "delete_selected", [rows[1]], post="yes")
    assert list(CannedReply.objects.all()) == [rows[2]]
    assert rows[2].uses.count() == 1
