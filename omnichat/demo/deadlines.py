"""What the demo company promises its customers, and when it answers."""

from __future__ import annotations

from datetime import datetime, time

from accounts.models import Department, User
from inbox.models import Contact, Conversation, Priority
from inbox.services import propose_priority
from omnichat.demo.common import SALES
from routing.models import SlaPolicy
from routing.services import follow_clocks
from routing.services.calendars import Interval, save_calendar
from routing.services.sla_policies import save_sla_policy

# Around the clock: the demo is tried at any hour, and people of it are at work then.
OPENS_AT, CLOSES_AT = time(0), time(0)
NORMAL = {"first_response_minutes": 30, "next_response_minutes": 40, "resolution_minutes": 8 * 60}
HURRIED = {"first_response_minutes": 10, "next_response_minutes": 20, "resolution_minutes": 4 * 60}
IMPORTANT = ("Bạch Tuyết Nhi",)


def write_deadlines(actor: User) -> None:
    """Business hours, promises for all, shorter ones for what is urgent or high, and in Sales."""
    save_calendar(
        department=None,
        keeps_holidays=False,
        intervals=[Interval(weekday, OPENS_AT, CLOSES_AT) for weekday in range(7)],
        actor=actor,
    )
    sales = Department.objects.get(name=SALES)
    for which, minutes in (
        ({}, NORMAL),
        ({"department": sales}, NORMAL | {"first_response_minutes": 20}),
        ({"priority": Priority.HIGH}, HURRIED),
        ({"priority": Priority.URGENT}, HURRIED | {"breach_action": "reassign"}),
    ):
        save_sla_policy(changes=which | minutes, actor=actor)
    SlaPolicy.objects.update(effective_from=None)  # promised all along, not since this moment
    Contact.objects.filter(name__in=IMPORTANT).update(is_vip=True)
    for row in Conversation.objects.filter(contact__is_vip=True).exclude(status="resolved"):
        propose_priority(row, Priority.HIGH, by=Conversation.PriorityBy.VIP)


def follow_all(at: datetime) -> None:
    """Bring every clock to the present, as a worker would have."""
    while follow_clocks(at=at):
        pass
