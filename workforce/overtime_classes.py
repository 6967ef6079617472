"""What overtime would be paid as, and how much somebody has had already."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Sum

from accounts.models import User
from accounts.workplace import workplace_zone
from workforce import labour_rules
from workforce.intervals import minute_of, union
from workforce.labour_rules import PayClass, kind_of_day, rules_on
from workforce.models import DayAgreement, Holiday, TimeRules
from workforce.pay_classes import minutes_by_class
from workforce.shift_times import DAY, local_date
from workforce.timesheet_days import plan_of_day
from workforce.timesheet_records import published_plans

# A holiday on a weekly rest day moves on, at worst past all of Tết.
HOLIDAYS_AROUND = timedelta(days=31)


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
    rows = Holiday.objects.filter(date__range=(on - HOLIDAYS_AROUND, on + DAY))
    holidays = [labour_rules.Holiday(row.date, row.is_confirmed) for row in rows]
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


def overtime_so_far(user: User, on: date) -> tuple[int, int]:
    """Return the minutes of overtime agreed in the month and in the year of a date."""
    agreed = DayAgreement.objects.standing().filter(user=user, kind="overtime", date__year=on.year)
    year = agreed.aggregate(sum=Sum("minutes"))["sum"] or 0
    month = agreed.filter(date__month=on.month).aggregate(sum=Sum("minutes"))["sum"] or 0
    return month, year
