"""Asking for something, deciding it, and what the decision changes: services/requests.py."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Notification, User
from tests.factories import UserFactory
from tests.workforce.roster_rows import plan, shift_of
from workforce.availability import Reason, availability
from workforce.leave_cost import leave_cost
from workforce.models import (
    Delegation,
    Leave,
    LeaveBlackout,
    LeaveLedgerEntry,
    LeaveType,
    Request,
    RequestFile,
)
from workforce.services import (
    NewFile,
    approve_request,
    cancel_request,
    comment_on,
    grant_leave,
    hand_in,
    reject_request,
    remind_deciders,
    submit_request,
)
from workforce.services.leave import LeaveOverlaps, PersonLeft
from workforce.services.leave_ledger import OverBalance, balance_of
from workforce.services.request_files import BadFile, TalkIsOver
from workforce.services.request_kinds.base import BadRequest, Incomplete
from workforce.services.request_kinds.days import AttachmentMissing, BlackoutDay
from workforce.services.requests import (
    AlreadyAsked,
    AlreadyDecided,
    NotCancellable,
    NotYoursToDecide,
)

pytestmark = pytest.mark.django_db

PDF = NewFile("giay.pdf", b"%PDF-1.7 x")


def monday(weeks: int = 2):
    """The Monday in so many weeks: an ordinary day that has not come."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


@pytest.fixture
def annual(people) -> LeaveType:
    return LeaveType.objects.get(symbol="P")


def told(user: User) -> list[str]:
    rows = Notification.objects.filter(user=user, kind="request").order_by("pk")
    return [row.params["what"] for row in rows]


def test_leave_is_asked_and_its_deciders_are_told(people, ask) -> None:
    request = ask(first=monday(), last=monday() + timedelta(days=1))

    assert (request.status, request.kind, request.part) == ("pending", "leave", "whole")
    assert request.leave_type.symbol == "P"
    assert told(people["manager"]) == ["waiting"]
    assert told(people["other_manager"]) == told(people["admin"]) == told(people["staff"]) == []
    assert not Leave.objects.exists()


def test_approval_grants_the_leave_and_takes_its_days(people, ask, annual) -> None:
    request = ask(first=monday(), last=monday() + timedelta(days=1))

    approve_request(request=request, actor=people["manager"], note="Được em")

    request.refresh_from_db()
    leave = Leave.objects.get()
    assert (request.status, request.decided_by, request.decision_note) == (
        "approved",
        people["manager"],
        "Được em",
    )
    assert (leave.user, leave.first, leave.last, leave.days) == (
        people["staff"],
        monday(),
        monday() + timedelta(days=1),
        Decimal(2),
    )
    assert leave.request == request
    assert balance_of(people["staff"], annual) == 28
    assert told(people["staff"]) == ["approved"]
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert {"request_sent", "request_approved", "leave_granted"} <= set(actions)


def test_a_second_decision_is_refused_and_changes_nothing(people, ask) -> None:
    request = ask(first=monday())
    reject_request(request=request, actor=people["manager"], note="Tuần khuyến mãi")

    with pytest.raises(AlreadyDecided):
        approve_request(request=request, actor=people["admin"])

    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("rejected", people["manager"])
    assert not Leave.objects.exists()


def test_a_rejection_says_why(people, ask) -> None:
    request = ask(first=monday())

    with pytest.raises(BadRequest) as refused:
        reject_request(request=request, actor=people["manager"], note=" ")

    request.refresh_from_db()
    assert (refused.value.field, request.status) == ("note", "pending")


@pytest.mark.parametrize("who", ["staff", "colleague", "other_manager"])
def test_others_do_not_decide(people, ask, who) -> None:
    request = ask(first=monday())

    with pytest.raises(NotYoursToDecide):
        approve_request(request=request, actor=people[who])

    request.refresh_from_db()
    assert request.status == "pending"


def test_a_managers_request_goes_to_administrators(people, ask) -> None:
    second = UserFactory(role="manager", department=people["manager"].department)
    request = ask(who="manager", first=monday())

    assert told(people["admin"]) == ["waiting"]
    assert told(second) == []
    for actor in (people["manager"], second):
        with pytest.raises(NotYoursToDecide):
            approve_request(request=request, actor=actor)
    approve_request(request=request, actor=people["admin"])
    request.refresh_from_db()
    assert request.status == "approved"


def test_the_only_administrator_decides_their_own(people, ask) -> None:
    request = ask("other", who="admin", description="Đổi máy")
    approve_request(request=request, actor=people["admin"])
    UserFactory(role="admin", department=None)
    second = ask("other", who="admin", description="Đổi bàn")

    with pytest.raises(NotYoursToDecide):
        approve_request(request=second, actor=people["admin"])


