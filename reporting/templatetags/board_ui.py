"""What the dashboards draw: loads, figures of a person, keys of rows."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from reporting.board import ON_TIME, RESPONSE, Team
from reporting.figures import figure, time_figure
from reporting.metrics.measures import Value
from workforce.models import Request
from workforce.request_words import headline

register = template.Library()


@register.filter
def team_key(team: Team) -> str:
    return str(team.department.pk) if team.department else "common"


@register.filter
def load_share(team: Team) -> float:
    """Of the places of those who take work, how many are taken, 0 to 1."""
    return min(1.0, team.now.taken / team.now.capacity) if team.now.capacity else 0.0


@register.filter
def load_percent(team: Team) -> int:
    return round(100 * load_share(team))


@register.filter
def load_tone(team: Team) -> str:
    return "warn" if team.now.is_full else ""


@register.filter
def load_words(team: Team) -> str:
    """The bar for those who cannot see it."""
    now = team.now
    if not now.capacity:
        return _("Nobody takes work")
    return _("%(taken)d of %(capacity)d places are taken") % {
        "taken": now.taken,
        "capacity": now.capacity,
    }


@register.filter
def response_words(value: Value) -> str:
    return str(figure(RESPONSE, value.amount))


@register.filter
def on_time_words(value: Value) -> str:
    return str(figure(ON_TIME, value.amount))


@register.filter
def duration_or_none(seconds: float) -> str:
    return str(time_figure(seconds)) if seconds else _("none yet")


@register.filter
def request_headline(request: Request) -> str:
    return headline(request)
