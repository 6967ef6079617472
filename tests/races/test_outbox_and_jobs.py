"""What workers share: one claim per row, one run per job, one winner per outcome."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from inbox.models import Channel, OutboundPart, WebhookEvent
from inbox.services import (
    claim_part,
    retry_due_events,
    retry_event,
    retry_part,
    send_reply,
    webhook_events,
)
from inbox.services.delivery import LEASE
from inbox.services.intake import Receipt, apply_stored
from omnichat.lib.jobs import finish
from omnichat.models import PeriodicJob
from omnichat.worker import Job, run_if_due
from tests.races.company import conversation_of, new_sender, write
from tests.races.together import DEADLINE_SECONDS, at_once, words

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

State = OutboundPart.State


def _replies(company, *, customers: int, each: int = 1) -> None:
    """Leave the outbox with nothing but these."""
    OutboundPart.objects.all().delete()
    here = company(people=1, capacity=customers)
    for _customer in range(customers):
        sender = new_sender()
        write(sender, here.word(0))
        for number in range(each):
            conversation = conversation_of(sender)
            send_reply(conversation=conversation, author=here.staff[0], text=f"Dạ {number}")


def test_one_part_is_claimed_by_one_of_8(rounds, company):
    for _round in rounds:
        _replies(company, customers=1)
        claimed = [outcome.value for outcome in at_once([claim_part] * 8)]
        assert len([part for part in claimed if part]) == 1
        part = OutboundPart.objects.get()
        assert (part.state, part.attempts) == (State.SENDING, 1)


def test_8_parts_are_claimed_by_8_once_each(rounds, company):
    """Nobody waits for a row another holds, and nobody goes away empty."""
    for _round in rounds:
        _replies(company, customers=8)
        claimed = [outcome.value for outcome in at_once([claim_part] * 8)]
        assert sorted(part.pk for part in claimed if part) == sorted(
            OutboundPart.objects.values_list("pk", flat=True)
        )


def test_a_claim_does_not_wait_for_a_row_that_another_holds(company):
    """A worker that is slow to claim stops no other."""
    _replies(company, customers=2)
    first, second = OutboundPart.objects.order_by("run_after", "pk")
    held, claimed = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            OutboundPart.objects.select_for_update().get(pk=first.pk)
            held.set()
            assert claimed.wait(DEADLINE_SECONDS)

    def claim_another() -> int:
        assert held.wait(DEADLINE_SECONDS)
        try:
            return claim_part().pk
        finally:
            claimed.set()

    assert at_once([hold, claim_another])[1].value == second.pk


def test_two_parts_of_one_thread_go_one_after_the_other(rounds, company):
    for _round in rounds:
        _replies(company, customers=1, each=2)
        first, second = OutboundPart.objects.order_by("pk")
        claimed = [o.value for o in at_once([claim_part] * 8) if o.value]
        assert [part.pk for part in claimed] == [first.pk]
        assert finish(claimed[0], state=State.SENT)
        claimed = [o.value for o in at_once([claim_part] * 8) if o.value]
        assert [part.pk for part in claimed] == [second.pk]


def test_a_claim_that_ran_out_cannot_write_its_outcome(rounds, company):
    for _round in rounds:
        _replies(company, customers=1)
        slow = claim_part()
        OutboundPart.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        claimed = [outcome.value for outcome in at_once([claim_part] * 8) if outcome.value]
        assert len(claimed) == 1
        quick = claimed[0]
        outcomes = at_once([partial(finish, slow, state=State.FAILED)] * 4)
        assert words(outcomes) == {False: 4}
        part = OutboundPart.objects.get()
        assert (part.state, part.locked_by) == (State.SENDING, quick.locked_by)
        assert part.lease_until > timezone.now() + LEASE / 2
        assert words(at_once([partial(finish, quick, state=State.SENT)] * 4)) == {True: 1, False: 3}


def test_8_ask_for_one_failed_reply_again(rounds, company):
    """While it is on its way nobody can queue it a second time."""
    for _round in rounds:
        _replies(company, customers=1)
        assert finish(claim_part(), state=State.FAILED)
        part = OutboundPart.objects.get()
        asked = at_once([partial(_ask, retry_part, part=part)] * 8)
        assert words(asked) == {"asked": 1, "part_not_failed": 7}
        assert len([o.value for o in at_once([claim_part] * 8) if o.value]) == 1


def _ask(step, *arguments, **named) -> str:
    step(*arguments, **named)
    return "asked"


def test_one_failed_event_is_applied_once_by_8(rounds, company):
    for _round in rounds:
        here, sender = company(people=1), new_sender()
        _store_failed(here, sender)
        applied = at_once([retry_due_events] * 8)
        assert sum(outcome.value for outcome in applied) == 1
        assert conversation_of(sender).messages.inbound().count() == 1
        assert conversation_of(sender).assignee == here.staff[0]


def test_an_applied_event_cannot_be_asked_for(company):
    here, sender = company(people=1), new_sender()
    event = _store_failed(here, sender)
    assert retry_due_events() == 1
    asked = at_once([partial(_ask, retry_event, event)] * 4)
    assert words(asked) == {"event_not_failed": 4}
    assert retry_due_events() == 0
    assert conversation_of(sender).messages.inbound().count() == 1


def test_an_event_taken_from_a_slow_worker_leaves_one_message(company, monkeypatch):
    """A person asks for it again and another worker applies it; the first one's work is undone."""
    here, sender = company(people=1), new_sender()
    event = _store_failed(here, sender)
    begun, overtaken = threading.Event(), threading.Event()

    def apply_slowly(**named) -> Receipt:
        if not begun.is_set():
            begun.set()
            assert overtaken.wait(DEADLINE_SECONDS)
        return apply_stored(**named)

    def overtake() -> int:
        assert begun.wait(DEADLINE_SECONDS)
        try:
            retry_event(event)
            return retry_due_events()
        finally:
            overtaken.set()

    monkeypatch.setattr(webhook_events, "apply_stored", apply_slowly)
    outcomes = at_once([retry_due_events, overtake])
    assert [outcome.value for outcome in outcomes] == [0, 1]
    event.refresh_from_db()
    assert event.state == WebhookEvent.State.APPLIED
    assert conversation_of(sender).messages.inbound().count() == 1


