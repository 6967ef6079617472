"""Every figure: what it means and how it is worked out."""

from reporting.metrics.catalogue import CATALOGUE
from reporting.metrics.metric import Better, Group, Metric, Unit

__all__ = ["CATALOGUE", "Better", "Group", "Metric", "Unit"]
