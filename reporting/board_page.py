"""The leads' dashboard in words and charts."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reporting.board import ON_TIME, RESPONSE, STARTED, Board, Present, Span
from reporting.board_words import advice, sentence
from reporting.charts import HeatMap, Kind, LineChart, Series, ShareRow, Shares
from reporting.figures import Delta, Figure, delta, figure, time_figure
from reporting.goals import Goals
from reporting.metrics import Metric
from workforce.time_words import WEEKDAYS

FIRST_HOUR, LAST_HOUR = 8, 21  # the hours the map shows at least
AGE_TONES = {"age_1d_3d": "warn", "age_over_3d": "bad"}


@dataclass(frozen=True, slots=True)
class Tile:
    title: str
    figure: Figure
    note: str
    delta: Delta | None = None


@dataclass(frozen=True, slots=True)
class BoardPage:
    """`alert`: in bold where, and what helps; None where all is calm."""

    board: Board
    title: str
    compared: str
    alert: tuple[str, str] | None
    tiles: list[Tile]
    response: LineChart
    channels: Shares
    heat: HeatMap
    heat_note: str
    ages: Shares

    @property
    def wall_tiles(self) -> list[Tile]:
        """What hurries first, then what today came to."""
        _started, response, on_time, waiting = self.tiles
        return [waiting, _at_risk(self.board), _late(self.board), response, on_time]


def page_of(board: Board) -> BoardPage:
    busiest = max(board.heat.items(), key=lambda item: item[1], default=None)
    note = ""
    if busiest is not None:
        (day, hour), _count = busiest
        about = {"day": WEEKDAYS[day], "hour": hour}
        note = _("last 7 days · busiest on %(day)s at %(hour)d") % about
    return BoardPage(
        board=board,
        title=sentence(board.finding),
        compared=compared_words(board),
        alert=advice(board.finding),
        tiles=tiles_of(board),
        response=_response(board),
        channels=_channels(board),
        heat=_heat(board, note),
        heat_note=note,
        ages=_ages(board.present),
    )


def compared_words(board: Board) -> str:
    if board.span == Span.TODAY:
        return _("compared with the same weekday a week ago, up to this hour")
    days = board.span.days
    return _("the last %(days)d days, compared with the %(days)d before") % {"days": days}


def tiles_of(board: Board) -> list[Tile]:
    now, before = board.total, board.before
    compared = _("compared with %(count)s") % {
        "count": number_format(before["started"].n, force_grouping=True)
    }
    return [
        _tile(STARTED, now, before, compared),
        _tile(RESPONSE, now, before, response_goal(board.goals)),
        _tile(ON_TIME, now, before, on_time_goal(board.goals)),
        _waiting(board),
    ]


def response_goal(goals: Goals) -> str:
    if goals.response_minutes is None:
        return _("no promise")
    return _("goal ≤ %(minutes)d min") % {"minutes": goals.response_minutes}


def on_time_goal(goals: Goals) -> str:
    if goals.on_time_percent is None:
        return _("no goal")
    percent = goals.on_time_percent
    return _("goal %(percent)s%%") % {"percent": number_format(percent, int(percent % 1 > 0))}


def _tile(metric: Metric, now: dict, before: dict, note: str) -> Tile:
    value = now[metric.code]
    change = delta(metric, value, before[metric.code])
    return Tile(str(metric.name), figure(metric, value.amount), note, change)


def _waiting(board: Board) -> Tile:
    """More of them than a week ago is nothing good."""
    present, count = board.present, board.present.sum("waiting")
    if present.waiting_late:
        late = present.waiting_late
        note = ngettext("%(count)d is late", "%(count)d are late", late) % {"count": late}
    elif present.oldest:
        waited = time_figure((board.at - present.oldest).total_seconds())
        note = _("the longest for %(time)s") % {"time": waited}
    else:
        note = _("nobody waits")
    change, before = None, board.waiting_before
    if before is not None and count != before:
        tone = "warn" if count > before else "ok"
        change = Delta(number_format(abs(count - before)), count > before, tone)
    number = Figure(number_format(count, force_grouping=True))
    return Tile(_("Waiting to be assigned"), number, note, change)


def _at_risk(board: Board) -> Tile:
    count = board.present.at_risk
    note = _("less than a fifth of the time is left") if count else _("none of the open ones")
    return Tile(_("Due soon"), Figure(number_format(count, force_grouping=True)), note)


def _late(board: Board) -> Tile:
    late = [team.now for team in board.present.teams if team.now.late]
    worst = max(late, key=lambda now: now.late, default=None)
    note = _("none of the open ones")
    if worst is not None:
        note = _("most in %(department)s") % {"department": worst.name}
    count = number_format(board.present.sum("late"), force_grouping=True)
    return Tile(pgettext("tile", "Late"), Figure(count), note)


# --- Charts -------------------------------------------------------------------------------------
def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _response(board: Board) -> LineChart:
    today = timezone.localdate(board.at)
    names = (_("This week"), _("The week before"))
    if board.span == Span.MONTH:
        names = (_("These 30 days"), _("The 30 days before"))
    series = [
        Series(names[0], [_minutes(value.amount) for _day, value, _old in board.days]),
        Series(names[1], [_minutes(old.amount) for _day, _value, old in board.days], Kind.PREV),
    ]
    if (minutes := board.goals.response_minutes) is not None:
        goal = _("Goal %(minutes)d min") % {"minutes": minutes}
        series.append(Series(goal, [minutes] * len(board.days), Kind.GOAL))
    labels = [
        pgettext("span", "Today") if day == today else f"{day:%d/%m}"
        for day, _value, _old in board.days
    ]
    return LineChart(
        label=_("Median of the first response by day, in minutes."),
        x=labels,
        series=series,
        unit=pgettext("short unit", "min"),
        x_name=_("Day"),
        empty=_("Nobody was answered for the first time in these days."),
    )


def _channels(board: Board) -> Shares:
    percent = board.goals.on_time_percent
    return Shares(
        label=_("Deadlines kept by channel"),
        rows=[
            ShareRow(
                name=name,
                share=value.amount / 100,
                text=str(figure(ON_TIME, value.amount)),
                target=None if percent is None else percent / 100,
            )
            for name, value in board.channels
        ],
        empty=_("No deadline has ended yet."),
    )


def _heat(board: Board, note: str) -> HeatMap:
    hours = [hour for (_day, hour), count in board.heat.items() if count]
    first, last = min([FIRST_HOUR, *hours]), max([LAST_HOUR, *hours])
    columns = range(first, last + 1)
    values = [[board.heat.get((day, hour), 0) for hour in columns] for day in range(7)]
    title = _("New conversations by weekday and hour")
    return HeatMap(
        label=f"{title}: {note}" if note else title,
        rows=[str(name) for name in WEEKDAYS],
        columns=[str(hour) for hour in columns],
        values=values if board.heat else [[None for _hour in columns] for _day in range(7)],
        empty=_("No conversation began in the last 7 days."),
    )


def _ages(present: Present) -> Shares:
    names = {
        "age_under_1h": _("under 1 hour"),
        "age_1h_4h": _("1 to 4 hours"),
        "age_4h_24h": _("4 to 24 hours"),
        "age_1d_3d": _("1 to 3 days"),
        "age_over_3d": _("over 3 days"),
    }
    whole = sum(present.ages.values())
    rows = [
        ShareRow(
            name=names[name],
            share=count / whole if whole else 0,
            text=number_format(count, force_grouping=True),
            tone=AGE_TONES.get(name, "") if count else "quiet",
        )
        for name, count in present.ages.items()
    ]
    label = _("How long customers have been waiting for a reply")
    return Shares(label=label, rows=rows if whole else [], empty=_("Nobody waits for a reply."))
