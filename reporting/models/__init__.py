from reporting.models.backlog import BacklogSnapshot
from reporting.models.fact import Fact, FactPosition, HoursVersion
from reporting.models.rollup import DailyRollup, RollupDay

__all__ = [
    "BacklogSnapshot",
    "DailyRollup",
    "Fact",
    "FactPosition",
    "HoursVersion",
    "RollupDay",
]
