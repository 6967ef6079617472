"""Facts that follow what happens. Import the verbs from here."""

from reporting.services.backlog import take_backlog_snapshot
from reporting.services.facts import follow_facts, repair_facts
from reporting.services.rebuild import rebuild_facts

__all__ = ["follow_facts", "rebuild_facts", "repair_facts", "take_backlog_snapshot"]
