"""Pages of requests: sending each kind, deciding with a cover, answering, and what each may do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import UserFactory
from tests.workforce.roster_rows import HTML, plan, rows, shift_of
from workforce.models import Leave, LeaveType, Request, RequestComment, RequestFile
from workforce.services import NewFile, approve_request, hand_in, submit_request

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 x"


@pytest.fixture
def get(client, people):
    """`get(who, path)` reads a page as one of the cast."""

    def read(who: str, path: str):
        client.force_login(people[who])
        return client.get(path, headers=HTML | {"accept-language": "en"})

    return read


@pytest.fixture
def post(client, people):
    """`post(who, path, **data)` sends a form as one of the cast."""

    def send(who: str, path: str, **data):
        client.force_login(people[who])
        return client.post(path, data, headers=HTML | {"accept-language": "en"})

    return send


@pytest.fixture
def leave(people, monday) -> Request:
    return submit_request(
        user=people["staff"], kind="leave", description="Việc nhà", details={"first": monday}
    )


@pytest.fixture
def swap(people, two_shifts) -> Request:
    """Staff asks the colleague to take Monday's morning against an evening."""
    own, theirs = two_shifts
    return submit_request(
        user=people["staff"],
        kind="shift_change",
        description="Em có lịch khám",
        details={"assignment": own, "colleague_assignment": theirs},
        files=[NewFile("giấy khám.pdf", PDF)],
    )


def path_of(request: Request, what: str = "") -> str:
    return f"/requests/{request.pk}{what}"


# --- Sending ------------------------------------------------------------------------------------
def forms(people, monday, billing) -> dict[str, tuple[dict, dict]]:
    """Of each kind what a person types, and what is stored of it."""
    day, sales = monday.isoformat(), people["staff"].department
    own = plan(people["staff"], shift_of(sales, "Sáng", "06-11"), monday, published=True)
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    worked = {"starts_at": f"{yesterday}T08:00", "ends_at": f"{yesterday}T17:00"}
    overtime = {"starts_at": f"{day}T18:00", "ends_at": f"{day}T20:30"}
    types = {type.symbol: type for type in _types()}
    week = {"first": day, "last": (monday + timedelta(days=1)).isoformat(), "part": "whole"}
    pay = {"amount": "12.000.000", "amount_before": "10 000 000", "description": "Hai năm rồi"}
    last = monday + timedelta(days=1)
    return {
        "leave": (week | {"leave_type": types["Ô"].pk}, {"last": last, "leave_type": types["Ô"]}),
        "remote": (week, {"last": last}),
        "trip": (week, {"last": last}),
        "late_early": ({"first": day, "side": "late", "minutes": "30"}, {"minutes": 30}),
        "overtime": (overtime, {"first": monday}),
        "attendance_correction": (worked, {"time_entry": None}),
        "shift_change": (
            {"assignment": own.pk, "colleague": str(people["colleague"].public_id)},
            {"assignment": own, "colleague": people["colleague"], "consent": "asked"},
        ),
        "raise": (pay, {"amount": 12_000_000, "amount_before": 10_000_000}),
        "transfer": ({"to_department": billing.pk, "first": day}, {"to_department": billing}),
        "other": ({"description": "Đổi ghế"}, {"first": None}),
    }


def _types():
    return LeaveType.objects.all()


@pytest.mark.parametrize("kind", Request.Kind.values)
def test_each_kind_is_sent_by_its_form(post, get, people, monday, billing, kind):
    typed, stored = forms(people, monday, billing)[kind]
    page = get("staff", f"/requests/new?kind={kind}")
    assert page.status_code == 200
    for name in typed:
        assert f'name="{name}"' in page.text

    sent = post("staff", "/requests/new", kind=kind, **{"description": "Việc nhà"} | typed)

    row = Request.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, path_of(row))
    assert (row.kind, row.user, row.status) == (kind, people["staff"], "pending")
    assert {name: getattr(row, name) for name in stored} == stored
    assert get("staff", path_of(row)).status_code == 200
    assert get("admin", path_of(row)).context["detail"].may_decide == (row.consent != "asked")


