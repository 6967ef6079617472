"""Whose months, entries and files of the timesheet each person sees."""

from __future__ import annotations

import csv
import io

import pytest

from tests.workforce.timesheet_rows import worked
from workforce.models import TimeEntry

SALES, BILLING = {"manager", "staff", "colleague"}, {"other_manager", "other_staff"}
SEES = {
    "admin": SALES | BILLING | {"admin"},
    "manager": SALES,
    "other_manager": BILLING,
    "staff": set(),
    "other_staff": set(),
}
HTML = {"accept": "text/html"}


@pytest.fixture
def entries(people, time_machine) -> dict[str, TimeEntry]:
    """An entry of everybody on the same day of a month that is over."""
    time_machine.move_to("2026-12-02T03:00:00+00:00", tick=False)
    TimeEntry.objects.all().delete()
    return {name: worked(person, "2026-11-16 08:00", "17:00") for name, person in people.items()}


@pytest.mark.parametrize("who", SEES)
def test_people_of_the_team_and_of_its_files(client, people, entries, who):
    client.force_login(people[who])
    page = client.get("/shifts/timesheet/team?month=2026-11")
    file = client.get("/shifts/timesheet/team/export?month=2026-11&format=csv")
    if not SEES[who]:
        assert (page.status_code, file.status_code) == (403, 403)
        return
    assert {counted.person.username for counted in page.context["page"]} == SEES[who]
    text = b"".join(file.streaming_content).decode("utf-8-sig")
    assert {row[1] for row in csv.reader(io.StringIO(text))} - {"Sign-in name"} == SEES[who]
    for foreign in set(people) - SEES[who]:
        assert str(people[foreign].public_id) not in page.text


@pytest.mark.parametrize("who", SEES)
def test_the_month_of_one_person(client, people, entries, who):
    client.force_login(people[who])
    for name, person in people.items():
        page = client.get(f"/shifts/timesheet/{person.public_id}?month=2026-11")
        expected = 403 if not SEES[who] else 200 if name in SEES[who] else 404
        assert (name, page.status_code) == (name, expected)


@pytest.mark.parametrize("who", SEES)
def test_ones_own_month_is_nobody_elses(api, client, people, entries, who):
    body = api(people[who]).get("/api/v1/shifts/timesheet?month=2026-11").json()
    assert [e["id"] for day in body["days"] for e in day["entries"]] == [entries[who].pk]
    client.force_login(people[who])
    page = client.get("/shifts/timesheet?month=2026-11", headers=HTML)
    assert [e.pk for row in page.context["rows"] for e in row.entries] == [entries[who].pk]


@pytest.mark.parametrize(
    ("who", "corrects"),
    [
        ("admin", set(SEES["admin"])),
        ("manager", {"staff", "colleague"}),
        ("other_manager", {"other_staff"}),
        ("staff", set()),
        ("other_staff", set()),
    ],
)
def test_whose_entries_one_corrects(client, people, entries, who, corrects):
    """Leads' own entries are corrected by administrators."""
    client.force_login(people[who])
    opened = {
        name
        for name, entry in entries.items()
        if client.get(f"/shifts/timesheet/entries/{entry.pk}").status_code == 200
    }
    assert opened == corrects