def test_a_deputy_decides_leave_within_the_dates_and_never_pay(people, ask) -> None:
    today = timezone.localdate()
    deputy, manager = people["other_manager"], people["manager"]
    Delegation.objects.create(user=manager, deputy=deputy, first=today, last=today)
    leave, pay = ask(first=monday()), ask("raise", amount=12_000_000)

    assert told(deputy) == ["waiting"]
    assert list(Request.objects.decidable_by(deputy)) == [leave]
    assert list(Request.objects.visible_to(deputy)) == [leave]
    with pytest.raises(NotYoursToDecide):
        approve_request(request=pay, actor=deputy)
    approve_request(request=leave, actor=deputy)
    Delegation.objects.update(first=today - timedelta(days=2), last=today - timedelta(days=1))
    assert not Request.objects.visible_to(deputy).exists()


def test_what_says_only_why_is_accepted_and_completed_by_the_decider(people, ask) -> None:
    request = ask(description="Xin nghỉ ngày 15/12/2025")

    with pytest.raises(Incomplete) as refused:
        approve_request(request=request, actor=people["manager"])
    assert refused.value.field == "first"
    request.refresh_from_db()
    assert (request.status, request.first) == ("pending", None)

    approve_request(request=request, actor=people["manager"], details={"first": monday()})
    leave = Leave.objects.get()
    assert (leave.first, leave.last, leave.type.symbol) == (monday(), monday(), "P")


def test_the_decider_does_not_change_what_was_asked(people, ask) -> None:
    request = ask(first=monday())

    approve_request(request=request, actor=people["manager"], details={"first": monday(3)})

    assert Leave.objects.get().first == monday()


@pytest.mark.parametrize(
    ("details", "error", "field"),
    [
        ({"last": monday()}, Incomplete, "first"),
        ({"first": monday(), "last": monday() - timedelta(days=1)}, BadRequest, "last"),
        ({"first": monday() - timedelta(days=1)}, BadRequest, "first"),  # a Sunday
        ({"first": monday(), "last": monday(9)}, OverBalance, "last"),
        ({"first": monday(-20)}, BadRequest, "first"),
    ],
)
def test_bad_days_are_refused_with_the_field(people, ask, details, error, field) -> None:
    with pytest.raises(error) as refused:
        ask(**details)

    assert refused.value.field == field
    assert not Request.objects.exists()


def test_a_sunday_is_asked_for_only_where_a_shift_is_planned(people, ask, annual) -> None:
    sunday = monday() - timedelta(days=1)
    plan(people["staff"], shift_of(people["staff"].department), sunday)

    request = ask(first=sunday)
    approve_request(request=request, actor=people["manager"])

    assert Leave.objects.get().days == 0
    assert balance_of(people["staff"], annual) == 30


def test_days_without_leave_hold_for_their_department_and_restricted_kinds(
    people, ask, billing
) -> None:
    days = LeaveBlackout.objects.create(name="12.12", first=monday(), last=monday())
    with pytest.raises(BlackoutDay) as refused:
        ask(first=monday() - timedelta(days=3), last=monday())
    assert refused.value.field == "first"

    sick = LeaveType.objects.get(symbol="Ô")
    cancel_request(request=ask(first=monday(), leave_type=sick), actor=people["staff"])
    days.departments.add(billing)
    assert ask(first=monday()).pk


def test_leave_that_overlaps_is_refused_when_asked_and_when_approved(people, ask) -> None:
    second, kind = ask(first=monday()), LeaveType.objects.get(symbol="P")
    about = {"first": monday(), "last": monday(), "actor": people["manager"]}
    grant_leave(user=people["staff"], type=kind, **about)

    with pytest.raises(LeaveOverlaps):
        ask(first=monday(), description="Lần ba")
    with pytest.raises(LeaveOverlaps):
        approve_request(request=second, actor=people["manager"])

    second.refresh_from_db()
    assert (second.status, second.decided_by) == ("pending", None)
    assert LeaveLedgerEntry.objects.filter(kind="use").count() == 1


def test_a_kind_that_needs_a_paper_is_not_approved_without(people, ask) -> None:
    personal = LeaveType.objects.get(symbol="VR")
    request = ask(first=monday(), leave_type=personal)
    with pytest.raises(AttachmentMissing):
        approve_request(request=request, actor=people["manager"])

    hand_in(request=request, files=[PDF], actor=people["staff"])
    approve_request(request=request, actor=people["manager"])
    assert Leave.objects.get().type == personal


def test_the_same_thing_twice_is_one_request(people, ask) -> None:
    ask(first=monday())

    with pytest.raises(AlreadyAsked):
        ask(first=monday())

    assert Request.objects.count() == 1


def test_days_that_wait_already_are_not_asked_for_again(people, ask) -> None:
    ask(first=monday(), last=monday() + timedelta(days=3))

    with pytest.raises(AlreadyAsked) as refused:
        ask("remote", first=monday() + timedelta(days=2), description="Ở nhà")

    assert refused.value.field == "first"
    assert ask(first=monday() + timedelta(days=4)).pk


