"""How work finds its person."""

from django.utils.translation import gettext_lazy as _

from reporting.metrics.measures import Count, Duration, Per, Share, pick
from reporting.metrics.metric import FROM_ASSIGNMENTS, Better, Group, Metric, Unit
from reporting.metrics.picks import STARTED
from reporting.models import Fact

Kind = Fact.Kind

ROUTING = (
    Metric(
        "assigned",
        _("Assignments"),
        _("How often somebody was given a conversation, automatically or by a person."),
        Unit.COUNT,
        Better.NEITHER,
        Group.ROUTING,
        FROM_ASSIGNMENTS,
        Count((pick(Kind.ASSIGNED),)),
    ),
    Metric(
        "time_to_assign",
        _("Time to assign"),
        _("From coming into the queue to the first assignment of a conversation."),
        Unit.SECONDS,
        Better.LOW,
        Group.ROUTING,
        FROM_ASSIGNMENTS,
        Duration((pick(Kind.FIRST_ASSIGNED),)),
    ),
    Metric(
        "queue_time",
        _("Speed of answer"),
        _(
            "How long conversations stood in the queue before somebody got them, each time they"
            " stood there. What goes from hand to hand does not stand in it."
        ),
        Unit.SECONDS,
        Better.LOW,
        Group.ROUTING,
        FROM_ASSIGNMENTS,
        Duration((pick(Kind.ASSIGNED),)),
    ),
    Metric(
        "transfers",
        _("Changes of person per conversation"),
        _(
            "How often conversations went from one person to another, for each that began. Credited"
            " to whoever had it before."
        ),
        Unit.TIMES,
        Better.LOW,
        Group.ROUTING,
        FROM_ASSIGNMENTS,
        Per((pick(Kind.TRANSFERRED),), (STARTED,)),
    ),
    Metric(
        "moves",
        _("Changes of department per conversation"),
        _("How often conversations went from one department to another, for each that began."),
        Unit.TIMES,
        Better.LOW,
        Group.ROUTING,
        FROM_ASSIGNMENTS,
        Per((pick(Kind.MOVED),), (STARTED,)),
    ),
    Metric(
        "routing_accuracy",
        _("Right department at once"),
        _(
            "Conversations that no person had to move to another department, of those routed"
            " automatically; both on the day of the routing."
        ),
        Unit.PERCENT,
        Better.HIGH,
        Group.ROUTING,
        FROM_ASSIGNMENTS,
        Share((pick(Kind.MISROUTED),), (pick(Kind.AUTO_ROUTED),), is_rest=True),
    ),
)
