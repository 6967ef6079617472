"""Facts that follow what happens. Import the verbs from here."""

from reporting.services.backlog import take_backlog_snapshot
from reporting.services.facts import follow_facts, repair_facts
from reporting.services.kpi import recalculate_kpis, recalculate_recent
from reporting.services.kpi_definitions import (
    delete_kpi_target,
    save_kpi_definition,
    save_kpi_target,
)
from reporting.services.kpi_records import KpiInvalid, NothingToDispute, dispute_kpi, record_kpi
from reporting.services.rebuild import rebuild_facts

__all__ = [
    "KpiInvalid",
    "NothingToDispute",
    "delete_kpi_target",
    "dispute_kpi",
    "follow_facts",
    "rebuild_facts",
    "recalculate_kpis",
    "recalculate_recent",
    "record_kpi",
    "repair_facts",
    "save_kpi_definition",
    "save_kpi_target",
    "take_backlog_snapshot",
]
