"""Changes of shifts: consent, decision, what moves, and what is taken back."""

from datetime import timedelta

import pytest

from accounts.models import Notification, User
from tests.workforce.roster_rows import plan, rows, shift_of
from workforce.models import (
    Request,
    ShiftAssignment,
)
from workforce.services import (
    answer_swap,
    approve_request,
    cancel_request,
    close_unanswered,
    remove_shift,
)
from workforce.services.request_kinds.base import BadRequest
from workforce.services.requests import (
    AlreadyDecided,
    ConsentMissing,
    NotYoursToDecide,
)
from workforce.services.roster import OverlappingShift
from workforce.services.roster_moves import ShiftMoved

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def owners(*assignments) -> list[str]:
    """Who has these shifts now; all must still be published."""
    found = [ShiftAssignment.objects.select_related("user").get(pk=one.pk) for one in assignments]
    assert all(row.published_at for row in found)
    return [row.user.username for row in found]


def test_a_swap_needs_consent_then_a_decision_and_moves_both(people, ask, two_shifts):
    own, theirs = two_shifts
    request = ask("shift_change", assignment=own, colleague_assignment=theirs)
    assert (request.consent, request.colleague) == ("asked", people["colleague"])
    with pytest.raises(ConsentMissing):
        approve_request(request=request, actor=people["manager"])
    assert owners(own, theirs) == ["staff", "colleague"]

    answer_swap(request=request, actor=people["colleague"], agrees=True, note="Được")
    assert owners(own, theirs) == ["staff", "colleague"]
    approve_request(request=request, actor=people["manager"])

    assert owners(own, theirs) == ["colleague", "staff"]
    told = Notification.objects.filter(kind="request").values_list("user__username", "params__what")
    assert list(told.order_by("pk")) == [
        ("colleague", "asked"),
        ("staff", "agreed"),
        ("manager", "waiting"),
        ("staff", "approved"),
        ("colleague", "approved"),
    ]


def test_a_swap_taken_back_gives_both_their_shifts_again(people, ask, two_shifts):
    own, theirs = two_shifts
    request = ask("shift_change", assignment=own, colleague_assignment=theirs)
    answer_swap(request=request, actor=people["colleague"], agrees=True)
    approve_request(request=request, actor=people["manager"])
    with pytest.raises(NotYoursToDecide):  # it is the colleague's shift as well
        cancel_request(request=request, actor=people["staff"])

    cancel_request(request=request, actor=people["manager"])
    assert owners(own, theirs) == ["staff", "colleague"]


def test_only_the_colleague_answers_and_once(people, ask, two_shifts):
    request = ask("shift_change", assignment=two_shifts[0], colleague_assignment=two_shifts[1])
    for who in ("staff", "manager"):
        with pytest.raises(NotYoursToDecide):
            answer_swap(request=request, actor=people[who], agrees=True)

    answer_swap(request=request, actor=people["colleague"], agrees=False, note="Bận")
    with pytest.raises(AlreadyDecided):
        answer_swap(request=request, actor=people["colleague"], agrees=True)
    request.refresh_from_db()
    assert (request.status, request.consent) == ("closed", "refused")
    with pytest.raises(AlreadyDecided):
        approve_request(request=request, actor=people["manager"])
    assert owners(*two_shifts) == ["staff", "colleague"]


def test_without_an_answer_in_time_it_closes(people, ask, two_shifts):
    request = ask("shift_change", assignment=two_shifts[0], colleague_assignment=two_shifts[1])
    until = request.created_at + timedelta(hours=48)
    assert request.consent_until == until

    assert close_unanswered(at=until - timedelta(seconds=1)) == 0
    assert [close_unanswered(at=until), close_unanswered(at=until)] == [1, 0]
    request.refresh_from_db()
    assert request.status == "closed"


def test_a_swap_against_a_roster_that_has_changed_is_refused_whole(people, ask, two_shifts):
    own, theirs = two_shifts
    request = ask("shift_change", assignment=own, colleague_assignment=theirs)
    answer_swap(request=request, actor=people["colleague"], agrees=True)
    ShiftAssignment.objects.filter(pk=theirs.pk).update(published_at=None)

    with pytest.raises((ShiftMoved, BadRequest)):
        approve_request(request=request, actor=people["manager"])

    request.refresh_from_db()
    assert request.status == "pending"
    assert ShiftAssignment.objects.get(pk=own.pk).user == people["staff"]


def test_a_swap_that_would_overlap_is_refused(people, ask, two_shifts, monday):
    own, theirs = two_shifts
    late = shift_of(people["staff"].department, "Khuya", "10-15")
    plan(people["colleague"], late, monday + DAY, published=True)
    clash = plan(people["staff"], late, monday + DAY, published=True)
    request = ask("shift_change", assignment=clash, colleague=people["colleague"])
    answer_swap(request=request, actor=people["colleague"], agrees=True)

    with pytest.raises(OverlappingShift):
        approve_request(request=request, actor=people["manager"])
    assert owners(own, theirs, clash) == ["staff", "colleague", "staff"]


