"""A person decides who gets a conversation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services import record
from inbox.models import Conversation
from inbox.services import (
    NotYours,
    add_event_message,
    add_note,
    cycle_id_of,
    place_conversation,
)
from omnichat.lib.errors import DomainError
from omnichat.lib.retry import retry_on_conflict
from routing.models import Agent, AgentSkill, Assignment
from routing.policies import stored_policies
from routing.services.agents import recount_agents
from routing.services.choosing import candidates_of
from routing.services.draining import drain_department, drain_for
from routing.services.placing import (
    NOT_WAITING,
    Claim,
    PlaceLost,
    end_assignment,
    give,
    take_back,
)
from workforce.availability import availability

EndReason = Assignment.EndReason
NOTE_CHARS = 500  # of a note that the record keeps; the thread has all of it


class ConversationNotOpen(DomainError):
    code = "conversation_not_open"


class AlreadyAssigned(DomainError):
    code = "already_assigned"


class PersonNotAtWork(DomainError):
    code = "person_not_at_work"


class NoRoom(DomainError):
    code = "no_room"


class NotTakingWork(DomainError):
    code = "not_taking_work"


class NobodyElse(DomainError):
    code = "nobody_else"


class DepartmentClosed(DomainError):
    code = "department_closed"


class MayNotClaim(DomainError):
    code = "may_not_claim"
    status = 403


def assign_conversation(
    *,
    conversation: Conversation,
    assignee: User,
    by: User,
    note: str = "",
    ip: str | None = None,
) -> Conversation:
    """Give a conversation to a person at work; a lead may do so even over their capacity.

    The caller found `assignee` among the people `by` may hand work to. The conversation moves
    to the assignee's department, unless they have the skill for its own. `note` becomes a note
    in the thread. Locks the conversation, then the agents.
    Raises ConversationNotOpen, NotYours, AlreadyAssigned, PersonNotAtWork, NoRoom.
    """
    former = _assign(conversation, assignee, by, note, ip)
    if former is not None and former.has_room:
        drain_for(former)
    return Conversation.objects.for_list().get(pk=conversation.pk)


@retry_on_conflict
def move_conversation(
    *,
    conversation: Conversation,
    department: Department,
    by: User,
    note: str = "",
    ip: str | None = None,
) -> Conversation:
    """Send a conversation to another department's queue, where it is given out at once.

    Keywords do not move it again in this cycle. To the department it is in: `hand_back`. Locks
    the conversation, then the agent. Raises ConversationNotOpen, NotYours, DepartmentClosed,
    AlreadyAssigned, NobodyElse.
    """
    if conversation.department_id == department.pk and conversation.assignee_id is not None:
        return hand_back(conversation=conversation, by=by, note=note, ip=ip)
    if not department.is_active:
        raise DepartmentClosed(
            _("%(department)s takes no more conversations.") % {"department": department},
            field="department",
        )
    with transaction.atomic():
        conversation = _lock(conversation)
        require_may_hand_on(conversation, by)
        if conversation.department_id == department.pk:
            raise AlreadyAssigned(
                _("It waits in %(department)s already.") % {"department": department},
                field="department",
            )
        former_id, before = conversation.assignee_id, conversation.department
        end_assignment(conversation, why=EndReason.REASSIGNED, at=timezone.now())
        place_conversation(
            conversation,
            assignee_id=None,
            department_id=department.pk,
            seen_at=None,
            is_clock_stale=True,
            **NOT_WAITING,
        )
        _tell(conversation, "moved", {"by": by.display_name, "department": department.name})
        _write_note(conversation, by, note)
        recount_agents([former_id] if former_id else [])
        changes = {"department": [before and before.name, department.name]}
        record("conversation_moved", actor=by, target=conversation, changes=changes, ip=ip)
    drain_department(conversation.department_id)  # whoever waits before it is served before it
    _fill(former_id)
    return Conversation.objects.for_list().get(pk=conversation.pk)


@retry_on_conflict
def hand_back(
    *, conversation: Conversation, by: User, note: str = "", ip: str | None = None
) -> Conversation:
    """Put one's conversation back into the queue for a colleague.

    Refused while it would come straight back. Locks the conversation, then the agent. Raises
    ConversationNotOpen, NotYours, NobodyElse.
    """
    with transaction.atomic():
        conversation = _lock(conversation)
        if conversation.assignee_id is None:
            raise AlreadyAssigned(_("It waits in the queue already."))
        require_may_hand_on(conversation, by)
        former_id, at = conversation.assignee_id, timezone.now()
        before = str(conversation.assignee)
        if _comes_back(conversation, at):
            raise NobodyElse(_why_it_comes_back(by, conversation.assignee))
        cycle_id = cycle_id_of(conversation)
        take_back(conversation, cycle_id=cycle_id, why=EndReason.HANDED_BACK, at=at, by=by)
        _write_note(conversation, by, note)
        recount_agents([former_id])
        changes = {"assignee": [before, None]}
        record("conversation_handed_back", actor=by, target=conversation, changes=changes, ip=ip)
    drain_department(conversation.department_id)  # whoever waits before it is served before it
    _fill(former_id)
    return Conversation.objects.for_list().get(pk=conversation.pk)


@retry_on_conflict
def take_conversation(
    *, conversation: Conversation, by: User, ip: str | None = None
) -> Conversation:
    """Take a waiting conversation oneself, when at work; staff only into a free place.

    Raises ConversationNotOpen, AlreadyAssigned, MayNotClaim, PersonNotAtWork, NotTakingWork,
    NoRoom.
    """
    try:
        with transaction.atomic():
            conversation = _lock(conversation)
            if conversation.assignee_id is not None:
                raise AlreadyAssigned(_("Somebody has this conversation already."))
            require_may_take(conversation, by)
            # A crash may have left the record of the last cycle open.
            end_assignment(conversation, why=EndReason.RESOLVED, at=timezone.now())
            is_claim = by.role == User.Role.STAFF
            claim = _claim(conversation, by) if is_claim else None
            _give(conversation, by, by, ip, claim=claim)
            recount_agents([by.pk])
    except PlaceLost:
        raise _why_no_place(by) from None
    return Conversation.objects.for_list().get(pk=conversation.pk)


@retry_on_conflict
def _assign(
    conversation: Conversation, assignee: User, by: User, note: str, ip: str | None
) -> Agent | None:
    """Write the assignment; returns the former assignee's agent row."""
    with transaction.atomic():
        conversation = _lock(conversation)
        require_may_hand_on(conversation, by)
        former_id = conversation.assignee_id
        if former_id == assignee.pk:
            raise AlreadyAssigned(
                _("%(person)s has this conversation already.") % {"person": assignee}
            )
        # Both rows in one go: two steps that swap people must not wait for each other.
        both = [pk for pk in (former_id, assignee.pk) if pk]
        agent = recount_agents(both).get(assignee.pk)
        if agent is None or not agent.keeps_work:
            raise PersonNotAtWork(
                _("%(person)s is not at work now. Choose somebody who is.") % {"person": assignee},
                field="assignee",
            )
        if by.role == User.Role.STAFF and not _fits(conversation, agent):
            raise NoRoom(
                _("%(person)s has no place left. Choose somebody else.") % {"person": assignee},
                field="assignee",
            )
        end_assignment(conversation, why=EndReason.REASSIGNED, at=timezone.now())
        # Read behind the lock: the person may have moved to another department just now.
        assignee = agent.user
        before = str(User.objects.get(pk=former_id)) if former_id else None
        _give(conversation, assignee, by, ip, before=before, note=note)
        _write_note(conversation, by, note)
        return recount_agents(both).get(former_id)


