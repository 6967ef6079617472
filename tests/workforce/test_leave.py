"""Granting leave and taking it back: who may, what is refused, what it does at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from omnichat.lib.errors import DomainError
from routing.models import Agent
from tests.workforce.roster_rows import HTML, shift_of
from workforce.availability import Reason, availability
from workforce.models import Leave, LeaveType, TimesheetMonth
from workforce.services import assign_shift, grant_leave, remove_shift, withdraw_leave

MON, TUE, WED = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
NEW = "/shifts/leave/new"


@pytest.fixture
def annual(db) -> LeaveType:
    return LeaveType.objects.get(symbol="P")


def grant(people, type, first=MON, last=None, *, who="staff", by="manager", **about) -> Leave:
    user, actor = people[who], people[by]
    return grant_leave(user=user, type=type, first=first, last=last or first, actor=actor, **about)


def state() -> list[tuple]:
    rows = Leave.objects.order_by("pk").values_list("user__username", "first", "last")
    return [*rows, Leave.objects.granted().count(), AuditEntry.objects.count()]


def refused(act, *args, **about) -> tuple[str, str | None]:
    """Code and field of the refusal; nothing may have been written."""
    before = state()
    with pytest.raises(DomainError) as caught:
        act(*args, **about)
    assert state() == before
    return caught.value.code, caught.value.field


def test_a_manager_grants_staff_of_the_own_department(people, annual):
    row = grant(people, annual, MON, TUE, note="Wedding")
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 11, 22, 17, tzinfo=UTC),
        datetime(2026, 11, 24, 17, tzinfo=UTC),
    )
    assert (row.part, row.note, row.granted_by) == ("whole", "Wedding", people["manager"])
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_label) == ("leave_granted", "Staff")
    assert entry.changes == {
        "leave": "Annual leave",
        "first": "2026-11-23",
        "last": "2026-11-24",
        "part": "whole",
    }


@pytest.mark.parametrize(
    ("who", "by"),
    [
        ("manager", "manager"),
        ("staff", "colleague"),
        ("staff", "staff"),
        ("other_staff", "manager"),
        ("other_manager", "manager"),
    ],
)
def test_nobody_else_grants(people, annual, who, by):
    assert refused(grant, people, annual, who=who, by=by) == ("not_yours", None)


def test_an_administrator_grants_leads(people, annual):
    grant(people, annual, who="manager", by="admin")
    assert state()[0] == ("manager", MON, MON)


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"first": TUE, "last": MON}, "last"),
        ({"first": MON, "last": TUE, "part": "first_half"}, "last"),
        ({"first": MON, "last": MON + timedelta(days=366)}, "last"),
    ],
)
def test_what_cannot_be_a_leave_is_refused_with_its_field(people, annual, about, field):
    assert refused(grant, people, annual, **about) == ("bad_leave", field)


def test_a_kind_out_of_use_and_a_deactivated_person_are_refused(people, annual):
    User.objects.filter(pk=people["staff"].pk).update(is_active=False)
    people["staff"].refresh_from_db()
    assert refused(grant, people, annual) == ("person_not_active", "user")
    annual.is_active = False
    assert refused(grant, people, annual, who="colleague") == ("bad_leave", "type")


def test_two_leaves_of_one_person_share_no_day(people, annual):
    grant(people, annual, MON, TUE)
    assert refused(grant, people, annual, TUE, WED) == ("leave_overlaps", "first")
    grant(people, annual, WED)
    grant(people, annual, TUE, who="colleague")
    assert Leave.objects.count() == 3


@pytest.mark.skipif(connection.vendor != "postgresql", reason="an exclusion constraint")
def test_the_database_refuses_the_same(people, annual):
    row = grant(people, annual, MON, TUE)
    row.pk, row.first = None, TUE
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_locked_month_is_left_alone_and_an_approved_one_is_open_again(people, annual):
    of_staff = {"user": people["staff"], "approved_at": datetime(2026, 12, 2, tzinfo=UTC)}
    TimesheetMonth.objects.create(month="2026-12-01", **of_staff, locked_at=of_staff["approved_at"])
    assert refused(grant, people, annual, date(2026, 11, 30), date(2026, 12, 1)) == (
        "month_locked",
        None,
    )
    november = TimesheetMonth.objects.create(month="2026-11-01", **of_staff)
    row = grant(people, annual, date(2026, 11, 30))
    november.refresh_from_db()
    assert november.approved_at is None
    TimesheetMonth.objects.filter(pk=november.pk).update(
        approved_at=of_staff["approved_at"], locked_at=of_staff["approved_at"]
    )
    assert refused(withdraw_leave, leave=row, actor=people["admin"]) == ("month_locked", None)


def test_what_is_taken_back_counts_no_more_and_once(people, annual):
    row = grant(people, annual)
    assert refused(withdraw_leave, leave=row, actor=people["other_manager"]) == ("not_yours", None)
    withdraw_leave(leave=row, actor=people["manager"])
    assert refused(withdraw_leave, leave=row, actor=people["manager"]) == ("leave_withdrawn", None)
    row.refresh_from_db()
    assert row.withdrawn_by == people["manager"]
    assert AuditEntry.objects.latest("pk").action == "leave_withdrawn"
    grant(people, annual)  # the days are free again
    assert Leave.objects.granted().count() == 1


def test_leave_follows_the_shifts_that_are_published_and_taken_out(people, annual, sales):
    row = grant(people, annual, TUE)
    night = shift_of(sales, "Night", "22-06")
    about = {"user": people["staff"], "shift": night, "actor": people["manager"]}
    planned = assign_shift(on=MON, publish=True, **about)
    row.refresh_from_db()
    assert row.starts_at == datetime(2026, 11, 23, 23, tzinfo=UTC)  # 06:00 of the 24th
    remove_shift(assignment=planned, actor=people["manager"])
    row.refresh_from_db()
    assert row.starts_at == datetime(2026, 11, 23, 17, tzinfo=UTC)


# --- What it does at once -------------------------------------------------------------------------
def test_leave_that_is_now_takes_the_person_out_of_work_and_back(people, annual, commits):
    staff, today = people["staff"], timezone.now().date()
    for on in (today, today + timedelta(days=1)):  # today at the workplace may be tomorrow here
        grant(people, annual, on)
    assert availability(staff).reason == Reason.ON_LEAVE
    agent = Agent.objects.get(user=staff)
    assert (agent.is_routable, agent.reason) == (False, "on_leave")
    for row in Leave.objects.all():
        withdraw_leave(leave=row, actor=people["manager"])
    agent.refresh_from_db()
    assert (agent.is_routable, agent.reason) == (True, "taking_work")


# --- Pages ----------------------------------------------------------------------------------------
def send(client, person, address: str, status: int, **data):
    client.force_login(person)
    response = client.post(address, data, headers=HTML)
    assert response.status_code == status, response.text
    return response


def form_of(person: User, kind: LeaveType, **changed) -> dict:
    fields = {"user": person.public_id, "type": kind.pk, "first": "2026-11-23", "part": "whole"}
    return fields | changed


def test_the_form_grants_one_day_when_no_last_one_is_named(client, people, annual):
    response = send(client, people["manager"], NEW, 302, **form_of(people["staff"], annual))
    assert response["Location"] == "/shifts?week=2026-11-23"
    row = Leave.objects.get()
    assert (row.user, row.first, row.last) == (people["staff"], MON, MON)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"type": ""}, "type"),
        ({"first": "2026-02-30"}, "first"),
        ({"last": "2026-11-22"}, "last"),
        ({"part": "third"}, "part"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_a_bad_form_comes_back_with_the_field(client, people, annual, changed, field):
    fields = form_of(people["staff"], annual, **changed)
    page = send(client, people["manager"], NEW, 400, **fields)
    assert set(page.context["form"].errors) == {field}
    assert not Leave.objects.exists()


@pytest.mark.parametrize("who", ["other_staff", "manager"])
def test_the_form_offers_nobody_else(client, people, annual, who):
    page = send(client, people["manager"], NEW, 400, **form_of(people[who], annual))
    assert set(page.context["form"].errors) == {"user"}
    assert not Leave.objects.exists()


def test_an_overlap_is_told_on_the_form(client, people, annual):
    grant(people, annual)
    page = send(client, people["manager"], NEW, 409, **form_of(people["staff"], annual))
    assert set(page.context["form"].errors) == {"first"}


@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", 200), ("manager", 200), ("admin", 200), ("colleague", 404), ("other_manager", 404)],
)
def test_one_leave_is_seen_by_the_person_and_the_leads(client, people, annual, who, status):
    row = grant(people, annual, note="Wedding")
    client.force_login(people[who])
    page = client.get(f"/shifts/leave/{row.pk}", headers=HTML)
    assert page.status_code == status
    assert ("Wedding" in page.text) == (status == 200)
    assert ('class="btn is-bad"' in page.text) == (who in ("manager", "admin"))


def test_only_a_lead_takes_it_back(client, people, annual):
    row = grant(people, annual)
    send(client, people["staff"], f"/shifts/leave/{row.pk}", 403)
    send(client, people["colleague"], f"/shifts/leave/{row.pk}", 404)
    assert Leave.objects.granted().count() == 1
    send(client, people["manager"], f"/shifts/leave/{row.pk}", 302)
    assert Leave.objects.granted().count() == 0
    send(client, people["manager"], f"/shifts/leave/{row.pk}", 409)