def test_an_agreed_swap_never_becomes_a_gift(people, ask, two_shifts):
    """The colleague's shift is taken out after they agreed: the other does not go to them."""
    own, theirs = two_shifts
    request = ask("shift_change", assignment=own, colleague_assignment=theirs)
    answer_swap(request=request, actor=people["colleague"], agrees=True)
    remove_shift(assignment=theirs, actor=people["manager"])

    with pytest.raises(ShiftMoved):
        approve_request(request=request, actor=people["manager"])
    assert owners(own) == ["staff"]


def test_consent_is_for_the_shift_that_was_shown(people, ask, two_shifts):
    own = two_shifts[0]
    request = ask("shift_change", assignment=own, colleague=people["colleague"])
    answer_swap(request=request, actor=people["colleague"], agrees=True)
    night = shift_of(people["staff"].department, "Đêm", "22-06")
    other = ask("shift_change", assignment=own, wanted_shift=night, description="Khác")
    approve_request(request=other, actor=people["manager"])

    with pytest.raises(ShiftMoved):
        approve_request(request=request, actor=people["manager"])
    assert owners(own) == ["staff"]


def test_taking_back_another_shift_touches_nobody_elses(people, ask, two_shifts):
    own = two_shifts[0]
    noon = shift_of(people["staff"].department, "Trưa", "11-13")
    first = ask("shift_change", assignment=own, wanted_shift=noon)
    approve_request(request=first, actor=people["manager"])
    own.refresh_from_db()
    gift = ask("shift_change", assignment=own, colleague=people["colleague"], description="Cho")
    answer_swap(request=gift, actor=people["colleague"], agrees=True)
    approve_request(request=gift, actor=people["manager"])

    with pytest.raises(ShiftMoved):
        cancel_request(request=first, actor=people["manager"])
    assert ShiftAssignment.objects.get(pk=own.pk).shift == noon


def test_a_manager_never_decides_their_own_swap(people, ask, two_shifts):
    own = two_shifts[0]
    mine = plan(people["manager"], two_shifts[1].shift, own.date + DAY, published=True)
    request = ask("shift_change", assignment=own, colleague_assignment=mine)
    answer_swap(request=request, actor=people["manager"], agrees=True)

    with pytest.raises(NotYoursToDecide):
        approve_request(request=request, actor=people["manager"])
    assert owners(own, mine) == ["staff", "manager"]
    asked = Notification.objects.filter(user=people["admin"], kind="request")
    assert asked.get().params["what"] == "waiting"


def test_a_colleague_and_somebody_elses_shift_are_two_answers(people, ask, two_shifts):
    third = User.objects.create(
        username="third",
        display_name="Third",
        department=people["staff"].department,
        is_active=True,
    )
    with pytest.raises(BadRequest) as refused:
        ask(
            "shift_change",
            assignment=two_shifts[0],
            colleague_assignment=two_shifts[1],
            colleague=third,
        )
    assert refused.value.field == "colleague"


def test_an_answer_after_its_time_is_none(people, ask, two_shifts):
    request = ask("shift_change", assignment=two_shifts[0], colleague=people["colleague"])
    with pytest.raises(AlreadyDecided):
        answer_swap(
            request=request, actor=people["colleague"], agrees=True, at=request.consent_until
        )


def test_another_shift_that_day_needs_nobodys_consent(people, ask, two_shifts):
    evening = two_shifts[1].shift
    request = ask("shift_change", assignment=two_shifts[0], wanted_shift=evening)
    assert request.consent == ""
    approve_request(request=request, actor=people["manager"])

    assert [row[1] for row in rows() if row[0] == "staff"] == ["Chiều"]
    moved = ShiftAssignment.objects.get(user=people["staff"])
    assert moved.handover_at == moved.ends_at - timedelta(minutes=15)
    cancel_request(request=request, actor=people["manager"])
    assert [row[1] for row in rows() if row[0] == "staff"] == ["Sáng"]


@pytest.mark.parametrize("case", ["theirs", "nothing", "same", "foreign"])
def test_shifts_that_cannot_be_changed_are_refused(people, ask, two_shifts, case):
    own, theirs = two_shifts
    details = {
        "theirs": {"assignment": theirs, "colleague": people["staff"]},
        "nothing": {"assignment": own},
        "same": {"assignment": own, "wanted_shift": own.shift},
        "foreign": {"assignment": own, "colleague": people["other_staff"]},
    }[case]
    with pytest.raises(BadRequest):
        ask("shift_change", **details)
    assert not Request.objects.exists()
