"""What the tests of requests begin with."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.workforce.roster_rows import plan, shift_of
from workforce.models import Request, ShiftAssignment
from workforce.services import submit_request


@pytest.fixture
def monday() -> date:
    """The Monday in two weeks: an ordinary day that has not come."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=2)


@pytest.fixture
def ask(people) -> Callable[..., Request]:
    """`ask(kind, who="staff", **details)` sends a request and returns it."""

    def send(
        kind: str = "leave",
        *,
        who: str = "staff",
        description: str = "Việc nhà",
        at=None,
        **details,
    ) -> Request:
        return submit_request(
            user=people[who], kind=kind, description=description, details=details, at=at
        )

    return send


@pytest.fixture
def two_shifts(people, monday) -> tuple[ShiftAssignment, ShiftAssignment]:
    """Staff has Monday morning, the colleague Monday evening: both published."""
    morning = shift_of(people["staff"].department, "Sáng", "06-11")
    evening = shift_of(people["staff"].department, "Chiều", "13-21")
    return (
        plan(people["staff"], morning, monday, published=True),
        plan(people["colleague"], evening, monday, published=True),
    )
