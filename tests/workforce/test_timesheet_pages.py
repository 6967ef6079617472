"""The pages of a month: one's own, a person's, the team's."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import UserFactory
from tests.workforce.timesheet_rows import plan, shift, worked
from workforce.models import Holiday, TimeEntry, TimeRules

pytestmark = pytest.mark.django_db

HTML = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def monday_in_november(time_machine) -> None:
    time_machine.move_to("2026-11-23T02:52:00+00:00", tick=False)  # 09:52 at the workplace


@pytest.fixture
def month(people, sales) -> dict:
    """A month of `staff`: late, longer, forgotten, a holiday, and at work now."""
    TimeEntry.objects.all().delete()
    staff, day_shift = people["staff"], shift(sales, name="Ca ngày")
    plan(staff, day_shift, *(f"2026-11-{day}" for day in (16, 17, 18, 19, 20, 23, 24)))
    Holiday.objects.create(date="2026-11-20", name="Ngày Nhà giáo")
    return {
        "long": worked(staff, "2026-11-17 08:00", "18:30"),
        "forgotten": worked(staff, "2026-11-18 07:55", "21:00", is_auto_closed=True),
        "late": worked(staff, "2026-11-19 08:12", "17:03"),
        "now": worked(staff, "2026-11-23 07:56", None),
    }


def own(client, person, query: str = ""):
    client.force_login(person)
    return client.get(f"/shifts/timesheet{query}", headers=HTML)


def cells(html: str) -> list[list[str]]:
    """The texts of the rows of the first table's body."""
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL).group(1)
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


# --- One's own month ----------------------------------------------------------------------------
def test_the_days_of_ones_own_month_the_latest_first(client, people, month):
    page = own(client, people["staff"], "?month=2026-11")
    assert cells(page.text) == [
        ["Mon 23/11", "Ca ngày", "07:56", "—", "1.9", "", "At work now"],
        ["Fri 20/11", "", "", "", "", "", "Ngày Nhà giáo"],
        ["Thu 19/11", "Ca ngày", "08:12", "17:03", "7.8", "", "Late 12 minutes"],
        ["Wed 18/11", "Ca ngày", "07:55", "—", "", "", "Check-out missing"],
        ["Tue 17/11", "Ca ngày", "08:00", "18:30", "9.5", "1.5", ""],
        ["Mon 16/11", "Ca ngày", "", "", "", "", "Absent"],
    ]
    totals = page.context["totals"]
    assert totals.worked_minutes == 112 + 468 + 570
    assert (totals.overtime_minutes, totals.late_minutes, totals.late_times) == (90, 12, 1)
    assert page.context["planned_minutes"] == 5 * 480  # up to today, not on the holiday
    assert [f"{on:%d/%m}" for on in page.context["unresolved"]] == ["18/11"]


def test_the_numbers_of_the_tiles(client, people, month):
    text = own(client, people["staff"]).text
    tiles = re.findall(r'class="tile-num">(.*?)</div>', text, re.DOTALL)
    words = [" ".join(re.sub(r"<[^>]+>", " ", tile).split()) for tile in tiles]
    assert words == [
        "2 /6 up to today",
        "19.2 hours 40.0 hours planned",
        "1.5 hours",
        "1 time 12 minutes in all",
    ]


def test_in_vietnamese(client, people, month):
    people["staff"].language = "vi"
    people["staff"].save(update_fields=["language"])
    text = own(client, people["staff"]).text
    for words in ("Bảng công", "T5 19/11", "7,8", "Muộn 12 phút", "Thiếu giờ ra", "Đang làm"):
        assert words in text


def test_a_month_without_anything_says_so(client, people):
    page = own(client, people["staff"], "?month=2026-05")
    assert "Nothing was planned or worked in this month." in page.text


def test_the_clock_leads_in_and_out(client, people, month):
    assert 'value="checkout"' in own(client, people["staff"]).text
    assert 'value="checkin"' in own(client, people["manager"]).text


@pytest.mark.parametrize(
    ("month", "before", "after"),
    [
        ("2026-11", "2026-10", "2026-12"),
        ("2026-01", "2025-12", "2026-02"),
        ("2021-01", None, "2021-02"),
        ("2099-12", "2099-11", None),
    ],
)
def test_the_months_around(client, people, month, before, after):
    text = own(client, people["staff"], f"?month={month}").text
    links = re.findall(r'href="\?month=([\d-]+)"', text)
    assert links == [name for name in (before, after) if name]


@pytest.mark.parametrize(
    "month",
    ["x", "2026-13", "2026-00", "2026-1", "26-11", "2020-12", "2100-01", "9" * 5000]
    + ["0000-01", "2026-11-01", "٢٠٢٦-١١"],
)
@pytest.mark.parametrize("path", ["", "/team", "/team/export"])
def test_a_month_that_is_none_is_400_with_a_way_on(client, people, path, month):
    page = own(client, people["admin"], f"{path}?month={month}")
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"month"}
    assert 'href="/shifts/timesheet"' in page.text


