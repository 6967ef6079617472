"""Requests through the API: what a program sends, what it is told, and who is told what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import UserFactory
from workforce.models import Leave, LeaveBlackout, LeaveType, Request, RequestComment
from workforce.services import approve_request, submit_request

pytestmark = pytest.mark.django_db

BRIEF = {"request_type": "leave", "description": "Xin nghỉ ngày 15/12/2025"}


@pytest.fixture
def vague(people) -> Request:
    """What the brief sends: a reason and no dates."""
    return submit_request(user=people["staff"], kind="leave", description=BRIEF["description"])


@pytest.fixture
def swap(people, two_shifts) -> Request:
    """Staff asks the colleague to take Monday's morning against an evening."""
    own, theirs = two_shifts
    return submit_request(
        user=people["staff"],
        kind="shift_change",
        description="Em có lịch khám",
        details={"assignment": own, "colleague_assignment": theirs},
    )


def refusal(response) -> tuple:
    """The status, the code, and the input that is at fault."""
    body = response.json()
    return response.status_code, body.get("code"), body.get("field")


# --- Sending ------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["/requests", "/api/v1/requests"])
def test_the_briefs_call_is_accepted_and_waits(api, people, address):
    sent = api(people["staff"]).post(address, BRIEF)

    body = sent.json()
    assert (sent.status_code, body["status"], body["request_type"]) == (201, "pending", "leave")
    assert (body["user"], body["description"]) == ("staff", BRIEF["description"])
    assert (body["first"], body["last"], body["decided_by"]) == (None, None, None)
    row = Request.objects.get()
    assert (row.pk, row.user, row.kind, row.first) == (body["id"], people["staff"], "leave", None)


def test_the_owner_is_who_calls_whoever_is_named(api, people):
    other = people["colleague"]
    named = {"user": other.pk, "user_id": str(other.public_id), "owner": other.username}
    settled = {"status": "approved", "decided_by": other.pk}

    sent = api(people["staff"]).post("/requests", BRIEF | named | settled)

    assert sent.status_code == 201
    row = Request.objects.get()
    assert (row.user, row.status, row.decided_by) == (people["staff"], "pending", None)


def test_details_are_columns_and_one_day_is_one_day(api, people, monday):
    about = {"kind": "leave", "first": monday.isoformat(), "part": "first_half"}

    body = api(people["staff"]).post("/requests", about).json()

    assert (body["kind"], body["first"], body["last"], body["part"], body["leave_type"]) == (
        "leave",
        monday.isoformat(),
        monday.isoformat(),
        "first_half",
        "P",
    )


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"request_type": "holiday", "description": "x"}, {"request_type"}),
        ({"description": "x"}, {"request_type"}),
        ({"request_type": "leave", "first": "2098-06-04", "last": "2098-06-03"}, {"last"}),
        ({"request_type": "leave", "first": "04/06/98x"}, {"first"}),
        ({"request_type": "leave", "leave_type_id": "0"}, {"leave_type_id"}),
        ({"request_type": "shift_change", "assignment_id": "0"}, {"assignment_id"}),
        ({"request_type": "transfer", "to_department_id": "0"}, {"to_department_id"}),
        ({"request_type": "raise", "amount": "-1"}, {"amount"}),
        ({"request_type": "late_early", "minutes": "viel"}, {"minutes"}),
    ],
)
def test_what_is_wrong_is_named_as_it_was_sent(api, people, body, fields):
    response = api(people["staff"]).post("/requests", body)

    assert (response.status_code, set(response.json())) == (400, fields)
    assert not Request.objects.exists()


def test_nothing_said_at_all_is_400(api, people):
    response = api(people["staff"]).post("/requests", {"request_type": "leave"})

    assert refusal(response) == (400, "bad_request", "description")
    assert not Request.objects.exists()


def test_rules_of_leave_are_409_with_the_field(api, people, monday):
    staff = api(people["staff"])
    long = {"request_type": "leave", "first": monday.isoformat()}
    long["last"] = (monday + timedelta(weeks=8)).isoformat()
    assert refusal(staff.post("/requests", long)) == (409, "over_balance", "last")

    LeaveBlackout.objects.create(name="12.12", first=monday, last=monday)
    day = {"request_type": "leave", "first": monday.isoformat()}
    assert refusal(staff.post("/requests", day)) == (409, "blackout_day", "first")
    assert not Request.objects.exists()


