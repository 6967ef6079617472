"""Stores the golden set as the services would have stored it, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import transaction

from accounts.models import Department, User
from inbox.models import AutoReplySent, Channel, Conversation, Cycle, Message
from inbox.services import waits_since
from routing.models import (
    Assignment,
    BusinessCalendar,
    BusinessInterval,
    SlaClock,
)
from tests.factories import (
    ChannelFactory,
    ContactFactory,
    ContactIdentityFactory,
    DepartmentFactory,
    OrganisationFactory,
    UserFactory,
)
from tests.reporting.golden import conversations as golden
from tests.workforce.timesheet_rows import moment, plan, shift, worked
from workforce.models import AvailabilityInterval, Holiday, Leave, LeaveType, Request, TimeRules

Direction = Message.Direction
EVENT = re.compile(r"(?:(\d+) )?(\d\d:\d\d(?::\d\d)?) (\w+) ?(.*)", re.DOTALL)
FIRST, LAST = date(2026, 2, 2), date(2026, 2, 28)
# When everything has been counted.
AT = "2026-03-02 09:00"


@dataclass
class World:
    """Everybody and everything, by name; conversations by the names of their stories."""

    people: dict[str, User] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)

    def name_of(self, kind: str, pk: int | None) -> str:
        """What a row is called; `-` for none."""
        rows = getattr(self, kind)
        return next((name for name, row in rows.items() if row.pk == pk), "-")


def february(text: str) -> datetime:
    """`9/10:00`, or with seconds, as an instant."""
    day, clock = text.split("/")
    return moment(f"2026-02-{int(day):02} {clock}")


@contextmanager
def loaded() -> Iterator[World]:
    """The whole golden set, until it is left."""
    with transaction.atomic():
        yield load()
        transaction.set_rollback(True)


def load() -> World:
    world = make_world()
    for name, story in golden.STORIES.items():
        world.conversations[name] = StoryLoader(world, name, story).load()
    _load_work(world)
    return world


def make_world() -> World:
    """Company, departments, hours, people and channels; nothing has happened yet."""
    OrganisationFactory()
    TimeRules.objects.update(effective_from=date(2026, 1, 1))
    sales, care = DepartmentFactory(name="Sales"), DepartmentFactory(name="Care")
    _open(None, range(5), ("08:00", "12:00"), ("13:00", "17:00"))
    _open(None, [5], ("08:00", "12:00"))
    _open(care, range(7), ("07:00", "22:00"), keeps_holidays=False)
    for day in range(16, 21):
        Holiday.objects.update_or_create(
            date=date(2026, 2, day), defaults={"name": "Tết", "is_confirmed": True}
        )
    world = World(departments={"sales": sales, "care": care})
    for name, department in {"lan": sales, "minh": sales, "hoa": care, "tuan": care}.items():
        world.people[name] = UserFactory(username=name, department=department)
    world.people["mai"] = UserFactory(username="mai", department=sales, role=User.Role.MANAGER)
    world.people["boss"] = UserFactory(username="boss", department=None, role=User.Role.ADMIN)
    world.channels = {name: ChannelFactory(name=name) for name in ("zalo", "facebook", "web")}
    return world


def _open(department, weekdays, *times: tuple[str, str], keeps_holidays: bool = True) -> None:
    calendar, _is_new = BusinessCalendar.objects.get_or_create(
        department=department, defaults={"keeps_holidays": keeps_holidays}
    )
    for weekday in weekdays:
        for opens, closes in times:
            BusinessInterval.objects.create(
                calendar=calendar,
                weekday=weekday,
                opens_at=time.fromisoformat(opens),
                closes_at=time.fromisoformat(closes),
            )


def happenings(story: str) -> tuple[str, list[tuple[datetime, str, str]]]:
    """Channel, and what happened when: a verb and the rest of it."""
    channel, *events = (part.strip() for part in story.split(";"))
    day, found = None, []
    for event in events:
        named, clock, verb, rest = EVENT.fullmatch(event).groups()
        day = named or day
        found.append((february(f"{day}/{clock}"), verb, " ".join(rest.split())))
    return channel, found


class StoryLoader:
    """One story, from beginning to end. A verb of a story is a method `_on_…`."""

    def __init__(self, world: World, name: str, story: str) -> None:
        self.world = world
        channel, self.events = happenings(story)
        first = next(at for at, verb, _rest in self.events if verb in ("in", "out"))
        identity = ContactIdentityFactory(
            contact=ContactFactory(name=name), channel=world.channels[channel]
        )
        self.it = Conversation.objects.create(
            channel=identity.channel,
            identity=identity,
            contact=identity.contact,
            created_at=first,
            last_message_at=first,
            is_clock_stale=False,
        )
        self.cycle: Cycle | None = None
        self.active: Assignment | None = None
        self._begin(first, self.events[0])

    def load(self) -> Conversation:
        for at, verb, rest in self.events:
            getattr(self, f"_on_{verb}")(at, *self._arguments(verb, rest))
        self.it.save()
        return self.it

    def _arguments(self, verb: str, rest: str) -> list[str]:
        return rest.split(" ", 3 if verb == "give" else -1) if rest else []

    def _begin(self, at: datetime, event: tuple[datetime, str, str]) -> None:
        verb, rest = event[1:]
        if verb == "in" and rest:
            at = waits_since(at, february(rest.removeprefix("@")))
        self.cycle = Cycle.objects.create(conversation=self.it, number=1, started_at=at)

    # --- Messages -------------------------------------------------------------------------------
    def _on_in(self, at: datetime, got: str = "") -> None:
        received_at = february(got.removeprefix("@")) if got else at
        if self.cycle.resolved_at is not None:
            self.it.cycle_number += 1
            self.it.assignee, self.active = None, None
            started_at = waits_since(at, received_at)
            self.cycle = Cycle.objects.create(
                conversation=self.it, number=self.it.cycle_number, started_at=started_at
            )
            self._line(started_at, "reopened")
        self.it.status = Conversation.Status.OPEN
        self.it.waiting_since = self.it.waiting_since or waits_since(at, received_at)
        self.it.last_inbound_at, self.it.snoozed_until = received_at, None
        self._message(at, Direction.INBOUND, received_at=received_at, keywords=[])

    def _on_out(self, at: datetime, who: str) -> None:
        self._message(at, Direction.OUTBOUND, author=self.world.people[who])
        self._leave_the_turn(at, self.world.people[who])

    def _on_echo(self, at: datetime) -> None:
        self._message(at, Direction.OUTBOUND)
        self._leave_the_turn(at, None)

    def _on_auto(self, at: datetime, trigger: str) -> None:
        message = self._message(at, Direction.OUTBOUND, data={"auto": trigger})
        AutoReplySent.objects.create(
            cycle=self.cycle, contact=self.it.contact, trigger=trigger, message=message, sent_at=at
        )

    def _on_note(self, at: datetime, who: str) -> None:
        self._message(at, Direction.NOTE, author=self.world.people[who])

    def _message(self, at: datetime, direction: str, **columns) -> Message:
        columns = {"received_at": at, "text": "…"} | columns
        self.it.last_message_at = max(at, self.it.last_message_at)
        return Message.objects.create(
            conversation=self.it,
            cycle=self.cycle,
            channel=self.it.channel,
            direction=direction,
            sent_at=at,
            **columns,
        )

    def _line(self, at: datetime, code: str, **params) -> None:
        data = {"code": code, "params": params}
        self._message(at, Direction.EVENT, text="", data=data)

    def _leave_the_turn(self, at: datetime, who: User | None) -> None:
        self.it.status, self.it.waiting_since = Conversation.Status.WAITING, None
        self.it.snoozed_until = None
        if self.cycle.first_response_at is None:
            self.cycle.first_response_at, self.cycle.first_responder = at, who
            self.cycle.save()

    # --- Who has it -----------------------------------------------------------------------------
    def _on_give(self, at: datetime, who: str, department: str, how: str = "", words="") -> None:
        matches = [self._match(word, department) for word in words.split(", ") if word]
        by = "keyword" if how == "word" else "department"
        self._give(
            at,
            who,
            department,
            code=f"assigned_by_{by}",
            explanation={"department_by": by, "matches": matches},
            policy=Assignment.Policy.BALANCED_SPEED,
        )

    def _match(self, text: str, department: str) -> dict:
        """`giá*2`, or with another department `giá*2@care`, as routing notes it."""
        word, weight, other = re.fullmatch(r"(.+)\*([\d.]+)(?:@(\w+))?", text).groups()
        department_id = self.world.departments[other or department].pk
        found = {"keyword": 1, "word": word, "department": department_id, "weight": weight}
        return found | {"start": 0, "end": len(word)}

    def _on_hand(self, at: datetime, who: str, department: str, _by: str, by: str) -> None:
        self._end(at, Assignment.EndReason.REASSIGNED)
        self._give(at, who, department, code="assigned_by_person", by=self.world.people[by])

    def _on_take(self, at: datetime, who: str, department: str) -> None:
        self._give(at, who, department, code="taken", by=self.world.people[who])

    def _give(self, at, who, department, *, code, by=None, explanation=None, policy="by_hand"):
        person = self.world.people[who]
        self.it.assignee, self.it.department = person, self.world.departments[department]
        self.active = Assignment.objects.create(
            conversation=self.it,
            cycle=self.cycle,
            assignee=person,
            department=self.it.department,
            assigned_by=by,
            policy=policy,
            explanation=explanation or {"by": str(by), "chosen": {"name": person.display_name}},
            assigned_at=at,
        )
        self._line(at, code, person=person.display_name)

    def _end(self, at: datetime, why: str) -> None:
        if self.active is not None:
            self.active.ended_at, self.active.end_reason = at, why
            self.active.save()
        self.active = None

    def _on_free(self, at: datetime, why: str) -> None:
        self._end(at, why)
        self._line(at, f"released_{why}", person=str(self.it.assignee), why=why)
        self.it.assignee = None

    def _on_move(self, at: datetime, department: str, _by: str, by: str) -> None:
        self._end(at, Assignment.EndReason.REASSIGNED)
        self.it.department, self.it.assignee = self.world.departments[department], None
        by = self.world.people[by].display_name
        self._line(at, "moved", by=by, department=self.it.department.name)

    # --- Beginnings and ends --------------------------------------------------------------------
    def _on_done(self, at: datetime, who: str) -> None:
        person = self.world.people[who]
        self.before = {"status": self.it.status, "waiting_since": self.it.waiting_since}
        self.ended = self.active
        self._line(at, "resolved", person=person.display_name, status=self.it.status)
        self.it.status, self.it.waiting_since = Conversation.Status.RESOLVED, None
        self.it.snoozed_until = None
        self.cycle.resolved_at, self.cycle.resolved_by = at, person
        self.cycle.save()
        self._end(at, Assignment.EndReason.RESOLVED)

    def _on_undo(self, at: datetime, who: str) -> None:
        self.it.status, self.it.waiting_since = self.before.values()
        self.cycle.resolved_at = self.cycle.resolved_by = None
        self.cycle.save()
        self.active = self.ended
        self.active.ended_at, self.active.end_reason = None, ""
        self.active.save()
        self._line(at, "resolve_undone", person=self.world.people[who].display_name)

    def _on_snooze(self, at: datetime, until: str, who: str) -> None:
        self.it.status, self.it.snoozed_until = Conversation.Status.SNOOZED, february(until)
        person = self.world.people[who].display_name
        self._line(at, "snoozed", person=person, until=february(until).isoformat())

    def _on_wake(self, at: datetime, who: str = "") -> None:
        params = {"person": self.world.people[who].display_name} if who else {}
        self.it.status = Conversation.Status.OPEN
        if self.it.waiting_since is None and who:
            self.it.status = Conversation.Status.WAITING
        elif self.it.waiting_since is None:
            self.it.waiting_since = at
        self.it.snoozed_until = None
        self._line(at, "woken", **params)

    def _on_promise(self, at, metric: str, department: str, since: str, state: str, end="") -> None:
        end_at = february(end) if end else None
        replied = {"met": end_at, "off": end_at}
        columns = {"stopped_at": replied.get(state), "is_met": True if state == "met" else None}
        if state == "missed":
            columns |= {"breached_at": end_at, "is_met": False, "is_action_due": at > end_at}
        SlaClock.objects.create(
            conversation=self.it,
            cycle=self.cycle,
            metric=metric,
            department=self.world.departments[department],
            priority=self.it.priority,
            target_minutes=30,
            in_hours=True,
            started_at=february(since),
            resumed_at=february(since),
            **columns,
        )


# --- People's days --------------------------------------------------------------------------------
def _load_work(world: World) -> None:
    for who, told in golden.PRESENCE.items():
        parts = [part.split() for part in told.split(";")]
        times = [february(when) for when, _reason in parts]
        for (_when, reason), since, until in zip(parts, times, [*times[1:], None], strict=True):
            AvailabilityInterval.objects.create(
                user=world.people[who], reason=reason, since=since, until=until
            )
    for who, kind, sent, decided in golden.REQUESTS:
        status = Request.Status.APPROVED if decided else Request.Status.PENDING
        Request.objects.create(
            user=world.people[who],
            kind=kind,
            status=status,
            created_at=february(sent),
            decided_at=february(decided) if decided else None,
            decided_by=world.people["boss"] if decided else None,
        )
    day_shift = shift(world.departments["sales"])
    for who, days in golden.SHIFTS.items():
        plan(world.people[who], day_shift, *(f"2026-02-{day:02}" for day in days))
    for who, day, start, end in golden.WORKED:
        worked(world.people[who], f"2026-02-{day:02} {start}", end)
    for who, day in golden.LEAVE:
        on = date(2026, 2, day)
        Leave.objects.create(
            user=world.people[who],
            type=LeaveType.objects.get(symbol="P"),
            first=on,
            last=on,
            starts_at=february(f"{day}/00:00"),
            ends_at=february(f"{day + 1}/00:00"),
        )
