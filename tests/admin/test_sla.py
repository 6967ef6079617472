"""Deadlines in the back office: promises and business hours."""

from datetime import time

import pytest
from django.utils import translation

from accounts.models import AuditEntry
from inbox.models import Conversation, Priority
from routing.models import BusinessCalendar, SlaPolicy
from routing.services import tell_clocks
from tests.admin.conftest import act, address, errors, said
from tests.factories import ConversationFactory

pytestmark = pytest.mark.django_db

ADD_POLICY = "/admin/routing/slapolicy/add/"
ADD_CALENDAR = "/admin/routing/businesscalendar/add/"


@pytest.fixture
def followed() -> Conversation:
    """One whose clocks are as they should be."""
    return ConversationFactory(is_clock_stale=False)


def is_stale(row: Conversation) -> bool:
    """Once the worker came by."""
    tell_clocks()
    return Conversation.objects.get(pk=row.pk).is_clock_stale


def last_entry() -> tuple:
    entry = AuditEntry.objects.latest("pk")
    return entry.action, entry.changes


# --- promises ---
def policy_form(**changes) -> dict:
    data = {"department": "", "priority": "", "first_response_minutes": "5"}
    return data | {"first_response_in_hours": "on", "breach_action": "notify"} | changes


def test_a_promise_is_made_changed_and_removed(client, admin, sales, followed):
    assert client.post(ADD_POLICY, policy_form(department=sales.pk)).status_code == 302
    row = SlaPolicy.objects.get()
    assert (row.department, row.priority, row.first_response_minutes) == (sales, None, 5)
    assert (row.first_response_in_hours, row.resolution_in_hours) == (True, False)
    assert last_entry()[0] == "sla_policy_created"
    assert is_stale(followed)

    Conversation.objects.update(is_clock_stale=False)
    page = address("routing.slapolicy", "change", row.pk)
    data = policy_form(department=sales.pk, first_response_minutes="7")
    assert client.post(page, data).status_code == 302
    assert last_entry() == ("sla_policy_changed", {"first_response_minutes": [5, 7]})
    assert is_stale(followed)

    Conversation.objects.update(is_clock_stale=False)
    act(client, "routing.slapolicy", "delete_selected", SlaPolicy.objects.all(), post="yes")
    assert not SlaPolicy.objects.exists()
    assert last_entry()[0] == "sla_policy_deleted"
    assert is_stale(followed)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"first_response_minutes": "0"}, "first_response_minutes", "Enter from 1 to 129600"),
        ({"resolution_minutes": "129601"}, "resolution_minutes", "Enter from 1 to 129600"),
        ({"first_response_minutes": ""}, "first_response_minutes", "Promise at least one time."),
        ({"priority": "9"}, "priority", "valid choice"),
        ({"department": ""}, "department", "This department and priority have a policy already."),
    ],
)
def test_what_is_no_promise_is_refused(client, admin, sales, followed, changes, field, sentence):
    SlaPolicy.objects.create(first_response_minutes=1)
    response = client.post(ADD_POLICY, policy_form(department=sales.pk) | changes)

    assert sentence in str(errors(response)[field])
    assert SlaPolicy.objects.count() == 1
    assert not is_stale(followed)


@pytest.mark.parametrize(
    ("named", "priority", "name"),
    [
        (False, None, "All departments, all priorities"),
        (False, Priority.URGENT, "All departments, urgent"),
        (True, None, "Sales, all priorities"),
        (True, Priority.LOW, "Sales, low"),
    ],
)
def test_a_promise_is_named_in_words(sales, named, priority, name):
    with translation.override("en"):
        assert str(SlaPolicy(department=sales if named else None, priority=priority)) == name


@pytest.mark.parametrize("page", [ADD_POLICY, ADD_CALENDAR])
def test_pages_say_that_open_conversations_follow(client, admin, page):
    form = policy_form() if page == ADD_POLICY else calendar_form((0, "08:00", "12:00"))
    assert "the deadlines of open conversations are" in client.get(page).content.decode()
    told = said(client.post(page, form))
    assert "Deadlines of open conversations follow within a few seconds." in told


