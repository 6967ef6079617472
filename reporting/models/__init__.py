"""What happened, and what it adds up to by day."""

from reporting.models.backlog import BacklogSnapshot
from reporting.models.fact import Fact, FactPosition, HoursVersion
from reporting.models.kpi import KpiDefinition, KpiPeriod, KpiRecord, KpiScore, KpiTarget
from reporting.models.rollup import DailyRollup, RollupDay

__all__ = [
    "BacklogSnapshot",
    "DailyRollup",
    "Fact",
    "FactPosition",
    "HoursVersion",
    "KpiDefinition",
    "KpiPeriod",
    "KpiRecord",
    "KpiScore",
    "KpiTarget",
    "RollupDay",
]
