"""Whose requests each person sees, and what of them: page, API, notifications, papers, audit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Notification
from tests.factories import UserFactory
from tests.rows_seen.lists import pages_of
from tests.workforce.roster_rows import plan, shift_of
from workforce.models import Delegation, Request, RequestFile
from workforce.services import (
    NewFile,
    answer_swap,
    approve_request,
    comment_on,
    hand_in,
    reject_request,
    submit_request,
)

DAY = timedelta(days=1)
PDF = b"%PDF-1.7 x"
OF_SALES, RAISES = {"leave", "swap", "transfer"}, {"raise", "raise_decided"}
OF_BILLING = {"billings", "billings_raise"}
OF_LEADS = {"managers", "managers_raise", "other_managers"}
SEES = {
    "admin": OF_SALES | RAISES | OF_BILLING | OF_LEADS,
    "manager": OF_SALES | RAISES | {"managers", "managers_raise"},
    # A raise that waits is everybody's who may decide it; once decided, only theirs who did.
    "second_manager": OF_SALES | {"raise"},
    "other_manager": OF_BILLING | {"other_managers"},
    "staff": {"leave", "raise", "raise_decided", "swap", "transfer"},
    "colleague": {"swap"},
    "other_staff": OF_BILLING,
}
DECIDES = {
    "admin": {"leave", "raise", "transfer"} | OF_BILLING | OF_LEADS,
    "manager": {"leave", "raise"},
    "second_manager": {"leave", "raise"},
    "other_manager": OF_BILLING,
}
ASKED_ONLY = ("colleague", "swap")
each_person = pytest.mark.parametrize("who", SEES)


@pytest.fixture
def cast(people, sales) -> dict:
    """Sales has two managers."""
    second = UserFactory(username="second_manager", role="manager", department=sales)
    return people | {"second_manager": second}


@pytest.fixture
def found(cast, sales, billing) -> dict[str, Request]:
    """One request for each case of who may see it, each with its name as its reason."""

    def ask(name: str, who: str, kind: str = "leave", **details) -> Request:
        details = details or {"first": monday}
        return submit_request(user=cast[who], kind=kind, description=name, details=details)

    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=2)
    morning, evening = shift_of(sales, "Sáng", "06-11"), shift_of(sales, "Chiều", "13-21")
    own = plan(cast["staff"], morning, monday, published=True)
    theirs = plan(cast["colleague"], evening, monday, published=True)
    swap = {"assignment": own, "colleague_assignment": theirs}
    rows = {
        "raise_decided": ask("raise_decided", "staff", "raise", amount=11_000_000),
        "leave": ask("leave", "staff"),
        "raise": ask("raise", "staff", "raise", amount=12_000_000),
        "swap": ask("swap", "staff", "shift_change", **swap),
        "transfer": ask("transfer", "staff", "transfer", to_department=billing, first=monday),
        "billings": ask("billings", "other_staff"),
        "billings_raise": ask("billings_raise", "other_staff", "raise", amount=12_000_000),
        "managers": ask("managers", "manager"),
        "managers_raise": ask("managers_raise", "manager", "raise", amount=20_000_000),
        "other_managers": ask("other_managers", "other_manager"),
    }
    rows["raise_decided"] = reject_request(
        request=rows["raise_decided"], actor=cast["manager"], note="Để quý sau"
    )
    for row in rows.values():
        if row.is_pending:
            hand_in(request=row, files=[NewFile(f"{row.description}.pdf", PDF)], actor=row.user)
        comment_on(request=row, author=row.user, text=f"about {row.description}")
    return rows


@pytest.fixture
def names(found):
    """`names(ids)`: which of them these ids are; an unknown or a doubled one fails."""
    by_id = {row.pk: name for name, row in found.items()}

    def name(ids) -> set[str]:
        ids = list(ids)
        assert len(ids) == len(set(ids))
        return {by_id[pk] for pk in ids}

    return name


# --- Lists --------------------------------------------------------------------------------------
@each_person
def test_rows_of_the_page(client, cast, found, names, who):
    client.force_login(cast[who])

    def shown(view: str) -> set[str]:
        page = client.get(f"/requests?view={view}", headers={"accept": "text/html"})
        seen = names(row.request.pk for row in page.context["rows"])
        for part in ("rows", "asked", "recent"):
            assert names(row.request.pk for row in page.context[part]) <= SEES[who]
        if view == "pending" and who in DECIDES:
            assert page.context["pending_count"] == len(DECIDES[who])
        return seen

    own = {name for name, row in found.items() if row.user == cast[who]}
    assert shown("all") == SEES[who]
    assert shown("mine") == own
    assert shown("pending") == DECIDES.get(who, own)


@each_person
def test_rows_of_the_api(api, cast, found, names, who):
    caller = api(cast[who])
    assert names(row["id"] for row in pages_of(caller, "/api/v1/requests")) == SEES[who]
    for kind in ("raise", "leave"):
        rows = pages_of(caller, f"/api/v1/requests?kind={kind}")
        assert names(row["id"] for row in rows) == {
            name for name in SEES[who] if found[name].kind == kind
        }
    if who in DECIDES:
        assert names(r["id"] for r in pages_of(caller, "/requests/pending")) == DECIDES[who]
    else:
        assert caller.get("/requests/pending").status_code == 403


# --- One request --------------------------------------------------------------------------------
@each_person
def test_one_request_its_words_and_its_papers(client, api, cast, found, who):
    client.force_login(cast[who])
    for name, row in found.items():
        page = client.get(f"/requests/{row.pk}", headers={"accept": "text/html"})
        called = api(cast[who]).get(f"/api/v1/requests/{row.pk}")
        expected = 200 if name in SEES[who] else 404
        assert (name, page.status_code, called.status_code) == (name, expected, expected)
        reads = name in SEES[who] and (who, name) != ASKED_ONLY
        assert (name, f"about {name}" in page.text) == (name, reads)
        assert (name, f"{name}.pdf" in page.text) == (name, reads and row.is_pending)
        for file in RequestFile.objects.filter(request=row):
            paper = client.get(f"/requests/files/{file.public_id}")
            assert (name, paper.status_code) == (name, 200 if reads else 404)
            assert (name, paper.content == PDF) == (name, reads)


@pytest.mark.parametrize("agrees", [True, False])
def test_the_colleague_reads_no_words_and_no_papers_after_answering(client, cast, found, agrees):
    swap = found["swap"]
    answer_swap(request=swap, actor=cast["colleague"], agrees=agrees)
    client.force_login(cast["colleague"])

    page = client.get(f"/requests/{swap.pk}", headers={"accept": "text/html"})

    assert page.status_code == 200
    assert "about swap" not in page.text
    assert "swap.pdf" not in page.text
    file = RequestFile.objects.get(request=swap)
    assert client.get(f"/requests/files/{file.public_id}").status_code == 404


# --- Deputies -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "last", "is_in_force"), [(-1, 0, True), (0, 3, True), (1, 3, False), (-3, -1, False)]
)
def test_a_deputy_sees_within_the_dates_and_never_pay(
    client, api, cast, found, names, first, last, is_in_force
):
    today, deputy = timezone.localdate(), cast["other_manager"]
    days = {"first": today + first * DAY, "last": today + last * DAY}
    Delegation.objects.create(user=cast["manager"], deputy=deputy, **days)
    sees = SEES["other_manager"] | (OF_SALES if is_in_force else set())
    decides = DECIDES["other_manager"] | ({"leave"} if is_in_force else set())

    client.force_login(deputy)
    page = client.get("/requests?view=all", headers={"accept": "text/html"}).context
    assert names(row.request.pk for row in page["rows"]) == sees
    caller = api(deputy)
    assert names(row["id"] for row in pages_of(caller, "/api/v1/requests")) == sees
    assert names(row["id"] for row in pages_of(caller, "/requests/pending")) == decides
    for name in sorted(OF_SALES | RAISES):
        path = f"/requests/{found[name].pk}"
        status = client.get(path, headers={"accept": "text/html"}).status_code
        assert (name, status) == (name, 200 if name in sees else 404)
    paper = RequestFile.objects.get(request=found["raise"])
    assert client.get(f"/requests/files/{paper.public_id}").status_code == 404


# --- Who hears of pay ---------------------------------------------------------------------------
def test_of_pay_only_the_owner_and_who_decides_hear(cast, found):
    Delegation.objects.create(
        user=cast["manager"],
        deputy=cast["other_manager"],
        first=timezone.localdate(),
        last=timezone.localdate(),
    )
    pay = submit_request(
        user=cast["staff"], kind="raise", description="Lần nữa", details={"amount": 13_000_000}
    )
    comment_on(request=pay, author=cast["staff"], text="Chị xem giúp em")
    approve_request(request=pay, actor=cast["manager"], details={"amount_granted": 12_500_000})

    told = Notification.objects.filter(path=f"/requests/{pay.pk}")
    assert set(told.values_list("user__username", "params__what")) == {
        ("manager", "waiting"),
        ("manager", "commented"),
        ("second_manager", "waiting"),
        ("second_manager", "commented"),
        ("staff", "approved"),
    }
    kept = " ".join(str(row.params) for row in told)
    for amount in ("13000000", "12500000", "13.000.000", "12.500.000"):
        assert amount not in kept


@each_person
def test_the_audit_is_the_administrators_and_names_no_amount(client, cast, found, who):
    pay = found["raise"]
    approve_request(request=pay, actor=cast["manager"], details={"amount_granted": 11_500_000})
    rows = AuditEntry.objects.filter(changes__request=pay.pk)
    assert rows.filter(action="request_approved").exists()
    for row in rows:
        assert "000" not in str(row.changes)
    visible = AuditEntry.objects.visible_to(cast[who]).filter(changes__request=pay.pk)
    assert visible.exists() == (who == "admin")
    if who in ("manager", "second_manager"):
        client.force_login(cast[who])
        page = client.get(f"/users/{cast['staff'].public_id}", headers={"accept": "text/html"})
        assert page.status_code == 200
        assert page.context["log"] == []


def test_whoever_may_no_longer_read_it_hears_no_more(cast, found):
    """A deputy wrote about it; their days are over, so the next comment is not theirs to read."""
    today, deputy, leave = timezone.localdate(), cast["other_manager"], found["leave"]
    days = {"first": today, "last": today}
    Delegation.objects.create(user=cast["manager"], deputy=deputy, **days)
    comment_on(request=leave, author=deputy, text="Em bàn giao cho ai?")
    Delegation.objects.update(first=today - 2 * DAY, last=today - DAY)
    before = Notification.objects.filter(user=deputy).count()

    comment_on(request=leave, author=cast["staff"], text="Chị Ánh ạ")

    assert Notification.objects.filter(user=deputy).count() == before
