"""What the templates of reports need and the language of templates does not have."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from reporting.figures import figure, time_figure
from reporting.models import Fact
from reporting.report_page import Cell
from reporting.slices import Basis
from reporting.words import label_words

register = template.Library()


@register.filter
def string(value: object) -> str:
    """A figure with its unit in one text."""
    return str(value)


@register.filter
def rests_on(cell: Cell) -> str:
    """Beside a median: p90, mean and how many it rests on."""
    value = cell.value
    return _("p90 %(p90)s, mean %(mean)s, n = %(n)s") % {
        "p90": figure(cell.metric, value.p90),
        "mean": figure(cell.metric, value.mean),
        "n": value.n,
    }


@register.filter
def fact_words(fact: Fact) -> str:
    return label_words(fact)


@register.filter
def fact_time(fact: Fact, basis: Basis) -> str:
    """How long it took, by the hours the report counts."""
    seconds = fact.business_seconds if basis == Basis.BUSINESS else fact.seconds
    return "–" if seconds is None else str(time_figure(seconds))
