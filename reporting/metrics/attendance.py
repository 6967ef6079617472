"""Who was there, who was not, and what they asked for."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.metrics.measures import Count, Duration, Total, pick
from reporting.metrics.metric import FROM_REQUESTS, FROM_TIMESHEET, Better, Group, Metric, Unit
from reporting.models import Fact

Kind = Fact.Kind

ATTENDANCE = (
    Metric(
        "worked_time",
        _("Worked"),
        _("Time at work as the timesheet counts it, without unpaid breaks."),
        Unit.TOTAL,
        Better.NEITHER,
        Group.ATTENDANCE,
        FROM_TIMESHEET,
        Total((pick(Kind.WORKED),)),
    ),
    Metric(
        "conformance",
        _("Worked of planned"),
        _("Time worked, of the time planned, in whatever order."),
        Unit.PERCENT,
        Better.NEITHER,
        Group.ATTENDANCE,
        FROM_TIMESHEET,
        Total((pick(Kind.WORKED),), over=(pick(Kind.PLANNED),)),
    ),
    Metric(
        "routable_time",
        _("Taking work"),
        _("Time in which somebody could be given work: at work, not on a break, not busy."),
        Unit.TOTAL,
        Better.NEITHER,
        Group.ATTENDANCE,
        FROM_TIMESHEET,
        Total((pick(Kind.ROUTABLE),)),
    ),
    Metric(
        "late",
        _("Came late"),
        _("Days on which somebody came after the grace, without what was agreed."),
        Unit.COUNT,
        Better.LOW,
        Group.ATTENDANCE,
        FROM_TIMESHEET,
        Count((pick(Kind.LATE),)),
    ),
    Metric(
        "left_early",
        _("Left early"),
        _("Days on which somebody left before the grace, without what was agreed."),
        Unit.COUNT,
        Better.LOW,
        Group.ATTENDANCE,
        FROM_TIMESHEET,
        Count((pick(Kind.LEFT_EARLY),)),
    ),
    Metric(
        "absent",
        _("Absent"),
        _("Planned days on which somebody did not come and had no leave."),
        Unit.COUNT,
        Better.LOW,
        Group.ATTENDANCE,
        FROM_TIMESHEET,
        Count((pick(Kind.ABSENT),)),
    ),
    Metric(
        "leave_time",
        _("On leave"),
        _("Planned time that a leave covers."),
        Unit.TOTAL,
        Better.NEITHER,
        Group.ATTENDANCE,
        FROM_TIMESHEET,
        Total((pick(Kind.LEAVE),)),
    ),
    Metric(
        "requests",
        pgettext_lazy("figure", "Requests"),
        _("Requests of people on the team, on the day they were sent."),
        Unit.COUNT,
        Better.NEITHER,
        Group.ATTENDANCE,
        FROM_REQUESTS,
        Count((pick(Kind.REQUEST),)),
    ),
    Metric(
        "decision_time",
        _("Time to decide a request"),
        _("From sending a request to the decision; those still waiting are not in it."),
        Unit.SECONDS,
        Better.LOW,
        Group.ATTENDANCE,
        FROM_REQUESTS,
        Duration((pick(Kind.REQUEST),)),
    ),
)
