"""A person's month of the timesheet: approved, locked, opened again; and who may not touch it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import may_lead, record
from accounts.workplace import workplace_zone
from omnichat.lib.errors import DomainError
from workforce.models import TimesheetMonth
from workforce.shift_times import local_date
from workforce.timesheet_days import PersonMonth, dates_of, read_months

NAMED_PEOPLE = 5  # in the sentence of a refusal


class MonthLocked(DomainError):
    code = "month_locked"


class MonthNotOver(DomainError):
    code = "month_not_over"


class MonthUnresolved(DomainError):
    code = "month_unresolved"


class MonthNotApproved(DomainError):
    code = "month_not_approved"


class NotTheirs(DomainError):
    code = "not_yours"
    status = 403


class NotLocked(DomainError):
    code = "not_locked"


def may_settle(*, actor: User, user: User) -> bool:
    """Who may correct and approve: administrators for all, managers for staff of their own."""
    is_own_department = actor.is_admin or actor.department_id == user.department_id
    return is_own_department and may_lead(actor=actor, user=user)


def require_may_settle(*, actor: User, people: Iterable[User]) -> None:
    """Refuse whoever would settle their own time or another lead's. Raises NotTheirs."""
    if not all(may_settle(actor=actor, user=person) for person in people):
        raise NotTheirs(_("Only an administrator can do this for you and for other leads."))


def lock_months(user_ids: Collection[int], months: Collection[date]) -> list[TimesheetMonth]:
    """Lock the rows of these people's months, made where they are missing.

    Whoever changes what a month is counted from holds its rows, so that it cannot be locked
    meanwhile. Must run in a transaction.
    """
    TimesheetMonth.objects.bulk_create(
        [TimesheetMonth(user_id=pk, month=month) for pk in sorted(user_ids) for month in months],
        ignore_conflicts=True,
    )
    rows = TimesheetMonth.objects.filter(user__in=user_ids, month__in=months)
    return list(rows.select_for_update(no_key=True).order_by("pk"))


def refuse_locked_months(*, user_ids: Collection[int], dates: Collection[date]) -> None:
    """Refuse to touch these people's dates when a month of them is locked. Raises MonthLocked.

    Holds the months until the transaction ends and takes back their approval: what was approved
    is about to be something else.
    """
    months = {on.replace(day=1) for on in dates}
    rows = lock_months(set(user_ids), sorted(months))
    locked = sorted({row.month for row in rows if row.locked_at is not None})
    if locked:
        text = _("%(month)s is locked. An administrator can open it again.")
        raise MonthLocked(text % {"month": f"{locked[0]:%m/%Y}"})
    approved = [row.pk for row in rows if row.approved_at is not None]
    if approved:
        TimesheetMonth.objects.filter(pk__in=approved).update(approved_at=None, approved_by=None)


@transaction.atomic
def approve_months(
    *,
    people: Sequence[User],
    month: date,
    actor: User,
    ip: str | None = None,
    at: datetime | None = None,
) -> int:
    """Approve a month of these people; returns how many were not approved before.

    Raises NotTheirs, MonthNotOver, and MonthUnresolved with who and which day.
    """
    at = at or timezone.now()
    require_may_settle(actor=actor, people=people)
    _require_over(month, at)
    rows = _rows_of(people, month)
    waiting = [person for person in people if rows[person.pk].approved_at is None]
    _require_settled(read_months(waiting, month, at=at))
    ids = [person.pk for person in waiting]
    TimesheetMonth.objects.filter(user__in=ids, month=month).update(
        approved_at=at, approved_by=actor
    )
    _tell("timesheet_approved", waiting, month, actor, ip)
    return len(waiting)


