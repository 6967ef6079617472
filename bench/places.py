"""How soon a place is filled: from a check-in or a resolve to the next assignment.

`python -m bench.places` runs in the environment of the installation, whose company has nothing
waiting; it prints the times as JSON. One process, the database over its socket: what a request
adds around it is the server's part, measured by the pages.
"""

from __future__ import annotations

import json
import os
from time import perf_counter

from bench.figures import summary

WAITING = 300  # conversations in the queue of the department
RESOLVES = 100
CAPACITY = 8


def measure() -> dict[str, dict]:
    """Milliseconds until the commit of the assignment that followed."""
    from accounts.models import User
    from inbox.models import Channel, Conversation
    from inbox.services import resolve_conversation
    from routing.models import Agent
    from workforce.services import check_in, check_out

    channel = Channel.objects.select_related("default_department").earliest("pk")
    department = channel.default_department
    staff = list(User.objects.filter(role="staff", department=department))
    boss = User.objects.get(role="admin")
    for person in staff:
        check_out(user=person)
    Agent.objects.filter(user__in=staff).update(capacity=CAPACITY)
    _write(channel)
    waiting = Conversation.objects.waiting().filter(department=department)
    held = Conversation.objects.filter(department=department, status="open").exclude(assignee=None)
    came, freed = [], []
    for person in staff:
        came.append(_timed(lambda person=person: check_in(user=person)))
        _require(held.filter(assignee=person).count() == CAPACITY)
    for _number in range(RESOLVES):
        before = waiting.count()
        conversation = held.order_by("pk").first()
        freed.append(_timed(lambda c=conversation: resolve_conversation(conversation=c, by=boss)))
        _require(waiting.count() == before - 1)
    return {"check-in, all places filled": summary(came), "place freed": summary(freed)}


def _require(is_so: bool) -> None:
    """A time counts only if what it is said to be of has happened."""
    if not is_so:
        raise RuntimeError("the place was not filled")


def _timed(act) -> float:
    started = perf_counter()
    act()
    return (perf_counter() - started) * 1000


def _write(channel) -> None:
    """Customers nobody can take: the department is empty."""
    from inbox.channels.base import InboundEvent
    from inbox.services import receive

    for number in range(WAITING):
        name = f"places-{number}"
        event = InboundEvent("zalo", name, "alo shop ơi", "{}", external_id=f"m-{name}")
        receive(channel=channel, events=[event])


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omnichat.settings")
    django.setup()
    print(json.dumps(measure()))