def test_sentences_are_in_the_language_that_is_asked_for(api, people, monday):
    LeaveBlackout.objects.create(name="12.12", first=monday, last=monday)
    day = {"request_type": "leave", "first": monday.isoformat()}
    said = {
        language: api(people["staff"]).post("/requests", day, accept_language=language).json()
        for language in ("en", "vi")
    }

    span = f"{monday:%d/%m}"
    assert said["en"]["detail"] == f"No leave from {span} to {span}: 12.12. Choose other days."
    assert said["vi"]["code"] == said["en"]["code"]
    assert said["vi"]["detail"] != said["en"]["detail"]
    assert span in said["vi"]["detail"]


# --- Deciding -----------------------------------------------------------------------------------
def test_without_dates_the_decider_must_say_them(api, people, vague, monday):
    manager, path = api(people["manager"]), f"/requests/{vague.pk}/review"
    assert refusal(manager.post(path, {"status": "approved"})) == (400, "incomplete", "first")
    vague.refresh_from_db()
    assert (vague.status, vague.decided_by) == ("pending", None)

    days = {"first": monday.isoformat(), "last": (monday + timedelta(days=1)).isoformat()}
    done = manager.post(path, {"status": "approved", "note": "Được em"} | days)

    body = done.json()
    assert (done.status_code, body["status"], body["decided_by"]) == (200, "approved", "manager")
    assert (body["first"], body["last"], body["decision_note"]) == (*days.values(), "Được em")
    leave = Leave.objects.get()
    assert (leave.user, leave.first, leave.request) == (people["staff"], monday, vague)


def test_the_second_decision_is_409(api, people, vague):
    path = f"/requests/{vague.pk}/review"
    first = api(people["manager"]).post(path, {"status": "rejected", "note": "Đông khách"})
    second = api(people["admin"]).post(path, {"status": "approved", "first": "2098-06-03"})

    assert first.status_code == 200
    assert refusal(second) == (409, "already_decided", None)
    vague.refresh_from_db()
    assert (vague.status, vague.decided_by) == ("rejected", people["manager"])
    assert not Leave.objects.exists()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"status": "rejected"}, (400, "bad_request", "note")),
        ({"status": "rejected", "note": "  "}, (400, "bad_request", "note")),
    ],
)
def test_a_rejection_says_why(api, people, vague, body, expected):
    response = api(people["manager"]).post(f"/requests/{vague.pk}/review", body)

    assert refusal(response) == expected
    vague.refresh_from_db()
    assert vague.status == "pending"


@pytest.mark.parametrize("status", ["pending", "cancelled", "APPROVED", ""])
def test_a_decision_is_yes_or_no(api, people, vague, status):
    response = api(people["manager"]).post(f"/requests/{vague.pk}/review", {"status": status})

    assert (response.status_code, set(response.json())) == (400, {"status"})


def test_a_lead_does_not_decide_their_own(api, people, monday):
    for who in ("manager", "admin"):
        if who == "admin":  # the only one there is decides their own
            UserFactory(username="boss", role="admin", department=None)
        own = submit_request(user=people[who], kind="other", description="Đổi máy")
        response = api(people[who]).post(f"/requests/{own.pk}/review", {"status": "approved"})
        assert refusal(response) == (403, "not_yours_to_decide", None)
        own.refresh_from_db()
        assert own.status == "pending"


def test_a_raise_is_granted_as_the_decider_says(api, people):
    pay = submit_request(
        user=people["staff"],
        kind="raise",
        description="Hai năm rồi ạ",
        details={"amount": 12_000_000, "amount_before": 10_000_000},
    )
    granted = {"status": "approved", "amount_granted": "11.500.000"}

    body = api(people["manager"]).post(f"/requests/{pay.pk}/review", granted).json()

    assert (body["amount"], body["amount_granted"]) == (12_000_000, 11_500_000)


def test_a_foreign_request_is_404_at_every_address(api, people, vague):
    calls = {
        ("get", ""): None,
        ("post", "/review"): {"status": "approved"},
        ("post", "/cancel"): None,
        ("post", "/answer"): {"agrees": True},
        ("post", "/comments"): {"text": "Dạ"},
    }
    before = list(Request.objects.values_list())
    for who in ("colleague", "other_manager"):
        for (method, what), body in calls.items():
            path = f"/api/v1/requests/{vague.pk}{what}"
            response = api(people[who]).call(method, path, body)
            expected = 403 if (who, what) == ("colleague", "/review") else 404
            assert (who, what, response.status_code) == (who, what, expected)
            assert BRIEF["description"] not in response.text
    assert list(Request.objects.values_list()) == before
    assert not RequestComment.objects.exists()