@transaction.atomic
def lock_months_of(
    *,
    people: Sequence[User],
    month: date,
    actor: User,
    ip: str | None = None,
    at: datetime | None = None,
) -> int:
    """Lock an approved month of these people; returns how many were not locked before.

    Raises NotTheirs, MonthNotOver, MonthUnresolved, and MonthNotApproved with who is missing.
    """
    at = at or timezone.now()
    require_may_settle(actor=actor, people=people)
    _require_over(month, at)
    rows = _rows_of(people, month)
    opened = [person for person in people if rows[person.pk].locked_at is None]
    _require_settled(read_months(opened, month, at=at))
    if missing := [person for person in opened if rows[person.pk].approved_at is None]:
        text = _("Approve these months first: %(names)s.")
        raise MonthNotApproved(text % {"names": _some([str(person) for person in missing])})
    ids = [person.pk for person in opened]
    TimesheetMonth.objects.filter(user__in=ids, month=month).update(locked_at=at, locked_by=actor)
    _tell("timesheet_locked", opened, month, actor, ip)
    return len(opened)


@transaction.atomic
def unlock_months_of(
    *, people: Sequence[User], month: date, actor: User, ip: str | None = None
) -> int:
    """Open locked months again; they stay approved until something changes.

    Raises NotTheirs for everybody but administrators, NotLocked when there is nothing to open.
    """
    if not actor.is_admin:
        raise NotTheirs(_("Only an administrator can open a locked month."))
    rows = _rows_of(people, month)
    locked = [person for person in people if rows[person.pk].locked_at is not None]
    if not locked:
        raise NotLocked(_("This month is not locked."))
    ids = [person.pk for person in locked]
    TimesheetMonth.objects.filter(user__in=ids, month=month).update(locked_at=None, locked_by=None)
    _tell("timesheet_unlocked", locked, month, actor, ip)
    return len(locked)


def is_over(month: date, at: datetime) -> bool:
    """Has the last day of the month passed at the workplace?"""
    return local_date(at, workplace_zone()) > dates_of(month)[-1]


def days_words(days: Iterable[tuple[User, Collection[date]]]) -> str:
    """Say who is to settle which days: `Lan 18/11; Chi 13/11, 14/11`."""
    return _some(
        [f"{user} " + ", ".join(f"{on:%d/%m}" for on in sorted(dates)) for user, dates in days]
    )


def _require_over(month: date, at: datetime) -> None:
    if not is_over(month, at):
        text = _("This month ends on %(day)s. It can be approved and locked after that.")
        day = dates_of(month)[-1]
        raise MonthNotOver(text % {"day": f"{day:%d/%m/%Y}"})


def _require_settled(months: Sequence[PersonMonth]) -> None:
    days = [
        (month.person, {*month.totals.unresolved, *month.totals.unfinished})
        for month in months
        if not month.totals.can_be_locked
    ]
    if days:
        raise MonthUnresolved(_("Settle these days first: %(days)s.") % {"days": days_words(days)})


def _rows_of(people: Sequence[User], month: date) -> dict[int, TimesheetMonth]:
    """The locked rows by person: the state they show is the state that changes."""
    return {row.user_id: row for row in lock_months([person.pk for person in people], [month])}


def _some(names: list[str]) -> str:
    return "; ".join(names[:NAMED_PEOPLE]) + ("; …" if names[NAMED_PEOPLE:] else "")


def _tell(action: str, people: Iterable[User], month: date, actor: User, ip: str | None) -> None:
    for person in people:
        record(action, actor=actor, target=person, changes={"month": f"{month:%Y-%m}"}, ip=ip)


def last_locked_day() -> date | None:
    """Return the last day of the latest month that is locked for anybody."""
    rows = TimesheetMonth.objects.exclude(locked_at=None).order_by("-month")
    month = rows.values_list("month", flat=True).first()
    return month and dates_of(month)[-1]


def refuse_locked_for_all(*, since: date, until: date | None = None) -> None:
    """Refuse to change what everybody is counted by in a month locked for anybody.

    `until` None: from `since` on. Raises MonthLocked.
    """
    rows = TimesheetMonth.objects.exclude(locked_at=None)
    rows = rows.filter(month__gt=since - timedelta(days=31))
    if until is not None:
        rows = rows.filter(month__lte=until)
    months = [row.month for row in rows.order_by("month") if dates_of(row.month)[-1] >= since]
    if months:
        text = _("%(month)s is locked for somebody, and this would change it. Open it first.")
        raise MonthLocked(text % {"month": f"{months[0]:%m/%Y}"})