def _lock(conversation: Conversation) -> Conversation:
    rows = Conversation.objects.select_related("channel", "department", "assignee")
    locked = rows.select_for_update(no_key=True, of=("self",))
    conversation = locked.get(pk=conversation.pk)
    if conversation.status not in (Conversation.Status.OPEN, Conversation.Status.WAITING):
        raise ConversationNotOpen(_("This conversation is done. There is nothing to hand over."))
    return conversation


def require_may_hand_on(conversation: Conversation, user: User) -> None:
    """Refuse staff who see a conversation but have not got it. Raises NotYours."""
    if user.role == User.Role.STAFF and conversation.assignee_id != user.pk:
        raise NotYours(_("This conversation is not yours. Take it first."))


def require_may_take(conversation: Conversation, user: User) -> None:
    """Refuse who may not take a conversation they see, whatever their load.

    Staff only what waits in a department that lets them; nobody who is not at work, because the
    next sweep would give it to somebody else. Raises MayNotClaim, PersonNotAtWork.
    """
    if not conversation.is_claimable_by(user):
        raise MayNotClaim(
            _(
                "In this department conversations are assigned by themselves; yours will"
                " come to you."
            )
        )
    agent = Agent.objects.filter(user=user).first()
    if agent is None:
        raise PersonNotAtWork(_("Only people of a department can have conversations."))
    if not agent.is_at_work:
        raise PersonNotAtWork(_("Check in first, then you can take conversations."))


