"""What overtime would be paid as, and whether it would be more than is allowed."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Sum

from accounts.models import User
from accounts.workplace import workplace_zone
from workforce.holidays import as_rules, holidays_around
from workforce.intervals import minute_of, union
from workforce.labour_rules import PayClass, kind_of_day, rules_on
from workforce.models import DayAgreement, RosterRule, ShiftAssignment, TimeRules
from workforce.overtime_limits import Exceeded, Span, exceeded
from workforce.pay_classes import minutes_by_class
from workforce.shift_times import local_date, minutes_between
from workforce.timesheet_days import plan_of_day
from workforce.timesheet_records import published_plans


def overtime_classes(
    user: User, starts_at: datetime, ends_at: datetime
) -> dict[PayClass, tuple[int, int]]:
    """Return by pay class (minutes, percent of the normal hour) of work from one moment to another.

    As the timesheet would class it if the planned shift of the date is worked as well; what lies
    within the plan is no overtime. Nothing where no rules are in force.
    """
    zone = workplace_zone()
    on = local_date(starts_at, zone)
    table = [rules.as_rules() for rules in TimeRules.objects.all()]
    try:
        rules = rules_on(on, table)
    except LookupError:
        return {}
    holidays = as_rules(holidays_around(on, on))
    shift = plan_of_day(list(published_plans([user.pk], on, on)))
    about = {"kind": kind_of_day(on, rules, holidays), "shift": shift, "rules": rules, "zone": zone}
    planned = shift.working_time if shift else []
    asked = (minute_of(starts_at), minute_of(ends_at))
    # Without a plan the normal minutes of the day are taken as worked elsewhere in it.
    used = {} if shift else {"used_minutes": rules.normal_minutes}
    before = minutes_by_class(planned, **about)
    after = minutes_by_class(union([*planned, asked]), **about, **used)
    more = {name: after.get(name, 0) - before.get(name, 0) for name in after}
    return {
        name: (minutes, rules.percents[name])
        for name, minutes in more.items()
        if minutes > 0 and name.is_overtime
    }


def overtime_with(user: User, on: date, minutes: int) -> dict[Span, int]:
    """Return the overtime of the day (with its plan), month and year of a date, with these more.

    Counted from what was agreed, in minutes; three statements.
    """
    agreed = DayAgreement.objects.standing().filter(user=user, kind="overtime")
    spans = {
        Span.DAY: agreed.filter(date=on),
        Span.MONTH: agreed.filter(date__year=on.year, date__month=on.month),
        Span.YEAR: agreed.filter(date__year=on.year),
    }
    sums = {span: rows.aggregate(sum=Sum("minutes"))["sum"] or 0 for span, rows in spans.items()}
    planned = ShiftAssignment.objects.filter(user=user, date=on)
    sums[Span.DAY] += planned.aggregate(sum=Sum("planned_minutes"))["sum"] or 0
    return {span: count + minutes for span, count in sums.items()}


def overtime_beyond(user: User, starts_at: datetime, ends_at: datetime) -> list[Exceeded]:
    """Return the limits that overtime from one moment to another would go beyond."""
    on = local_date(starts_at, workplace_zone())
    rows = RosterRule.objects.of_overtime().in_force(on, on)
    limits = [row.as_limit() for row in rows]
    return exceeded(limits, overtime_with(user, on, minutes_between(starts_at, ends_at)))
