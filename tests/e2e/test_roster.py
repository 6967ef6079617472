"""A manager copies a week, is told of a clash, mends and publishes it, in a real browser."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import IN_CHROMIUM, hear, sign_in
from tests.e2e.installation import demo_installation

pytestmark = IN_CHROMIUM

# A department with one person, planned for two days of a week far from the demo's.
A_WEEK = """
import json
from datetime import date, time
from accounts.models import Department, User
from workforce.models import Shift, ShiftAssignment
from workforce.services import assign_shift
manager = User.objects.get(username="manager")
staff = User.objects.filter(department=manager.department, role="staff").first()
ShiftAssignment.objects.filter(date__year=2031).delete()
Shift.objects.filter(name__in=["Ca thử", "Ca chồng"]).delete()
day, late = (
    Shift.objects.create(
        name=name, department=manager.department, starts_at=time(start), ends_at=time(start + 8)
    )
    for name, start in (("Ca thử", 8), ("Ca chồng", 13))
)
for on in (date(2031, 3, 3), date(2031, 3, 4)):
    assign_shift(user=staff, shift=day, on=on, actor=manager)
print(json.dumps({
    "late": str(late.pk), "person": str(staff.public_id), "name": staff.display_name,
}))
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with demo_installation(tmp_path_factory.mktemp("roster")) as running:
        yield running


@pytest.mark.parametrize("has_javascript", [True, False])
def test_copy_a_week_mend_a_clash_and_publish(browser, installation, has_javascript):
    made = json.loads(installation.run_python(A_WEEK))
    page = browser.new_page(java_script_enabled=has_javascript)
    complaints = hear(page, "error", "warning")
    sign_in(page, installation.url, "manager")
    page.goto(f"{installation.url}/shifts?week=2031-03-12")
    expect(page.locator("h1")).to_have_text("Tuần 10–16/03")
    shifts, clashes = page.locator("main .shift"), page.locator("main .shift.is-clash")
    copy, publish = page.locator("form[action$='/copy']"), page.locator("form[action$='/publish']")
    expect(shifts).to_have_count(0)
    expect(publish).to_have_count(0)

    copy.locator("button").click()
    expect(shifts).to_have_text(["Ca thử08:00–16:00 · nháp"] * 2)
    page.locator("main .menu summary").click()
    copy.locator("button").click()  # again: the days are taken
    expect(shifts).to_have_count(2)

    page.locator(f"a.add[href*='{made['person']}'][href*='2031-03-12']").click()
    page.select_option("[name=shift]", made["late"])
    page.fill("[name=date]", "2031-03-11")
    page.click("#plan button")
    expect(clashes).to_have_count(2)
    expect(page.locator("#clash .alert[data-s=bad]")).to_contain_text(
        f"{made['name']} trùng giờ T3 11/03: Ca thử 08:00–16:00 chồng lên Ca chồng 13:00–21:00."
    )

    publish.locator("button").click(force=True)  # it says that it is of no use yet
    expect(page.locator("[role=alert]")).to_contain_text(f"{made['name']} trùng giờ")
    expect(shifts).to_have_count(3)
    expect(page.locator("main .shift", has_text="nháp")).to_have_count(3)

    page.get_by_role("button", name="Bỏ Ca chồng").click()
    expect(clashes).to_have_count(0)
    publish.locator("button").click()
    expect(shifts).to_have_text(["Ca thử08:00–16:00"] * 2)
    expect(publish).to_have_count(0)
    expected = [line for line in complaints if "status of 409" not in line]
    assert expected == []
    page.context.close()
