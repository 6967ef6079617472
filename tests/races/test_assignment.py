"""P-A1, P-A3: one assignee, never above capacity, nobody idle, whatever happens at once."""

import random
import threading
from dataclasses import replace
from functools import partial

import pytest
from django.db import connection, transaction

from accounts.models import User
from accounts.services import update_user
from inbox.models import Contact, ContactIdentity, Conversation, Cycle, Message
from inbox.services import resolve_conversation, send_reply
from routing import services as routing
from routing.models import Agent, Assignment
from routing.scoring import PLACE
from routing.services import assignment_sql, deciding, placing, release
from tests.e2e.installation import wait_until
from tests.races.company import (
    assert_nobody_idles,
    assert_true_to_life,
    bearer,
    call,
    conversation_of,
    new_sender,
    write,
)
from tests.races.together import DEADLINE_SECONDS, at_once
from workforce.services import check_out

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

REFUSED = {403, 404, 409}  # somebody else was quicker; anything else is a fault


def test_64_messages_for_8_people_of_capacity_4(rounds, company, caplog):
    for _round in rounds:
        here = company(departments=2, people=4, capacity=4)
        senders = [new_sender() for _customer in range(64)]
        answers = at_once(
            partial(write, sender, f"Cho hỏi {here.word(number)} ạ")
            for number, sender in enumerate(senders)
        )
        assert {answer.value.status for answer in answers} == {200}
        assert_true_to_life(here)
        stored = Message.objects.inbound().filter(
            conversation__identity__external_id__in=senders, keywords__isnull=False
        )
        assert stored.count() == 64
        assert len(here.conversations()) == 64
        assert [agent.open_count for agent in here.agents()] == [4] * 8
        waiting = {c.waiting_reason for c in here.conversations() if c.assignee is None}
        assert waiting == {"all_full"}
        told = [answer.value.body["assigned_to"] for answer in answers]
        assert len([name for name in told if name]) == 32  # what the sender heard was true
    assert "lost a race" not in caplog.text  # a deadlock would cost a second each


def test_64_mixed_messages_completions_replies_arrivals_and_departures(rounds, company):
    for seed in rounds:
        here = company(departments=2, people=4, capacity=4)
        away = [here.staff[0], here.staff[4]]
        for person in away:
            check_out(user=person)
        known = _customers_in_every_state(here)
        dice = random.Random(seed)
        news = [(new_sender(), here.word(number)) for number in range(20)]
        again = dice.sample(known, 16)
        actions = [partial(write, sender, word) for sender, word in news]
        actions += [partial(write, sender, "Alo?") for sender in again]
        actions += _completions(known, dice, 10) + _replies(known, dice, 10)
        leaving = dice.sample([person for person in here.staff if person not in away], 4)
        actions += [partial(call, "shifts/checkout", bearer(person)) for person in leaving]
        actions += [partial(call, "shifts/checkin", bearer(person)) for person in [*away, *away]]
        dice.shuffle(actions)
        assert len(actions) == 64
        before = Message.objects.inbound().count()

        answers = [outcome.value for outcome in at_once(actions)]

        assert {answer.status for answer in answers} <= {200, 201} | REFUSED
        assert Message.objects.inbound().count() == before + len(news) + len(again)
        assert not Message.objects.unrouted().exists()
        assert_true_to_life(here)
        routing.assign_waiting()
        assert_nobody_idles(here)
        assert routing.repair_agents() == 0
        assert_true_to_life(here)


def _customers_in_every_state(here) -> list[str]:
    """44 customers: as many as fit are somebody's, some answered, some done, the rest wait."""
    senders = [new_sender() for _customer in range(44)]
    for number, sender in enumerate(senders):
        write(sender, here.word(number))
    assigned = [c for c in here.conversations() if c.assignee is not None]
    for conversation in assigned[0::4]:
        send_reply(conversation=conversation, author=conversation.assignee, text="Dạ có ạ")
    for conversation in assigned[1::4]:
        resolve_conversation(conversation=conversation, by=conversation.assignee)
    assert_true_to_life(here)
    return senders


