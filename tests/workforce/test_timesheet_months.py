"""Approving, locking and opening a month."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from tests.snapshot import snapshot
from tests.workforce.timesheet_rows import (
    IN_DECEMBER,
    IN_NOVEMBER,
    NOVEMBER,
    moment,
    plan,
    shift,
    worked,
)
from workforce.models import TimeEntry, TimesheetMonth
from workforce.services import (
    approve_months,
    lock_months_of,
    refuse_locked_for_all,
    refuse_locked_months,
    unlock_months_of,
)
from workforce.services.months import (
    MonthLocked,
    MonthNotApproved,
    MonthNotOver,
    MonthUnresolved,
    NotLocked,
    NotTheirs,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(people, sales) -> list:
    """Staff and a colleague of Sales, each with a day of work in November."""
    TimeEntry.objects.all().delete()
    team = [people["staff"], people["colleague"]]
    for person in team:
        plan(person, shift(sales, name=person.username), "2026-11-16")
        worked(person, "2026-11-16 08:00", "17:00")
    return team


def approve(team, actor, at=IN_DECEMBER):
    return approve_months(people=team, month=NOVEMBER, actor=actor, at=moment(at))


def lock(team, actor, at=IN_DECEMBER):
    return lock_months_of(people=team, month=NOVEMBER, actor=actor, at=moment(at))


def states() -> dict:
    rows = TimesheetMonth.objects.select_related("user")
    return {
        row.user.username: (row.approved_at is not None, row.locked_at is not None) for row in rows
    }


def test_approve_then_lock_then_open(people, team):
    manager, admin = people["manager"], people["admin"]
    assert approve(team, manager) == 2
    assert states() == {"staff": (True, False), "colleague": (True, False)}
    assert approve(team, manager) == 0
    assert lock(team, manager) == 2
    assert states() == {"staff": (True, True), "colleague": (True, True)}
    assert lock(team, manager) == 0
    assert unlock_months_of(people=team[:1], month=NOVEMBER, actor=admin) == 1
    assert states() == {"staff": (True, False), "colleague": (True, True)}
    told = AuditEntry.objects.filter(target_type="user").order_by("pk")
    assert [(e.action, e.target_label, e.changes) for e in told] == [
        ("timesheet_approved", "Staff", {"month": "2026-11"}),
        ("timesheet_approved", "Colleague", {"month": "2026-11"}),
        ("timesheet_locked", "Staff", {"month": "2026-11"}),
        ("timesheet_locked", "Colleague", {"month": "2026-11"}),
        ("timesheet_unlocked", "Staff", {"month": "2026-11"}),
    ]


@pytest.mark.parametrize("act", [approve, lock])
def test_nothing_while_a_day_is_unresolved_and_it_is_named(people, team, act):
    worked(team[0], "2026-11-18 08:00", "21:00", is_auto_closed=True)
    worked(team[0], "2026-11-13 08:00", "21:00", is_auto_closed=True)
    before = snapshot()
    with pytest.raises(MonthUnresolved) as refusal:
        act(team, people["manager"])
    assert str(refusal.value) == "Hãy xử lý những ngày này trước: Staff 13/11, 18/11."
    assert (refusal.value.status, refusal.value.code) == (409, "month_unresolved")
    assert snapshot() == before


def test_what_is_not_approved_is_not_locked(people, team):
    approve(team[:1], people["manager"])
    before = snapshot()
    with pytest.raises(MonthNotApproved) as refusal:
        lock(team, people["manager"])
    assert str(refusal.value) == "Hãy duyệt công của những người này trước: Colleague."
    assert snapshot() == before


@pytest.mark.parametrize("act", [approve, lock])
@pytest.mark.parametrize("at", [IN_NOVEMBER, "2026-11-30 23:59"])
def test_not_before_the_month_is_over(people, team, act, at):
    before = snapshot()
    with pytest.raises(MonthNotOver) as refusal:
        act(team, people["manager"], at)
    assert "30/11/2026" in str(refusal.value)
    assert snapshot() == before


def test_the_day_after_is_the_workplaces(people, team):
    """00:30 there is still the evening before in UTC."""
    assert approve(team, people["manager"], "2026-12-01 00:30") == 2


@pytest.mark.parametrize("act", [approve, lock])
@pytest.mark.parametrize(
    ("who", "whose"),
    [
        ("manager", "manager"),
        ("manager", "other_staff"),
        ("other_manager", "staff"),
        ("staff", "staff"),
    ],
)
def test_nobody_settles_their_own_or_others_people(people, act, who, whose):
    before = snapshot()
    with pytest.raises(NotTheirs):
        act([people[whose]], people[who])
    assert snapshot() == before


@pytest.mark.parametrize("who", ["manager", "staff"])
def test_only_administrators_open_a_month(people, team, who):
    approve(team, people["manager"])
    lock(team, people["manager"])
    before = snapshot()
    with pytest.raises(NotTheirs):
        unlock_months_of(people=team, month=NOVEMBER, actor=people[who])
    assert snapshot() == before


def test_what_is_not_locked_cannot_be_opened(people, team):
    with pytest.raises(NotLocked):
        unlock_months_of(people=team, month=NOVEMBER, actor=people["admin"])
    assert not TimesheetMonth.objects.exclude(approved_at=None).exists()


# --- For those who change what a month is counted from ------------------------------------------
def test_a_locked_month_refuses_changes_of_its_dates_only(people, team):
    approve(team, people["manager"])
    lock(team[:1], people["manager"])
    ids = [person.pk for person in team]
    with pytest.raises(MonthLocked):
        refuse_locked_months(user_ids=ids, dates=[date(2026, 11, 30)])
    assert states()["colleague"] == (True, False)
    refuse_locked_months(user_ids=ids, dates=[date(2026, 12, 1)])
    refuse_locked_months(user_ids=ids[1:], dates=[date(2026, 11, 30)])
    assert states()["colleague"] == (False, False)  # the approval was of another month


@pytest.mark.parametrize(
    ("since", "until", "is_refused"),
    [
        (date(2026, 11, 30), date(2026, 11, 30), True),
        (date(2026, 11, 1), None, True),
        (date(2026, 1, 1), None, True),
        (date(2026, 12, 1), None, False),
        (date(2026, 10, 31), date(2026, 10, 31), False),
        (date(2026, 10, 1), date(2026, 11, 1), True),
    ],
)
def test_what_counts_for_all_stays_while_a_month_is_locked(people, team, since, until, is_refused):
    approve(team, people["manager"])
    lock(team, people["manager"])
    if is_refused:
        with pytest.raises(MonthLocked):
            refuse_locked_for_all(since=since, until=until)
    else:
        refuse_locked_for_all(since=since, until=until)


# --- The buttons ----------------------------------------------------------------------------------
@pytest.fixture
def in_december(time_machine):
    time_machine.move_to("2026-12-02T03:00:00+00:00", tick=False)


def send(client, act: str, **more):
    return client.post(reverse(f"workforce:timesheet_{act}"), {"month": "2026-11"} | more)


def test_the_teams_buttons(client, people, team, sales, in_december):
    worked(team[0], "2026-11-18 08:00", "21:00", is_auto_closed=True)
    client.force_login(people["manager"])
    page = client.get("/shifts/timesheet/team?month=2026-11")
    assert (page.context["to_approve"], page.context["to_lock"]) == (1, 2)
    assert page.context["unresolved"] == "Staff 18/11"
    response = send(client, "approve", department=sales.pk)
    assert response["Location"] == f"/shifts/timesheet/team?month=2026-11&department={sales.pk}"
    assert states() == {"colleague": (True, False)}
    refused = send(client, "lock")
    assert refused.status_code == 409
    assert "Settle these days first: Staff 18/11." in refused.text
    assert states()["colleague"] == (True, False)


def test_one_persons_buttons(client, people, team, in_december):
    person = {"person": str(team[0].public_id)}
    client.force_login(people["manager"])
    address = f"/shifts/timesheet/{team[0].public_id}?month=2026-11"
    assert send(client, "approve", **person)["Location"] == address
    assert send(client, "lock", **person)["Location"] == address
    assert states() == {"staff": (True, True)}
    assert send(client, "unlock", **person).status_code == 403
    page = client.get(address)
    assert "/entries/" not in page.text
    assert "/unlock" not in page.text
    client.force_login(people["admin"])
    assert "/unlock" in client.get(address).text
    assert send(client, "unlock", **person)["Location"] == address
    assert states() == {"staff": (True, False)}


def test_a_month_that_is_not_over_is_409_on_the_page_of_the_person(
    client, people, team, time_machine
):
    time_machine.move_to("2026-11-23T03:00:00+00:00", tick=False)
    client.force_login(people["manager"])
    page = send(client, "approve", person=str(team[0].public_id))
    assert page.status_code == 409
    assert "This month ends on 30/11/2026." in page.text


@pytest.mark.parametrize("act", ["approve", "lock"])
def test_foreign_and_unknown_people_and_departments_are_400(
    client, people, billing, team, in_december, act
):
    client.force_login(people["manager"])
    before = snapshot()
    foreign = str(people["other_staff"].public_id)
    for person in (foreign, "6f3a5a3e-0000-4000-8000-000000000001", "x"):
        page = send(client, act, person=person)
        assert (page.status_code, set(page.context["form"].errors)) == (400, {"person"})
    for department in (billing.pk, 0, "x", "9" * 40):
        assert send(client, act, department=department).status_code == 400
    assert send(client, act, month="2026-13").status_code == 400
    assert send(client, act, person=str(people["manager"].public_id)).status_code == 403
    assert snapshot() == before
