"""The month as a file: every cell, no formulas, only whom one may see."""

from __future__ import annotations

import csv
import io

import pytest
from openpyxl import load_workbook

from tests.factories import UserFactory
from tests.workforce.timesheet_rows import plan, shift, worked
from workforce.models import TimeEntry

pytestmark = pytest.mark.django_db

PATH = "/shifts/timesheet/team/export?month=2026-11"


@pytest.fixture(autouse=True)
def december(time_machine) -> None:
    time_machine.move_to("2026-12-02T03:00:00+00:00", tick=False)


@pytest.fixture
def month(people, sales) -> None:
    TimeEntry.objects.all().delete()
    plan(people["staff"], shift(sales), "2026-11-19", "2026-11-20", "2026-11-23")
    worked(people["staff"], "2026-11-19 08:12", "18:30")
    worked(people["staff"], "2026-11-20 08:00", "16:40")
    worked(people["staff"], "2026-11-23 08:00", "21:00", is_auto_closed=True)
    worked(people["staff"], "2026-11-22 20:00", "23:00")  # a Sunday


def read_csv(response) -> list[list[str]]:
    raw = b"".join(response.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))


def read_xlsx(response) -> list[list]:
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert sheet.title == "2026-11"
    return [["" if cell.value is None else cell.value for cell in row] for row in sheet.rows]


def expected(heading: list) -> dict:
    """The row of `staff` by heading, but for empty days."""
    known = {
        "Person": "Staff",
        "Sign-in name": "staff",
        "Department": "Sales",
        "19/11": "X",
        "20/11": "X",
        "23/11": "!",
        "Days X": 2,
        "Days L": 0,
        "Days NB": 0,
        "Planned, minutes": 3 * 480,
        "Worked, minutes": 558 + 460 + 180,
        "Late, times": 1,
        "Late, minutes": 12,
        "Left early, times": 1,
        "Left early, minutes": 20,
        "Overtime, minutes": 78 + 180,
        "Normal hours, at night, minutes": 0,
        "Ordinary day, by day, minutes": 78,
        "Ordinary day, at night, minutes": 0,
        "Ordinary day, at night after overtime by day, minutes": 0,
        "Weekly rest, by day, minutes": 120,
        "Weekly rest, at night, minutes": 60,
        "Holiday, by day, minutes": 0,
        "Holiday, at night, minutes": 0,
        "Days to settle": "23/11",
        "State": "open",
    }
    assert set(heading) == set(known) | {f"{day:02}/11" for day in range(1, 31)}
    return {name: known.get(name, "") for name in heading}


def test_every_cell_of_the_workbook(client, people, month):
    client.force_login(people["manager"])
    response = client.get(PATH)
    assert response["Content-Disposition"] == 'attachment; filename="timesheet-2026-11.xlsx"'
    assert response.streaming
    heading, *rows = read_xlsx(response)
    found = {row[1]: dict(zip(heading, row, strict=True)) for row in rows}
    assert found["staff"] == expected(heading)
    assert set(found) == {"staff", "colleague", "manager"}


def test_every_cell_of_the_csv(client, people, month):
    client.force_login(people["manager"])
    response = client.get(f"{PATH}&format=csv")
    assert response["Content-Disposition"] == 'attachment; filename="timesheet-2026-11.csv"'
    assert response.streaming
    heading, *rows = read_csv(response)
    found = {row[1]: dict(zip(heading, row, strict=True)) for row in rows}
    texts = {name: str(value) for name, value in expected(heading).items()}
    assert found["staff"] == texts | {"Days X": "2.0", "Days L": "0.0", "Days NB": "0.0"}


def test_in_the_readers_language(client, people, month):
    people["manager"].language = "vi"
    people["manager"].save(update_fields=["language"])
    client.force_login(people["manager"])
    heading = read_csv(client.get(f"{PATH}&format=csv"))[0]
    assert heading[:3] == ["Nhân viên", "Tên đăng nhập", "Phòng"]
    assert "Ngày nghỉ tuần, ban đêm, phút" in heading


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_name_is_no_formula(client, people, sales, start):
    name = f'{start}HYPERLINK("http://evil.example","x")'
    UserFactory(username="evil", display_name=name, department=sales)
    client.force_login(people["manager"])
    cells = [row[0] for row in read_csv(client.get(f"{PATH}&format=csv"))]
    assert f"'{name}" in cells
    assert name not in cells
    sheet = load_workbook(io.BytesIO(b"".join(client.get(PATH).streaming_content))).active
    cell = next(row[0] for row in sheet.rows if row[1].value == "evil")
    assert (cell.data_type, cell.value) == ("s", name)


def test_a_name_that_no_xml_may_hold(client, people, sales):
    UserFactory(username="odd", display_name="A\x01B\uffff", department=sales)
    client.force_login(people["manager"])
    assert "AB" in [row[0] for row in read_xlsx(client.get(PATH))]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("admin", {"staff", "colleague", "manager", "other_staff", "other_manager"}),
        ("manager", {"staff", "colleague", "manager"}),
        ("other_manager", {"other_staff", "other_manager"}),
    ],
)
def test_whom_the_file_holds(client, people, who, sees):
    client.force_login(people[who])
    for rows in (read_csv(client.get(f"{PATH}&format=csv")), read_xlsx(client.get(PATH))):
        assert {row[1] for row in rows[1:]} == sees


def test_the_file_costs_the_same_for_many_people(
    client, people, sales, django_assert_max_num_queries
):
    day_shift = shift(sales)
    for person in UserFactory.create_batch(40, department=sales):
        plan(person, day_shift, "2026-11-05")
        worked(person, "2026-11-05 08:00", "17:00")
    client.force_login(people["manager"])
    with django_assert_max_num_queries(15):
        assert len(read_xlsx(client.get(PATH))) == 1 + 43