REFUSED = {
    "leave": ({"last": "2026-13-01", "first": ""}, {"first", "last", "leave_type"}),
    "late_early": ({"first": "2098-06-03", "side": "late", "minutes": "999999"}, {"minutes"}),
    "overtime": ({"starts_at": "2098-06-03T20:00", "ends_at": "2098-06-03T18:00"}, {"ends_at"}),
    "shift_change": ({"assignment": "7"}, {"assignment"}),
    "raise": ({"amount": "9", "amount_before": "10"}, {"amount"}),
    "transfer": ({"first": "2098-06-03", "to_department": "x"}, {"to_department"}),
    "other": ({}, {"description"}),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refused_form_keeps_what_was_typed_and_says_where(post, people, kind):
    typed, wrong = REFUSED[kind]
    words = "" if kind == "other" else "Lý do <rất> dài"

    page = post("staff", "/requests", kind=kind, description=words, **typed)

    assert page.status_code == 400
    assert page.context["kind"] == kind
    assert set(page.context["form"].errors) == wrong
    for name in wrong:
        assert f'id="id_{name}-error"' in page.text
    if words:
        assert "Lý do &lt;rất&gt; dài" in page.text
    for name, value in typed.items():
        if value and name not in ("assignment", "to_department", "side"):
            assert value in page.text, name
    assert not Request.objects.exists()


def test_an_unknown_kind_is_refused_and_not_sent_as_leave(post, monday):
    about = {"first": monday.isoformat(), "part": "whole", "description": "Lương"}
    annual = _types().get(symbol="P").pk
    page = post("staff", "/requests/new", kind="x", leave_type=annual, **about)

    assert page.status_code == 400
    assert not Request.objects.exists()


@pytest.mark.parametrize("kind", [*Request.Kind.values, "x"])
def test_an_address_may_fill_in_the_form_with_anything(get, kind):
    names = ("first", "leave_type", "part", "starts_at", "minutes", "amount", "assignment")
    strange = "&".join(f"{name}=<script>" for name in (*names, "to_department", "description"))
    page = get("staff", f"/requests/new?kind={kind}&{strange}")

    assert page.status_code == 200
    assert page.context["kind"] == (kind if kind != "x" else "leave")
    assert "=<script>" not in page.text
    assert "&lt;script&gt;" in page.text


def test_papers_come_with_the_request_and_bad_ones_stop_it(post, people, monday):
    about = {"kind": "leave", "first": monday.isoformat(), "part": "whole", "description": "Cưới"}
    annual = _types().get(symbol="P").pk
    bad = SimpleUploadedFile("virus.pdf", b"MZ\x90")
    page = post("staff", "/requests/new", **about, leave_type=annual, files=bad)
    assert page.status_code == 400
    assert "virus.pdf is no PDF" in page.text
    assert "Cưới" in page.text
    assert not Request.objects.exists()

    good = [SimpleUploadedFile("giấy mời.pdf", PDF), SimpleUploadedFile("b.pdf", PDF)]
    sent = post("staff", "/requests/new", **about, leave_type=annual, files=good)

    assert sent.status_code == 302
    assert list(RequestFile.objects.values_list("name", "content_type", "size")) == [
        ("giấy mời.pdf", "application/pdf", len(PDF)),
        ("b.pdf", "application/pdf", len(PDF)),
    ]


def test_a_paper_is_downloaded_and_never_shown(get, people, leave):
    name = 'giấy "mời".pdf'
    paper = hand_in(request=leave, files=[NewFile(name, PDF)], actor=people["staff"])[0]

    response = get("manager", f"/requests/files/{paper.public_id}")

    assert response.content == PDF
    assert response["Content-Type"] == "application/pdf"
    quoted = "gi%E1%BA%A5y%20%22m%E1%BB%9Di%22.pdf"
    assert response["Content-Disposition"] == f"attachment; filename*=UTF-8''{quoted}"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_papers_are_handed_in_later_by_the_owner(get, post, people, leave):
    files = SimpleUploadedFile("đơn.pdf", PDF)
    assert post("staff", path_of(leave, "/files"), files=files).status_code == 302
    assert "đơn.pdf" in get("manager", path_of(leave)).text

    late = post("manager", path_of(leave, "/files"), files=SimpleUploadedFile("x.pdf", PDF))

    assert late.status_code == 409
    assert RequestFile.objects.count() == 1


# --- Deciding -----------------------------------------------------------------------------------
@pytest.fixture
def gap(people, leave, monday):
    """On the day of the leave the desk needs two: staff is planned, the colleague is free."""
    shift = shift_of(people["staff"].department, "Sáng", "06-11", minimum_staff=1)
    return plan(people["staff"], shift, monday, published=True)


def test_the_page_proposes_a_cover_and_approval_plans_whoever_is_chosen(
    get, post, people, leave, gap
):
    page = get("manager", path_of(leave))
    colleague = str(people["colleague"].public_id)
    [one] = page.context["detail"].consequence.covers
    assert str(one.best.person) == "Colleague"
    assert f'name="cover-{gap.pk}" value="{colleague}"' in page.text

    cover = {f"cover-{gap.pk}": colleague}
    done = post("manager", path_of(leave, "/review"), decision="approve", note="Được", **cover)

    assert (done.status_code, done["Location"]) == (302, "/requests")
    assert ("colleague", "Sáng", gap.date.isoformat(), True) in rows()
    assert Leave.objects.get().request == leave


def test_approving_only_plans_nobody(post, people, leave, gap):
    before = rows()
    cover = {f"cover-{gap.pk}": str(people["colleague"].public_id)}

    done = post("manager", path_of(leave, "/review"), decision="approve_only", **cover)

    assert done.status_code == 302
    assert rows() == before
    leave.refresh_from_db()
    assert leave.status == "approved"


def test_a_cover_who_cannot_is_refused_with_the_leave(post, people, leave, gap):
    stranger = {f"cover-{gap.pk}": str(people["other_staff"].public_id)}
    before = rows()

    refused = post("manager", path_of(leave, "/review"), decision="approve", note="Ừ", **stranger)

    assert refused.status_code == 400
    leave.refresh_from_db()
    assert (leave.status, rows()) == ("pending", before)
    assert not Leave.objects.exists()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"decision": "reject", "note": " "}, 400),
        ({"decision": "maybe", "note": "Đông khách <b>"}, 400),
        ({"note": "Đông khách <b>"}, 400),
        ({"decision": "reject", "note": "Đông khách <b>" * 60}, 400),
    ],
)
def test_a_decision_that_is_none_keeps_the_words(post, people, leave, data, status):
    page = post("manager", path_of(leave, "/review"), **data)

    assert page.status_code == status
    assert 'role="alert"' in page.text
    if "khách" in data["note"]:
        assert "Đông khách &lt;b&gt;" in page.text
    leave.refresh_from_db()
    assert (leave.status, leave.decided_by) == ("pending", None)


