"""Pages of the conversation list by position: as quick at the end as at the beginning.

A page is told by the row it stands behind (`after=`) or in front of (`before=`), never by a
number: whatever arrives, leaves or moves meanwhile, a row that stays is neither lost nor shown
twice. A position is the row's values in the columns of its order: moments as microseconds since
1970, and the id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Q

from inbox.models import Conversation
from inbox.models.conversation import ConversationQuerySet

PAGE_SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# 17 digits of microseconds reach the year 5138; 18 digits of an id fit its column.
POSITION = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)
NOTHING = "x"  # a moment that is not there
DUE_POSITION = re.compile(r"(\d{1,4})-(\d{1,17}|x)-(\d{1,17}|x)-(\d{1,18})", re.ASCII)
DUE_MOMENTS = ("due_at", "waiting_since")


class Position(NamedTuple):
    """Where a row stands in the order of one moment."""

    moment: datetime
    pk: int

    def __str__(self) -> str:
        return f"{_number(self.moment)}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> Position | None:
        """Read what `str` wrote; None for anything else."""
        if not (found := POSITION.fullmatch(text)):
            return None
        return cls(_moment(found[1]), int(found[2]))


class DuePosition(NamedTuple):
    """Where a row stands in the order of deadlines; what is not promised comes last."""

    priority: int
    due_at: datetime | None
    waiting_since: datetime | None
    pk: int

    def __str__(self) -> str:
        moments = (_number(self.due_at), _number(self.waiting_since))
        return f"{self.priority}-{moments[0]}-{moments[1]}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> DuePosition | None:
        """Read what `str` wrote; None for anything else."""
        if not (found := DUE_POSITION.fullmatch(text)):
            return None
        return cls(int(found[1]), _moment(found[2]), _moment(found[3]), int(found[4]))


@dataclass(slots=True)
class Page:
    """Rows of one page, and the query strings (`after=…`, `before=…`) around it.

    `here` asks for this page again; it is empty for the first one. `previous` and `next` are
    empty where there is nothing more.
    """

    rows: list[Conversation]
    here: str = ""
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class MomentOrder:
    """By one moment and the id: an index holds it, so the last page is as quick as the first."""

    key: str
    is_rising: bool

    def read(self, text: str) -> Position | None:
        return Position.read(text)

    def position(self, row: Conversation) -> Position | None:
        moment = getattr(row, self.key)
        return None if moment is None else Position(moment, row.pk)

    def columns(self, *, is_rising: bool) -> list[str]:
        return [self.key, "pk"] if is_rising else [f"-{self.key}", "-pk"]

    def beyond(
        self, rows: ConversationQuerySet, position: Position, *, is_rising: bool
    ) -> ConversationQuerySet:
        way = "gt" if is_rising else "lt"
        # The first condition is the range an index is read by, the second settles equal moments.
        return rows.filter(
            Q(**{f"{self.key}__{way}": position.moment}) | Q(**{f"pk__{way}": position.pk}),
            **{f"{self.key}__{way}e": position.moment},
        )


@dataclass(frozen=True, slots=True)
class DueOrder:
    """By priority, deadline and wait: what is to be answered.

    No index holds it: what is open in a scope is sorted, which is what people have still to do
    and never the conversations of years.
    """

    is_rising: bool = True

    def read(self, text: str) -> DuePosition | None:
        return DuePosition.read(text)

    def position(self, row: Conversation) -> DuePosition:
        return DuePosition(row.priority, row.due_at, row.waiting_since, row.pk)

    def columns(self, *, is_rising: bool) -> list:
        if is_rising:
            moments = [F(name).asc(nulls_last=True) for name in DUE_MOMENTS]
            return ["priority", *moments, "pk"]
        return ["-priority", *(F(name).desc(nulls_first=True) for name in DUE_MOMENTS), "-pk"]

    def beyond(
        self, rows: ConversationQuerySet, position: DuePosition, *, is_rising: bool
    ) -> ConversationQuerySet:
        """Column by column: beyond in this one, or equal in it and beyond in the next."""
        way = "gt" if is_rising else "lt"
        beyond = Q(**{f"pk__{way}": position.pk})
        for name in reversed(DUE_MOMENTS):
            value = getattr(position, name)
            beyond = _beyond_moment(name, value, is_rising=is_rising) | (
                Q(**{name: value}) & beyond
            )
        is_equal = Q(priority=position.priority)
        return rows.filter(Q(**{f"priority__{way}": position.priority}) | (is_equal & beyond))


def _beyond_moment(name: str, value: datetime | None, *, is_rising: bool) -> Q:
    """Nothing comes after a missing one, everything before it."""
    if is_rising:
        return Q(pk__in=[]) if value is None else Q(**{f"{name}__gt": value}) | Q(**{name: None})
    return ~Q(**{name: None}) if value is None else Q(**{f"{name}__lt": value})


def load_page(conversations: ConversationQuerySet, status: str, query: Mapping[str, str]) -> Page:
    """Load one page of a tab; a position nobody gave out is the first page.

    What is open stands in the order in which it is due, the other tabs by their last message.
    """
    is_open = status == Conversation.Status.OPEN
    order: MomentOrder | DueOrder
    order = DueOrder() if is_open else MomentOrder("last_message_at", is_rising=False)
    in_tab = conversations.filter(status=status)
    if before := order.read(query.get("before", "")):
        rows = _read(in_tab, order, before, is_rising=not order.is_rising)
        if len(rows) > PAGE_SIZE:  # else the first page shows all of them
            rows = rows[:PAGE_SIZE][::-1]
            return Page(
                rows,
                here=f"before={before}",
                previous=f"before={order.position(rows[0])}",
                next=f"after={order.position(rows[-1])}",
            )
    after = None if before else order.read(query.get("after", ""))
    rows = _read(in_tab, order, after, is_rising=order.is_rising)
    if after and not rows:  # all behind it is gone
        after, rows = None, _read(in_tab, order, None, is_rising=order.is_rising)
    page = Page(rows[:PAGE_SIZE])
    if after:
        page.here = f"after={after}"
        page.previous = f"before={order.position(rows[0])}"
    if len(rows) > PAGE_SIZE and (last := order.position(page.rows[-1])) is not None:
        page.next = f"after={last}"
    return page


def _read(
    in_tab: ConversationQuerySet,
    order: MomentOrder | DueOrder,
    position: Position | DuePosition | None,
    *,
    is_rising: bool,
) -> list[Conversation]:
    """Rows behind a position in one direction, and one more than a page holds."""
    if position is not None:
        in_tab = order.beyond(in_tab, position, is_rising=is_rising)
    columns = order.columns(is_rising=is_rising)
    # Which ones, before anything beside them is read: their order may have to be sorted.
    first = in_tab.order_by(*columns).values("pk")[: PAGE_SIZE + 1]
    rows = in_tab.filter(pk__in=first).as_rows().with_failures()
    return list(rows.order_by(*columns))


def _number(moment: datetime | None) -> str:
    return NOTHING if moment is None else str((moment - EPOCH) // timedelta(microseconds=1))


def _moment(text: str) -> datetime | None:
    return None if text == NOTHING else EPOCH + timedelta(microseconds=int(text))
