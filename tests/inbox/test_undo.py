"""Taking "done" back: the same cycle goes on, for who ended it and only at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.services import live
from inbox.models import Conversation, Cycle, Message
from inbox.services import (
    add_note,
    complete_message,
    receive,
    resolve_conversation,
    send_reply,
    undo_resolve,
)
from inbox.services.conversations import NotYours
from inbox.services.undo import UNDO_WITHIN, UndoOvertaken, UndoTooLate
from tests.deliveries import event
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
SECOND = timedelta(seconds=1)
SINCE = NOW - timedelta(minutes=3)
HTML = {"accept": "text/html"}


@pytest.fixture
def mine(people):
    """An open conversation of `staff` with two messages, the first completed long ago."""
    conversation = ConversationFactory(
        department=people["staff"].department, assignee=people["staff"], waiting_since=SINCE
    )
    MessageFactory(conversation=conversation, text="1", completed_at=SINCE)
    MessageFactory(conversation=conversation, text="2", sent_at=SINCE)
    return conversation


def everything() -> list:
    """All that a refusal must leave as it was."""
    return [list(model.objects.order_by("pk").values()) for model in (Conversation, Cycle, Message)]


def resolved_by(person, conversation, at=NOW) -> None:
    resolve_conversation(conversation=conversation, by=person, at=at)


def test_all_is_as_it_was_but_for_two_lines_in_the_thread(mine, people):
    before = everything()
    resolved_by(people["staff"], mine)
    again = undo_resolve(conversation=mine, by=people["staff"], at=NOW + SECOND)
    assert (again.status, again.assignee, again.waiting_since) == ("open", people["staff"], SINCE)
    conversations, cycles, lines = everything()
    assert [conversations, cycles, lines[:2]] == before
    assert [line["data"]["code"] for line in lines[2:]] == ["resolved", "resolve_undone"]
    assert lines[3]["data"]["params"] == {"person": "Staff"}
    assert {line["cycle_id"] for line in lines} == {Cycle.objects.get().pk}


def test_what_waited_for_the_customer_waits_again(mine, people):
    send_reply(conversation=mine, author=people["staff"], text="Dạ")
    resolved_by(people["staff"], mine)
    again = undo_resolve(conversation=mine, by=people["staff"], at=NOW)
    assert (again.status, again.waiting_since) == ("waiting", None)


def test_the_customer_then_writes_into_the_same_cycle(mine, people):
    resolved_by(people["staff"], mine)
    undo_resolve(conversation=mine, by=people["staff"], at=NOW)
    sender = mine.identity.external_id
    receive(channel=mine.channel, events=[event("còn ạ?", sender=sender)])
    mine.refresh_from_db()
    assert (mine.cycle_number, mine.assignee) == (1, people["staff"])
    assert Cycle.objects.count() == 1


def test_completing_the_last_message_is_undone_too(mine, people):
    last = Message.objects.get(text="2")
    complete_message(message=last, by=people["staff"], at=NOW)
    undo_resolve(conversation=mine, by=people["staff"], at=NOW)
    last.refresh_from_db()
    assert last.completed_at is None
    assert Message.objects.get(text="1").completed_at == SINCE


def test_it_can_be_done_and_undone_again(mine, people):
    for _time in range(2):
        resolved_by(people["staff"], mine)
        undo_resolve(conversation=mine, by=people["staff"], at=NOW)
        send_reply(conversation=mine, author=people["staff"], text="Dạ")
    mine.refresh_from_db()
    assert (mine.status, Cycle.objects.get().resolved_at) == ("waiting", None)


def test_a_note_meanwhile_is_no_news(mine, people):
    resolved_by(people["staff"], mine)
    add_note(conversation=mine, author=people["manager"], text="Khách quen")
    assert not undo_resolve(conversation=mine, by=people["staff"], at=NOW).is_resolved


# --- Refused ------------------------------------------------------------------------------------
def refused(kind, conversation, by, **given) -> None:
    before = everything()
    with pytest.raises(kind):
        undo_resolve(conversation=conversation, by=by, **({"at": NOW} | given))
    assert everything() == before


@pytest.mark.parametrize("who", ["manager", "admin", "colleague"])
def test_nobody_else_undoes_it(mine, people, who):
    resolved_by(people["staff"], mine)
    refused(NotYours, mine, people[who])


def test_who_ended_it_and_may_no_longer_work_in_it_does_not(mine, people):
    resolved_by(people["manager"], mine)
    people["manager"].role = "staff"
    refused(NotYours, mine, people["manager"])


def test_the_customers_next_message_overtakes_it(mine, people):
    resolved_by(people["staff"], mine)
    sender = mine.identity.external_id
    receive(channel=mine.channel, events=[event("còn ạ?", sender=sender)])
    Conversation.objects.update(assignee=people["staff"])  # given back to them
    refused(UndoOvertaken, mine, people["staff"])
    # And what is then done is the end of another cycle than the button meant.
    resolved_by(people["staff"], mine)
    refused(UndoOvertaken, mine, people["staff"], cycle_number=1)
    assert not undo_resolve(
        conversation=mine, by=people["staff"], cycle_number=2, at=NOW
    ).is_resolved


def test_a_second_time_is_refused(mine, people):
    resolved_by(people["staff"], mine)
    undo_resolve(conversation=mine, by=people["staff"], at=NOW)
    refused(UndoOvertaken, mine, people["staff"])


def test_it_is_for_a_minute(mine, people):
    resolved_by(people["staff"], mine)
    refused(UndoTooLate, mine, people["staff"], at=NOW + UNDO_WITHIN + SECOND)
    undo_resolve(conversation=mine, by=people["staff"], at=NOW + UNDO_WITHIN)


def test_what_the_release_before_ended_stays_so(mine, people):
    resolved_by(people["staff"], mine)
    line = Message.objects.get(direction="event")
    line.data["params"] = {"person": "Staff"}
    line.save(update_fields=["data"])
    refused(UndoTooLate, mine, people["staff"])


def test_what_could_not_be_told_has_not_happened(mine, people, monkeypatch):
    resolved_by(people["staff"], mine)
    before = everything()

    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr(live, "run", fail)
    with pytest.raises(RuntimeError):
        undo_resolve(conversation=mine, by=people["staff"], at=NOW)
    assert everything() == before


# --- The doors ----------------------------------------------------------------------------------
def undo_address(conversation, cycle: int = 1) -> str:
    return reverse("inbox:conversation_undo_resolve", args=[conversation.public_id, cycle])


def test_done_offers_a_button_that_leads_back_into_the_conversation(client, mine, people):
    """A plain form: nothing here needs a script."""
    client.force_login(people["staff"])
    page = client.post(f"/conversations/{mine.public_id}/resolve", headers=HTML, follow=True)
    address = undo_address(mine)
    assert f'<form method="post" action="{address}">' in page.text
    assert ">Undo</button>" in page.text
    assert "csrfmiddlewaretoken" in page.text.partition(address)[2].partition("</form>")[0]
    assert address not in client.get("/messages", headers=HTML).text  # said once

    back = client.post(address)
    assert back["Location"] == f"/conversations/{mine.public_id}"
    mine.refresh_from_db()
    assert (mine.status, mine.assignee) == ("open", people["staff"])
    thread = client.get(back["Location"]).text
    assert "<b>Staff</b> undid “Done”" in thread


def test_too_late_is_said_on_the_page(client, mine, people):
    resolved_by(people["staff"], mine, at=NOW - 2 * UNDO_WITHIN)
    client.force_login(people["staff"])
    page = client.post(undo_address(mine), headers=HTML, follow=True)
    assert "It is too late to undo." in page.text
    mine.refresh_from_db()
    assert mine.is_resolved


def test_other_messages_have_no_button(client, mine, people):
    client.force_login(people["staff"])
    data = {"name": "Hoa", "note": ""}
    page = client.post(f"/conversations/{mine.public_id}/contact", data, follow=True)
    assert "Saved." in page.text
    assert ">Undo</button>" not in page.text


def test_the_api_undoes_it_and_says_why_not(api, mine, people):
    path = f"/api/v1/conversations/{mine.public_id}/resolve/undo"
    staff = api(people["staff"])
    early = staff.post(path)
    assert (early.status_code, early.json()["code"]) == (409, "undo_overtaken")
    resolved_by(people["staff"], mine, at=timezone.now())
    others = api(people["manager"]).post(path)
    assert (others.status_code, others.json()["code"]) == (403, "not_yours")
    done = staff.post(path)
    assert (done.status_code, done.json()["status"], done.json()["assigned_to"]) == (
        200,
        "open",
        "staff",
    )
    resolved_by(people["staff"], mine, at=NOW - 2 * UNDO_WITHIN)
    late = staff.post(path)
    assert (late.status_code, late.json()["code"]) == (409, "undo_too_late")
