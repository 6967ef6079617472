"""What the decision of each kind of request changes, and what cancelling it takes back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Notification, User
from omnichat.lib.errors import DomainError
from tests.workforce.roster_rows import plan, rows, shift_of
from tests.workforce.timesheet_rows import OCTOBER, moment
from workforce.models import (
    DayAgreement,
    Delegation,
    Leave,
    Request,
    TimeEntry,
    TimesheetMonth,
)
from workforce.services import (
    approve_request,
    cancel_request,
    carry_out_transfers,
    reject_request,
)
from workforce.services.months import MonthLocked
from workforce.services.request_kinds.base import BadRequest, Incomplete
from workforce.services.request_kinds.correction import CorrectedSince
from workforce.services.request_kinds.days import AlreadyAgreed, TooMuchOvertime
from workforce.services.requests import (
    NotCancellable,
    NotYoursToDecide,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


# --- Overtime, lateness, correction -------------------------------------------------------------
def test_overtime_is_agreed_once_and_its_owner_takes_it_back_before(people, ask, monday):
    start = moment(f"{monday} 18:00")
    request = ask("overtime", starts_at=start, ends_at=start + timedelta(hours=2))
    assert request.first == monday
    approve_request(request=request, actor=people["manager"])
    agreed = DayAgreement.objects.get()
    assert (agreed.kind, agreed.date, agreed.minutes, agreed.request) == (
        "overtime",
        monday,
        120,
        request,
    )
    with pytest.raises(AlreadyAgreed):
        ask("overtime", starts_at=start + timedelta(hours=1), ends_at=start + timedelta(hours=3))

    cancel_request(request=request, actor=people["staff"])
    assert not DayAgreement.objects.standing().exists()


@pytest.mark.parametrize(
    ("kind", "details", "field"),
    [
        ("overtime", {"starts_at": "10:00", "ends_at": "09:00"}, "ends_at"),
        ("overtime", {"starts_at": "10:00"}, "ends_at"),
        ("attendance_correction", {"starts_at": "23:00", "ends_at": "23:30"}, "ends_at"),
        ("late_early", {"side": "late", "minutes": 300}, "minutes"),
        ("late_early", {"side": "late"}, "minutes"),
        ("raise", {"amount": 9, "amount_before": 10}, "amount"),
        ("transfer", {}, "to_department"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(people, ask, monday, kind, details, field):
    times = ("starts_at", "ends_at")
    details = {
        name: moment(f"{monday} {value}") if name in times else value
        for name, value in details.items()
    }
    if kind in ("late_early", "transfer"):
        details["first"] = monday
    with pytest.raises((BadRequest, Incomplete)) as refused:
        ask(kind, **details)
    assert refused.value.field == field
    assert not Request.objects.exists()


def test_a_correction_rewrites_the_entry_and_keeps_what_was_recorded(people, ask):
    user = people["staff"]
    TimeEntry.objects.filter(user=user).delete()
    entry = TimeEntry.objects.create(
        user=user,
        checked_in_at=moment("2026-10-05 08:30"),
        checked_out_at=moment("2026-10-05 17:00"),
    )
    times = {"starts_at": moment("2026-10-05 08:00"), "ends_at": moment("2026-10-05 17:00")}
    request = ask("attendance_correction", **times)
    assert request.time_entry == entry
    approve_request(request=request, actor=people["manager"])

    entry.refresh_from_db()
    assert entry.checked_in_at == moment("2026-10-05 08:30")
    assert (entry.corrected_in_at, entry.corrected_by) == (
        moment("2026-10-05 08:00"),
        people["manager"],
    )
    assert AuditEntry.objects.filter(action="time_corrected").count() == 1

    cancel_request(request=request, actor=people["manager"])
    entry.refresh_from_db()
    assert (entry.corrected_in_at, entry.corrected_by, entry.correction_note) == (None, None, "")


def test_a_correction_that_was_corrected_again_is_not_taken_back(people, ask):
    times = {"starts_at": moment("2026-10-05 08:00"), "ends_at": moment("2026-10-05 17:00")}
    TimeEntry.objects.create(
        user=people["staff"],
        checked_in_at=moment("2026-10-05 08:30"),
        checked_out_at=moment("2026-10-05 17:00"),
    )
    request = ask("attendance_correction", **times)
    approve_request(request=request, actor=people["manager"])
    TimeEntry.objects.filter(pk=request.time_entry_id).update(
        corrected_in_at=moment("2026-10-05 07:50")
    )
    with pytest.raises(CorrectedSince):
        cancel_request(request=request, actor=people["manager"])
    request.refresh_from_db()
    assert request.status == "approved"


def test_a_correction_of_a_day_nobody_recorded_adds_the_entry(people, ask):
    times = {"starts_at": moment("2026-10-05 08:00"), "ends_at": moment("2026-10-05 17:00")}
    request = ask("attendance_correction", **times)
    approve_request(request=request, actor=people["manager"])
    entry = TimeEntry.objects.get(is_added=True)
    assert (entry.checked_in_at, entry.user) == (times["starts_at"], people["staff"])

    cancel_request(request=request, actor=people["manager"])
    assert not TimeEntry.objects.filter(is_added=True).exists()


def test_a_locked_month_refuses_the_effect_and_leaves_the_request_open(people, ask):
    request = ask(
        "attendance_correction",
        starts_at=moment("2026-10-05 08:00"),
        ends_at=moment("2026-10-05 17:00"),
    )
    now = timezone.now()
    TimesheetMonth.objects.create(
        user=people["staff"], month=OCTOBER, approved_at=now, locked_at=now
    )
    with pytest.raises(MonthLocked):
        approve_request(request=request, actor=people["manager"])
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("pending", None)
    assert not TimeEntry.objects.filter(is_added=True).exists()


# --- Pay and department -------------------------------------------------------------------------
def test_a_raise_keeps_amount_decision_and_evidence(people, ask):
    at_work = moment("2026-10-05 08:00"), moment("2026-10-05 17:00")
    TimeEntry.objects.filter(user=people["staff"]).delete()
    TimeEntry.objects.create(
        user=people["staff"], checked_in_at=at_work[0], checked_out_at=at_work[1]
    )
    request = ask("raise", amount=10_500_000, amount_before=9_500_000)
    details = {"amount_granted": 10_000_000}
    approve_request(request=request, actor=people["manager"], details=details, note="Từ tháng 1")

    request.refresh_from_db()
    assert (request.amount, request.amount_granted) == (10_500_000, 10_000_000)
    assert set(request.evidence) == {"attendance", "volume", "kpi"}
    assert request.evidence["attendance"][0]["worked_minutes"] == 540
    with pytest.raises(NotCancellable):
        cancel_request(request=request, actor=people["manager"])


def test_pay_is_seen_by_the_owner_the_decider_and_administrators(people, ask):
    second = User.objects.create(
        username="second",
        display_name="Second",
        role="manager",
        department=people["manager"].department,
        is_active=True,
    )
    today = timezone.localdate()
    Delegation.objects.create(
        user=people["manager"], deputy=people["other_manager"], first=today, last=today
    )
    request = ask("raise", amount=10_500_000)

    def seen() -> set[str]:
        everybody = [*people.values(), second]
        return {u.username for u in everybody if Request.objects.visible_to(u).exists()}

    assert seen() == {"staff", "manager", "second", "admin"}
    reject_request(request=request, actor=people["manager"], note="Chưa đủ")
    assert seen() == {"staff", "manager", "admin"}


def test_a_transfer_is_an_administrators_and_happens_on_its_day(people, ask, billing):
    user, day = people["staff"], timezone.localdate() + 3 * DAY
    kept = plan(user, shift_of(user.department), day - DAY, published=True)
    plan(user, kept.shift, day, published=True)
    request = ask("transfer", to_department=billing, first=day)
    with pytest.raises(NotYoursToDecide):
        approve_request(request=request, actor=people["manager"])
    approve_request(request=request, actor=people["admin"])
    user.refresh_from_db()
    assert user.department != billing

    noon = moment(f"{day} 12:00")
    assert carry_out_transfers(at=noon - DAY) == 0
    assert [carry_out_transfers(at=noon), carry_out_transfers(at=noon)] == [1, 0]
    user.refresh_from_db()
    request.refresh_from_db()
    assert (user.department, request.applied_at) == (billing, noon)
    with pytest.raises(NotCancellable):
        cancel_request(request=request, actor=people["admin"], at=noon + DAY)


def test_a_transfer_takes_out_what_is_planned_in_the_old_department(people, ask, billing):
    user, today = people["staff"], timezone.localdate()
    shift = shift_of(user.department)
    plan(user, shift, today + DAY, published=True)
    request = ask("transfer", to_department=billing, first=today)
    approve_request(request=request, actor=people["admin"])

    user.refresh_from_db()
    assert user.department == billing
    assert rows() == []


def test_a_transfer_into_a_closed_department_waits_and_can_be_cancelled(people, ask, billing):
    user, day = people["staff"], timezone.localdate() + 3 * DAY
    request = ask("transfer", to_department=billing, first=day)
    approve_request(request=request, actor=people["admin"])
    billing.is_active = False
    billing.save(update_fields=["is_active"])

    noon = moment(f"{day} 12:00")
    assert carry_out_transfers(at=noon) == 0
    told = Notification.objects.filter(user=people["admin"], kind="request")
    assert told.latest("pk").params["what"] == "stuck"
    cancel_request(request=request, actor=people["admin"], at=noon)
    user.refresh_from_db()
    request.refresh_from_db()
    assert (user.department, request.status) == (people["manager"].department, "cancelled")


def test_a_transfer_cancelled_before_its_day_does_not_happen(people, ask, billing):
    day = timezone.localdate() + 3 * DAY
    request = ask("transfer", to_department=billing, first=day)
    approve_request(request=request, actor=people["admin"])
    cancel_request(request=request, actor=people["staff"])

    assert carry_out_transfers(at=moment(f"{day} 12:00")) == 0


# --- Covers -------------------------------------------------------------------------------------
def test_a_cover_is_planned_with_the_leave_and_goes_with_it(people, ask, monday):
    shift = shift_of(people["staff"].department, minimum_staff=1)
    row = plan(people["staff"], shift, monday, published=True)
    request = ask("leave", first=monday)
    covers = {row.pk: people["colleague"].public_id}
    approve_request(request=request, actor=people["manager"], covers=covers)

    day = monday.isoformat()
    assert rows() == [("colleague", "Day", day, True), ("staff", "Day", day, True)]
    cancel_request(request=request, actor=people["manager"])
    assert rows() == [("staff", "Day", day, True)]


def test_a_cover_who_had_another_shift_works_the_uncovered_one(people, ask, monday):
    department = people["staff"].department
    row = plan(people["staff"], shift_of(department, minimum_staff=1), monday, published=True)
    evening = shift_of(department, "Chiều", "13-21")
    plan(people["colleague"], evening, monday, published=True)
    request = ask("leave", first=monday)
    covers = {row.pk: people["colleague"].public_id}
    approve_request(request=request, actor=people["manager"], covers=covers)

    assert [one[1] for one in rows() if one[0] == "colleague"] == ["Day"]
    cancel_request(request=request, actor=people["manager"])
    assert [one[1] for one in rows() if one[0] == "colleague"] == ["Chiều"]


@pytest.mark.parametrize("who", ["other_staff", "staff"])
def test_a_cover_that_cannot_be_refuses_the_whole_decision(people, ask, monday, who):
    row = plan(people["staff"], shift_of(people["staff"].department), monday, published=True)
    request = ask("leave", first=monday)
    covers = {row.pk: people[who].public_id}
    with pytest.raises(DomainError) as refused:
        approve_request(request=request, actor=people["manager"], covers=covers)

    assert refused.value.code in ("bad_request", "already_planned")
    request.refresh_from_db()
    assert request.status == "pending"
    assert not Leave.objects.exists()


def test_nobody_covers_what_is_no_leave(people, ask, monday):
    row = plan(people["staff"], shift_of(people["staff"].department), monday, published=True)
    request = ask("trip", first=monday)
    covers = {row.pk: people["colleague"].public_id}
    with pytest.raises(BadRequest) as refused:
        approve_request(request=request, actor=people["manager"], covers=covers)
    assert refused.value.field == "covers"
    assert [row[0] for row in rows()] == ["staff"]


# --- Limits of overtime -------------------------------------------------------------------------
def test_more_overtime_than_the_law_allows_is_refused_and_less_only_warned_of(people, ask):
    def agree(on: str, hours: int) -> None:
        start = moment(f"{on} 08:00")
        request = ask(
            "overtime",
            at=moment("2026-10-01 07:00"),
            starts_at=start,
            ends_at=start + timedelta(hours=hours),
            description=on,
        )
        approve_request(request=request, actor=people["manager"], at=moment("2026-10-01 07:00"))

    for day in range(1, 6):
        agree(f"2026-10-{day:02}", 12)  # sixty hours
    with pytest.raises(TooMuchOvertime) as refused:
        agree("2026-10-06", 1)
    assert refused.value.field == "ends_at"
    assert "60" in str(refused.value)
    agree("2026-11-02", 1)  # another month
    with pytest.raises(TooMuchOvertime):
        agree("2026-11-03", 13)  # more than twelve hours of one day
    assert DayAgreement.objects.count() == 6


def test_the_planned_shift_counts_in_the_day(people, ask, monday):
    plan(people["staff"], shift_of(people["staff"].department), monday, published=True)
    start = moment(f"{monday} 17:00")
    assert ask("overtime", starts_at=start, ends_at=start + timedelta(hours=4)).pk
    with pytest.raises(TooMuchOvertime):
        ask("overtime", starts_at=start, ends_at=start + timedelta(hours=5))