def _completions(senders, dice, count) -> list:
    return [
        partial(call, f"messages/{message.pk}/complete", bearer(message.conversation.assignee))
        for message in dice.sample(_messages_of_assigned(senders), count)
    ]


def _replies(senders, dice, count) -> list:
    actions = []
    for message in dice.sample(_messages_of_assigned(senders), count):
        path = f"conversations/{message.conversation.public_id}/reply"
        actions.append(partial(call, path, bearer(message.conversation.assignee), text="Dạ"))
    return actions


def _messages_of_assigned(senders) -> list[Message]:
    theirs = Message.objects.inbound().filter(
        conversation__identity__external_id__in=senders, conversation__status="open"
    )
    theirs = theirs.exclude(conversation__assignee=None).order_by("pk")
    return list(theirs.select_related("conversation__assignee"))


def test_16_first_messages_of_one_customer(rounds, company):
    for _round in rounds:
        here = company(people=4, capacity=4)
        sender = new_sender()
        answers = at_once(partial(write, sender, f"{here.word(0)} {n}") for n in range(16))
        assert {answer.value.status for answer in answers} == {200}
        assert {answer.value.body["assigned_to"] for answer in answers} != {None}
        identity = ContactIdentity.objects.get(external_id=sender)
        assert Contact.objects.filter(name=sender).count() == 1
        assert Conversation.objects.filter(identity=identity).count() == 1
        assert Cycle.objects.filter(conversation__identity=identity).count() == 1
        messages = Message.objects.inbound().filter(conversation__identity=identity)
        assert messages.count() == 16
        assert not messages.unrouted().exists()
        assert Assignment.objects.filter(conversation__identity=identity).count() == 1
        assert sorted(agent.open_count for agent in here.agents()) == [0, 0, 0, 1]
        assert_true_to_life(here)


def test_one_place_and_16_waiting_drained_by_8(rounds, company):
    for _round in rounds:
        here = company(people=1, capacity=1)
        Agent.objects.filter(user=here.staff[0]).update(is_routable=False, reason="busy")
        for _customer in range(16):
            write(new_sender(), here.word(0))
        Agent.objects.filter(user=here.staff[0]).update(is_routable=True, reason="taking_work")
        department = here.departments[0].pk
        drained = at_once([partial(routing.drain_department, department)] * 8)
        assert sum(outcome.value for outcome in drained) == 1
        assert [c.assignee for c in here.conversations() if c.assignee] == here.staff
        assert_true_to_life(here)


def test_8_drains_give_every_conversation_once(rounds, company):
    for _round in rounds:
        here = company(people=4, capacity=4)
        Agent.objects.filter(user__in=here.staff).update(is_routable=False, reason="busy")
        for _customer in range(16):
            write(new_sender(), here.word(0))
        Agent.objects.filter(user__in=here.staff).update(is_routable=True, reason="taking_work")
        department = here.departments[0].pk
        drained = at_once([partial(routing.drain_department, department)] * 8)
        assert sum(outcome.value for outcome in drained) == 16
        assert [agent.open_count for agent in here.agents()] == [4] * 4
        assert_true_to_life(here)


