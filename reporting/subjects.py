"""The reports there are: which figures stand on one page, and what their lines may be."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.metrics import CATALOGUE, Metric
from reporting.slices import GroupBy

OF_CONVERSATIONS = (
    GroupBy.DEPARTMENT,
    GroupBy.USER,
    GroupBy.CHANNEL,
    GroupBy.KEYWORD,
    GroupBy.DAY,
    GroupBy.HOUR,
)
OF_PEOPLE = (GroupBy.DEPARTMENT, GroupBy.USER, GroupBy.DAY)


@dataclass(frozen=True, slots=True)
class Subject:
    """One report. `tiles` are the figures above it, `chart` the one drawn by day."""

    code: str
    title: str | Promise
    codes: tuple[str, ...]
    tiles: tuple[str, ...]
    chart: tuple[str, ...]
    groupings: tuple[GroupBy, ...] = OF_CONVERSATIONS

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return tuple(CATALOGUE[code] for code in self.codes)

    @property
    def drawn(self) -> tuple[Metric, ...]:
        return tuple(CATALOGUE[code] for code in self.chart)


_SUBJECTS = (
    Subject(
        "answers",
        _("How well we answer"),
        ("started", "first_response", "reply_time", "sla", "resolved", "missed"),
        tiles=("started", "first_response", "sla", "resolved"),
        chart=("started", "resolved"),
    ),
    Subject(
        "volume",
        _("How much there was"),
        ("started", "resolved", "messages_in", "messages_out", "messages_per_conversation"),
        tiles=("started", "resolved", "messages_in", "messages_per_conversation"),
        chart=("started", "resolved"),
    ),
    Subject(
        "resolution",
        _("How it was resolved"),
        (
            *("resolved", "resolution_time", "active_time", "handle_time", "sla_resolution"),
            *("one_touch", "first_contact", "reopen_rate"),
        ),
        tiles=("resolved", "resolution_time", "one_touch", "reopen_rate"),
        chart=("resolved",),
    ),
    Subject(
        "routing",
        pgettext_lazy("report", "How work was assigned"),
        (
            *("assigned", "time_to_assign", "queue_time", "agent_response", "transfers"),
            *("moves", "routing_accuracy"),
        ),
        tiles=("assigned", "time_to_assign", "transfers", "routing_accuracy"),
        chart=("assigned",),
    ),
    Subject(
        "attendance",
        _("Who was there"),
        (
            *("worked_time", "conformance", "routable_time", "late", "left_early"),
            *("absent", "leave_time"),
        ),
        tiles=("worked_time", "conformance", "late", "absent"),
        chart=("worked_time",),
        groupings=OF_PEOPLE,
    ),
    Subject(
        "requests",
        pgettext_lazy("report", "What people asked for"),
        ("requests", "decision_time"),
        tiles=("requests", "decision_time"),
        chart=("requests",),
        groupings=(GroupBy.REQUEST_TYPE, *OF_PEOPLE),
    ),
)

SUBJECTS: dict[str, Subject] = {one.code: one for one in _SUBJECTS}