def test_who_has_left_gets_nothing_approved(people, ask) -> None:
    request = ask("other")
    User.objects.filter(pk=people["staff"].pk).update(is_active=False)

    with pytest.raises(PersonLeft):
        approve_request(request=request, actor=people["manager"])

    request.refresh_from_db()
    assert request.status == "pending"


def test_cancelled_before_the_decision_it_is_nobodys_to_decide(people, ask) -> None:
    request = ask(first=monday())
    with pytest.raises(NotYoursToDecide):
        cancel_request(request=request, actor=people["manager"])

    cancel_request(request=request, actor=people["staff"])

    with pytest.raises(AlreadyDecided):
        approve_request(request=request, actor=people["manager"])
    with pytest.raises(AlreadyDecided):
        cancel_request(request=request, actor=people["staff"])
    assert told(people["manager"]) == ["waiting", "cancelled"]


def test_the_owner_cancels_approved_leave_until_it_begins(people, ask, annual) -> None:
    today = _today_planned(people["staff"])
    ahead, now = ask(first=monday()), ask(first=today, description="Hôm nay")
    for request in (ahead, now):
        approve_request(request=request, actor=people["manager"])

    cancel_request(request=ahead, actor=people["staff"])
    with pytest.raises(NotCancellable):
        cancel_request(request=now, actor=people["staff"])

    assert Leave.objects.granted().get().request == now
    assert balance_of(people["staff"], annual) == 30 - _cost_of_today()
    assert told(people["manager"])[-1] == "cancelled"


def test_leave_from_now_on_counts_at_once_and_cancelled_all_is_back(people, ask, annual) -> None:
    staff = people["staff"]
    assert availability(staff).reason == Reason.TAKING_WORK
    request, cost = ask(first=_today_planned(staff)), _cost_of_today()

    approve_request(request=request, actor=people["manager"])
    assert availability(staff).reason == Reason.ON_LEAVE
    assert balance_of(staff, annual) == 30 - cost

    cancel_request(request=request, actor=people["manager"])
    assert availability(staff).reason == Reason.TAKING_WORK
    assert balance_of(staff, annual) == 30
    kinds = LeaveLedgerEntry.objects.filter(user=staff, type=annual).values_list("kind", "days")
    assert list(kinds.order_by("pk")) == [
        ("opening", Decimal(30)),
        ("use", -cost),
        ("return", cost),
    ]
    request.refresh_from_db()
    assert (request.status, request.cancelled_by) == ("cancelled", people["manager"])


def test_a_request_that_waits_a_day_is_reminded_of_once(people, ask) -> None:
    request = ask(first=monday())
    later = request.created_at + timedelta(hours=24)

    assert remind_deciders(at=later - timedelta(seconds=1)) == 0
    assert [remind_deciders(at=later), remind_deciders(at=later)] == [1, 0]
    assert told(people["manager"]) == ["waiting", "reminder"]


def test_both_sides_hear_of_a_comment_and_nobody_of_their_own(people, ask) -> None:
    request = ask(first=monday())

    comment_on(request=request, author=people["manager"], text="Ai thay em?")
    assert told(people["staff"]) == ["commented"]
    comment_on(request=request, author=people["staff"], text="Chị Ánh ạ")
    assert told(people["manager"]) == ["waiting", "commented"]
    assert told(people["staff"]) == ["commented"]


@pytest.mark.parametrize(
    "file",
    [
        NewFile("a.pdf", b"<script>"),
        NewFile("a.png", b""),
        NewFile("a.svg", b"<svg onload=x>"),
        NewFile("a.pdf", b"%PDF-" + b"x" * 5 * 1024 * 1024),
    ],
)
def test_what_is_no_paper_is_refused_and_nothing_is_sent(people, file) -> None:
    with pytest.raises(BadFile) as refused:
        submit_request(
            user=people["staff"],
            kind="leave",
            details={"first": monday()},
            files=[PDF, file],
        )

    assert refused.value.field == "files"
    assert not Request.objects.exists()
    assert not RequestFile.objects.exists()


def test_papers_are_handed_in_by_the_owner_until_the_decision(people, ask) -> None:
    request = ask(first=monday())
    with pytest.raises(TalkIsOver):
        hand_in(request=request, files=[PDF], actor=people["manager"])
    with pytest.raises(BadFile):
        hand_in(request=request, files=[PDF] * 6, actor=people["staff"])
    reject_request(request=request, actor=people["manager"], note="Không")
    with pytest.raises(TalkIsOver):
        hand_in(request=request, files=[PDF], actor=people["staff"])

    assert not RequestFile.objects.exists()


def _today_planned(user: User):
    """Today, with a shift on it: on a Sunday too there is something to be away from."""
    today = timezone.localdate()
    plan(user, shift_of(user.department, "Cả ngày", "00-00"), today, published=True)
    return today


def _cost_of_today() -> Decimal:
    """One day, and none on a Sunday or a holiday."""
    today = timezone.localdate()
    return leave_cost(today, today)
