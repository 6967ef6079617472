"""How long it takes: answers and resolutions."""

from django.utils.translation import gettext_lazy as _

from reporting.metrics.measures import Duration, pick
from reporting.metrics.metric import (
    FROM_ASSIGNMENTS,
    FROM_CYCLES,
    FROM_REPLIES,
    Better,
    Group,
    Metric,
    Unit,
)
from reporting.metrics.picks import RESOLVED
from reporting.models import Fact

Kind = Fact.Kind

TIMES = (
    Metric(
        "first_response",
        _("First response"),
        _(
            "From the beginning of a conversation to the first reply of a person. Notes, automatic"
            " texts and events do not count. Credited to whoever sent it; there is none where we"
            " began the conversation."
        ),
        Unit.SECONDS,
        Better.LOW,
        Group.TIME,
        FROM_REPLIES,
        Duration((pick(Kind.FIRST_RESPONSE),)),
    ),
    Metric(
        "agent_response",
        _("First response after assignment"),
        _(
            "From the assignment to that person’s first reply, counted only while they were taking"
            " work: not on breaks, on leave or after checking out."
        ),
        Unit.SECONDS,
        Better.LOW,
        Group.TIME,
        FROM_ASSIGNMENTS,
        Duration((pick(Kind.AGENT_RESPONSE),)),
    ),
    Metric(
        "reply_time",
        _("Reply time"),
        _(
            "From the first message of the customer that nobody has answered to the next reply."
            " More messages do not move the beginning; a reply or Done ends it. This is how long"
            " customers wait for each reply."
        ),
        Unit.SECONDS,
        Better.LOW,
        Group.TIME,
        FROM_REPLIES,
        Duration((pick(Kind.REPLY),)),
    ),
    Metric(
        "resolution_time",
        _("Resolution time"),
        _("From the beginning of a conversation to Done. One that is opened again begins anew."),
        Unit.SECONDS,
        Better.LOW,
        Group.TIME,
        FROM_CYCLES,
        Duration((RESOLVED,)),
    ),
    Metric(
        "active_time",
        _("Active resolution time"),
        _("The same without the time in which we waited for the customer or had snoozed it."),
        Unit.SECONDS,
        Better.LOW,
        Group.TIME,
        FROM_CYCLES,
        Duration((pick(Kind.RESOLVED_ACTIVE),)),
    ),
    Metric(
        "handle_time",
        _("Handle time"),
        _(
            "Work on one reply: since the last thing that happened in the conversation, ten minutes"
            " at most."
        ),
        Unit.SECONDS,
        Better.LOW,
        Group.TIME,
        FROM_REPLIES,
        Duration((pick(Kind.HANDLED),)),
    ),
)
