"""The account of days: what leave takes from it, and what is given back.

Whoever takes days holds the person's row, so that two who take the last day follow each other.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.models import User
from omnichat.lib.errors import DomainError
from workforce.models import Leave, LeaveLedgerEntry, LeaveType

NOTHING = Decimal(0)


class OverBalance(DomainError):
    code = "over_balance"


def balance_of(user: User, type: LeaveType) -> Decimal:
    """Return what somebody has left of a kind of leave: the sum of the lines, in days."""
    lines = LeaveLedgerEntry.objects.filter(user=user, type=type)
    return lines.aggregate(sum=Sum("days"))["sum"] or NOTHING


def balances_of(user_ids: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """Return the balances of several people by (person, kind of leave); one statement."""
    lines = LeaveLedgerEntry.objects.filter(user__in=user_ids).order_by()
    sums = lines.values("user", "type").annotate(sum=Sum("days"))
    return {(row["user"], row["type"]): row["sum"] for row in sums}


def require_balance(*, user: User, type: LeaveType, days: Decimal) -> None:
    """Refuse what the account does not hold. Raises OverBalance."""
    if not type.is_counted:
        return
    left = balance_of(user, type)
    if left - days < -type.overdraft_days:
        text = _("%(person)s has %(left)s days of %(type)s left; this takes %(days)s.")
        words = {"person": user, "type": type, "left": day_words(left), "days": day_words(days)}
        raise OverBalance(text % words, field="last")


def lock_account(user: User) -> None:
    """Let one who takes days from this person's account follow the other."""
    list(User.objects.filter(pk=user.pk).select_for_update(no_key=True).values_list("pk"))


def take_days(*, leave: Leave, actor: User, at: datetime | None = None) -> None:
    """Write what a leave takes, if its kind is counted; hold the account before it.

    Raises OverBalance.
    """
    if not leave.type.is_counted:
        return
    require_balance(user=leave.user, type=leave.type, days=leave.days)
    _write(leave, LeaveLedgerEntry.Kind.USE, -leave.days, actor, at)


def return_days(*, leave: Leave, actor: User, at: datetime | None = None) -> None:
    """Give back what a leave took; what took nothing gives nothing. Hold the account before it."""
    used = leave.ledger.filter(kind=LeaveLedgerEntry.Kind.USE).first()
    if used is not None:
        _write(leave, LeaveLedgerEntry.Kind.RETURN, -used.days, actor, at)


def day_words(days: Decimal) -> str:
    """`7,5` and `12`: days as the reader's language writes them, without zeros at the end."""
    whole = days == days.to_integral_value()
    if whole:
        return str(int(days))
    places = 1 if days * 10 == (days * 10).to_integral_value() else 2
    return number_format(days, decimal_pos=places)


def _write(leave: Leave, kind: str, days: Decimal, actor: User, at: datetime | None) -> None:
    LeaveLedgerEntry.objects.create(
        user=leave.user,
        type=leave.type,
        kind=kind,
        days=days,
        on=leave.first,
        leave=leave,
        actor=actor,
        created_at=at or timezone.now(),
    )
