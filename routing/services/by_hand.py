"""A person decides who gets a conversation."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from inbox.models import Conversation, Cycle
from omnichat.lib.errors import DomainError
from omnichat.lib.retry import retry_on_conflict
from routing.models import Agent, Assignment
from routing.services.agents import recount_agents
from routing.services.assignment import drain_department
from routing.services.placing import PlaceLost, end_assignment, give
from workforce.availability import availability


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


class MayNotClaim(DomainError):
    code = "may_not_claim"
    status = 403


def assign_conversation(
    *, conversation: Conversation, assignee: User, by: User, ip: str | None = None
) -> Conversation:
    """Give a conversation to a person at work, even over their capacity.

    The caller found `assignee` among the people `by` may hand work to. The conversation moves
    to the assignee's department. Locks the conversation, then the agents.
    Raises ConversationNotOpen, AlreadyAssigned, PersonNotAtWork.
    """
    former = _assign(conversation, assignee, by, ip)
    if former is not None and former.has_room:
        drain_department(former.user.department_id)
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
            end_assignment(conversation, why=Assignment.EndReason.RESOLVED, at=timezone.now())
            _give(conversation, by, by, ip, is_claim=by.role == User.Role.STAFF)
            recount_agents([by.pk])
    except PlaceLost:
        raise _why_no_place(by) from None
    return Conversation.objects.for_list().get(pk=conversation.pk)


@retry_on_conflict
def _assign(conversation: Conversation, assignee: User, by: User, ip: str | None) -> Agent | None:
    """Write the assignment; returns the former assignee's agent row."""
    with transaction.atomic():
        conversation = _lock(conversation)
        former_id = conversation.assignee_id
        if former_id == assignee.pk:
            raise AlreadyAssigned(
                _("%(person)s has this conversation already.") % {"person": assignee}
            )
        # Both rows in one go: two steps that swap people must not wait for each other.
        both = [pk for pk in (former_id, assignee.pk) if pk]
        agent = recount_agents(both).get(assignee.pk)
        if agent is None or not agent.is_at_work:
            raise PersonNotAtWork(
                _("%(person)s is not at work now. Choose somebody who is.") % {"person": assignee},
                field="assignee",
            )
        end_assignment(conversation, why=Assignment.EndReason.REASSIGNED, at=timezone.now())
        # Read behind the lock: the person may have moved to another department just now.
        assignee = agent.user
        before = str(User.objects.get(pk=former_id)) if former_id else None
        _give(conversation, assignee, by, ip, before=before)
        return recount_agents(both).get(former_id)


def _lock(conversation: Conversation) -> Conversation:
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    if conversation.status not in (Conversation.Status.OPEN, Conversation.Status.WAITING):
        raise ConversationNotOpen(_("This conversation is done. There is nothing to hand over."))
    return conversation


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


def _why_no_place(user: User) -> DomainError:
    now = availability(user)
    if now.is_available:
        return NoRoom(_("You have no place left. Answer or complete one first."))
    if now.is_on_break:
        return NotTakingWork(_("You are on a break. Come back from it first, then take it."))
    return NotTakingWork(_("You are set to busy. Set yourself to available, then take it."))


def _give(
    conversation: Conversation,
    assignee: User,
    by: User,
    ip: str | None,
    *,
    before: str | None = None,
    is_claim: bool = False,
) -> None:
    cycle_id = Cycle.objects.values_list("pk", flat=True).get(
        conversation=conversation, number=conversation.cycle_number
    )
    assignment = Assignment(
        conversation=conversation,
        cycle_id=cycle_id,
        assignee_id=assignee.pk,
        department_id=assignee.department_id or conversation.department_id,
        assigned_by=by,
        policy=Assignment.Policy.BY_HAND,
        explanation={"by": by.display_name, "chosen": {"name": assignee.display_name}},
        assigned_at=timezone.now(),
    )
    code = "taken" if assignee.pk == by.pk else "assigned_by_person"
    params = {"person": assignee.display_name, "by": by.display_name}
    give(assignment, code=code, params=params, is_claim=is_claim)
    changes = {"assignee": [before, assignee.display_name]}
    record("conversation_assigned", actor=by, target=conversation, changes=changes, ip=ip)
