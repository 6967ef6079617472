"""Facts that several figures are worked out from."""

from reporting.metrics.measures import pick
from reporting.models import Fact

STARTED = pick(Fact.Kind.CYCLE_STARTED)
INBOUND = pick(Fact.Kind.CYCLE_STARTED, "inbound")
RESOLVED = pick(Fact.Kind.RESOLVED)
