"""What conversations mean for a request: told to workforce, which does not know them."""

from __future__ import annotations

from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.workplace import workplace_zone
from inbox.models import Conversation, Cycle, Message
from workforce.models import Request
from workforce.request_consequence import Line
from workforce.shift_times import DAY, day_bounds

Kind = Request.Kind
# Who has one of these approved gives the open conversations back when it begins.
HANDING_BACK = (Kind.LEAVE, Kind.TRANSFER)


def conversation_lines(request: Request) -> list[Line]:
    """Return what happens to the conversations of whoever goes away or elsewhere."""
    if request.kind not in HANDING_BACK:
        return []
    status = Conversation.Status
    mine = Conversation.objects.filter(assignee=request.user)
    counts = dict(mine.unresolved().values_list("status").annotate(count=Count("pk")).order_by())
    lines = []
    if count := counts.get(status.OPEN, 0):
        text = ngettext(
            "%(count)d open conversation goes back to the queue if it is still open then",
            "%(count)d open conversations go back to the queue if they are still open then",
            count,
        )
        lines.append(Line("inbox", text % {"count": count}))
    if promised := counts.get(status.WAITING, 0) + counts.get(status.SNOOZED, 0):
        text = ngettext(
            "%(count)d conversation waits for its customer or for later",
            "%(count)d conversations wait for their customers or for later",
            promised,
        )
        detail = _("An answer that comes while the person is away goes to somebody at work.")
        lines.append(Line("snooze", text % {"count": promised}, detail))
    return lines or [Line("inbox", _("No open conversation is with the person now"), tone="ok")]


def volume_by_month(user: User, months: list[date]) -> dict[str, list[dict]]:
    """Return `volume`, by month {month, resolved, replies}: cycles resolved, answers written."""
    if not months:
        return {}
    zone = workplace_zone()
    start = day_bounds(months[0], zone)[0]
    end = day_bounds((months[-1] + 31 * DAY).replace(day=1), zone)[0]
    resolved = Cycle.objects.filter(resolved_by=user, resolved_at__range=(start, end))
    replies = Message.objects.filter(
        author=user, direction=Message.Direction.OUTBOUND, sent_at__range=(start, end)
    )
    by_month = {
        "resolved": _count(resolved, "resolved_at", zone),
        "replies": _count(replies, "sent_at", zone),
    }
    rows = [
        {"month": f"{month:%Y-%m}"}
        | {name: counts.get(f"{month:%Y-%m}", 0) for name, counts in by_month.items()}
        for month in months
    ]
    return {"volume": [row for row in rows if row["resolved"] or row["replies"]]}


def _count(rows, column: str, zone) -> dict[str, int]:
    """How many of these rows lie in each month of the workplace."""
    months = rows.annotate(month=TruncMonth(column, tzinfo=zone)).values_list("month")
    return {f"{month:%Y-%m}": n for month, n in months.annotate(n=Count("pk")).order_by()}
