"""Every figure by name: the one list of reports, dashboards, KPI, exports, API and glossary.

Whoever adds a figure adds it to the file of its group; docs/reports.md has the thoughts behind the
definitions.
"""

from reporting.metrics.attendance import ATTENDANCE
from reporting.metrics.deadlines import DEADLINES
from reporting.metrics.metric import Metric
from reporting.metrics.quality import QUALITY
from reporting.metrics.routing import ROUTING
from reporting.metrics.times import TIMES
from reporting.metrics.volumes import VOLUMES

CATALOGUE: dict[str, Metric] = {
    one.code: one
    for group in (TIMES, VOLUMES, DEADLINES, QUALITY, ROUTING, ATTENDANCE)
    for one in group
}