def test_who_came_too_late_for_one_place_holds_up_nobody(company, monkeypatch, caplog):
    """Filled while routing waited for it, the first choice is let go before the second is tried.

    Else a step that locks both people, in their order, would wait for one and hold the other.
    """
    here = company(people=2, capacity=1)
    second, first = (agent.user_id for agent in here.agents())
    full, held, late = threading.Event(), threading.Event(), threading.Event()
    take_place, rank_by = assignment_sql.take_place, deciding.rank_by

    def rank(*given, **named):
        # Not sooner: the first is full before it is asked for, and let go, or not, at the second.
        assert full.wait(DEADLINE_SECONDS)
        ranking = rank_by(*given, **named)
        people = sorted(ranking.people, key=lambda one: one.candidate.user_id != first)
        return replace(ranking, people=people)

    def take(user_id, at, need_percent=PLACE):
        if user_id != first:
            late.set()
        return take_place(user_id, at, need_percent)

    def fill() -> None:
        with transaction.atomic():
            Agent.objects.filter(user=first).update(open_count=1)
            assert held.wait(DEADLINE_SECONDS)
            full.set()
            assert wait_until(_somebody_waits_for_us, DEADLINE_SECONDS)

    def lock_both() -> None:
        with transaction.atomic():
            routing.recount_agents([second])
            held.set()
            assert late.wait(DEADLINE_SECONDS)
            routing.recount_agents([first])

    monkeypatch.setattr(deciding, "rank_by", rank)
    monkeypatch.setattr(assignment_sql, "take_place", take)
    at_once([fill, partial(write, new_sender(), here.word(0)), lock_both])
    assert [c.assignee_id for c in here.conversations()] == [second]
    assert "lost a race" not in caplog.text
    assert_true_to_life(here)


def test_whose_row_is_in_use_is_waited_for_and_not_passed_over(company):
    here = company(people=1, capacity=1)
    held = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            routing.recount_agents([here.staff[0].pk])
            held.set()
            assert wait_until(_somebody_waits_for_us, DEADLINE_SECONDS)

    def send() -> dict:
        assert held.wait(DEADLINE_SECONDS)
        return write(new_sender(), here.word(0)).body

    answer = at_once([hold, send])[1].value
    assert (answer["assigned_to"], answer["queued"]) == (here.staff[0].username, False)
    assert_true_to_life(here)


def _somebody_waits_for_us() -> bool:
    """Ask whether a transaction stands behind a lock of this one's.

    Of `pg_locks`, which is read anew each time; `pg_stat_activity` stands still in a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return cursor.fetchone()[0]


def test_a_reason_is_not_written_behind_a_lock(company):
    """Whoever holds a waiting conversation stops nobody from telling why the others wait."""
    here = company(people=1, capacity=1)
    for _customer in range(4):
        write(new_sender(), here.word(0))
    waiting = Conversation.objects.waiting().filter(department=here.departments[0])
    waiting.update(waiting_reason="nobody_at_work")  # as of an hour ago
    second = waiting[1]
    held, told = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Conversation.objects.select_for_update().get(pk=second.pk)
            held.set()
            assert told.wait(DEADLINE_SECONDS)

    def drain() -> list[str]:
        assert held.wait(DEADLINE_SECONDS)
        try:
            routing.drain_department(here.departments[0].pk)
            return [conversation.waiting_reason for conversation in waiting.all()]
        finally:
            told.set()

    assert at_once([hold, drain])[1].value == ["all_full", "nobody_at_work", "all_full"]
    routing.drain_department(here.departments[0].pk)
    assert {conversation.waiting_reason for conversation in waiting.all()} == {"all_full"}


def test_16_completed_at_once_are_counted_off_one_by_one(rounds, company):
    for _round in rounds:
        here = company(people=1, capacity=16)
        for _customer in range(16):
            write(new_sender(), here.word(0))
        at_once(
            partial(resolve_conversation, conversation=conversation, by=here.staff[0])
            for conversation in here.conversations()
        )
        assert [agent.open_count for agent in here.agents()] == [0]
        assert_true_to_life(here)


def test_places_are_freed_and_filled_at_once(rounds, company):
    """Recounts of what ends meet claims for what begins, on one person's row."""
    for _round in rounds:
        here = company(people=1, capacity=16)
        for _customer in range(16):
            write(new_sender(), here.word(0))
        actions = [
            partial(resolve_conversation, conversation=conversation, by=here.staff[0])
            for conversation in here.conversations()
        ]
        actions += [partial(write, new_sender(), here.word(0)) for _customer in range(16)]
        at_once(actions)
        assert_true_to_life(here)
        routing.assign_waiting()
        assert [agent.open_count for agent in here.agents()] == [16]
        assert_true_to_life(here)


