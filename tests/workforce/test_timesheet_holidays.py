"""Vietnam's holidays copied into the table, and the tables of rules in the back office."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import AuditEntry
from tests.snapshot import snapshot
from tests.workforce.timesheet_rows import NOVEMBER, moment
from workforce.models import Holiday, RosterRule, TimeRules, TimesheetMonth
from workforce.services import copy_holidays

pytestmark = pytest.mark.django_db

OF_2026 = {
    date(2026, 1, 1): "Tết Dương lịch",
    date(2026, 2, 16): "Giao thừa Tết Nguyên Đán",
    date(2026, 2, 17): "Tết Nguyên Đán",
    date(2026, 2, 18): "Mùng hai Tết Nguyên Đán",
    date(2026, 2, 19): "Mùng ba Tết Nguyên Đán",
    date(2026, 2, 20): "Mùng bốn Tết Nguyên Đán",
    date(2026, 4, 26): "Ngày Giỗ Tổ Hùng Vương",
    date(2026, 4, 30): "Ngày Chiến thắng",
    date(2026, 5, 1): "Ngày Quốc tế Lao động",
    date(2026, 9, 1): "Quốc khánh",
    date(2026, 9, 2): "Quốc khánh",
    date(2026, 11, 24): "Ngày Văn hóa Việt Nam",
}


def table() -> dict[date, str]:
    return dict(Holiday.objects.values_list("date", "name"))


# --- Copying --------------------------------------------------------------------------------------
def test_the_year_in_vietnamese_with_one_day_unconfirmed(db):
    """Eleven days of the law; neither days in lieu nor the state's moved working days."""
    assert len(copy_holidays([2026])) == 12
    assert table() == OF_2026
    unconfirmed = Holiday.objects.filter(is_confirmed=False)
    assert [row.date for row in unconfirmed] == [date(2026, 11, 24)]


@pytest.mark.parametrize(("year", "count"), [(2024, 11), (2025, 11), (2027, 12), (2028, 12)])
def test_every_year_has_the_days_of_its_law(db, year, count):
    assert len(copy_holidays([year])) == count


def test_what_somebody_wrote_stays(db):
    Holiday.objects.create(date="2026-11-24", name="Của mình", is_confirmed=True)
    Holiday.objects.create(date="2026-01-01", name="Năm mới", is_confirmed=False)
    assert len(copy_holidays([2026])) == 10
    assert copy_holidays([2026]) == []
    kept = Holiday.objects.filter(date__in=["2026-01-01", "2026-11-24"]).order_by("date")
    assert [(row.name, row.is_confirmed) for row in kept] == [
        ("Năm mới", False),
        ("Của mình", True),
    ]


def test_the_command(db):
    out = StringIO()
    call_command("copy_holidays", "2026", stdout=out)
    assert "2026-11-24 Ngày Văn hóa Việt Nam (not confirmed)\n12 holidays added\n" in out.getvalue()
    call_command("copy_holidays", "2026", "2027", stdout=out)
    assert out.getvalue().endswith("12 holidays added\n")
    assert Holiday.objects.count() == 24


def test_the_command_takes_this_year_and_the_next(db, time_machine):
    time_machine.move_to("2026-06-01T00:00:00+00:00", tick=False)
    call_command("copy_holidays", stdout=StringIO())
    assert {row.year for row in table()} == {2026, 2027}


@pytest.mark.parametrize("year", ["1900", "2150"])
def test_the_command_refuses_years_without_a_law(db, year):
    with pytest.raises(CommandError, match="Years from 2021 to 2099"):
        call_command("copy_holidays", year)
    assert not Holiday.objects.exists()


# --- The back office ------------------------------------------------------------------------------
@pytest.fixture
def office(client, people):
    client.force_login(people["admin"])
    return client


def address(name: str, page: str, *args) -> str:
    return reverse(f"admin:workforce_{name}_{page}", args=args)


def lock_november(person) -> None:
    at = moment("2026-12-02 10:00")
    TimesheetMonth.objects.create(user=person, month=NOVEMBER, approved_at=at, locked_at=at)