def _comes_back(conversation: Conversation, at: datetime) -> bool:
    """Would whoever has it be given it again: nobody else has room, and they would have it then?

    Where people take for themselves it waits in any case.
    """
    if (department_id := conversation.department_id) is None:
        return True
    if stored_policies().of(department_id).is_claim:
        return False
    need_percent, former_id = conversation.channel.load_percent, conversation.assignee_id
    people = {candidate.user_id: candidate for candidate in candidates_of(department_id, at)}
    former = people.pop(former_id, None)
    if any(candidate.has_room_for(need_percent) for candidate in people.values()):
        return False
    return former is not None and former.is_routable and former.free_percent >= 0


def _why_it_comes_back(by: User, former: User) -> str:
    if by == former:
        return _("Nobody else has room now, so it would come back to you. Ask your lead.")
    text = _("Nobody else has room now, so it would come back to %(person)s. Choose who gets it.")
    return text % {"person": former}


def _why_no_place(user: User) -> DomainError:
    now = availability(user)
    if now.is_available:
        return NoRoom(_("You have no place left. Answer or complete one first."))
    if now.is_on_break:
        return NotTakingWork(_("You are on a break. Come back from it first, then take it."))
    if now.is_shift_ending or not now.keeps_work:
        return NotTakingWork(_("Your shift is over soon or already. Stay longer first."))
    return NotTakingWork(_("You are set to busy. Set yourself to available, then take it."))


def _give(
    conversation: Conversation,
    assignee: User,
    by: User,
    ip: str | None,
    *,
    before: str | None = None,
    note: str = "",
    claim: Claim | None = None,
) -> None:
    assignment = Assignment(
        conversation=conversation,
        cycle_id=cycle_id_of(conversation),
        assignee_id=assignee.pk,
        department_id=_department_for(conversation, assignee),
        assigned_by=by,
        policy=Assignment.Policy.BY_HAND,
        explanation={"by": by.display_name, "chosen": {"name": assignee.display_name}},
        assigned_at=timezone.now(),
        note=note[:NOTE_CHARS],
    )
    code = "taken" if assignee.pk == by.pk else "assigned_by_person"
    params = {"person": assignee.display_name, "by": by.display_name}
    give(assignment, code=code, params=params, claim=claim)
    changes = {"assignee": [before, assignee.display_name]}
    record("conversation_assigned", actor=by, target=conversation, changes=changes, ip=ip)


def _claim(conversation: Conversation, user: User) -> Claim:
    return Claim(user.department_id, conversation.channel.load_percent)


def _fits(conversation: Conversation, agent: Agent) -> bool:
    """Is there room for it, or does it take none: it waits for the customer?"""
    takes_place = conversation.status == Conversation.Status.OPEN
    return not takes_place or agent.free_percent >= conversation.channel.load_percent


def _department_for(conversation: Conversation, assignee: User) -> int | None:
    """The assignee's own, unless they have the skill for the conversation's."""
    skills = AgentSkill.objects.filter(agent__user=assignee, department=conversation.department_id)
    if conversation.department_id and skills.exists():
        return conversation.department_id
    return assignee.department_id or conversation.department_id


def _tell(conversation: Conversation, code: str, params: dict) -> None:
    add_event_message(
        conversation=conversation, cycle=cycle_id_of(conversation), code=code, params=params
    )


def _write_note(conversation: Conversation, by: User, note: str) -> None:
    if note.strip():
        add_note(conversation=conversation, author=by, text=note)


def _fill(former_id: int | None) -> None:
    """The place that became free."""
    agent = Agent.objects.filter(user=former_id).select_related("user").first()
    if agent is not None and agent.has_room:
        drain_for(agent)