def test_a_person_asks_for_an_event_while_workers_apply_it(rounds, company):
    """Asked for after it was applied it is refused; before, it is tried: one message."""
    for _round in rounds:
        here, sender = company(people=1), new_sender()
        event = _store_failed(here, sender)
        actions = [retry_due_events] * 4 + [partial(_ask, retry_event, event)] * 4
        outcomes = at_once(actions)
        assert words(outcomes[4:]).keys() <= {"asked", "event_not_failed"}
        retry_due_events()
        event.refresh_from_db()
        assert event.state == WebhookEvent.State.APPLIED
        assert conversation_of(sender).messages.inbound().count() == 1


def _store_failed(here, sender: str) -> WebhookEvent:
    """An event that could not be applied and is due again."""
    body = f'{{"platform": "zalo", "sender": "{sender}", "content": "{here.word(0)}"}}'
    return WebhookEvent.objects.create(
        channel=Channel.objects.get(pk=here.channel.pk),
        state=WebhookEvent.State.FAILED,
        body=body,
        attempts=1,
    )


def test_a_periodic_job_is_run_by_one_of_8(rounds, company):
    """From its very first run on, when its row does not exist yet."""
    for number in rounds:
        ran = []
        lock = threading.Lock()

        def run(ran=ran, lock=lock) -> None:
            with lock:
                ran.append(1)

        job = Job(f"job {number}", timedelta(hours=1), run)
        first = at_once([partial(run_if_due, job)] * 8)
        assert words(first)[True] <= 1  # whoever makes the row may find it due at its next look
        row = PeriodicJob.objects.filter(name=job.name)
        assert row.count() == 1
        for _turn in range(4):
            ran.clear()
            row.update(run_after=timezone.now())
            assert words(at_once([partial(run_if_due, job)] * 8)) == {True: 1, False: 7}
            assert len(ran) == 1