def test_a_holiday_is_added_confirmed_and_removed(office, people):
    form = {"date": "2026-11-24", "name": "Ngày Văn hóa Việt Nam"}
    assert office.post(address("holiday", "add"), form).status_code == 302
    row = Holiday.objects.get()
    assert row.is_confirmed is False
    path = address("holiday", "change", row.pk)
    assert office.post(path, form | {"is_confirmed": "on"}).status_code == 302
    assert office.post(address("holiday", "delete", row.pk), {"post": "yes"}).status_code == 302
    assert not Holiday.objects.exists()
    told = AuditEntry.objects.filter(target_type="holiday").order_by("pk")
    assert [(e.action, e.actor.username, e.changes) for e in told] == [
        (
            "holiday_created",
            "admin",
            {"date": [None, "2026-11-24"], "name": [None, "Ngày Văn hóa Việt Nam"]}
            | {"is_confirmed": [None, False]},
        ),
        ("holiday_changed", "admin", {"is_confirmed": [False, True]}),
        ("holiday_deleted", "admin", {}),
    ]


def test_a_date_is_there_once(office):
    Holiday.objects.create(date="2026-11-24", name="Một")
    page = office.post(address("holiday", "add"), {"date": "2026-11-24", "name": "Hai"})
    assert page.status_code == 200
    assert set(page.context["adminform"].form.errors) == {"date"}
    assert table() == {date(2026, 11, 24): "Một"}


@pytest.mark.parametrize("day", ["2026-10-31", "2026-11-01", "2026-11-30"])
def test_no_holiday_into_a_locked_month(office, people, day):
    """One of the end of October may give a day in lieu in November."""
    lock_november(people["staff"])
    before = snapshot()
    page = office.post(address("holiday", "add"), {"date": day, "name": "Lễ"})
    assert page.status_code == 200
    assert "11/2026 is locked for somebody, and this would change it. Open it first." in page.text
    assert snapshot() == before
    assert office.post(address("holiday", "add"), {"date": "2026-12-01", "name": "Lễ"}).url


def rules_form(**more) -> dict:
    return {
        "effective_from": "2026-12-01",
        "normal_minutes": "480",
        "full_day_minutes": "420",
        "half_day_minutes": "210",
        "night_from": "22:00",
        "night_until": "06:00",
        "rest_weekdays": "[5, 6]",
        "percents": TimeRules.objects.first().percents.__repr__().replace("'", '"'),
        "auto_close_minutes": "240",
    } | more


def test_rules_begin_on_a_date(office, people):
    lock_november(people["staff"])
    assert office.post(address("timerules", "add"), rules_form()).status_code == 302
    assert TimeRules.objects.get(effective_from="2026-12-01").rest_weekdays == [5, 6]
    told = AuditEntry.objects.get(action="time_rules_created")
    assert told.changes["rest_weekdays"] == [None, "[5, 6]"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rest_weekdays": "[7]"}, "rest_weekdays"),
        ({"rest_weekdays": "Sunday"}, "rest_weekdays"),
        ({"percents": '{"normal_day": 100}'}, "percents"),
        ({"half_day_minutes": "500"}, "half_day_minutes"),
        ({"effective_from": "2021-01-01"}, "effective_from"),
    ],
)
def test_rules_that_cannot_be_counted_with(office, change, field):
    before = snapshot()
    page = office.post(address("timerules", "add"), rules_form(**change))
    assert page.status_code == 200
    assert set(page.context["adminform"].form.errors) == {field}
    assert snapshot() == before


@pytest.mark.parametrize("page", ["add", "change"])
def test_the_rules_of_a_locked_month_stay(office, people, page):
    lock_november(people["staff"])
    rules = TimeRules.objects.get()
    before = snapshot()
    args = [rules.pk] if page == "change" else []
    form = rules_form(effective_from="2021-01-01" if args else "2026-11-30")
    response = office.post(address("timerules", page, *args), form)
    assert response.status_code == 200
    assert "11/2026 is locked for somebody" in response.text
    assert snapshot() == before


def test_a_rule_of_the_roster_is_told_in_the_audit(office):
    rule = RosterRule.objects.get(kind="short_rest")
    form = {"kind": "short_rest", "minutes": "660", "severity": "refusal", "source": rule.source}
    form |= {"split_day_minutes": "480", "effective_from": "2021-01-01"}
    assert office.post(address("rosterrule", "change", rule.pk), form).status_code == 302
    told = AuditEntry.objects.get(action="roster_rule_changed")
    assert told.changes == {"minutes": [720, 660], "severity": ["warning", "refusal"]}
