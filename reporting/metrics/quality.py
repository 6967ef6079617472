"""How well it was done."""

from django.utils.translation import gettext_lazy as _

from reporting.metrics.measures import Share, pick
from reporting.metrics.metric import FROM_CYCLES, Better, Group, Metric, Unit
from reporting.metrics.picks import INBOUND, RESOLVED
from reporting.models import Fact

Kind = Fact.Kind

QUALITY = (
    Metric(
        "reopen_rate",
        _("Opened again"),
        _(
            "Conversations whose customer wrote again within 7 days after Done, of those resolved."
            " Dated when they wrote, credited to whoever had marked it as done."
        ),
        Unit.PERCENT,
        Better.LOW,
        Group.QUALITY,
        FROM_CYCLES,
        Share((pick(Kind.REOPENED),), (RESOLVED,)),
    ),
    Metric(
        "one_touch",
        _("Resolved with one reply"),
        _("Conversations resolved with exactly one reply of a person, of those resolved."),
        Unit.PERCENT,
        Better.HIGH,
        Group.QUALITY,
        FROM_CYCLES,
        Share((pick(Kind.ONE_TOUCH),), (RESOLVED,)),
    ),
    Metric(
        "first_contact",
        _("Resolved at first contact"),
        _(
            "Conversations after which the customer did not write about the same thing within 7"
            " days, of those resolved. The last 7 days may still change."
        ),
        Unit.PERCENT,
        Better.HIGH,
        Group.QUALITY,
        FROM_CYCLES,
        Share((pick(Kind.RECONTACTED),), (RESOLVED,), is_rest=True),
    ),
    Metric(
        "missed",
        _("Ended without a reply"),
        _(
            "Conversations of customers that ended without a reply of a person, of those that"
            " began."
        ),
        Unit.PERCENT,
        Better.LOW,
        Group.QUALITY,
        FROM_CYCLES,
        Share((pick(Kind.MISSED),), (INBOUND,)),
    ),
)
