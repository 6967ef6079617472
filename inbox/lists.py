"""Pages of the conversation list by position: as quick at the end as at the beginning.

A page is told by the row it stands behind (`after=`) or in front of (`before=`), never by a
number: whatever arrives, leaves or moves meanwhile, a row that stays is neither lost nor shown
twice. A position is `<microseconds since 1970>-<id>` of the order's columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from inbox.models import Conversation
from inbox.models.conversation import ConversationQuerySet

PAGE_SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# 17 digits of microseconds reach the year 5138; 18 digits of an id fit its column.
POSITION = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)


class Position(NamedTuple):
    """Where a row stands in its order."""

    moment: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.moment - EPOCH) // timedelta(microseconds=1)}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> Position | None:
        """Read what `str` wrote; None for anything else."""
        if not (found := POSITION.fullmatch(text)):
            return None
        return cls(EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))


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


def load_page(conversations: ConversationQuerySet, status: str, query: Mapping[str, str]) -> Page:
    """Load one page of a tab; a position nobody gave out is the first page."""
    is_open = status == Conversation.Status.OPEN
    key = "waiting_since" if is_open else "last_message_at"
    in_tab = conversations.filter(status=status)
    if before := Position.read(query.get("before", "")):
        rows = _read(in_tab, key, before, rising=not is_open)
        if len(rows) > PAGE_SIZE:  # else the first page shows all of them
            rows = rows[:PAGE_SIZE][::-1]
            return Page(
                rows,
                here=f"before={before}",
                previous=f"before={_position(rows[0], key)}",
                next=f"after={_position(rows[-1], key)}",
            )
    after = None if before else Position.read(query.get("after", ""))
    rows = _read(in_tab, key, after, rising=is_open)
    if after and not rows:  # all behind it is gone
        after, rows = None, _read(in_tab, key, None, rising=is_open)
    page = Page(rows[:PAGE_SIZE])
    if after:
        page.here = f"after={after}"
        page.previous = f"before={_position(rows[0], key)}"
    if len(rows) > PAGE_SIZE and getattr(page.rows[-1], key) is not None:
        page.next = f"after={_position(page.rows[-1], key)}"
    return page


def _read(
    in_tab: ConversationQuerySet, key: str, position: Position | None, *, rising: bool
) -> list[Conversation]:
    """Rows behind a position in one direction, and one more than a page holds."""
    if position is not None:
        way = "gt" if rising else "lt"
        # The first condition is the range an index is read by, the second settles equal moments.
        in_tab = in_tab.filter(
            Q(**{f"{key}__{way}": position.moment}) | Q(**{f"pk__{way}": position.pk}),
            **{f"{key}__{way}e": position.moment},
        )
    order = (key, "pk") if rising else (f"-{key}", "-pk")
    return list(in_tab.as_rows().with_failures().order_by(*order)[: PAGE_SIZE + 1])


def _position(row: Conversation, key: str) -> Position:
    return Position(getattr(row, key), row.pk)
