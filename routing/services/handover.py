"""Handing over what is open at the end of a shift, and going home."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record, set_presence
from inbox.models import Conversation
from inbox.services import add_note, cycle_id_of
from omnichat.lib.errors import DomainError
from omnichat.lib.retry import retry_on_conflict
from routing.models import Agent, Assignment
from routing.models.agent import AgentQuerySet
from routing.services.agents import recount_agents
from routing.services.by_hand import NoRoom, PersonNotAtWork
from routing.services.draining import drain_department
from routing.services.handover_notice import HELD
from routing.services.placing import Claim, PlaceLost, end_assignment, give, take_back
from routing.services.refresh import refresh_agents
from workforce.models import ShiftAssignment
from workforce.services import NotCheckedIn, check_out
from workforce.shift_ends import shift_end_of

EndReason = Assignment.EndReason
QUEUE, NEXT, KEEP, PERSON = "queue", "next", "keep", "person"
# A shift that begins this much later still follows; its people are there early or not at all.
FOLLOWS = timedelta(hours=1)


class NotYoursNow(DomainError):
    code = "not_yours_now"


class WrongDepartment(DomainError):
    code = "wrong_department"


@dataclass(frozen=True, slots=True)
class Decision:
    """Where one conversation goes: `to` is one of the four above, `person` for the last."""

    conversation_id: int
    to: str
    person: User | None = None
    note: str = ""


@dataclass(slots=True)
class Outcome:
    """How many went where, or what was refused with the reason, by the conversation's id.

    `is_out`: the person is checked out. While something is refused nothing went anywhere and they
    are not, so that it does not fall into the queue behind their back; what another has by now
    (`gone`) is no such thing.
    """

    done: list[str] = field(default_factory=list)
    refused: dict[int, DomainError] = field(default_factory=dict)
    gone: int = 0
    is_out: bool = False


def hand_over(*, user: User, decisions: Sequence[Decision], ip: str | None = None) -> Outcome:
    """Hand a person's conversations over as decided and check them out, all or nothing.

    Nothing new comes meanwhile, and what goes to the queue is there only once they are out, or it
    would come straight back. Who is not out in the end takes work as before; so does who was
    stopped by a fault.
    """
    is_out, has_stopped = False, _take_no_more(user, ip)
    try:
        outcome, departments = _carry_out(user, decisions, ip)
        is_out = outcome.is_out
    finally:
        if has_stopped and not is_out:
            _take_again(user, ip)
    for department_id in sorted(departments):
        drain_department(department_id)
    return outcome


@retry_on_conflict
@transaction.atomic
def _carry_out(
    user: User, decisions: Sequence[Decision], ip: str | None
) -> tuple[Outcome, set[int]]:
    """Do what was decided, or nothing; returns also the departments whose queue it went to.

    Locks the conversations, then the agents, each in the order of ids.
    """
    outcome, departments, kept = Outcome(), set(), _kept(user, decisions)
    _lock_all(user, [one for one in decisions if one.conversation_id not in kept])
    for decision in decisions:
        if decision.conversation_id in kept:
            outcome.done.append(KEEP)
            continue
        try:
            went, department_id = _hand_on(user, decision, ip)
        except NotYoursNow:
            outcome.gone += 1
        except DomainError as error:
            outcome.refused[decision.conversation_id] = error
        else:
            outcome.done.append(went)
            if went == QUEUE:
                departments.add(department_id)
    if outcome.refused:
        transaction.set_rollback(True)
        outcome.done.clear()
        return outcome, set()
    with suppress(NotCheckedIn):
        check_out(user=user)
    outcome.is_out = True
    return outcome, departments - {None}


def _lock_all(user: User, decisions: Sequence[Decision]) -> None:
    """Lock what goes and everybody it may go to, before the first of it goes."""
    decided = {one.conversation_id: one for one in decisions}
    mine = Conversation.objects.filter(pk__in=decided, assignee=user).order_by("pk")
    rows = list(mine.select_for_update(no_key=True).values_list("pk", "department_id"))
    ends_at = _ends_at(user)
    following = {department_id for pk, department_id in rows if decided[pk].to == NEXT}
    people = {user.pk} | {one.person.pk for one in decisions if one.person is not None}
    for department_id in following:
        people |= {agent.user_id for agent in next_people(user, department_id, ends_at)}
    recount_agents(people)


def colleagues_for(user: User, department_id: int | None) -> AgentQuerySet:
    """Whom somebody may name for conversations of a department: as when they give one away."""
    people = Agent.objects.options_for(user).answering_for(department_id)
    return people.exclude(user=user).select_related("user")


def next_people(user: User, department_id: int | None, ends_at: datetime) -> list[Agent]:
    """Who takes work of a department in the shift that follows on or runs beyond, idlest first."""
    beyond = ShiftAssignment.objects.published().filter(
        starts_at__lte=ends_at + FOLLOWS, ends_at__gt=ends_at
    )
    people = Agent.objects.answering_for(department_id).filter(
        is_routable=True, user__in=beyond.values("user")
    )
    people = people.exclude(user=user).select_related("user")
    return list(people.order_by("open_count", "last_assigned_at", "pk"))


def _kept(user: User, decisions: Sequence[Decision]) -> set[int]:
    """Those with which nothing is to be done: they wait for the customer, perhaps by hundreds."""
    keep = [one.conversation_id for one in decisions if one.to == KEEP and not one.note.strip()]
    waiting = Conversation.objects.filter(assignee=user, status=Conversation.Status.WAITING)
    return set(waiting.filter(pk__in=keep).values_list("pk", flat=True))


def _take_no_more(user: User, ip: str | None) -> bool:
    """Let nothing new come; was something coming?"""
    if not Agent.objects.filter(user=user, is_routable=True).exists():
        return False
    set_presence(user=user, presence=User.Presence.BUSY, ip=ip)
    refresh_agents(user_ids=[user.pk])
    return True


def _take_again(user: User, ip: str | None) -> None:
    """Undo the above, unless the person or their lead has said something else meanwhile."""
    if User.objects.filter(pk=user.pk, presence=User.Presence.BUSY).exists():
        set_presence(user=user, presence=User.Presence.AVAILABLE, ip=ip)
        refresh_agents(user_ids=[user.pk])


def _hand_on(user: User, decision: Decision, ip: str | None) -> tuple[str, int | None]:
    """Do what was decided of one; returns where it went, and its department."""
    lost: set[int] = set()
    while True:
        try:
            return _try_to_hand_on(user, decision, ip, lost)
        except PlaceLost as error:
            lost.add(error.user_id)


@transaction.atomic
def _try_to_hand_on(
    user: User, decision: Decision, ip: str | None, lost: set[int]
) -> tuple[str, int | None]:
    conversation = _lock(decision.conversation_id, user)
    note, to = decision.note.strip(), decision.to
    if note:
        add_note(conversation=conversation, author=user, text=note)
    is_open = conversation.status == Conversation.Status.OPEN
    if to == KEEP and conversation.status == Conversation.Status.WAITING:
        return KEEP, conversation.department_id
    agent = None
    if to == PERSON:
        agent = _colleague(decision.person, conversation, user)
    elif to == NEXT:
        agent = _next(conversation, user, lost)
    cycle_id = cycle_id_of(conversation)
    at = timezone.now()
    if agent is None:
        # Also what was to be kept: the customer has written meanwhile.
        take_back(conversation, cycle_id=cycle_id, why=EndReason.HANDED_OVER, at=at, note=note)
        went = QUEUE
    else:
        is_claim = to == NEXT and is_open
        claim = Claim(agent.user.department_id, conversation.channel.load_percent)
        end_assignment(conversation, why=EndReason.HANDED_OVER, at=at, note=note)
        _give(conversation, cycle_id, agent.user, user, at, claim if is_claim else None)
        went = to
    recount_agents([user.pk] if agent is None else [user.pk, agent.user_id])
    changes = {"assignee": [user.display_name, agent and agent.user.display_name]}
    record("conversation_handed_over", actor=user, target=conversation, changes=changes, ip=ip)
    return went, conversation.department_id


def _lock(conversation_id: int, user: User) -> Conversation:
    mine = Conversation.objects.select_related("channel", "contact", "assignee")
    mine = mine.filter(pk=conversation_id, assignee=user, status__in=HELD)
    conversation = mine.select_for_update(no_key=True, of=("self",)).first()
    if conversation is None:
        raise NotYoursNow(_("This conversation is not yours any more."))
    return conversation


def _colleague(person: User, conversation: Conversation, user: User) -> Agent:
    """The row of a named colleague, locked; only a lead gives them more than their places."""
    agent = recount_agents([user.pk, person.pk]).get(person.pk)
    if agent is None or not agent.keeps_work:
        text = _("%(person)s is not at work now. Choose somebody who is.")
        raise PersonNotAtWork(text % {"person": person})
    if not colleagues_for(user, conversation.department_id).filter(pk=agent.pk).exists():
        text = _("%(person)s does not answer for this department. Choose somebody who does.")
        raise WrongDepartment(text % {"person": person})
    if user.role == User.Role.STAFF and agent.free_percent < _need_percent(conversation):
        text = _("%(person)s has no place left. Choose somebody else.")
        raise NoRoom(text % {"person": person})
    return agent


def _need_percent(conversation: Conversation) -> int:
    """What waits for the customer, or sleeps, takes no place."""
    takes_place = conversation.status == Conversation.Status.OPEN
    return conversation.channel.load_percent if takes_place else 0


def _next(conversation: Conversation, user: User, lost: set[int]) -> Agent | None:
    """The least busy of the next shift with room for it, locked; nobody: the queue."""
    people = next_people(user, conversation.department_id, _ends_at(user))
    need = _need_percent(conversation)
    for agent in people:
        if agent.user_id not in lost and agent.free_percent >= need:
            recount_agents([user.pk, agent.user_id])
            return agent
    return None


def _ends_at(user: User) -> datetime:
    """When their shift ends; now, for who has none."""
    now = timezone.now()
    end = shift_end_of(user.pk, now)
    return end.ends_at if end else now


def _give(
    conversation: Conversation,
    cycle_id: int,
    person: User,
    user: User,
    at: datetime,
    claim: Claim | None,
) -> None:
    assignment = Assignment(
        conversation=conversation,
        cycle_id=cycle_id,
        assignee_id=person.pk,
        department_id=conversation.department_id or person.department_id,
        assigned_by=user,
        policy=Assignment.Policy.BY_HAND,
        explanation={"by": user.display_name, "chosen": {"name": person.display_name}},
        assigned_at=at,
    )
    params = {"person": person.display_name, "by": user.display_name}
    give(assignment, code="handed_over", params=params, claim=claim)
