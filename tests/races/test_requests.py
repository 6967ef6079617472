"""Requests decided, answered and cancelled by many at the same moment."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db.models import Sum
from django.utils import timezone

from tests.races.together import at_once, words
from tests.workforce.roster_rows import plan, shift_of
from workforce.models import (
    DayAgreement,
    Leave,
    LeaveLedgerEntry,
    LeaveType,
    Request,
    ShiftAssignment,
)
from workforce.services import (
    answer_swap,
    approve_request,
    cancel_request,
    publish_week,
    reject_request,
    submit_request,
)
from workforce.services.leave_ledger import balance_of

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


@pytest.fixture
def annual(company) -> LeaveType:
    """The migration's row goes when a test with real commits empties the tables."""
    kind = LeaveType.objects.get_or_create(symbol="P", defaults={"name": "Annual leave"})[0]
    LeaveType.objects.filter(pk=kind.pk).update(is_counted=True, overdraft_days=0)
    kind.refresh_from_db()
    return kind


def _ask(user, annual, first, last=None) -> Request:
    details = {"leave_type": annual, "first": first, "last": last or first}
    return submit_request(user=user, kind="leave", description="Việc nhà", details=details)


def _open(user, annual, days: int) -> None:
    LeaveLedgerEntry.objects.create(
        user=user, type=annual, kind="opening", days=days, on=timezone.localdate()
    )


def _done(step, **fields) -> str:
    step(**fields)
    return "done"


def test_two_managers_and_thirty_more_decide_once(rounds, company, annual):
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        _open(staff, annual, 20)
        request = _ask(staff, annual, timezone.localdate() + 10 * DAY)
        approve = partial(_done, approve_request, request=request, actor=lead)
        reject = partial(_done, reject_request, request=request, actor=lead, note="Không")
        told = words(at_once([approve, reject] * 16))

        assert told == {"done": 1, "already_decided": 31}
        request.refresh_from_db()
        uses = LeaveLedgerEntry.objects.filter(user=staff, kind="use").count()
        is_approved = request.status == "approved"
        assert Leave.objects.filter(user=staff).count() == uses == int(is_approved)


def test_thirty_two_approvals_leave_one_effect(rounds, company, annual):
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        _open(staff, annual, 20)
        request = _ask(staff, annual, timezone.localdate() + 10 * DAY)
        step = partial(_done, approve_request, request=request, actor=lead)
        assert words(at_once([step] * 32)) == {"done": 1, "already_decided": 31}
        assert Leave.objects.filter(user=staff).count() == 1
        lines = LeaveLedgerEntry.objects.filter(user=staff)
        assert balance_of(staff, annual) == lines.aggregate(sum=Sum("days"))["sum"]


def test_requests_for_the_last_days_never_overdraw(rounds, company, annual):
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        _open(staff, annual, 1)
        first = timezone.localdate() + 10 * DAY
        asked = [_ask(staff, annual, first + 7 * n * DAY) for n in range(8)]
        steps = [partial(_done, approve_request, request=one, actor=lead) for one in asked]
        assert words(at_once(steps)) == {"done": 1, "over_balance": 7}
        assert balance_of(staff, annual) == Decimal(0)
        assert Request.objects.filter(user=staff, status="approved").count() == 1


def test_a_decision_and_a_cancellation_have_one_winner(rounds, company, annual):
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        _open(staff, annual, 20)
        request = _ask(staff, annual, timezone.localdate() + 10 * DAY)
        approve = partial(_done, approve_request, request=request, actor=lead)
        cancel = partial(_done, cancel_request, request=request, actor=staff)
        told = words(at_once([approve, cancel] * 8))

        request.refresh_from_db()
        granted = Leave.objects.granted().filter(user=staff).count()
        assert granted == int(request.status == "approved")
        assert balance_of(staff, annual) == 20 - granted * request.leaves.granted().count()
        assert set(told) <= {"done", "already_decided"}


def test_the_same_request_sent_by_many_presses_is_one(rounds, company, annual):
    for _round in rounds:
        here = company()
        staff = here.staff[0]
        _open(staff, annual, 20)
        step = partial(_sent, staff, annual, timezone.localdate() + 10 * DAY)
        assert words(at_once([step] * 16)) == {"done": 1, "already_asked": 15}
        assert Request.objects.filter(user=staff).count() == 1


def test_a_swap_is_answered_once_and_moved_once(rounds, company, annual):
    for _round in rounds:
        here = company(people=4)
        staff, lead = here.staff[0], here.managers[0]
        colleague = next(u for u in here.staff[1:] if u.department_id == staff.department_id)
        on = timezone.localdate() + 10 * DAY
        own = plan(staff, shift_of(staff.department, f"A{staff.pk}", "06-11"), on, published=True)
        theirs = plan(
            colleague, shift_of(staff.department, f"B{staff.pk}", "13-20"), on, published=True
        )
        request = submit_request(
            user=staff,
            kind="shift_change",
            description="Đổi ca",
            details={"assignment": own, "colleague_assignment": theirs},
        )
        answers = [
            partial(_done, answer_swap, request=request, actor=colleague, agrees=True),
            partial(_done, answer_swap, request=request, actor=colleague, agrees=True),
        ]
        assert words(at_once(answers * 4)) == {"done": 1, "already_decided": 7}
        step = partial(_done, approve_request, request=request, actor=lead)
        assert words(at_once([step] * 8)) == {"done": 1, "already_decided": 7}
        found = {row.pk: row.user_id for row in ShiftAssignment.objects.filter(date=on)}
        assert (found[own.pk], found[theirs.pk]) == (colleague.pk, staff.pk)


def test_overtime_approved_at_once_never_overlaps_and_keeps_the_limit(rounds, company):
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        start = timezone.now().replace(minute=0) + 10 * DAY
        asked = [
            submit_request(
                user=staff,
                kind="overtime",
                description=f"{n}",
                details={
                    "starts_at": start + timedelta(minutes=10 * n),
                    "ends_at": start + timedelta(hours=2),
                },
            )
            for n in range(8)
        ]
        steps = [partial(_done, approve_request, request=one, actor=lead) for one in asked]
        assert words(at_once(steps)) == {"done": 1, "already_agreed": 7}
        assert DayAgreement.objects.filter(user=staff).count() == 1


def test_covers_and_the_publishing_of_a_week_end_both(rounds, company, annual):
    """Whoever plans holds the department first: no deadlock, nothing half done."""
    for _round in rounds:
        here = company(people=4)
        staff, lead = here.staff[0], here.managers[0]
        colleague = next(u for u in here.staff[1:] if u.department_id == staff.department_id)
        _open(staff, annual, 20)
        on = timezone.localdate() + 14 * DAY
        monday = on - on.weekday() * DAY
        shift = shift_of(staff.department, f"C{staff.pk}")
        row = plan(staff, shift, monday, published=True)
        plan(staff, shift, monday + DAY)
        plan(colleague, shift, monday + DAY)
        request = _ask(staff, annual, monday)
        covers = {row.pk: colleague.public_id}
        steps = [
            partial(_done, approve_request, request=request, actor=lead, covers=covers),
            partial(
                _done,
                publish_week,
                departments=[staff.department],
                week=monday,
                actor=lead,
            ),
        ]
        assert words(at_once(steps)) == {"done": 2}
        planned = ShiftAssignment.objects.filter(user=colleague, date=monday)
        assert planned.get().published_at is not None


def _sent(user, annual, first) -> str:
    _ask(user, annual, first)
    return "done"