def test_a_rejection_is_read_by_the_owner(get, post, people, leave):
    post("manager", path_of(leave, "/review"), decision="reject", note="Tuần khuyến mãi")

    page = get("staff", path_of(leave))

    assert "Tuần khuyến mãi" in page.text
    assert 'id="decide"' not in page.text
    assert not Leave.objects.exists()


def test_whoever_comes_second_is_told_so(post, people, leave):
    post("manager", path_of(leave, "/review"), decision="reject", note="Đông khách")

    late = post("admin", path_of(leave, "/review"), decision="approve", note="Được mà")

    assert late.status_code == 409
    assert "This request is no longer open" in late.text
    assert not Leave.objects.exists()


def test_what_the_person_left_open_is_asked_of_the_decider(get, post, people, monday):
    vague = submit_request(user=people["staff"], kind="leave", description="Xin nghỉ 15/12")
    assert 'name="first"' in get("manager", path_of(vague)).text
    review = path_of(vague, "/review")

    empty = post("manager", review, decision="approve", note="Được em")
    assert empty.status_code == 400
    assert "Choose a date." in empty.text
    assert "Được em" in empty.text
    day = {"first": monday.isoformat(), "last": (monday - timedelta(days=1)).isoformat()}
    reversed_ = post("manager", review, decision="approve", note="Được em", **day)
    assert reversed_.status_code == 400
    assert 'id="id_last-error"' in reversed_.text
    assert not Leave.objects.exists()

    assert post("manager", review, decision="approve", first=day["first"]).status_code == 302
    assert Leave.objects.get().first == monday


# --- Who may do what ----------------------------------------------------------------------------
def test_the_button_to_cancel_is_there_for_who_may(get, post, people, leave):
    def shown() -> set[str]:
        action = f'action="{path_of(leave, "/cancel")}"'
        who = ("staff", "manager", "admin")
        return {name for name in who if action in get(name, path_of(leave)).text}

    assert shown() == {"staff"}
    approve_request(request=leave, actor=people["manager"])
    assert shown() == {"staff", "manager", "admin"}
    assert post("staff", path_of(leave, "/cancel")).status_code == 302
    assert shown() == set()
    assert not Leave.objects.granted().exists()


