"""The own day in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.board import ON_TIME, RESPONSE
from reporting.board_page import Tile, on_time_goal, response_goal
from reporting.figures import Figure, figure
from reporting.own_day import RESOLVED, SOON, OwnDay
from workforce.time_words import hours


@dataclass(frozen=True, slots=True)
class OwnDayPage:
    day: OwnDay
    title: str
    about: str
    tiles: list[Tile]
    week: str


def own_day_page(day: OwnDay) -> OwnDayPage:
    return OwnDayPage(
        day=day, title=_title(day), about=_about(day), tiles=_tiles(day), week=_week(day)
    )


def _title(day: OwnDay) -> str:
    """What hurries, else how many are open."""
    if day.late:
        text = ngettext(
            "%(count)d customer of yours is past the deadline",
            "%(count)d customers of yours are past the deadline",
            day.late,
        )
        return text % {"count": day.late}
    if day.soon:
        until = f"{timezone.localtime(day.at + SOON):%H:%M}"
        text = ngettext(
            "%(count)d customer needs a reply before %(until)s",
            "%(count)d customers need a reply before %(until)s",
            day.soon,
        )
        return text % {"count": day.soon, "until": until}
    if day.open_count:
        text = ngettext(
            "%(count)d customer waits for you, nothing hurries",
            "%(count)d customers wait for you, nothing hurries",
            day.open_count,
        )
        return text % {"count": day.open_count}
    return _("Everybody of yours has an answer")


def _about(day: OwnDay) -> str:
    """The shift of today."""
    if day.plan is None:
        return _("no shift today")
    begins, ends = (timezone.localtime(m) for m in (day.plan.starts_at, day.plan.ends_at))
    return f"{day.plan.name} {begins:%H:%M}–{ends:%H:%M}"


def _tiles(day: OwnDay) -> list[Tile]:
    today, yesterday = day.today, day.yesterday
    if not day.capacity:
        room = _("you take no conversations")
    elif day.is_full:
        room = _("no place left, nothing new comes")
    else:
        free = max(0, day.capacity - day.open_count)
        room = ngettext("%(count)d place is free", "%(count)d places are free", free)
        room %= {"count": free}
    return [
        Tile(_("Open now"), Figure(str(day.open_count), f"/{day.capacity}"), room),
        Tile(
            _("Done today"),
            figure(RESOLVED, today["resolved"].amount),
            _("all of yesterday %(count)s")
            % {"count": figure(RESOLVED, yesterday["resolved"].amount)},
        ),
        Tile(
            str(RESPONSE.name),
            figure(RESPONSE, today["first_response"].amount),
            response_goal(day.goals),
        ),
        Tile(str(ON_TIME.name), figure(ON_TIME, today["sla"].amount), _kept(day)),
    ]


def _kept(day: OwnDay) -> str:
    value = day.today["sla"]
    if not value.n:
        return on_time_goal(day.goals)
    late = round(value.n * (100 - value.amount) / 100)
    return _("%(late)s late of %(count)s") % {
        "late": number_format(late, force_grouping=True),
        "count": number_format(value.n, force_grouping=True),
    }


def _week(day: OwnDay) -> str:
    """Hours at work this week, of those planned."""
    worked = hours(int(day.week_seconds // 60))
    return f"{worked} / {hours(day.week_plan_minutes)}" if day.week_plan_minutes else worked
