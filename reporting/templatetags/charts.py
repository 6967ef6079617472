"""Charts in a page: `{% chart c %}` for any of them, and the small ones that stand in a line."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reporting.charts import BarChart, HeatMap, LineChart, Shares
from reporting.charts.axes import FRAMES, PHONE, Drawing, Frame
from reporting.charts.bars import bar_drawing
from reporting.charts.lines import line_drawing
from reporting.charts.numbers import Number
from reporting.charts.series import require_label
from reporting.charts.shares import share_bar
from reporting.charts.sparkline import sparkline_of

register = template.Library()


@register.simple_tag
def chart(given: LineChart | BarChart | HeatMap | Shares) -> SafeString:
    """The chart with its table, or a sentence when there is nothing to draw."""
    if given.is_empty:
        return render_to_string("reporting/charts/_empty.html", {"chart": given})
    context = {"chart": given}
    if isinstance(given, LineChart | BarChart):
        context |= {"drawing": drawing_of(given, FRAMES[given.size]), "phone": None}
        if given.size != "paper":
            context["phone"] = drawing_of(given, PHONE)
    return render_to_string(given.template, context)


def drawing_of(given: LineChart | BarChart, frame: Frame) -> Drawing:
    is_line = isinstance(given, LineChart)
    return line_drawing(given, frame) if is_line else bar_drawing(given, frame)


@register.inclusion_tag("reporting/charts/_legend.html")
def chart_legend(given: LineChart | BarChart) -> dict:
    """What the colours mean, for the head of the chart's card."""
    return {"items": given.legend}


@register.inclusion_tag("reporting/charts/_sparkline.html")
def sparkline(values: Sequence[Number | None], label: str) -> dict:
    """The run of a tile's figure, oldest value first."""
    require_label(label)
    return {"spark": sparkline_of(values), "label": label}


@register.inclusion_tag("reporting/charts/_share.html")
def share(
    value: Number | None,
    target: Number | None,
    label: str,
    tone: str | None = None,
    size: str = "",
) -> dict:
    """A bar of a share 0..1 with a mark at the target; `size` "is-sm" fits a table.

    `tone` ("", "warn", "bad", "quiet") is by default amber below the target.
    """
    require_label(label)
    return {"bar": share_bar(value, target, tone), "label": label, "size": size}
