"""Correcting an entry: recorded times stay, the month is counted anew, and who may not."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from tests.snapshot import snapshot
from tests.workforce.timesheet_rows import IN_DECEMBER, NOVEMBER, moment, plan, shift, worked
from workforce.models import TimeEntry, TimesheetMonth
from workforce.services import correct_entry
from workforce.services.corrections import BadCorrection, EndBeforeStart
from workforce.services.months import MonthLocked, NotTheirs
from workforce.timesheet_days import read_month

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_december(time_machine) -> None:
    time_machine.move_to("2026-12-02T03:00:00+00:00", tick=False)


@pytest.fixture
def forgotten(people, sales) -> TimeEntry:
    """The check-out of 18/11 was forgotten; the rule closed the entry at 21:00."""
    TimeEntry.objects.all().delete()
    plan(people["staff"], shift(sales), "2026-11-18")
    return worked(people["staff"], "2026-11-18 07:55", "21:00", is_auto_closed=True)


def correct(entry, actor, began="2026-11-18 07:55", ended="2026-11-18 17:05", **more):
    return correct_entry(
        entry=entry,
        actor=actor,
        began=moment(began),
        ended=ended and moment(ended),
        note=more.pop("note", "quên bấm ra"),
        at=moment(IN_DECEMBER),
        **more,
    )


def path(entry: TimeEntry) -> str:
    return reverse("workforce:timesheet_correct", kwargs={"pk": entry.pk})


FORM = {"began": "2026-11-18T07:55", "ended": "2026-11-18T17:05", "note": "quên bấm ra"}


# --- What it does ---------------------------------------------------------------------------------
def test_the_correction_counts_and_what_was_recorded_stays(people, forgotten):
    correct(forgotten, people["manager"], ip="10.0.0.7")
    entry = TimeEntry.objects.get(pk=forgotten.pk)
    assert (entry.checked_in_at, entry.checked_out_at) == (
        moment("2026-11-18 07:55"),
        moment("2026-11-18 21:00"),
    )
    assert (entry.corrected_in_at, entry.corrected_out_at) == (None, moment("2026-11-18 17:05"))
    assert (entry.corrected_by, entry.correction_note) == (people["manager"], "quên bấm ra")
    totals = read_month(people["staff"], NOVEMBER, at=moment(IN_DECEMBER)).totals
    assert (totals.worked_minutes, totals.unresolved, totals.half_days) == (480, (), {"X": 2})
    told = AuditEntry.objects.get(action="time_corrected")
    assert (told.actor, told.target_id, told.ip) == (
        people["manager"],
        str(people["staff"].public_id),
        "10.0.0.7",
    )
    assert told.changes == {
        "checked_in": ["2026-11-18 07:55", "2026-11-18 07:55"],
        "checked_out": ["", "2026-11-18 17:05"],
        "note": "quên bấm ra",
    }


def test_the_recorded_times_again_take_a_correction_back(people, sales):
    entry = worked(people["staff"], "2026-11-18 08:00", "17:00")
    day = {"began": "2026-11-18 08:00", "ended": "2026-11-18 17:00"}
    assert correct(entry, people["admin"]).corrected_in_at == moment("2026-11-18 07:55")
    entry = correct(entry, people["admin"], **day)
    assert (entry.corrected_in_at, entry.corrected_out_at) == (None, None)
    assert (entry.correction_note, entry.corrected_by) == ("", None)


def test_seconds_are_no_correction(people):
    entry = worked(people["staff"], "2026-11-18 08:00:40", "2026-11-18 17:00:20")
    entry = correct(entry, people["manager"], "2026-11-18 08:00", "2026-11-18 17:00")
    assert (entry.corrected_in_at, entry.corrected_out_at) == (None, None)


def test_the_start_of_an_open_entry_may_be_corrected(people):
    TimeEntry.objects.all().delete()
    entry = worked(people["staff"], "2026-12-02 08:30", None)
    entry = correct(entry, people["manager"], "2026-12-02 08:00", None)
    assert (entry.corrected_in_at, entry.checked_out_at) == (moment("2026-12-02 08:00"), None)


def test_a_correction_withdraws_the_approval(people, forgotten):
    TimesheetMonth.objects.create(
        user=people["staff"],
        month=NOVEMBER,
        approved_at=moment(IN_DECEMBER),
        approved_by=people["manager"],
    )
    correct(forgotten, people["manager"])
    record = TimesheetMonth.objects.get()
    assert (record.approved_at, record.approved_by) == (None, None)


# --- What it refuses ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("began", "ended", "field", "error"),
    [
        ("2026-11-18 07:55", "2026-11-18 07:54", "ended", EndBeforeStart),
        ("2026-11-18 22:00", "2026-11-18 21:30", "ended", EndBeforeStart),
        ("2026-11-18 07:55", None, "ended", BadCorrection),
        ("2026-11-16 07:55", "2026-11-16 17:00", "began", BadCorrection),
        ("2026-11-18 07:55", "2026-11-19 07:56", "ended", BadCorrection),
        ("2026-11-18 07:55", "2026-12-03 08:00", "ended", BadCorrection),
        ("2026-12-03 07:55", "2026-12-03 08:00", "began", BadCorrection),
    ],
)
def test_times_that_cannot_be(people, forgotten, began, ended, field, error):
    before = snapshot()
    with pytest.raises(error) as refusal:
        correct(forgotten, people["manager"], began, ended)
    assert (refusal.value.field, refusal.value.status) == (field, 400)
    assert snapshot() == before


def test_the_end_of_an_open_entry_is_its_check_outs(people):
    TimeEntry.objects.all().delete()
    entry = worked(people["staff"], "2026-12-02 08:30", None)
    with pytest.raises(BadCorrection) as refusal:
        correct(entry, people["manager"], "2026-12-02 08:30", "2026-12-02 09:00")
    assert refusal.value.field == "ended"


@pytest.mark.parametrize(
    ("month", "began"), [(NOVEMBER, "2026-12-01 07:00"), (date(2026, 12, 1), "2026-11-30 23:00")]
)
def test_neither_out_of_a_locked_month_nor_into_one(people, month, began):
    """The entry is of 1/12 and moves to the day before, or back."""
    recorded = {"2026-12-01 07:00": "2026-11-30 23:00", "2026-11-30 23:00": "2026-12-01 07:00"}
    entry = worked(people["staff"], recorded[began], "2026-12-01 08:00")
    TimesheetMonth.objects.create(
        user=people["staff"],
        month=month,
        approved_at=moment(IN_DECEMBER),
        locked_at=moment(IN_DECEMBER),
    )
    before = snapshot()
    with pytest.raises(MonthLocked):
        correct(entry, people["admin"], began, "2026-12-01 08:00")
    assert snapshot() == before


@pytest.mark.parametrize(
    ("who", "whose"),
    [
        ("manager", "manager"),
        ("manager", "other_staff"),
        ("staff", "staff"),
        ("staff", "colleague"),
        ("other_manager", "staff"),
    ],
)
def test_nobody_corrects_for_themselves_or_for_others_people(people, who, whose):
    entry = worked(people[whose], "2026-11-18 07:55", "17:00")
    before = snapshot()
    with pytest.raises(NotTheirs):
        correct(entry, people[who])
    assert snapshot() == before


# --- The page -------------------------------------------------------------------------------------
def test_the_page_corrects_and_leads_back_to_the_month(client, people, forgotten):
    client.force_login(people["manager"])
    page = client.get(path(forgotten))
    assert 'value="2026-11-18T07:55"' in page.text
    assert "forgotten, closed by rule at 21:00 18/11/2026" in page.text
    response = client.post(path(forgotten), FORM)
    assert response["Location"] == (f"/shifts/timesheet/{people['staff'].public_id}?month=2026-11")
    month = client.get(response["Location"])
    assert month.context["totals"].worked_minutes == 480
    assert "quên bấm ra" in month.text


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    ("change", "field", "sentences"),
    [
        (
            {"ended": "2026-11-18T07:00"},
            "ended",
            {"en": "The end is before the start.", "vi": "Giờ ra sớm hơn giờ vào."},
        ),
        (
            {"began": "18/11 sáng"},
            "began",
            {"en": "Write a date and a time.", "vi": "Ghi cả ngày và giờ."},
        ),
        (
            {"note": ""},
            "note",
            {
                "en": "Say why, so that it can be understood later.",
                "vi": "Ghi lý do để sau này xem lại còn hiểu.",
            },
        ),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    client, people, forgotten, language, change, field, sentences
):
    manager = people["manager"]
    manager.language = language
    manager.save(update_fields=["language"])
    client.force_login(manager)
    before = snapshot()
    page = client.post(path(forgotten), FORM | change)
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {field}
    assert sentences[language] in page.text
    assert snapshot() == before


@pytest.mark.parametrize(
    "began",
    ["", "x", "2026-11-18", "0001-01-01T00:00", "9999-12-31T23:59", "2026-11-18T07:55Z"]
    + ["2026-13-45T99:99", "2026-11-18T07:55+07:00", "1" * 5000],
)
def test_no_text_is_an_error_of_ours(client, people, forgotten, began):
    client.force_login(people["admin"])
    page = client.post(path(forgotten), FORM | {"began": began})
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"began"}


def test_a_locked_month_is_409_with_the_reason(client, people, forgotten):
    TimesheetMonth.objects.create(
        user=people["staff"],
        month=NOVEMBER,
        approved_at=moment(IN_DECEMBER),
        locked_at=moment(IN_DECEMBER),
    )
    client.force_login(people["admin"])
    before = snapshot()
    page = client.post(path(forgotten), FORM)
    assert page.status_code == 409
    assert "11/2026 is locked. An administrator can open it again." in page.text
    assert snapshot() == before


@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", 403), ("colleague", 403), ("manager", 200), ("other_manager", 404), ("admin", 200)],
)
def test_who_opens_the_page(client, people, forgotten, who, status):
    client.force_login(people[who])
    assert client.get(path(forgotten)).status_code == status


def test_a_manager_does_not_open_their_own(client, people):
    entry = worked(people["manager"], "2026-11-18 07:55", "17:00")
    client.force_login(people["manager"])
    assert client.get(path(entry)).status_code == 403
    assert client.post(path(entry), FORM).status_code == 403
    assert (
        f"/entries/{entry.pk}"
        not in client.get("/shifts/timesheet?month=2026-11", headers={"accept": "text/html"}).text
    )
