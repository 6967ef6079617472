"""Planning: who may, what is refused, what a copied and a published week come to."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from accounts.models import AuditEntry, LiveEvent, User
from omnichat.lib.errors import DomainError
from tests.factories import UserFactory
from tests.workforce.roster_rows import MONDAY, plan, rows, shift_of
from workforce.models import RosterRule, ShiftAssignment, TimesheetMonth
from workforce.roster_plan import dates_of_week
from workforce.services import assign_shift, copy_week, publish_week, remove_shift

MON, TUE, WED, THU, FRI, SAT, SUN = dates_of_week(MONDAY)
NEXT_MONDAY = date(2026, 11, 30)


@pytest.fixture
def day(sales):
    return shift_of(sales)


@pytest.fixture
def late(sales):
    return shift_of(sales, "Late", "13-21")


@pytest.fixture
def night(sales):
    return shift_of(sales, "Night", "22-06")


def assign(people, shift, on=MON, *, who: str = "staff", by: str = "manager", **about):
    return assign_shift(user=people[who], shift=shift, on=on, actor=people[by], **about)


def refused(act, *args, **kwargs) -> str:
    """The code of the refusal; nothing may have been written."""
    before = rows(), AuditEntry.objects.count(), LiveEvent.objects.count()
    with pytest.raises(DomainError) as caught:
        act(*args, **kwargs)
    assert (rows(), AuditEntry.objects.count(), LiveEvent.objects.count()) == before
    return caught.value.code


# --- Assign ---------------------------------------------------------------------------------------
def test_a_draft_has_the_instants_of_its_date(people, night):
    row = assign(people, night, SUN)
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 11, 29, 15, tzinfo=UTC),
        datetime(2026, 11, 29, 23, tzinfo=UTC),
    )
    assert (row.planned_minutes, row.published_at, row.assigned_by) == (
        480,
        None,
        people["manager"],
    )
    assert rows() == [("staff", "Night", "2026-11-29", False)]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_label) == ("shift_planned", "Staff")
    assert entry.changes == {"shift": "Night", "date": "2026-11-29", "published": False}
    assert not LiveEvent.objects.exists()  # nobody is told of a draft


def test_unpaid_breaks_do_not_count(people, day):
    assert assign(people, day).planned_minutes == 480


def test_what_is_published_at_once_is_told(people, day):
    row = assign(people, day, publish=True)
    assert row.published_at is not None
    assert LiveEvent.objects.get().audience == f"user:{people['staff'].pk}"


def test_a_draft_may_overlap_a_draft(people, day, late):
    assign(people, day)
    assign(people, late)
    assert len(rows()) == 2


@pytest.mark.parametrize("publish", [False, True])
def test_nothing_is_added_to_published_time(people, day, late, publish):
    plan(people["staff"], day, MON, published=True)
    assert refused(assign, people, late, publish=publish) == "overlapping_shift"
    assign(people, late, who="colleague")
    assign(people, late, TUE)


def test_a_night_overlaps_the_morning_after(people, sales, night):
    plan(people["staff"], night, SUN, published=True)
    early = shift_of(sales, "Early", "05-09")
    assert refused(assign, people, early, NEXT_MONDAY) == "overlapping_shift"
    assign(people, shift_of(sales, "Later", "06-10"), NEXT_MONDAY)  # they only meet


def test_published_at_once_may_lie_over_a_draft(people, day, late):
    plan(people["staff"], day, MON)
    assign(people, late, publish=True)
    assert [row[1:] for row in rows()] == [
        ("Day", "2026-11-23", False),
        ("Late", "2026-11-23", True),
    ]


def test_the_same_shift_twice_on_a_date_is_refused(people, day):
    assign(people, day)
    assert refused(assign, people, day) == "already_planned"


def test_a_rule_that_refuses_stops_what_is_published_at_once(people, night, day):
    RosterRule.objects.filter(kind="short_rest").update(severity="refusal")
    plan(people["staff"], night, MON, published=True)
    assert refused(assign, people, day, TUE, publish=True) == "roster_conflicts"
    assign(people, day, TUE)  # a draft, with a warning


@pytest.mark.parametrize(
    ("who", "by", "code"),
    [
        ("staff", "other_manager", "not_your_department"),
        ("staff", "staff", "not_your_department"),
        ("other_staff", "manager", "other_department"),
        ("other_staff", "admin", "other_department"),
    ],
)
def test_who_may_be_planned_by_whom(people, day, who, by, code):
    assert refused(assign, people, day, who=who, by=by) == code


def test_who_left_and_what_is_switched_off(people, day):
    User.objects.filter(pk=people["staff"].pk).update(is_active=False)
    assert refused(assign, people, day) == "person_not_active"
    type(day).objects.filter(pk=day.pk).update(is_active=False)
    assert refused(assign, people, day, who="colleague") == "shift_not_active"


def lock_november(person) -> None:
    now = timezone.now()
    TimesheetMonth.objects.create(
        user=person, month=date(2026, 11, 1), approved_at=now, locked_at=now
    )


def test_a_locked_month_refuses_everything(people, sales, day):
    row = plan(people["staff"], day, MON)
    lock_november(people["staff"])
    manager = people["manager"]
    about = {"departments": [sales], "actor": manager}
    assert refused(assign, people, day, TUE) == "month_locked"
    assert refused(remove_shift, assignment=row, actor=manager) == "month_locked"
    assert refused(publish_week, **about, week=MON) == "month_locked"
    plan(people["staff"], day, date(2026, 11, 17))
    assert refused(copy_week, **about, week=MON) == "month_locked"
    assign(people, day, date(2026, 12, 1))
    assign(people, day, TUE, who="colleague")


# --- Remove ---------------------------------------------------------------------------------------
def test_a_removed_shift_is_gone_and_told_if_it_was_published(people, day):
    draft, fixed = (
        plan(people["staff"], day, MON),
        plan(people["staff"], day, TUE, published=True),
    )
    remove_shift(assignment=draft, actor=people["manager"])
    assert not LiveEvent.objects.exists()
    remove_shift(assignment=fixed, actor=people["manager"])
    assert LiveEvent.objects.get().audience == f"user:{people['staff'].pk}"
    assert rows() == []
    entries = AuditEntry.objects.order_by("pk")
    assert [(e.action, e.changes["published"]) for e in entries] == [
        ("shift_removed", False),
        ("shift_removed", True),
    ]
    remove_shift(assignment=fixed, actor=people["manager"])
    assert entries.count() == 2


@pytest.mark.parametrize("by", ["other_manager", "staff"])
def test_others_remove_nothing(people, day, by):
    row = plan(people["staff"], day, MON)
    assert refused(remove_shift, assignment=row, actor=people[by]) == "not_your_department"


# --- Copy -----------------------------------------------------------------------------------------
def test_a_week_is_copied_as_drafts_and_only_once(people, sales, day, night):
    plan(people["staff"], day, date(2026, 11, 16), published=True)
    plan(people["staff"], night, date(2026, 11, 18))
    plan(people["colleague"], day, date(2026, 11, 16))
    plan(people["colleague"], night, MON)  # this Monday is decided already
    about = {"departments": [sales], "week": MON, "actor": people["manager"]}
    copied = copy_week(**about)
    assert (copied.added, copied.skipped) == (2, 1)
    this_week = [
        ("staff", "Day", "2026-11-23", False),
        ("colleague", "Night", "2026-11-23", False),
        ("staff", "Night", "2026-11-25", False),
    ]
    assert rows()[3:] == this_week
    assert AuditEntry.objects.get().changes == {"week": "2026-11-23", "shifts": 2}
    copied = copy_week(**about)
    assert (copied.added, copied.skipped) == (0, 3)
    assert rows()[3:] == this_week
    assert AuditEntry.objects.count() == 1


def test_what_cannot_be_planned_any_more_is_not_copied(people, sales, billing, day):
    last = date(2026, 11, 16)
    old = shift_of(sales, "Old", is_active=False)
    plan(people["staff"], old, last)
    plan(people["colleague"], shift_of(billing, "Foreign"), last)  # they have moved here since
    gone = UserFactory(username="gone", department=sales, is_active=False)
    plan(gone, day, last)
    copied = copy_week(departments=[sales], week=MON, actor=people["manager"])
    assert (copied.added, copied.skipped) == (0, 2)
    assert len(rows()) == 3


def test_a_copy_leaves_published_time_alone(people, sales, night):
    early = shift_of(sales, "Early", "05-09")
    plan(people["staff"], early, date(2026, 11, 16))
    plan(people["staff"], night, date(2026, 11, 22), published=True)  # until Monday 06:00
    copied = copy_week(departments=[sales], week=MON, actor=people["manager"])
    # Sunday's night is copied, Monday's early shift would begin within last week's night.
    assert (copied.added, copied.skipped) == (1, 1)
    assert rows()[-1] == ("staff", "Night", "2026-11-29", False)


def test_a_copy_keeps_to_its_departments(people, sales, billing, day):
    plan(people["staff"], day, date(2026, 11, 16))
    plan(people["other_staff"], shift_of(billing), date(2026, 11, 16))
    copy_week(departments=[billing], week=MON, actor=people["admin"])
    assert rows()[2:] == [("other_staff", "Day", "2026-11-23", False)]
    about = {"departments": [billing], "week": MON}
    assert refused(copy_week, **about, actor=people["manager"]) == "not_your_department"


# --- Publish --------------------------------------------------------------------------------------
def test_a_clash_refuses_the_whole_week_and_one_fix_ends_it(people, sales, day, late):
    plan(people["staff"], day, MON)
    clash = plan(people["staff"], late, MON)
    plan(people["colleague"], day, MON)
    about = {"departments": [sales], "week": MON, "actor": people["manager"]}
    with pytest.raises(DomainError) as caught, translation.override("en"):
        publish_week(**about)
    assert (caught.value.code, caught.value.status) == ("roster_conflicts", 409)
    assert str(caught.value) == (
        "Not published. Fix this first: Staff has two shifts at one time, Mon 23/11: "
        "Day 08:00–17:00 and Late 13:00–21:00."
    )
    assert not ShiftAssignment.objects.published().exists()
    assert not AuditEntry.objects.exists()
    assert not LiveEvent.objects.exists()

    remove_shift(assignment=clash, actor=people["manager"])
    assert publish_week(**about) == 2
    assert rows() == [
        ("colleague", "Day", "2026-11-23", True),
        ("staff", "Day", "2026-11-23", True),
    ]
    told = LiveEvent.objects.get()
    ids = sorted([people["staff"].pk, people["colleague"].pk])
    assert (told.kind, told.audience) == ("me.changed", " ".join(f"user:{pk}" for pk in ids))
    assert AuditEntry.objects.latest("pk").action == "week_published"
    assert refused(publish_week, **about) == "nothing_to_publish"


def test_a_warning_does_not_refuse(people, sales, day, night):
    plan(people["staff"], night, MON)
    plan(people["staff"], day, TUE)
    assert publish_week(departments=[sales], week=MON, actor=people["manager"]) == 2


def test_only_the_week_and_the_departments_are_published(people, sales, billing, day):
    plan(people["staff"], day, SUN)
    plan(people["staff"], day, NEXT_MONDAY)
    plan(people["other_staff"], shift_of(billing), SUN)
    assert publish_week(departments=[sales], week=MON, actor=people["admin"]) == 1
    assert [row[0:4:3] for row in rows()] == [
        ("other_staff", False),
        ("staff", True),
        ("staff", False),
    ]
    about = {"departments": [billing], "week": MON}
    assert refused(publish_week, **about, actor=people["manager"]) == "not_your_department"


def test_a_week_clashes_with_what_is_published_after_it_not_with_drafts(people, sales, night):
    early = shift_of(sales, "Early", "05-09")
    plan(people["staff"], night, SUN)
    next_week = plan(people["staff"], early, NEXT_MONDAY)
    about = {"departments": [sales], "actor": people["manager"]}
    with pytest.raises(DomainError):  # the later of the two is where the clash is
        publish_week(**about, week=NEXT_MONDAY)
    ShiftAssignment.objects.filter(pk=next_week.pk).update(published_at=timezone.now())
    assert refused(publish_week, **about, week=MON) == "roster_conflicts"
    ShiftAssignment.objects.filter(pk=next_week.pk).update(published_at=None)
    assert publish_week(**about, week=MON) == 1


def test_who_left_is_not_published(people, sales, day):
    plan(people["staff"], day, MON)
    User.objects.filter(pk=people["staff"].pk).update(is_active=False)
    about = {"departments": [sales], "week": MON, "actor": people["manager"]}
    assert refused(publish_week, **about) == "nothing_to_publish"
