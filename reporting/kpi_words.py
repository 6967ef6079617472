"""KPI figures in words: their names and values."""

from __future__ import annotations

from django.utils.formats import number_format

from reporting.figures import NO_FIGURE, figure
from reporting.metrics import CATALOGUE
from reporting.models import KpiDefinition


def kpi_label(definition: KpiDefinition) -> str:
    """What a figure is called."""
    metric = CATALOGUE.get(definition.code)
    return str(metric.name) if metric else definition.name or definition.code


def kpi_figure(definition: KpiDefinition | None, value: float | None) -> str:
    """A value as its figure is written; None is the score."""
    if value is None:
        return NO_FIGURE
    metric = definition and CATALOGUE.get(definition.code)
    if metric:
        return str(figure(metric, value))
    return points_words(value) if definition is None else number_format(round(value, 2))


def points_words(points: float | None) -> str:
    """Points with one decimal."""
    return NO_FIGURE if points is None else number_format(round(points, 1), 1)