# --- Reading ------------------------------------------------------------------------------------
def test_only_who_may_decide_is_told_what_follows(api, people, monday):
    row = submit_request(
        user=people["staff"], kind="leave", description="Việc nhà", details={"first": monday}
    )
    path = f"/api/v1/requests/{row.pk}"
    for who in ("staff", "manager", "admin"):
        lines = api(people[who]).get(path).json()["consequence"]
        assert (who, bool(lines)) == (who, who != "staff")
    titles = [line["title"] for line in api(people["manager"]).get(path).json()["consequence"]]
    assert any("29" in title for title in titles)  # the days left after it

    approve_request(request=row, actor=people["manager"])
    assert api(people["manager"]).get(path).json()["consequence"] == []


def test_the_list_can_be_narrowed(api, people, vague):
    other = submit_request(user=people["staff"], kind="other", description="Đổi ghế")
    found = {
        query: [
            row["id"] for row in api(people["staff"]).get(f"/requests{query}").json()["results"]
        ]
        for query in ("", "?kind=other", "?status=pending", "?status=approved", "?kind=leave")
    }

    assert found == {
        "": [other.pk, vague.pk],
        "?kind=other": [other.pk],
        "?status=pending": [other.pk, vague.pk],
        "?status=approved": [],
        "?kind=leave": [vague.pk],
    }


def test_what_waits_is_the_oldest_first_and_not_what_a_colleague_is_asked(api, people, vague, swap):
    newer = submit_request(user=people["staff"], kind="other", description="Đổi ghế")
    body = api(people["manager"]).get("/requests/pending").json()

    assert [row["id"] for row in body["results"]] == [vague.pk, newer.pk]
    assert body["count"] == 2


# --- Answering, talking, cancelling -------------------------------------------------------------
def test_the_colleague_answers_once_and_then_it_can_be_decided(api, people, swap):
    path = f"/api/v1/requests/{swap.pk}"
    early = api(people["manager"]).post(f"{path}/review", {"status": "approved"})
    assert refusal(early) == (409, "consent_missing", None)
    for who in ("staff", "manager", "admin"):
        refused = api(people[who]).post(f"{path}/answer", {"agrees": True})
        assert refusal(refused) == (403, "not_yours_to_decide", None)

    agreed = api(people["colleague"]).post(f"{path}/answer", {"agrees": True, "note": "Được"})
    again = api(people["colleague"]).post(f"{path}/answer", {"agrees": False})

    assert (agreed.status_code, agreed.json()["consent"]) == (200, "given")
    assert refusal(again) == (409, "already_decided", None)
    done = api(people["manager"]).post(f"{path}/review", {"status": "approved"})
    assert (done.status_code, done.json()["status"]) == (200, "approved")


def test_a_colleague_who_declines_closes_it(api, people, swap):
    path = f"/api/v1/requests/{swap.pk}/answer"

    declined = api(people["colleague"]).post(path, {"agrees": False, "note": "Bận"})

    assert declined.json()["status"] == "closed"
    swap.refresh_from_db()
    assert (swap.consent, swap.consent_note) == ("refused", "Bận")


def test_comments_are_of_the_two_sides(api, people, swap):
    path = f"/api/v1/requests/{swap.pk}/comments"
    for who in ("staff", "manager"):
        written = api(people[who]).post(path, {"text": f"từ {who}"})
        assert (written.status_code, written.json()["author"]) == (201, who)

    refused = api(people["colleague"]).post(path, {"text": "Em cũng muốn nói"})

    assert refusal(refused) == (403, "not_your_talk", None)
    texts = RequestComment.objects.values_list("text", flat=True)
    assert list(texts) == ["từ staff", "từ manager"]


def test_the_owner_cancels_what_waits_and_nobody_else(api, people, vague):
    path = f"/api/v1/requests/{vague.pk}/cancel"
    assert refusal(api(people["manager"]).post(path)) == (403, "not_yours_to_decide", None)

    cancelled = api(people["staff"]).post(path)

    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert refusal(api(people["staff"]).post(path)) == (409, "already_decided", None)


def test_what_a_kind_of_leave_needs_is_asked_for(api, people, monday):
    personal = LeaveType.objects.get(symbol="VR")
    body = {"request_type": "leave", "first": monday.isoformat(), "leave_type_id": personal.pk}
    sent = api(people["staff"]).post("/requests", body).json()

    refused = api(people["manager"]).post(f"/requests/{sent['id']}/review", {"status": "approved"})

    assert refusal(refused) == (409, "attachment_missing", None)
    assert not Leave.objects.exists()