def test_resolved_while_the_customer_writes_again(rounds, company):
    """The old record ends, the count is right, whichever of the two came first."""
    for _round in rounds:
        here = company(people=2, capacity=16)
        senders = [new_sender() for _customer in range(16)]
        for sender in senders:
            write(sender, here.word(0))
        actions = [
            partial(resolve_conversation, conversation=conversation, by=conversation.assignee)
            for conversation in here.conversations()
        ]
        actions += [partial(write, sender, "Còn nữa") for sender in senders]
        at_once(actions)
        assert_true_to_life(here)
        assert_nobody_idles(here)


def test_a_slow_look_at_a_resolve_ends_no_later_record(company, monkeypatch):
    """The customer writes while the resolve is being settled, and is given to somebody anew."""
    here, sender = company(people=1), new_sender()
    write(sender, here.word(0))
    looked, written = threading.Event(), threading.Event()

    def end_slowly(*arguments, **named) -> None:
        if not looked.is_set():
            looked.set()
            written.wait(0.5)  # behind the lock nobody can get past this
        placing.end_assignment(*arguments, **named)

    def write_again() -> None:
        assert looked.wait(DEADLINE_SECONDS)
        write(sender, here.word(0))
        written.set()

    monkeypatch.setattr(release, "end_assignment", end_slowly)
    resolve = partial(resolve_conversation, conversation=conversation_of(sender), by=here.staff[0])
    at_once([resolve, write_again])
    assert conversation_of(sender).assignee == here.staff[0]
    assert_true_to_life(here)


def test_deactivated_while_16_customers_write(rounds, company, new_admin):
    """P-A5: nothing is left with somebody who is gone."""
    for _round in rounds:
        here = company(people=2, capacity=16)
        admin, leaver = new_admin(), here.staff[0]
        actions = [partial(write, new_sender(), here.word(0)) for _customer in range(16)]
        leave = partial(update_user, user=leaver, actor=admin, changes={"is_active": False})
        at_once([*actions, leave])
        assert {c.assignee for c in here.conversations()} <= {here.staff[1], None}
        routing.assign_waiting()
        assert {c.assignee for c in here.conversations()} == {here.staff[1]}
        assert_true_to_life(here)


def test_moved_to_another_department_while_16_customers_write(rounds, company, new_admin):
    for _round in rounds:
        here = company(departments=2, people=2, capacity=16)
        mover, goes_to = here.staff[0], here.departments[1]
        move = partial(update_user, user=mover, actor=new_admin(), changes={"department": goes_to})
        at_once([move, *(partial(write, new_sender(), here.word(0)) for _customer in range(16))])
        routing.assign_waiting()
        assert_true_to_life(here)
        assert_nobody_idles(here)


def test_moved_between_the_choice_and_the_claim(company, new_admin, monkeypatch):
    """The whole move, with all that follows it, fits between ranking people and taking a place."""
    here = company(departments=2, people=1)
    mover, goes_to = here.staff[0], here.departments[1]
    move = partial(update_user, user=mover, actor=new_admin(), changes={"department": goes_to})

    rank_by = deciding.rank_by

    def rank_and_wait(*arguments, **named):
        ranking = rank_by(*arguments, **named)
        at_once([move])
        return ranking

    monkeypatch.setattr(deciding, "rank_by", rank_and_wait)
    answer = write(new_sender(), here.word(0)).body
    assert (answer["assigned_to"], answer["queued"]) == (None, True)
    assert [agent.open_count for agent in here.agents()] == [0, 0]
    assert_true_to_life(here)


def test_a_lost_word_of_a_move_is_repaired(company):
    """The process died after it had moved the person and before routing heard of it."""
    here = company(departments=2, people=1)
    write(new_sender(), here.word(0))
    User.objects.filter(pk=here.staff[0].pk).update(department=here.departments[1])
    assert routing.repair_agents() == 1
    assert [c.assignee for c in here.conversations()] == [None]
    assert_true_to_life(here)
