"""A lead corrects a forgotten check-out in a real browser and sees the month counted anew."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import IN_CHROMIUM, hear, sign_in
from tests.e2e.installation import demo_installation

pytestmark = IN_CHROMIUM

# Two days of last month: an ordinary one, and one whose check-out the rule had to make.
A_MONTH = """
import json
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo
from django.utils import timezone
from accounts.models import User
from workforce.models import Shift, ShiftAssignment, TimeEntry
zone = ZoneInfo("Asia/Ho_Chi_Minh")
first = (timezone.now().astimezone(zone).date().replace(day=1) - timedelta(days=1)).replace(day=1)
days = [d for d in (first + timedelta(days=n) for n in range(14)) if d.weekday() < 5][:2]
chi = User.objects.get(username="chi")
TimeEntry.objects.filter(user=chi).delete()
shift = Shift.objects.create(
    name="Ca thử", department=chi.department, starts_at=time(8), ends_at=time(17),
    unpaid_break_minutes=60,
)
for day, end in zip(days, (17, 21)):
    times = shift.times_on(day, zone)
    ShiftAssignment.objects.create(
        user=chi, shift=shift, date=day, starts_at=times.starts_at, ends_at=times.ends_at,
        planned_minutes=times.planned_minutes, published_at=times.starts_at,
    )
    entry = TimeEntry.objects.create(
        user=chi, checked_in_at=times.starts_at, is_auto_closed=end == 21,
        checked_out_at=datetime.combine(day, time(end), zone),
    )
print(json.dumps({
    "chi": str(chi.public_id), "month": f"{first:%Y-%m}", "day": f"{days[1]}",
    "entry": entry.pk,
}))
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with demo_installation(tmp_path_factory.mktemp("timesheet")) as running:
        yield running


@pytest.mark.parametrize("has_javascript", [True, False])
def test_correct_approve_and_lock(browser, installation, has_javascript):
    made = json.loads(
        installation.run_python(A_MONTH.replace("Ca thử", f"Ca thử {has_javascript}"))
    )
    page = browser.new_page(java_script_enabled=has_javascript)
    complaints = hear(page, "error", "warning")
    sign_in(page, installation.url, "admin")
    page.goto(f"{installation.url}/shifts/timesheet/{made['chi']}?month={made['month']}")
    tiles = page.locator(".tile-num")
    expect(tiles).to_have_text(["1 /2", "8,0 giờ", "0,0 giờ", "0 lần"])
    expect(page.locator("tbody")).to_contain_text("Thiếu giờ ra")
    expect(page.locator("main form[action$=approve]")).to_have_count(0)

    page.click(f"a[href='/shifts/timesheet/entries/{made['entry']}']")
    page.fill("[name=ended]", f"{made['day']}T07:00")
    page.fill("[name=note]", "quên bấm ra")
    page.click("#correction button")
    expect(page.locator(".error")).to_have_text("Giờ ra sớm hơn giờ vào.")
    page.fill("[name=ended]", f"{made['day']}T18:30")
    page.click("#correction button")
    expect(tiles).to_have_text(["2 /2", "17,5 giờ", "1,5 giờ", "0 lần"])
    expect(page.locator("tbody")).to_contain_text("quên bấm ra")

    page.click("main form[action$='/approve'] button")
    page.click("main form[action$='/lock'] button")
    expect(page.locator(".page-head")).to_contain_text("Đã chốt")
    expect(page.locator("a[href*='/entries/']")).to_have_count(0)
    page.click("main form[action$='/unlock'] button")
    expect(page.locator("a[href*='/entries/']")).to_have_count(2)
    expected = [line for line in complaints if "status of 400" not in line]
    assert expected == []
    page.context.close()