def test_the_asked_colleague_sees_the_change_then_the_plain_page(get, post, people, swap):
    page = get("colleague", path_of(swap))
    assert page.templates[0].name == "workforce/request_swap.html"
    shifts = page.context["swap"]
    assert (shifts.mine_now.name, shifts.mine_after.name) == ("Chiều", "Sáng")
    assert (shifts.theirs_now.name, shifts.theirs_after.name) == ("Sáng", "Chiều")

    answered = post("colleague", path_of(swap, "/answer"), answer="yes", note="Được")

    assert answered.status_code == 302
    swap.refresh_from_db()
    assert (swap.consent, swap.consent_note) == ("given", "Được")
    after = get("colleague", path_of(swap))
    assert after.templates[0].name == "workforce/request_detail.html"
    for private in ("giấy khám.pdf", 'id="comment"', 'id="decide"', 'id="papers"'):
        assert private not in after.text
    again = post("colleague", path_of(swap, "/answer"), answer="no")
    assert again.status_code == 409
    swap.refresh_from_db()
    assert swap.consent == "given"


def test_declining_closes_it_and_the_owner_reads_why(get, post, people, swap):
    before = rows()
    post("colleague", path_of(swap, "/answer"), answer="no", note="Hôm đó em bận rồi")

    swap.refresh_from_db()
    assert (swap.status, swap.consent) == ("closed", "refused")
    assert rows() == before
    assert "Hôm đó em bận rồi" in get("staff", path_of(swap)).text


def test_a_change_whose_shift_was_taken_out_can_still_be_read_and_declined(get, post, people, swap):
    """Planners may erase a shift while somebody is asked about it."""
    swap.assignment.delete()
    for who in ("staff", "colleague", "manager"):
        assert (who, get(who, path_of(swap)).status_code) == (who, 200)
    assert get("colleague", "/requests").status_code == 200
    assert post("colleague", path_of(swap, "/answer"), answer="no").status_code == 302


def test_words_between_the_two_sides(get, post, people, leave):
    assert post("manager", path_of(leave, "/comments"), text="Ai thay <em>?").status_code == 302
    assert post("staff", path_of(leave, "/comments"), text="  ").status_code == 302

    assert "Ai thay &lt;em&gt;?" in get("staff", path_of(leave)).text
    assert RequestComment.objects.count() == 1


# --- Lists --------------------------------------------------------------------------------------
def sent_by(user, count: int, kind: str = "other") -> None:
    Request.objects.bulk_create(
        [Request(user=user, kind=kind, description=f"Việc {n}") for n in range(count)]
    )


def test_the_views_of_the_list(get, people, leave):
    sent_by(people["manager"], 1)
    sent_by(people["other_staff"], 1)

    def shown(who: str, view: str) -> tuple[str, list[str]]:
        page = get(who, f"/requests?view={view}").context
        return page["view"], [row.request.user.username for row in page["rows"]]

    assert shown("staff", "mine") == ("mine", ["staff"])
    assert shown("staff", "pending") == ("mine", ["staff"])
    assert shown("manager", "") == ("pending", ["staff"])
    assert shown("manager", "mine") == ("mine", ["manager"])
    assert shown("manager", "all") == ("all", ["manager", "staff"])
    assert shown("admin", "pending") == ("pending", ["staff", "manager", "other_staff"])


def test_a_long_list_is_cut_into_pages(get, people):
    sent_by(people["staff"], 31)

    found = []
    for number, count in ((1, 30), (2, 1)):
        page = get("manager", f"/requests?view=pending&page={number}")
        found += [row.request.pk for row in page.context["rows"]]
        assert len(page.context["rows"]) == count
        assert ("Next page" in page.text, "Previous page" in page.text) == (count > 1, count == 1)
        assert page.context["pending_count"] == 31
    assert found == sorted(found)
    assert len(set(found)) == 31


@pytest.mark.parametrize("view", ["pending", "mine", "all"])
def test_the_list_costs_the_same_for_two_and_for_twenty(get, people, monday, view):
    sales, annual = people["staff"].department, _types().get(symbol="P")
    shift = shift_of(sales, "Sáng", "06-11", minimum_staff=1)

    def fill(count: int) -> None:
        for _ in range(count):
            person = UserFactory(department=sales)
            plan(person, shift, monday, published=True)
            about = {"first": monday, "last": monday, "leave_type": annual}
            Request.objects.create(user=person, kind="leave", **about)
            Request.objects.create(user=people["manager"], kind="other", description="x")

    costs = []
    for more, count in ((2, 2), (18, 20)):
        fill(more)
        get("manager", "/requests")  # whoever looks first is noted as here
        with CaptureQueriesContext(connection) as queries:
            page = get("manager", f"/requests?view={view}")
        expected = min(count * (2 if view == "all" else 1), 30)
        assert len(page.context["rows"]) == expected
        costs.append(len(queries))
    assert costs[0] == costs[1]
