"""What a fact is called where facts are listed."""

from __future__ import annotations

from reporting.models import Fact
from routing.models import Assignment
from routing.models import Metric as Promised
from workforce.models import Request

Kind = Fact.Kind
OF_LABELS = {
    Kind.SLA_MET.value: dict(Promised.choices),
    Kind.SLA_BREACHED.value: dict(Promised.choices),
    Kind.ASSIGNED.value: dict(Assignment.Policy.choices),
    Kind.TRANSFERRED.value: dict(Assignment.EndReason.choices),
    Kind.REQUEST.value: dict(Request.Kind.choices),
}


def label_words(fact: Fact) -> str:
    """The kind of a fact, and which of that kind where it has a label with words."""
    kind = str(fact.get_kind_display())
    label = OF_LABELS.get(fact.kind, {}).get(fact.label)
    return f"{kind}: {label}" if label else kind
