"""Somebody asks for leave on a phone, a lead decides; two change shifts: in a real browser."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.chromium import IN_CHROMIUM, entering
from tests.e2e.installation import demo_installation

pytestmark = IN_CHROMIUM

# Two people of Sales with published shifts today and in ten days, and nobody else planned.
SHIFTS = """
from datetime import time, timedelta
from django.utils import timezone
from accounts.models import User
from accounts.workplace import workplace_zone
from workforce.models import LeaveBlackout, Request, Shift, ShiftAssignment
Request.objects.filter(status="pending").delete()
LeaveBlackout.objects.all().delete()
ShiftAssignment.objects.all().delete()
today, zone, now = timezone.localdate(), workplace_zone(), timezone.now()
people = {name: User.objects.get(username=name) for name in ("staff2", "bao", "kieu")}
def shift(name, start, end):
    return Shift.objects.create(name=name, department=people["bao"].department,
        starts_at=time(start), ends_at=time(end), minimum_staff=1)
for name in ("bao", "kieu"):
    people[name].set_password(f"{name}pass")
    people[name].save(update_fields=["password"])
whole, early, late = shift("Ca trực", 0, 0), shift("Ca sớm", 6, 11), shift("Ca muộn", 13, 20)
far = today + timedelta(days=10)
for name, kind, on in (("staff2", whole, today), ("bao", early, far), ("staff2", late, far)):
    kind.plan_for(people[name], on, zone, published_at=now).save()
"""
TODAY = "from django.utils import timezone; print(timezone.localdate().isoformat())"
BALANCE = """
from accounts.models import User
from workforce.models import LeaveType
from workforce.services.leave_ledger import balance_of
print(balance_of(User.objects.get(username="staff2"), LeaveType.objects.get(symbol="P")))
"""
COST = """
from django.utils import timezone
from workforce.leave_cost import leave_cost
print(leave_cost(timezone.localdate(), timezone.localdate()))
"""
OWNERS = """
from django.utils import timezone
from workforce.models import ShiftAssignment
rows = ShiftAssignment.objects.filter(date__gt=timezone.localdate()).order_by("starts_at")
print(*(f"{row.shift.name}={row.user.username}" for row in rows.select_related("user", "shift")))
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with demo_installation(tmp_path_factory.mktemp("requests")) as running:
        running.run_python(SHIFTS)
        yield running


@pytest.fixture
def enter(browser, installation):
    with entering(browser, installation.url, allowed="400 (Bad Request)") as enter:
        yield enter


def bar(page):
    return page.locator("#presence-button .presence-text")


def assert_fits(page) -> None:
    """Nothing wider than the screen, and nothing axe-core would complain of."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).violations_count == 0


def newest(page) -> str:
    """The number of the request whose page this is."""
    return re.search(r"/requests/(\d+)", page.url)[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_leave_asked_for_on_a_phone_counts_once_it_is_approved(enter, installation, theme):
    """From the form on a phone to roster, balance and availability; cancelled, all is back."""
    phone = enter("staff2", viewport={"width": 390, "height": 844}, color_scheme=theme)
    lead = enter("manager", color_scheme=theme)
    before, cost = float(installation.run_python(BALANCE)), float(installation.run_python(COST))
    phone.goto(f"{installation.url}/requests")
    assert_fits(phone)
    phone.fill("#request [name=first]", installation.run_python(TODAY).strip())
    phone.fill("#request [name=description]", "Em sốt, xin nghỉ hôm nay ạ")
    phone.click("#request .is-main")
    expect(phone).to_have_url(re.compile(r"/requests/\d+$"))
    assert_fits(phone)
    expect(bar(phone)).to_have_text("Đang nhận việc")

    lead.goto(f"{installation.url}/requests")
    row = lead.locator("main .list li", has_text="Lê Thu Hà").first
    expect(row.locator(".tag[data-s=warn]")).to_contain_text("Ca trực")
    row.locator("a").first.click()
    expect(lead.locator("main")).to_contain_text("Em sốt, xin nghỉ hôm nay ạ")
    expect(lead.locator("main .sla[data-s=warn]").first).to_be_visible()
    assert_fits(lead)
    lead.click("#decide [value=approve_only]")
    expect(bar(phone)).to_contain_text("Nghỉ phép", timeout=5_000)
    assert float(installation.run_python(BALANCE)) == before - cost
    lead.goto(f"{installation.url}/shifts")
    expect(lead.locator(".shift.is-leave").first).to_be_visible()

    lead.goto(f"{installation.url}/requests/{newest(phone)}")
    lead.click("form[action$='/cancel'] button")
    expect(bar(phone)).to_have_text("Đang nhận việc", timeout=5_000)
    assert float(installation.run_python(BALANCE)) == before


def test_two_change_shifts_with_consent(enter, installation):
    asker, other, lead = enter("bao"), enter("staff2"), enter("manager")
    asker.goto(f"{installation.url}/requests")
    asker.click("nav a[href$='kind=shift_change']")
    asker.locator("#request [name=assignment] option").nth(1).wait_for(state="attached")
    for name in ("assignment", "colleague_assignment"):
        options = asker.locator(f"#request [name={name}] option")
        asker.select_option(f"#request [name={name}]", options.last.get_attribute("value"))
    asker.fill("#request [name=description]", "Chị đổi giúp em")
    asker.click("#request .is-main")
    expect(asker).to_have_url(re.compile(r"/requests/\d+$"))
    number = newest(asker)

    lead.goto(f"{installation.url}/requests/{number}")
    assert lead.locator("#decide").count() == 0  # nobody decides before the colleague has agreed
    other.goto(f"{installation.url}/requests/{number}")
    expect(other.locator("table")).to_contain_text("Ca sớm")
    assert_fits(other)
    other.click("#answer [value=yes]")
    assert installation.run_python(OWNERS).split() == ["Ca", "sớm=bao", "Ca", "muộn=staff2"]

    lead.reload()
    assert_fits(lead)
    lead.click("#decide [value=approve]")
    expect(lead).to_have_url(f"{installation.url}/requests")
    assert installation.run_python(OWNERS).split() == ["Ca", "sớm=staff2", "Ca", "muộn=bao"]


def test_without_scripts_a_request_is_sent_and_decided(enter, installation):
    staff, lead = (enter(name, java_script_enabled=False) for name in ("kieu", "manager"))
    staff.goto(f"{installation.url}/requests/new?kind=other")
    staff.fill("#request [name=description]", "Xin đổi bàn phím")
    staff.click("#request .is-main")
    number = newest(staff)
    lead.goto(f"{installation.url}/requests/{number}")
    lead.click("#decide [value=reject]")  # without a word it is refused, and stays
    expect(lead.locator("main [role=alert]")).to_be_visible()
    lead.fill("#decide [name=note]", "Sang tháng sau")
    lead.click("#decide [value=reject]")
    expect(lead).to_have_url(f"{installation.url}/requests")
    staff.goto(f"{installation.url}/requests/{number}")
    expect(staff.locator("main")).to_contain_text("Sang tháng sau")


def test_a_phone_shows_the_tab_and_the_day_one_is_at(enter, installation):
    """Both strips are wider than the screen, and begin where one is."""
    phone = enter("manager", viewport={"width": 390, "height": 844})
    phone.goto(f"{installation.url}/requests/deputies")
    expect(phone.locator("nav.seg [aria-current]")).to_be_in_viewport(ratio=0.9)
    phone.goto(f"{installation.url}/requests/calendar")
    expect(phone.locator(".matrix th[data-today]")).to_be_in_viewport(ratio=0.9)
