"""What facts are derived from: the records of a conversation, read and bare. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

INBOUND, OUTBOUND, EVENT = "inbound", "outbound", "event"


class Line(NamedTuple):
    """One message or event of a cycle. `waits_from` is since when a customer's message waits.

    `code` and whether it was done `by_person` are an event's.
    """

    pk: int
    direction: str
    author_id: int | None
    sent_at: datetime
    waits_from: datetime
    is_auto: bool = False
    code: str = ""
    by_person: bool = False

    @property
    def is_inbound(self) -> bool:
        return self.direction == INBOUND

    @property
    def is_reply(self) -> bool:
        """A person answered; one sent in the platform's own program has no author here."""
        return self.direction == OUTBOUND and not self.is_auto

    @property
    def is_public(self) -> bool:
        return self.direction in (INBOUND, OUTBOUND)


class Given(NamedTuple):
    """One assignment. `keyword` is the word that decided its department, if one did."""

    pk: int
    assignee_id: int
    department_id: int | None
    is_auto: bool
    policy: str
    assigned_at: datetime
    ended_at: datetime | None
    end_reason: str
    keyword: str = ""


class Promise(NamedTuple):
    """One deadline that was kept or missed, or still runs."""

    pk: int
    metric: str
    department_id: int | None
    started_at: datetime
    breached_at: datetime | None
    stopped_at: datetime | None
    is_met: bool | None


@dataclass(slots=True)
class CycleRecord:
    """Everything of one cycle, each list in the order it happened."""

    pk: int
    number: int
    started_at: datetime
    resolved_at: datetime | None = None
    resolved_by_id: int | None = None
    lines: list[Line] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)


@dataclass(slots=True)
class ConversationRecord:
    """A conversation with its cycles, the first one first."""

    pk: int
    channel_id: int
    department_id: int | None
    cycles: list[CycleRecord] = field(default_factory=list)