def test_without_rules_nothing_is_counted(client, people):
    TimeRules.objects.all().delete()
    page = own(client, people["staff"])
    assert page.status_code == 400
    assert "There are no rules of working time for this month." in page.text


# --- Others' months -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", 403), ("colleague", 403), ("manager", 200), ("other_manager", 404), ("admin", 200)],
)
def test_who_reads_a_persons_month(client, people, month, who, status):
    page = own(client, people[who], f"/{people['staff'].public_id}?month=2026-11")
    assert page.status_code == status
    linked = set(re.findall(r"/entries/(\d+)", page.text))
    assert linked == ({str(entry.pk) for entry in month.values()} if status == 200 else set())


# --- The team -----------------------------------------------------------------------------------
def row_of(page, name: str) -> list[str]:
    return next(row for row in cells(page.text) if row[0].endswith(name))


def test_the_symbols_of_the_team(client, people, month):
    page = own(client, people["manager"], "/team?month=2026-11")
    row = row_of(page, "Staff")
    assert len(row) == 1 + 30 + 4
    assert {day: row[day] for day in range(1, 31) if row[day]} == {
        16: "– absent",
        17: "X",
        18: "! check-out missing",
        19: "X late 12 minutes",
        20: "L Ngày Nhà giáo",
        23: "… at work now",
    }
    assert row[31:] == ["2", "12", "1.5", "to settle"]
    assert row_of(page, "Colleague")[31:] == ["0", "0", "0.0", "open"]
    totals = page.context["totals"]
    assert (totals.half_days, totals.late_minutes, totals.overtime_minutes) == (4, 12, 90)
    lines = {str(line.name): (line.percent, line.minutes) for line in page.context["classes"]}
    assert lines["overtime_day"] == (150, 90)
    assert lines["holiday_night"] == (390, 0)
    assert page.context["unresolved"] == "Staff 18/11"
    assert (page.context["to_approve"], page.context["to_lock"]) == (1, 2)
    assert [column.present for column in page.context["columns"]][15:20] == [0, 1, 1, 1, 0]
    assert "/team/approve" not in page.text  # the month is not over


@pytest.mark.parametrize(
    ("who", "department", "sees"),
    [
        ("admin", None, {"staff", "colleague", "manager", "other_staff", "other_manager", "left"}),
        ("admin", "Sales", {"staff", "colleague", "manager", "left"}),
        ("admin", "Billing", {"other_staff", "other_manager"}),
        ("manager", None, {"staff", "colleague", "manager", "left"}),
        ("other_manager", None, {"other_staff", "other_manager"}),
    ],
)
def test_whom_the_team_is(client, people, sales, billing, who, department, sees):
    """Who left is there for the months they worked in, and not for others."""
    left = UserFactory(username="left", department=sales, is_active=False)
    UserFactory(username="gone", department=sales, is_active=False)
    worked(left, "2026-11-02 08:00", "17:00")
    chosen = {None: "", "Sales": f"&department={sales.pk}", "Billing": f"&department={billing.pk}"}
    page = own(client, people[who], f"/team?month=2026-11{chosen[department]}")
    assert {counted.person.username for counted in page.context["page"]} == sees
    october = own(client, people[who], f"/team?month=2026-10{chosen[department]}")
    assert {c.person.username for c in october.context["page"]} == sees - {"left"}


def test_another_managers_department_is_400_and_not_shown(client, people, billing):
    page = own(client, people["manager"], f"/team?department={billing.pk}")
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"department"}


@pytest.mark.parametrize("path", ["/team", "/team/export"])
def test_the_team_is_not_for_staff(client, people, path):
    assert own(client, people["staff"], path).status_code == 403


def test_fifty_people_a_page(client, people, sales):
    UserFactory.create_batch(50, department=sales)
    first = own(client, people["manager"], "/team?month=2026-11")
    second = client.get("/shifts/timesheet/team?month=2026-11&page=2")
    assert (len(first.context["page"]), len(second.context["page"])) == (50, 3)
    assert first.context["count"] == second.context["count"] == 53


# --- Costs --------------------------------------------------------------------------------------
def test_the_teams_page_costs_the_same_for_three_people_and_for_forty(client, people, sales):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/shifts/timesheet/team?month=2026-11").status_code == 200
        return len(queries)

    client.force_login(people["manager"])
    client.get("/shifts/timesheet/team?month=2026-11")
    few = cost()
    day_shift = shift(sales)
    for person in UserFactory.create_batch(40, department=sales):
        plan(person, day_shift, "2026-11-05", "2026-11-06")
        worked(person, "2026-11-05 08:00", "17:00")
    # people, seven of the months, breaks, departments, rules thrice, zone twice, the frame's six
    assert few <= cost() <= 24
