"""Shares of a whole as bars, with a mark at the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from reporting.charts.numbers import Number, checked
from reporting.charts.scales import at
from reporting.charts.series import require_label


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A bar and the mark on it, in percent of its width, as the markup wants them."""

    width: str
    mark: str
    is_mark_at_end: bool
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """One line of a list of shares: name, figure in words, bar, and a note at either side.

    `share` and `target` are 0..1; `tone` ("", "warn", "bad", "quiet") is by default amber for a
    share below its target.
    """

    name: str
    share: Number | None
    text: str
    target: Number | None = None
    tone: str | None = None
    note: str = ""
    target_note: str = ""

    @property
    def bar(self) -> ShareBar | None:
        return share_bar(self.share, self.target, self.tone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """A list of shares. Every figure stands beside its bar, so it needs no table."""

    template: ClassVar[str] = "reporting/charts/_shares.html"

    label: str
    rows: Sequence[ShareRow]
    empty: str = ""

    def __post_init__(self) -> None:
        require_label(self.label)

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def empty_sentence(self) -> str:
        return self.empty or _("No data for this period yet.")


def share_bar(
    share: Number | None, target: Number | None = None, tone: str | None = None
) -> ShareBar | None:
    """The bar of a share 0..1, cut at its ends; None when the share is not known."""
    part, goal = checked(share), checked(target)
    if part is None:
        return None
    if tone is None:
        tone = "warn" if goal is not None and part < goal else ""
    mark = "" if goal is None else at(min(goal, 1) * 100)
    return ShareBar(at(min(part, 1) * 100), mark, goal is not None and goal >= 1, tone)
