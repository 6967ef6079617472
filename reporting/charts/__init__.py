"""Charts drawn on the server: figures in, geometry out. Pure, but for the reader's language.

A page builds one of `LineChart`, `BarChart`, `HeatMap`, `Shares` and writes `{% chart it %}`
(reporting/templatetags/charts.py), which picks the template. Every chart takes `label`, a whole
sentence that says the finding: who cannot see the drawing hears it instead.
"""

from reporting.charts.heat import HeatMap
from reporting.charts.numbers import written
from reporting.charts.series import BarChart, Kind, LegendItem, LineChart, Series
from reporting.charts.shares import ShareRow, Shares

__all__ = [
    "BarChart",
    "HeatMap",
    "Kind",
    "LegendItem",
    "LineChart",
    "Series",
    "ShareRow",
    "Shares",
    "written",
]