# --- business hours ---
def calendar_form(*intervals, others=(), **fields) -> dict:
    data = {"department": "", "keeps_holidays": "on"} | fields
    for name, rows, columns in (
        ("intervals", intervals, ("weekday", "opens_at", "closes_at")),
        ("exceptions", others, ("date", "opens_at", "closes_at", "name")),
    ):
        data |= {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": 0}
        for number, row in enumerate(rows):
            for column, value in zip(columns, row, strict=False):
                data[f"{name}-{number}-{column}"] = value
    return data


def test_hours_past_midnight_are_entered_as_the_refusal_says(client, admin):
    data = calendar_form((0, "22:00", "00:00"), (1, "00:00", "02:00"))
    assert client.post(ADD_CALENDAR, data).status_code == 302
    assert hours(BusinessCalendar.objects.get()) == [
        (0, time(22), time(0)),
        (1, time(0), time(2)),
    ]


def hours(calendar: BusinessCalendar) -> list[tuple]:
    return list(calendar.intervals.values_list("weekday", "opens_at", "closes_at"))


def test_hours_are_written_as_a_whole(client, admin, sales, followed):
    data = calendar_form(
        *((0, "08:00", "12:00"), (0, "13:00", "17:00"), (1, "22:00", "00:00"), ("", "", "")),
        others=((("2026-12-24"), "08:00", "11:00", "Noel"), ("2026-12-31", "", "", "Nghỉ")),
        department=sales.pk,
    )
    assert client.post(ADD_CALENDAR, data).status_code == 302

    calendar = BusinessCalendar.objects.get()
    assert calendar.department == sales
    assert hours(calendar) == [
        (0, time(8), time(12)),
        (0, time(13), time(17)),
        (1, time(22), time(0)),
    ]
    assert [(str(one), one.opens_at) for one in calendar.exceptions.all()] == [
        ("2026-12-24", time(8)),
        ("2026-12-31", None),
    ]
    assert last_entry()[0] == "business_hours_created"
    assert is_stale(followed)


def test_hours_are_changed_and_removed(client, admin, sales, followed):
    client.post(ADD_CALENDAR, calendar_form((0, "08:00", "12:00"), (1, "08:00", "12:00")))
    Conversation.objects.update(is_clock_stale=False)
    calendar = BusinessCalendar.objects.get()
    first, second = calendar.intervals.all()
    with translation.override("en"):
        assert str(first) == "Monday 08:00–12:00"  # how its row is headed
    data = calendar_form((0, "09:00", "12:00"), (1, "08:00", "12:00"))
    data |= {"intervals-INITIAL_FORMS": 2, "intervals-0-id": first.pk, "intervals-1-id": second.pk}
    data |= {"intervals-1-DELETE": "on", "intervals-0-calendar": calendar.pk}
    data |= {"intervals-1-calendar": calendar.pk}
    page = address("routing.businesscalendar", "change", calendar.pk)

    assert client.post(page, data).status_code == 302
    assert hours(calendar) == [(0, time(9), time(12))]
    assert last_entry()[0] == "business_hours_changed"
    assert is_stale(followed)

    rows = BusinessCalendar.objects.all()
    act(client, "routing.businesscalendar", "delete_selected", rows, post="yes")
    assert not BusinessCalendar.objects.exists()
    assert last_entry()[0] == "business_hours_deleted"


@pytest.mark.parametrize(
    ("form", "row", "field", "sentence"),
    [
        (
            calendar_form((0, "22:00", "02:00")),
            *(0, "closes_at", "enter 22:00–00:00 on this day and 00:00–02:00 on the next."),
        ),
        (calendar_form((0, "12:00", "12:00")), 0, "closes_at", "It closes before it opens."),
        (
            calendar_form((0, "08:00", "12:00"), (1, "08:00", "12:00"), (0, "11:59", "13:00")),
            *(2, "opens_at", "These hours overlap with others of the day."),
        ),
        (
            calendar_form((0, "20:00", "00:00"), (0, "23:00", "23:30")),
            *(1, "opens_at", "These hours overlap with others of the day."),
        ),
        (calendar_form((7, "08:00", "12:00")), 0, "weekday", "7"),
    ],
)
def test_hours_that_are_none_are_refused_at_their_field(
    client, admin, followed, form, row, field, sentence
):
    response = client.post(ADD_CALENDAR, form)

    formset = response.context["inline_admin_formsets"][0].formset
    assert sentence in str(formset.forms[row].errors[field])
    assert not BusinessCalendar.objects.exists()
    assert not is_stale(followed)


@pytest.mark.parametrize(
    ("others", "row", "field"),
    [
        ([("2026-12-24", "08:00", "", "")], 0, "closes_at"),
        ([("2026-12-24", "", "08:00", "")], 0, "opens_at"),
        ([("2026-12-24", "08:00", "11:00", ""), ("2026-12-24", "", "", "")], 1, "opens_at"),
        (
            [("2026-12-24", "08:00", "11:00", ""), ("2026-12-24", "10:00", "12:00", "")],
            1,
            "opens_at",
        ),
        ([("2026-12-24", "11:00", "08:00", "")], 0, "closes_at"),
    ],
)
def test_other_hours_are_whole_and_apart(client, admin, others, row, field):
    response = client.post(ADD_CALENDAR, calendar_form(others=others))

    formset = response.context["inline_admin_formsets"][1].formset
    assert list(formset.forms[row].errors) == [field]
    assert not BusinessCalendar.objects.exists()


def test_a_second_calendar_is_refused(client, admin):
    assert client.post(ADD_CALENDAR, calendar_form((0, "08:00", "12:00"))).status_code == 302
    response = client.post(ADD_CALENDAR, calendar_form((1, "08:00", "12:00")))

    assert "business hours for this already" in str(errors(response)["department"])
    assert BusinessCalendar.objects.count() == 1
