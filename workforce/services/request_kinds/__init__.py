"""What each kind of request needs, refuses, changes when it is approved, and how that is undone.

One class for each kind; `of(request)` finds it. They run inside the transaction of the decision
and never ask who may: `services/requests.py` does.
"""

from workforce.models import Request
from workforce.services.request_kinds.base import Incomplete, RequestKind
from workforce.services.request_kinds.correction import AttendanceCorrection
from workforce.services.request_kinds.days import DaysAway, LateOrEarly, Overtime
from workforce.services.request_kinds.shift_change import ShiftChange
from workforce.services.request_kinds.staff import Other, Raise, Transfer

Kind = Request.Kind

KINDS: dict[str, RequestKind] = {
    Kind.LEAVE: DaysAway(),
    Kind.REMOTE: DaysAway(),
    Kind.TRIP: DaysAway(),
    Kind.LATE_EARLY: LateOrEarly(),
    Kind.OVERTIME: Overtime(),
    Kind.ATTENDANCE_CORRECTION: AttendanceCorrection(),
    Kind.SHIFT_CHANGE: ShiftChange(),
    Kind.RAISE: Raise(),
    Kind.TRANSFER: Transfer(),
    Kind.OTHER: Other(),
}


def of(request: Request) -> RequestKind:
    """Return what is known about the kind of a request."""
    return KINDS[request.kind]


__all__ = ["KINDS", "Incomplete", "RequestKind", "of"]
