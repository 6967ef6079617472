"""Breaks as they really were, and time that a lead enters afterwards."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from omnichat.lib.errors import DomainError
from tests.workforce.roster_rows import HTML
from tests.workforce.timesheet_rows import IN_DECEMBER, NOVEMBER, moment, plan, shift, worked
from workforce.models import Break, TimeEntry, TimesheetMonth
from workforce.services import add_entry, correct_break, correct_entry, remove_added_entry
from workforce.timesheet_days import read_month

pytestmark = pytest.mark.django_db

DAY = "2026-11-18"


@pytest.fixture(autouse=True)
def in_december(time_machine) -> None:
    time_machine.move_to(moment_of_december(), tick=False)


def moment_of_december() -> str:
    return "2026-12-02T03:00:00+00:00"


@pytest.fixture
def staff(people, sales) -> User:
    """Planned from 08:00 to 17:00 with an hour unpaid; nothing is recorded."""
    TimeEntry.objects.all().delete()
    plan(people["staff"], shift(sales), DAY)
    return people["staff"]


@pytest.fixture
def taken(staff) -> Break:
    """Two hours at noon, because the end was pressed too late."""
    entry = worked(staff, f"{DAY} 08:00", "17:00")
    return Break.objects.create(
        entry=entry,
        reason="meal",
        started_at=moment(f"{DAY} 12:00"),
        ended_at=moment(f"{DAY} 14:00"),
    )


def minutes(person: User) -> tuple[int, int]:
    """Worked and break minutes of the day."""
    day = read_month(person, NOVEMBER, at=moment(IN_DECEMBER)).rows[17].day
    return day.worked_minutes, day.break_minutes


def at(clock: str):
    return moment(f"{DAY} {clock}")


def refused(act, **about) -> tuple[str, str | None]:
    """Code and field of the refusal; nothing may have been written."""

    def state():
        return (
            list(TimeEntry.objects.order_by("pk").values()),
            list(Break.objects.order_by("pk").values()),
            AuditEntry.objects.count(),
        )

    before = state()
    with pytest.raises(DomainError) as caught:
        act(**about)
    assert state() == before
    return caught.value.code, caught.value.field


# --- Breaks ---------------------------------------------------------------------------------------
def correct(taken: Break, actor: User, began="12:00", ended="13:00", **more) -> Break:
    return correct_break(
        taken=taken,
        actor=actor,
        began=at(began),
        ended=ended and at(ended),
        note="quên bấm về",
        **more,
    )


def test_what_is_corrected_counts_and_what_was_recorded_stays(people, staff, taken):
    assert minutes(staff) == (420, 120)
    correct(taken, people["manager"], ip="10.0.0.7")
    assert minutes(staff) == (480, 60)
    row = Break.objects.get()
    assert (row.started_at, row.ended_at) == (at("12:00"), at("14:00"))
    assert (row.corrected_start_at, row.corrected_end_at) == (at("12:00"), at("13:00"))
    told = AuditEntry.objects.get()
    assert (told.action, told.ip) == ("break_corrected", "10.0.0.7")
    assert told.changes == {"break": ["12:00-14:00", "12:00-13:00"], "note": "quên bấm về"}
    day = read_month(staff, NOVEMBER, at=moment(IN_DECEMBER)).rows[17]
    assert "corrected" in day.day.flags


def test_a_break_that_was_none_counts_nothing(people, staff, taken):
    correct(taken, people["manager"], ended=None)
    assert minutes(staff) == (480, 60)  # the hour that the shift has unpaid is owed all the same
    assert AuditEntry.objects.get().changes["break"] == ["12:00-14:00", ""]


def test_times_as_recorded_are_no_correction(people, staff, taken):
    correct(taken, people["manager"])
    correct(taken, people["manager"], ended="14:00")
    row = Break.objects.get()
    assert (row.corrected_start_at, row.corrected_end_at) == (None, None)
    assert minutes(staff) == (420, 120)


@pytest.mark.parametrize(
    ("times", "code", "field"),
    [
        ({"began": "13:00", "ended": "12:00"}, "end_before_start", "ended"),
        ({"began": "07:00"}, "bad_correction", "began"),
        ({"ended": "17:30"}, "bad_correction", "ended"),
    ],
)
def test_times_that_cannot_be_are_refused(people, staff, taken, times, code, field):
    about = {"taken": taken, "actor": people["manager"], **times}
    assert refused(correct, **about) == (code, field)


def test_a_break_that_lasts_and_a_locked_month_are_left_alone(people, staff, taken):
    Break.objects.update(ended_at=None)
    assert refused(correct, taken=taken, actor=people["manager"])[0] == "bad_correction"
    Break.objects.update(ended_at=at("14:00"))
    TimesheetMonth.objects.create(
        user=staff, month=NOVEMBER, approved_at=at("12:00"), locked_at=at("12:00")
    )
    assert refused(correct, taken=taken, actor=people["manager"])[0] == "month_locked"


@pytest.mark.parametrize("who", ["staff", "colleague", "other_manager"])
def test_nobody_else_corrects_a_break(people, staff, taken, who):
    assert refused(correct, taken=taken, actor=people[who])[0] == "not_yours"


# --- Entries that a lead enters -------------------------------------------------------------------
def add(user: User, actor: User, began="08:00", ended="17:00", **more) -> TimeEntry:
    times = {"began": at(began), "ended": at(ended)}
    return add_entry(user=user, actor=actor, note="máy hỏng", **times, **more)


def test_entered_time_counts_and_is_marked(people, staff):
    entry = add(staff, people["manager"], ip="10.0.0.7")
    assert (entry.is_added, entry.corrected_by, entry.correction_note) == (
        True,
        people["manager"],
        "máy hỏng",
    )
    assert minutes(staff) == (480, 60)
    month = read_month(staff, NOVEMBER, at=moment(IN_DECEMBER))
    assert (month.rows[17].day.symbol, month.rows[17].day.flags) == ("X", {"corrected"})
    assert month.totals.absent == ()
    told = AuditEntry.objects.get()
    assert (told.action, told.ip) == ("time_added", "10.0.0.7")
    assert told.changes["checked_in"] == f"{DAY} 08:00"


@pytest.mark.parametrize(
    ("times", "code", "field"),
    [
        ({"began": "17:00", "ended": "08:00"}, "end_before_start", "ended"),
        ({"began": "08:00", "ended": "08:00"}, "end_before_start", "ended"),
        ({"began": "09:00", "ended": "11:00"}, "entry_overlaps", "began"),
        ({"began": "07:00", "ended": "08:01"}, "entry_overlaps", "began"),
    ],
)
def test_what_cannot_be_entered_is_refused(people, staff, times, code, field):
    worked(staff, f"{DAY} 08:00", "12:00")
    about = {"user": staff, "actor": people["manager"], **times}
    assert refused(add, **about) == (code, field)


def test_entries_may_touch(people, staff):
    worked(staff, f"{DAY} 08:00", "12:00")
    add(staff, people["manager"], began="12:00")
    assert TimeEntry.objects.count() == 2


def test_the_future_more_than_a_day_and_a_locked_month_are_refused(people, staff):
    about = {"user": staff, "actor": people["manager"], "note": "x"}
    future = {"began": moment("2026-12-02 09:00"), "ended": moment("2026-12-02 10:01")}
    assert refused(add_entry, **about, **future) == ("bad_correction", "ended")
    long = {"began": at("08:00"), "ended": moment("2026-11-19 08:01")}
    assert refused(add_entry, **about, **long) == ("bad_correction", "ended")
    TimesheetMonth.objects.create(
        user=staff, month=NOVEMBER, approved_at=at("12:00"), locked_at=at("12:00")
    )
    assert refused(add, user=staff, actor=people["manager"])[0] == "month_locked"


@pytest.mark.parametrize("who", ["staff", "colleague", "other_manager"])
def test_nobody_else_enters_time(people, staff, who):
    assert refused(add, user=staff, actor=people[who])[0] == "not_yours"


def test_entered_time_can_be_corrected_and_stays_marked(people, staff):
    entry = add(staff, people["manager"])
    times = {"began": at("08:00"), "ended": at("12:00")}
    correct_entry(entry=entry, actor=people["manager"], note="nhầm", **times)
    entry.refresh_from_db()
    assert (entry.corrected_in_at, entry.corrected_out_at) == (at("08:00"), at("12:00"))
    assert entry.correction_note == "nhầm"


def test_only_entered_time_can_be_taken_out(people, staff):
    recorded = worked(staff, f"{DAY} 08:00", "12:00")
    about = {"entry": recorded, "actor": people["manager"]}
    assert refused(remove_added_entry, **about)[0] == "entry_was_recorded"
    entry = add(staff, people["manager"], began="13:00")
    assert refused(remove_added_entry, entry=entry, actor=people["colleague"])[0] == "not_yours"
    remove_added_entry(entry=entry, actor=people["manager"])
    remove_added_entry(entry=entry, actor=people["manager"])
    assert list(TimeEntry.objects.all()) == [recorded]
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["time_added", "time_removed"]


# --- Pages ----------------------------------------------------------------------------------------
def send(client, person: User, address: str, status: int, **data):
    client.force_login(person)
    response = client.post(address, data, headers=HTML)
    assert response.status_code == status, response.text
    return response


def address(name: str, *args) -> str:
    return reverse(f"workforce:{name}", args=args)


FORM = {"began": f"{DAY}T08:00", "ended": f"{DAY}T17:00", "note": "máy hỏng"}


def test_the_month_leads_to_entering_and_the_form_knows_the_shift(client, people, staff):
    client.force_login(people["manager"])
    page = client.get(f"{address('timesheet_person', staff.public_id)}?month=2026-11", headers=HTML)
    link = f"{address('timesheet_add', staff.public_id)}?date={DAY}"
    assert link in page.text
    form = client.get(link, headers=HTML).text
    assert f'value="{DAY}T08:00"' in form
    assert f'value="{DAY}T17:00"' in form
    response = send(client, people["manager"], link, 302, **FORM)
    month = f"{address('timesheet_person', staff.public_id)}?month=2026-11"
    assert response["Location"] == month
    assert TimeEntry.objects.get().is_added


def test_a_bad_form_comes_back_with_the_field(client, people, staff):
    where = address("timesheet_add", staff.public_id)
    page = send(client, people["manager"], where, 400, **FORM | {"began": "x", "note": ""})
    assert set(page.context["form"].errors) == {"began", "note"}
    page = send(client, people["manager"], where, 400, **FORM | {"ended": f"{DAY}T07:00"})
    assert set(page.context["form"].errors) == {"ended"}
    assert not TimeEntry.objects.exists()
    client.get(f"{where}?date=2026-02-30", headers=HTML)  # no date is today's


def test_a_break_is_corrected_on_its_page(client, people, taken):
    where = address("timesheet_break", taken.pk)
    form = {"began": f"{DAY}T12:00", "ended": "", "note": "x"}
    page = send(client, people["manager"], where, 400, **form)
    assert set(page.context["form"].errors) == {"ended"}
    send(client, people["manager"], where, 302, **form, is_none="on")
    taken.refresh_from_db()
    assert taken.corrected_start_at == taken.corrected_end_at == taken.started_at
    entry = client.get(address("timesheet_correct", taken.entry_id), headers=HTML).text
    assert "did not take place" in entry


@pytest.mark.parametrize(("who", "status"), [("other_manager", 404), ("colleague", 403)])
def test_who_may_not_see_or_settle_it_does_not_get_there(client, people, staff, taken, who, status):
    client.force_login(people[who])
    for where in (
        address("timesheet_break", taken.pk),
        address("timesheet_add", staff.public_id),
    ):
        assert client.get(where, headers=HTML).status_code == status
    send(client, people[who], address("timesheet_remove", taken.entry_id), status)
    assert TimeEntry.objects.count() == 1


def test_a_recorded_entry_is_not_removed_by_its_page(client, people, taken):
    where = address("timesheet_remove", taken.entry_id)
    send(client, people["manager"], where, 302)
    assert TimeEntry.objects.count() == 1
