"""The bell: what it shows, when it rings, what an open page is told."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification, User
from accounts.services import notify
from workforce.availability import Availability, Reason
from workforce.services import check_in, check_out

pytestmark = pytest.mark.django_db

PAGE = {"accept": "text/html"}
HTMX = {"hx-request": "true"}


def tell(person: User, number: int, kind: str = "assigned", contact: str = "Chị Hoa") -> int:
    params = {"contact": contact, "person": "Minh Quân", "text": "xem giúp", "minutes": 15}
    notify(
        user_ids=[person.pk],
        kind=kind,
        path=f"/messages?n={number}",
        dedup_key=f"{kind}:{number}",
        params=params,
    )
    return person.notifications.latest("pk").pk


def bell_of(client):
    return client.get("/notifications", headers=PAGE).context["me"].bell


def shown_count(response) -> str:
    found = re.search(r'id="bell-count">(?:<span class="count"[^>]*>([^<]*))?', response.text)
    return found[1] or ""


@pytest.fixture
def desk(client, people):
    client.force_login(people["staff"])
    return client


def test_every_page_shows_the_latest_and_how_many_are_unread(desk, people):
    for number in range(25):
        tell(people["staff"], number)
    people["staff"].notifications.filter(dedup_key__lt="assigned:2").update(
        read_at="2026-01-01T00:00Z"
    )
    tell(people["colleague"], 1)
    page = desk.get("/messages", headers=PAGE)
    bell = page.context["me"].bell
    assert [row.dedup_key for row in bell.rows] == [f"assigned:{n}" for n in range(24, 4, -1)]
    unread = people["staff"].notifications.unread().count()
    assert (bell.count, shown_count(page)) == (unread, str(unread)) != (0, "0")


def test_more_than_99_are_many(desk, people):
    for number in range(101):
        tell(people["staff"], number)
    assert shown_count(desk.get("/messages", headers=PAGE)) == "99+"


def test_the_bell_costs_one_statement_however_many_there_are(desk, people):
    costs = []
    for more in (3, 47):
        for number in range(more):
            tell(people["staff"], number + more)
        with CaptureQueriesContext(connection) as queries:
            desk.get("/notifications", headers=PAGE)
        costs.append(len(queries))
        asked = [q["sql"] for q in queries.captured_queries if "accounts_notification" in q["sql"]]
        assert len(asked) == 2, asked  # the bell and the page's rows
    assert costs[0] == costs[1]


def test_what_customers_are_called_is_escaped(desk, people):
    tell(people["staff"], 1, contact="<script>{by}</script>")
    page = desk.get("/notifications", headers=PAGE).text
    assert "&lt;script&gt;{by}&lt;/script&gt;" in page
    assert "<script>{by}" not in page


# --- Quiet --------------------------------------------------------------------------------------
def test_it_is_quiet_while_checked_out_and_rings_at_the_next_check_in(desk, people):
    staff = people["staff"]
    check_out(user=staff)
    tell(staff, 1, "mentioned")
    page = desk.get("/messages", headers=PAGE)
    assert (shown_count(page), page.context["me"].bell.unread_count) == ("", 1)
    news = desk.get("/me/bell?version=0.0.0", headers=HTMX)
    assert news.context["news"] == []
    check_in(user=staff)
    assert shown_count(desk.get("/messages", headers=PAGE)) == "1"


@pytest.mark.parametrize(("reason", "shown"), [("shift_not_started", ""), ("on_break", "1")])
def test_a_shift_ahead_is_no_work_yet_and_a_break_is_no_going_home(
    desk, people, monkeypatch, reason, shown
):
    tell(people["staff"], 1, "mentioned")
    now = Availability(Reason(reason), None)
    monkeypatch.setattr("omnichat.context_processors.availability", lambda user: now)
    assert shown_count(desk.get("/messages", headers=PAGE)) == shown


@pytest.mark.parametrize("kind", ["roster", "forgotten"])
def test_what_concerns_the_own_time_is_counted_at_home_but_does_not_pop_up(desk, people, kind):
    staff = people["staff"]
    check_out(user=staff)
    tell(staff, 1, "mentioned")
    version = bell_of(desk).version
    for number in (2, 3):
        tell(staff, number, kind)
    tell(people["colleague"], 4, kind)
    staff.notifications.filter(dedup_key=f"{kind}:2").update(read_at="2026-01-01T00:00Z")
    assert shown_count(desk.get("/messages", headers=PAGE)) == "1"
    answer = desk.get(f"/me/bell?version={version}", headers=HTMX)
    assert (answer.context["news"], shown_count(answer)) == ([], "1")
    assert [row.kind for row in answer.context["bell"].rows] == [kind, kind, "mentioned"]
    check_in(user=staff)
    assert shown_count(desk.get("/messages", headers=PAGE)) == "2"


def test_who_does_not_want_quiet_hears_it_at_once(desk, people):
    staff = people["staff"]
    User.objects.filter(pk=staff.pk).update(is_quiet_off_work=False)
    check_out(user=staff)
    tell(staff, 1, "mentioned")
    assert shown_count(desk.get("/messages", headers=PAGE)) == "1"


def test_who_never_checks_in_is_not_off_work(client, people):
    client.force_login(people["admin"])
    tell(people["admin"], 1, "mentioned")
    assert shown_count(client.get("/messages", headers=PAGE)) == "1"


# --- An open page asks again --------------------------------------------------------------------
def test_an_open_page_is_told_what_is_new(desk, people):
    staff = people["staff"]
    old = tell(staff, 1)
    version = bell_of(desk).version
    assert version == f"{old}.1.0"
    same = desk.get(f"/me/bell?version={version}", headers=HTMX)
    assert (same.status_code, same.content) == (204, b"")

    new = [tell(staff, 2, "waiting"), tell(staff, 3, contact="Anh Tú")]
    answer = desk.get(f"/me/bell?version={version}", headers=HTMX)
    assert answer.status_code == 200
    assert [row.pk for row in answer.context["news"]] == new[::-1]
    assert f'data-version="{new[1]}.3.0"' in answer.text
    assert shown_count(answer) == "3"
    toasts = re.findall(r'<div class="toast".*?</div>', answer.text, re.DOTALL)
    assert len(toasts) == 1
    assert "Anh Tú" in toasts[0]


@pytest.mark.parametrize("version", ["", "x", "1.2", "-1.0.0", "9" * 40, "1.1.7", "\u0663.1.0"])
def test_a_page_that_knows_nothing_is_told_nothing_new(desk, people, version):
    tell(people["staff"], 1)
    answer = desk.get("/me/bell", {"version": version}, headers=HTMX)
    assert (answer.status_code, answer.context["news"]) == (200, [])


def test_without_htmx_the_bell_is_the_page(desk):
    answer = desk.get("/me/bell", headers=PAGE)
    assert (answer.status_code, answer["Location"]) == (302, "/notifications")


# --- Reading ------------------------------------------------------------------------------------
def test_following_one_marks_it_and_leads_on(desk, people):
    first, second = tell(people["staff"], 1), tell(people["staff"], 2)
    answer = desk.get(f"/notifications/{first}", headers=PAGE)
    assert (answer.status_code, answer["Location"]) == (302, "/messages?n=1")
    unread = people["staff"].notifications.unread()
    assert list(unread.values_list("pk", flat=True)) == [second]


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "home", ""]
)
def test_a_path_that_is_not_ours_is_not_followed(desk, people, path):
    pk = tell(people["staff"], 1)
    Notification.objects.update(path=path)
    assert desk.get(f"/notifications/{pk}", headers=PAGE)["Location"] == "/notifications"


def test_somebody_elses_is_not_there(desk, people):
    pk = tell(people["colleague"], 1)
    assert desk.get(f"/notifications/{pk}", headers=PAGE).status_code == 404
    assert Notification.objects.unread().count() == 1


def test_all_are_marked_as_read_from_the_bell(desk, people):
    tell(people["staff"], 1)
    tell(people["colleague"], 1)
    answer = desk.post("/notifications/read", {"next": "/messages?scope=mine"}, headers=PAGE)
    assert (answer.status_code, answer["Location"]) == (302, "/messages?scope=mine")
    assert list(Notification.objects.unread().values_list("user__username", flat=True)) == [
        "colleague"
    ]
    tell(people["staff"], 2)
    answer = desk.post("/notifications/read", headers=HTMX)
    assert (answer.status_code, answer["HX-Trigger"]) == (204, "bell")
    assert not people["staff"].notifications.unread().exists()
    elsewhere = desk.post("/notifications/read", {"next": "https://evil.example"}, headers=PAGE)
    assert elsewhere["Location"] == "/notifications"


def test_the_page_has_fifty_and_the_rest_on_the_next(desk, people):
    for number in range(51):
        tell(people["staff"], number)
    first = desk.get("/notifications", headers=PAGE)
    assert (len(first.context["rows"]), first.context["has_more"]) == (50, True)
    second = desk.get("/notifications?page=2", headers=PAGE)
    assert (len(second.context["rows"]), second.context["has_more"]) == (1, False)
    for strange in ("0", "-1", "abc", "9" * 5000, "²"):
        page = desk.get("/notifications", {"page": strange}, headers=PAGE)
        assert page.context["page"] == 1


# --- API ----------------------------------------------------------------------------------------
def test_the_api_says_them_in_words(api, people):
    tell(people["staff"], 1, "mentioned")
    pk = tell(people["staff"], 2, contact="<b>Lan</b>")
    rows = api(people["staff"]).get("/api/v1/notifications").json()["results"]
    assert [row["text"] for row in rows] == [
        "The conversation with <b>Lan</b> is now yours",
        "Minh Quân mentioned you in a note: “xem giúp”",
    ]
    assert (rows[0]["id"], rows[0]["kind"], rows[0]["path"]) == (pk, "assigned", "/messages?n=2")
    assert rows[0]["read_at"] is None
    said = api(people["staff"]).get("/api/v1/notifications", accept_language="vi").json()
    assert said["results"][0]["text"] == "Hội thoại với <b>Lan</b> được giao cho bạn"


def test_the_api_marks_some_or_all_as_read(api, people):
    staff, other = people["staff"], tell(people["colleague"], 1)
    first = tell(staff, 1)
    tell(staff, 2)
    caller = api(staff)
    answer = caller.post("/api/v1/notifications/read", {"ids": [first, first, other, 10**12]})
    assert (answer.status_code, answer.json()) == (200, {"read": 1})
    assert caller.post("/api/v1/notifications/read", {"all": True}).json() == {"read": 1}
    assert caller.post("/api/v1/notifications/read", {"all": True}).json() == {"read": 0}
    assert Notification.objects.unread().get().pk == other
    for body in ({}, {"all": False}, {"all": True, "ids": [first]}, {"ids": []}):
        assert caller.post("/api/v1/notifications/read", body).status_code == 400
