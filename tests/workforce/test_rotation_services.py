"""Planning a pattern for several people: what is added, what is left out, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, LiveEvent, User
from omnichat.lib.errors import DomainError
from tests.factories import UserFactory
from tests.workforce.roster_rows import MONDAY, plan, rows, shift_of
from workforce.models import Holiday, LeaveType, TimesheetMonth
from workforce.roster_plan import dates_of_week
from workforce.rotation import SkipReason
from workforce.services import RotationOrder, draft_rotation, grant_leave, plan_rotation

MON, TUE, WED, THU, FRI, SAT, SUN = dates_of_week(MONDAY)


@pytest.fixture
def day(sales):
    return shift_of(sales)


@pytest.fixture
def night(sales):
    return shift_of(sales, "Night", "22-06")


@pytest.fixture
def order(people, sales, day, night) -> RotationOrder:
    """Day, night, three days free, and again; for one person and one week."""
    days = [day, night, None, None, None, None, None]
    return RotationOrder(sales, [people["staff"]], days, MON, weeks=1)


def refused(order: RotationOrder, actor: User) -> tuple[str, str | None]:
    """Code and field of the refusal; nothing may have been written."""
    before = rows(), AuditEntry.objects.count(), LiveEvent.objects.count()
    with pytest.raises(DomainError) as caught:
        plan_rotation(order=order, actor=actor)
    assert (rows(), AuditEntry.objects.count(), LiveEvent.objects.count()) == before
    return caught.value.code, caught.value.field


def counts(order: RotationOrder, people) -> tuple[int, int]:
    done = plan_rotation(order=order, actor=people["manager"])
    return done.added, done.skipped


# --- What is added --------------------------------------------------------------------------------
def test_a_pattern_is_planned_as_drafts_and_the_audit_says_so(people, order):
    assert counts(replace(order, weeks=2), people) == (4, 0)
    assert rows() == [
        ("staff", "Day", "2026-11-23", False),
        ("staff", "Night", "2026-11-24", False),
        ("staff", "Day", "2026-11-30", False),
        ("staff", "Night", "2026-12-01", False),
    ]
    row = people["staff"].shift_assignments.get(date=TUE)
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 11, 24, 15, tzinfo=UTC),
        datetime(2026, 11, 24, 23, tzinfo=UTC),
    )
    assert (row.planned_minutes, row.assigned_by) == (480, people["manager"])
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_label, entry.actor) == (
        "rotation_planned",
        "Sales",
        people["manager"],
    )
    assert entry.changes == {
        "first": "2026-11-23",
        "last": "2026-12-06",
        "people": 1,
        "shifts": 4,
    }
    assert not LiveEvent.objects.exists()  # nobody is told of a draft


def test_planning_it_again_adds_nothing(people, order):
    counts(order, people)
    assert counts(order, people) == (0, 2)
    assert len(rows()) == 2
    assert AuditEntry.objects.count() == 1


def test_the_pattern_keeps_its_weekdays_where_it_begins_within_a_week(people, order):
    assert counts(replace(order, first=TUE), people) == (2, 0)
    assert [row[1:3] for row in rows()] == [("Night", "2026-11-24"), ("Day", "2026-11-30")]


def test_each_next_person_begins_a_step_later(people, order):
    both = replace(order, people=[people["staff"], people["colleague"]], step_days=1)
    assert counts(both, people) == (4, 0)
    assert [row[:3] for row in rows()] == [
        ("staff", "Day", "2026-11-23"),
        ("colleague", "Day", "2026-11-24"),
        ("staff", "Night", "2026-11-24"),
        ("colleague", "Night", "2026-11-25"),
    ]


def test_a_week_later_is_the_other_week_of_two(people, order, day):
    days = [day, *[None] * 13]
    both = replace(order, people=[people["staff"], people["colleague"]], days=days, weeks=2)
    assert counts(replace(both, step_days=7), people) == (2, 0)
    assert [row[:3] for row in rows()] == [
        ("staff", "Day", "2026-11-23"),
        ("colleague", "Day", "2026-11-30"),
    ]


# --- What is left out -----------------------------------------------------------------------------
def reasons(order: RotationOrder, people) -> list[tuple[str, SkipReason]]:
    draft = draft_rotation(order, people["manager"])
    return [(one.placement.date.isoformat(), one.reason) for one in draft.skipped]


def test_a_date_that_is_taken_stays_as_it_is(people, order, night):
    plan(people["staff"], night, MON)
    assert reasons(order, people) == [("2026-11-23", SkipReason.TAKEN)]
    assert counts(order, people) == (1, 1)
    assert [row[1:3] for row in rows()] == [("Night", "2026-11-23"), ("Night", "2026-11-24")]


@pytest.mark.parametrize(("part", "added"), [("whole", 1), ("first_half", 2)])
def test_a_whole_day_of_leave_is_left_out(people, order, part, added):
    kind = LeaveType.objects.filter(kind="away").first()
    grant_leave(
        user=people["staff"], type=kind, first=MON, last=MON, part=part, actor=people["admin"]
    )
    expected = [("2026-11-23", SkipReason.AWAY)] if added == 1 else []
    assert reasons(order, people) == expected
    assert counts(order, people) == (added, 2 - added)


@pytest.mark.parametrize(("skips", "confirmed", "added"), [(1, 1, 1), (1, 0, 2), (0, 1, 2)])
def test_holidays_are_left_out_if_asked(people, order, skips, confirmed, added):
    Holiday.objects.create(date=MON, name="Lễ", is_confirmed=bool(confirmed))
    order = replace(order, skip_holidays=bool(skips))
    assert reasons(order, people) == [("2026-11-23", SkipReason.HOLIDAY)] * (added == 1)
    assert counts(order, people) == (added, 2 - added)


def test_published_time_is_left_alone_and_a_draft_may_be_overlapped(people, sales, order):
    early = shift_of(sales, "Early", "05-09")
    plan(people["staff"], early, WED, published=True)  # within Tuesday's night
    assert reasons(order, people) == [("2026-11-24", SkipReason.OVERLAP)]
    people["staff"].shift_assignments.update(published_at=None)
    assert counts(order, people) == (2, 0)


# --- What is refused ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"people": []}, ("bad_rotation", "people")),
        ({"days": [None] * 7}, ("bad_rotation", "days")),
        ({"days": [None] * 8}, ("bad_rotation", "length")),
        ({"weeks": 0}, ("bad_rotation", "weeks")),
        ({"weeks": -1}, ("bad_rotation", "weeks")),
        ({"weeks": 13}, ("bad_rotation", "weeks")),
        ({"first": date(2099, 12, 26)}, ("bad_rotation", "first")),
        ({"step_days": 2}, ("bad_rotation", "step_days")),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(people, order, changes, expected):
    assert refused(replace(order, **changes), people["manager"]) == expected


def test_too_much_at_once_is_refused(people, sales, order):
    crowd = [UserFactory(username=f"person{n}", department=sales) for n in range(51)]
    order = replace(order, people=crowd, weeks=12)
    assert refused(order, people["manager"]) == ("bad_rotation", "people")
    draft = draft_rotation(replace(order, people=crowd[:50]), people["manager"])
    assert len(draft.rows) == 50 * 2 * 12


def test_who_and_what_is_foreign_or_gone_is_refused(people, billing, order):
    manager = people["manager"]
    foreign = replace(order, people=[people["staff"], people["other_staff"]])
    assert refused(foreign, manager) == ("other_department", "people")
    shift = shift_of(billing)
    assert refused(replace(order, days=[shift, *order.days[1:]]), manager) == (
        "other_department",
        "days",
    )
    for by in ("other_manager", "staff"):
        assert refused(order, people[by]) == ("not_your_department", "department_id")
    User.objects.filter(pk=people["staff"].pk).update(is_active=False)
    assert refused(order, manager) == ("person_not_active", "people")


def test_a_shift_switched_off_meanwhile_is_refused(people, order, night):
    type(night).objects.filter(pk=night.pk).update(is_active=False)
    assert refused(order, people["manager"]) == ("shift_not_active", "days")


def test_a_locked_month_refuses_all_of_it(people, order):
    now = datetime(2026, 11, 20, tzinfo=UTC)
    TimesheetMonth.objects.create(
        user=people["staff"], month=date(2026, 12, 1), approved_at=now, locked_at=now
    )
    both = replace(order, people=[people["colleague"], people["staff"]], weeks=2)
    assert refused(both, people["manager"]) == ("month_locked", None)
    assert counts(order, people) == (2, 0)  # it ends in November


# --- Costs ----------------------------------------------------------------------------------------
def test_fifty_people_cost_as_many_statements_as_one(people, sales, order):
    def cost(crowd: list[User]) -> int:
        with CaptureQueriesContext(connection) as queries:
            plan_rotation(order=replace(order, people=crowd), actor=people["manager"])
        return len(queries)

    crowd = [UserFactory(username=f"person{n}", department=sales) for n in range(50)]
    assert cost(crowd) == cost([people["staff"]]) <= 20
