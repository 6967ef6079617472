"""Who of a department is at work on which day, and what a request would leave of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from accounts.models import Department, User
from workforce.attendance_records import DayPart, LeaveKind
from workforce.leave_days import PARTS, LeaveDay
from workforce.models import Request, ShiftAssignment
from workforce.roster_page import shifts_of

ASKED_KINDS = (Request.Kind.LEAVE, Request.Kind.REMOTE, Request.Kind.TRIP)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits: from which day to which, and whether it would keep them away."""

    id: int
    user_id: int
    first: date
    last: date
    part: DayPart
    name: str
    is_away: bool

    @property
    def words(self) -> str:
        half = PARTS.get(self.part)
        return f"{self.name}, {half}" if half else self.name


@dataclass(slots=True)
class Team:
    """Who of a department is planned on which day, and how many people its shifts need."""

    minimums: dict[int, int]
    here: set[int]
    leaves: Mapping[int, Mapping[date, LeaveDay]]
    planned: dict[date, dict[int, set[int]]] = field(default_factory=dict)

    @property
    def need(self) -> int:
        """How many people the shifts of one day need, all together."""
        return sum(self.minimums.values())

    def at_work(self, on: date, without: Collection[int] = ()) -> set[int]:
        """Those with a shift who are not away; where nothing is planned all who are not away."""
        found = set().union(*self.planned[on].values()) if on in self.planned else self.here
        return self._present(found, on, without)

    def missing(self, on: date, without: Collection[int] = ()) -> int:
        """How many are too few: shift by shift as in the roster, if anything is planned."""
        if on not in self.planned:
            return max(0, self.need - len(self.at_work(on, without)))
        of_day = self.planned[on]
        return sum(
            max(0, minimum - len(self._present(of_day.get(shift, set()), on, without)))
            for shift, minimum in self.minimums.items()
        )

    def _present(self, people: set[int], on: date, without: Collection[int]) -> set[int]:
        away = {pk for pk in people if (day := self.leaves.get(pk, {}).get(on)) and day.is_away}
        return (people & self.here) - away - set(without)


def read_team(
    viewer: User,
    department: Department,
    people: Iterable[User],
    visible: QuerySet[ShiftAssignment],
    leaves: Mapping[int, Mapping[date, LeaveDay]],
    first: date,
    last: date,
) -> Team:
    """Read the plan of these people; two statements."""
    shifts, _by_id = shifts_of(viewer, [department], ())
    here = {person.pk for person in people if person.is_active}
    minimums = {shift.pk: shift.minimum_staff for shift in shifts if shift.minimum_staff}
    team = Team(minimums, here, leaves)
    rows = visible.filter(user__in=here).between(first, last).order_by()
    for user_id, on, shift_id in rows.values_list("user", "date", "shift"):
        team.planned.setdefault(on, {}).setdefault(shift_id, set()).add(user_id)
    return team


def read_asked(viewer: User, people: Collection[int], first: date, last: date) -> list[Asked]:
    """Read what waits of these people and the viewer may see; staff see their own."""
    rows = Request.objects.visible_to(viewer).waiting().exclude(first=None).exclude(last=None)
    rows = rows.filter(user__in=people, kind__in=ASKED_KINDS, first__lte=last, last__gte=first)
    return [
        Asked(
            id=row.pk,
            user_id=row.user_id,
            first=row.first,
            last=row.last,
            part=DayPart(row.part),
            name=row.leave_type.label if row.leave_type else row.get_kind_display(),
            is_away=_keeps_away(row),
        )
        for row in rows.select_related("leave_type").order_by("first", "pk")
    ]


def _keeps_away(row: Request) -> bool:
    """Would nobody be there on these days? As `LeaveDay.is_away` of a granted one."""
    is_work = row.leave_type is None or row.leave_type.kind != LeaveKind.AWAY
    return not is_work and row.part == DayPart.WHOLE
