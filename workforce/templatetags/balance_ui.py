"""What the pages of leave accounts draw: amounts of days in words."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.translation import ngettext

from workforce.services.leave_ledger import day_words
from workforce.time_words import month_name

register = template.Library()
register.filter(day_words)
register.filter(month_name)
MINUS = "\N{MINUS SIGN}"
SHARE_PERCENT = 100


@register.filter
def day_delta(days: Decimal) -> str:
    """`+1` and `−0,5`: a line of the account."""
    return f"{MINUS if days < 0 else '+'}{day_words(abs(days))}"


@register.filter
def day_count(days: Decimal) -> str:
    """`1 day` and `7,5 days`."""
    text = ngettext("%(days)s day", "%(days)s days", 1 if abs(days) == 1 else 2)
    return text % {"days": day_words(days)}


@register.filter
def share_of(days: Decimal, whole: Decimal) -> int:
    """How long a bar is, in percent; one that is more than whole is as long as one can be."""
    if whole <= 0:
        return 0
    return max(0, min(SHARE_PERCENT, round(SHARE_PERCENT * days / whole)))
