"""What was promised and kept."""

from django.utils.translation import gettext_lazy as _

from reporting.metrics.measures import Count, Share, pick
from reporting.metrics.metric import FROM_DEADLINES, Better, Group, Metric, Unit
from reporting.models import Fact
from routing.models import Metric as Promised

Kind = Fact.Kind
RESPONSES = (Promised.FIRST_RESPONSE.value, Promised.NEXT_RESPONSE.value)

DEADLINES = (
    Metric(
        "sla",
        _("On time"),
        _(
            "Deadlines for replies that were kept, of those that have ended. One that still runs is"
            " not in it. A miss is dated at the deadline itself, not when it was noticed."
        ),
        Unit.PERCENT,
        Better.HIGH,
        Group.DEADLINES,
        FROM_DEADLINES,
        Share(
            (pick(Kind.SLA_BREACHED, *RESPONSES),),
            (pick(Kind.SLA_BREACHED, *RESPONSES), pick(Kind.SLA_MET, *RESPONSES)),
            is_rest=True,
        ),
    ),
    Metric(
        "sla_first_response",
        _("First response on time"),
        _("The same, of the deadline for the first reply alone."),
        Unit.PERCENT,
        Better.HIGH,
        Group.DEADLINES,
        FROM_DEADLINES,
        Share(
            (pick(Kind.SLA_BREACHED, RESPONSES[0]),),
            (pick(Kind.SLA_BREACHED, RESPONSES[0]), pick(Kind.SLA_MET, RESPONSES[0])),
            is_rest=True,
        ),
    ),
    Metric(
        "sla_resolution",
        _("Resolved on time"),
        _("The same, of the deadline for Done."),
        Unit.PERCENT,
        Better.HIGH,
        Group.DEADLINES,
        FROM_DEADLINES,
        Share(
            (pick(Kind.SLA_BREACHED, Promised.RESOLUTION.value),),
            (
                pick(Kind.SLA_BREACHED, Promised.RESOLUTION.value),
                pick(Kind.SLA_MET, Promised.RESOLUTION.value),
            ),
            is_rest=True,
        ),
    ),
    Metric(
        "sla_breached",
        _("Deadlines missed"),
        _("Deadlines of every kind that passed before they were kept, on the day they passed."),
        Unit.COUNT,
        Better.LOW,
        Group.DEADLINES,
        FROM_DEADLINES,
        Count((pick(Kind.SLA_BREACHED),)),
    ),
)
