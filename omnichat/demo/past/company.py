"""The demo company as the long history needs it, read from its rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, tzinfo

from accounts.models import User
from inbox.models import AutoReply, Channel
from omnichat.demo.choices import PACE_SECONDS
from omnichat.demo.past.moments import DAY, HOUR, MINUTE, midnight, ms_of
from omnichat.demo.past.people import Person, Team, Window, empty_load
from omnichat.demo.past.story import House
from omnichat.demo.people import MANAGER_OF, PRESENT, ROSTER
from omnichat.lib.errors import DomainError
from routing.models import STAFF_CAPACITY, RoutingPolicy
from routing.policies import stored_policies
from routing.services.waits import WAIT_TEXTS
from workforce.models import Break, TimeEntry
from workforce.shift_times import local_date

CHANNEL = "Sao Mai"
# Messages a day that nine people answer at their own pace, and how much shorter it can become.
CALM, LEAST_PACE = 2_400, 0.4
HANDOVER = 15 * MINUTE  # nothing new comes in the last minutes of a shift


class DemoChanged(DomainError):
    code = "demo_changed"


def demo_channel() -> Channel:
    channel = Channel.objects.filter(name=CHANNEL).order_by("pk").first()
    if channel is None:
        raise DemoChanged(f"The demo’s channel “{CHANNEL}” is gone: its history needs it.")
    return channel


def demo_people() -> list[User]:
    """Those who answer customers, in the order of the roster."""
    found = User.objects.filter(username__in=ROSTER, is_active=True).select_related("department")
    people = {person.username: person for person in found}
    if missing := [name for name in ROSTER if name not in people]:
        raise DemoChanged(f"People of the demo are gone: {', '.join(missing)}.")
    return [people[name] for name in ROSTER]


def house(
    people: list[User],
    channel: Channel,
    first: date,
    ends_at: int,
    zone: tzinfo,
    *,
    messages_a_day: float,
) -> House:
    """Who is there, when each was at work, who leads, what is said to those who wait.

    The same people answer faster where there is more to answer.
    """
    haste = max(LEAST_PACE, min(1, CALM / messages_a_day))
    departments = {person.department_id: person.department for person in people}
    names = {pk: department.name for pk, department in departments.items()}
    admin = User.objects.active_admins().order_by("pk").first()
    leads = {}
    for pk, name in names.items():
        lead = User.objects.filter(username=MANAGER_OF.get(name, ""), is_active=True).first()
        leads[pk] = ((lead or admin).pk, (lead or admin).display_name)
    stored = stored_policies()
    policies = {pk: stored.of(pk) for pk in names}
    origin = midnight(first, zone) - DAY
    windows = _windows(people, zone)
    team = Team(
        [_person(one, windows[one.pk], origin, ends_at, haste) for one in people],
        policies,
        ends_at + 1,
    )
    telling = RoutingPolicy.objects.filter(tells_wait=True).values_list("department", flat=True)
    own = AutoReply.objects.filter(channel=channel, trigger="wait", is_active=True).first()
    texts = WAIT_TEXTS["vi"]
    return House(
        team=team,
        names=names,
        leads=leads,
        tells_wait=frozenset(telling),
        wait_texts=(own.text_vi if own else texts["{minutes}"], texts[None]),
        midnight=midnight(first, zone),
    )


def _person(one: User, windows: list[Window], origin: int, ends_at: int, haste: float) -> Person:
    return Person(
        user_id=one.pk,
        name=one.display_name,
        department_id=one.department_id,
        capacity=PRESENT[one.username].capacity if one.username in PRESENT else STAFF_CAPACITY,
        pace=PACE_SECONDS[one.username] * haste,
        windows=windows,
        origin=origin,
        load=empty_load(origin, ends_at),
    )


def _windows(people: list[User], zone: tzinfo) -> dict[int, list[Window]]:
    """The days they were here, as their time entries and breaks have it."""
    pauses = {
        row.entry_id: row
        for row in Break.objects.filter(entry__user__in=people).exclude(ended_at=None)
    }
    names = {person.pk: person.username for person in people}
    found: dict[int, list[Window]] = defaultdict(list)
    entries = TimeEntry.objects.filter(user__in=people).exclude(checked_out_at=None)
    for entry in entries.order_by("checked_in_at"):
        on = local_date(entry.checked_in_at, zone)
        over = midnight(on, zone) + ROSTER[names[entry.user_id]].end_hour * HOUR
        begins, out = ms_of(entry.checked_in_at) + 1, ms_of(entry.checked_out_at)
        ends = min(out, over)
        if ends - HANDOVER <= begins:
            continue
        pause = pauses.get(entry.pk)
        found[entry.user_id].append(
            Window(
                begins=begins,
                closes=min(ends, over - HANDOVER),
                ends=ends,
                pause_from=ms_of(pause.started_at) if pause else 0,
                pause_to=ms_of(pause.ended_at) if pause else 0,
                ended_by="handed_over" if out >= over else "checked_out",
            )
        )
    return found
