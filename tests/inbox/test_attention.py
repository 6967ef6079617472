"""The pages' buttons to put a conversation off, bring it back and say what is served first."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inbox.models import Contact, Conversation, Cycle, Mention, Priority
from inbox.services import update_contact
from routing.models import SlaPolicy
from routing.services import follow_clocks, warn_deadlines
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(people, sales) -> Conversation:
    return ConversationFactory(department=sales, assignee=people["staff"])


@pytest.fixture
def send(client, people, row):
    def call(verb: str, *, who: str = "staff", **data):
        client.force_login(people[who])
        app = "routing" if verb == "priority" else "inbox"
        address = reverse(f"{app}:conversation_{verb}", args=[row.public_id])
        return client.post(address, data, follow=True, headers={"accept": "text/html"})

    return call


def fresh(row: Conversation) -> Conversation:
    return Conversation.objects.get(pk=row.pk)


@pytest.mark.parametrize(("choice", "hours"), [("hour", 1), ("three_hours", 3)])
def test_for_some_hours(send, row, choice, hours):
    before = timezone.now()
    answer = send("snooze", choice=choice)

    until = fresh(row).snoozed_until
    assert before + timedelta(hours=hours) <= until <= timezone.now() + timedelta(hours=hours)
    assert answer.redirect_chain == [(reverse("inbox:conversation_list"), 302)]
    (toast,) = answer.context["messages"]
    assert toast.extra_tags == reverse("inbox:conversation_wake", args=[row.public_id])


def test_until_tomorrow_morning(send, row):
    send("snooze", choice="tomorrow")

    local = timezone.localtime(fresh(row).snoozed_until)
    assert (local.date(), local.hour, local.minute) == (
        timezone.localdate() + timedelta(days=1),
        8,
        0,
    )


def test_until_a_date_and_time_of_the_workplace(send, row):
    day = timezone.localdate() + timedelta(days=3)
    send("snooze", choice="at", until=f"{day}T14:30")

    assert f"{timezone.localtime(fresh(row).snoozed_until):%Y-%m-%dT%H:%M}" == f"{day}T14:30"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"choice": "at"},
        {"choice": "at", "until": "morgen"},
        {"choice": "at", "until": "2020-01-01T08:00"},
        {"choice": "at", "until": "9999-12-31T23:59"},
        {"choice": "year"},
    ],
)
def test_what_is_no_time_changes_nothing_and_is_said(send, row, data):
    answer = send("snooze", **data)

    assert fresh(row).status == "open"
    assert answer.status_code == 400
    assert answer.context["refusal"]


def test_by_hand_it_comes_back(send, row):
    send("snooze", choice="hour")
    answer = send("wake")

    assert (fresh(row).status, fresh(row).snoozed_until) == ("open", None)
    assert answer.status_code == 200


def test_the_priority_is_set_and_shown(send, row):
    answer = send("priority", priority="1")

    assert (fresh(row).priority, fresh(row).priority_by) == (Priority.URGENT, "person")
    assert "#flag" in answer.content.decode()
    assert [str(toast) for toast in answer.context["messages"]] == ["Priority: urgent."]


def test_what_the_priority_does_to_the_deadline_is_said(send, row):
    """At once, not only when the worker has come by; what would be past counts from now."""
    for priority, minutes in ((1, 10), (2, 50)):
        SlaPolicy.objects.create(
            priority=priority, first_response_minutes=minutes, first_response_in_hours=False
        )
    ago = timezone.now() - timedelta(minutes=20)
    Cycle.objects.filter(conversation=row).update(started_at=ago)

    def says(priority: int) -> tuple[str, str]:
        (toast,) = send("priority", priority=str(priority)).context["messages"]
        due = timezone.localtime(fresh(row).due_at)
        is_today = due.date() == timezone.localdate()
        return str(toast), f"{due:%H:%M}" if is_today else f"{due:%H:%M %d/%m}"

    text, due = says(2)
    assert text == f"Priority: high. The first response is due at {due}."
    assert fresh(row).due_at == ago + timedelta(minutes=50)
    before = timezone.now()
    text, due = says(1)
    assert text == f"Priority: urgent. The first response is due at {due}."
    assert before <= fresh(row).due_at - timedelta(minutes=10) <= timezone.now()


def test_what_was_late_before_stays_late_whatever_priority_is_chosen(send, row):
    for priority, minutes in ((1, 5), (3, 10)):
        SlaPolicy.objects.create(
            priority=priority, first_response_minutes=minutes, first_response_in_hours=False
        )
    ago = timezone.now() - timedelta(minutes=20)
    Cycle.objects.filter(conversation=row).update(started_at=ago)
    Conversation.objects.update(is_clock_stale=True)
    follow_clocks()
    warn_deadlines()
    (toast,) = send("priority", priority="1").context["messages"]
    assert "already late" in str(toast)
    assert fresh(row).due_at == ago + timedelta(minutes=5)


@pytest.mark.parametrize("value", ["", "0", "5", "high", "1.5"])
def test_what_is_no_priority_changes_nothing(send, row, value):
    answer = send("priority", priority=value)

    assert (answer.status_code, bool(answer.context["refusal"])) == (400, True)
    assert (fresh(row).priority, fresh(row).priority_by) == (Priority.NORMAL, "")


def test_only_who_may_work_on_it_has_the_buttons(client, people, row):
    """A colleague who was called in a note reads along."""
    note = MessageFactory(conversation=row, direction="note", author=people["staff"])
    Mention.objects.create(message=note, conversation=row, user=people["colleague"])
    for who, has in (("staff", True), ("manager", True), ("colleague", False)):
        client.force_login(people[who])
        page = client.get(row.path).content.decode()
        assert (reverse("inbox:conversation_snooze", args=[row.public_id]) in page) == has
        assert (reverse("routing:conversation_priority", args=[row.public_id]) in page) == has


def test_snoozed_ones_have_a_tab_of_their_own(client, people, row, send):
    send("snooze", choice="hour")
    for status, count in (("open", 0), ("snoozed", 1)):
        answer = client.get(
            f"{reverse('inbox:conversation_list')}?status={status}", headers={"accept": "text/html"}
        )
        assert len(answer.context["rows"]) == count


def test_a_contact_becomes_important_and_stays_so_where_nothing_is_said(client, people, row):
    client.force_login(people["staff"])
    address = reverse("inbox:contact", args=[row.public_id])
    client.post(address, {"name": "Chị Mai", "note": "", "is_vip": "on"})
    assert Contact.objects.get(pk=row.contact_id).is_vip

    contact = Contact.objects.get(pk=row.contact_id)
    update_contact(contact=contact, author=people["staff"], name="Mai", note="")
    assert Contact.objects.get(pk=row.contact_id).is_vip
    client.post(address, {"name": "Chị Mai", "note": ""})
    assert not Contact.objects.get(pk=row.contact_id).is_vip
