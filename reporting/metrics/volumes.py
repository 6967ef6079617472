"""How much there is."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.metrics.measures import Count, Per, PerHour, pick
from reporting.metrics.metric import FROM_CYCLES, FROM_REPLIES, Better, Group, Metric, Unit
from reporting.metrics.picks import RESOLVED, STARTED
from reporting.models import Fact

Kind = Fact.Kind

VOLUMES = (
    Metric(
        "started",
        _("New conversations"),
        _(
            "Conversations that began, on the day they began. One that a customer opens again"
            " counts anew. Under a person: those they were the first to get."
        ),
        Unit.COUNT,
        Better.NEITHER,
        Group.VOLUME,
        FROM_CYCLES,
        Count((STARTED,)),
    ),
    Metric(
        "resolved",
        pgettext_lazy("figure", "Resolved"),
        _("Conversations marked as done, on the day it was done, whenever they began."),
        Unit.COUNT,
        Better.HIGH,
        Group.VOLUME,
        FROM_CYCLES,
        Count((RESOLVED,)),
    ),
    Metric(
        "resolved_per_hour",
        _("Resolved per hour"),
        _(
            "Conversations marked as done for each hour of taking work, so that part-time and"
            " full-time people can be compared."
        ),
        Unit.TIMES,
        Better.HIGH,
        Group.VOLUME,
        FROM_CYCLES,
        PerHour((RESOLVED,), (pick(Kind.ROUTABLE),)),
    ),
    Metric(
        "replies",
        _("Replies"),
        _("Replies of people; automatic texts do not count."),
        Unit.COUNT,
        Better.NEITHER,
        Group.VOLUME,
        FROM_REPLIES,
        Count((pick(Kind.REPLY),)),
    ),
    Metric(
        "messages_in",
        _("Messages from customers"),
        _("What customers wrote; notes and events are no messages."),
        Unit.COUNT,
        Better.NEITHER,
        Group.VOLUME,
        FROM_REPLIES,
        Count((pick(Kind.MESSAGE_IN),)),
    ),
    Metric(
        "messages_out",
        _("Messages to customers"),
        _("What was sent to customers, automatic texts among them."),
        Unit.COUNT,
        Better.NEITHER,
        Group.VOLUME,
        FROM_REPLIES,
        Count((pick(Kind.MESSAGE_OUT),)),
    ),
    Metric(
        "messages_per_conversation",
        _("Messages per conversation"),
        _("Messages in and out for each conversation that began."),
        Unit.TIMES,
        Better.NEITHER,
        Group.VOLUME,
        FROM_REPLIES,
        Per((pick(Kind.MESSAGE_IN), pick(Kind.MESSAGE_OUT)), (STARTED,)),
    ),
)
