"""Somebody checks in, goes on a break and comes back from the top bar, in a real browser."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.chromium import IN_CHROMIUM, entering
from tests.e2e.installation import demo_installation

pytestmark = IN_CHROMIUM

A_CLOCK = r"\d\d:\d\d"

# What the last break of somebody was, as it is stored.
THE_BREAK = """
from workforce.models import Break
taken = Break.objects.filter(entry__user__username="{name}").latest("pk")
planned = taken.expected_back_at and (taken.expected_back_at - taken.started_at).seconds // 60
print(taken.reason, planned, "over" if taken.ended_at else "lasts")
"""


# The shift that somebody is in ends in a few seconds; prints when.
SHIFT_ENDS_SOON = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from workforce.models import Shift, ShiftAssignment
person = User.objects.get(username="{name}")
ends_at = timezone.now() + timedelta(seconds={seconds})
ShiftAssignment.objects.create(
    user=person,
    shift=Shift.objects.filter(department=person.department).first(),
    date=timezone.localdate(),
    starts_at=ends_at - timedelta(hours=8),
    ends_at=ends_at,
    planned_minutes=480,
    published_at=ends_at - timedelta(days=1),
)
print(ends_at.timestamp())
"""
WITHOUT_SHIFTS = "from workforce.models import ShiftAssignment as Row; Row.objects.all().delete()"
TODAY = "from django.utils import timezone; print(timezone.localdate().isoformat())"
LATEST_LEAVE = "from workforce.models import Leave; print(Leave.objects.latest('pk').pk)"


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with demo_installation(tmp_path_factory.mktemp("presence")) as running:
        running.run_python(WITHOUT_SHIFTS)  # whatever the hour, what they press decides
        yield running


@pytest.fixture
def enter(browser, installation):
    with entering(browser, installation.url) as enter:
        yield enter


def choose(page, selector: str, minutes: str | None = None) -> None:
    """Open the menu of the top bar and press something in it."""
    page.click("#presence-button")
    if minutes is not None:
        page.select_option("#presence [name=minutes]", minutes)
    page.click(f"#presence {selector}")


def last_break(installation, name: str) -> list[str]:
    return installation.run_python(THE_BREAK.format(name=name)).split()


def bar(page):
    return page.locator("#presence-button .presence-text")


@pytest.mark.parametrize("has_javascript", [True, False])
def test_in_on_a_break_back_and_out(enter, installation, has_javascript):
    page = enter("staff2", java_script_enabled=has_javascript)
    choose(page, "[value=checkout]")
    expect(bar(page)).to_have_text("Đã ra ca")
    page.goto(f"{installation.url}/profile")
    choose(page, "[value=checkin]")
    expect(page).to_have_url(f"{installation.url}/profile")
    expect(bar(page)).to_have_text("Đang nhận việc")

    choose(page, "[value=meal]", minutes="45")
    expect(page).to_have_url(f"{installation.url}/profile")
    expect(bar(page)).to_have_text(re.compile(f"^Nghỉ giữa ca về {A_CLOCK}$"))
    assert last_break(installation, "staff2") == ["meal", "45", "lasts"]
    page.click("#presence-button")
    assert page.inner_text("#presence-h").startswith("Nghỉ giữa ca · về ")
    assert page.locator("#presence button").evaluate_all("all => all.map(b => b.value)") == [
        "back",
        "checkout",
    ]
    page.click("#presence [value=back]")
    expect(bar(page)).to_have_text("Đang nhận việc")
    assert last_break(installation, "staff2") == ["meal", "45", "over"]

    choose(page, "[value=private]", minutes="")
    expect(bar(page)).to_have_text("Nghỉ giữa ca")
    assert last_break(installation, "staff2") == ["private", "None", "lasts"]
    choose(page, "[value=checkout]")  # ends the break as well
    expect(bar(page)).to_have_text("Đã ra ca")
    assert last_break(installation, "staff2") == ["private", "None", "over"]
    choose(page, "[value=checkin]")
    expect(bar(page)).to_have_text("Đang nhận việc")


def test_a_lead_who_looks_on_sees_it_and_until_when(enter, installation):
    mine, theirs = enter("staff1"), enter("admin")
    theirs.goto(f"{installation.url}/users")
    row = theirs.locator("#people-rows tr", has_text="staff1@")
    expect(row).to_contain_text("Đang nhận việc")
    choose(mine, "[value=rest]", minutes="15")
    expect(row).to_contain_text(re.compile(f"Nghỉ giữa ca về {A_CLOCK}"), timeout=10_000)
    choose(mine, "[value=back]")
    expect(row).to_contain_text("Đang nhận việc", timeout=10_000)


def test_the_end_of_a_shift_is_on_the_screen_within_a_second(enter, installation):
    """Nobody presses anything: the worker notices the moment, the page hears of it."""
    page = enter("staff1")
    expect(bar(page)).to_have_text("Đang nhận việc")
    ends_at = float(installation.run_python(SHIFT_ENDS_SOON.format(name="staff1", seconds=6)))
    expect(bar(page)).to_have_text("Đã hết ca", timeout=15_000)
    assert page.evaluate("Date.now()") / 1000 - ends_at < 1
    choose(page, "[value=available]")
    expect(bar(page)).to_have_text("Đang nhận việc")


def test_leave_that_a_lead_grants_is_on_the_screen_at_once(enter, installation):
    theirs, mine = enter("admin"), enter("staff1")
    theirs.goto(f"{installation.url}/shifts/leave/new")
    person = theirs.locator("select[name=user] option", has_text="Lan")
    theirs.select_option("[name=user]", person.first.get_attribute("value"))
    theirs.select_option("[name=type]", label="Nghỉ ốm")
    theirs.fill("[name=first]", installation.run_python(TODAY).strip())
    expect(bar(mine)).to_have_text("Đang nhận việc")
    theirs.click("#leave button:not([name])")
    expect(bar(mine)).to_contain_text("Nghỉ phép đến hết", timeout=2_000)
    theirs.goto(f"{installation.url}/shifts")
    leave = installation.run_python(LATEST_LEAVE).strip()
    theirs.goto(f"{installation.url}/shifts/leave/{leave}")
    theirs.click("main form button.is-bad")
    expect(bar(mine)).to_have_text("Đang nhận việc", timeout=2_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 360])
def test_the_menu_fits_and_is_for_everybody(enter, width, theme):
    page = enter("staff1", viewport={"width": width, "height": 800}, color_scheme=theme)
    for state in ("[value=meeting]", "[value=back]"):
        page.click("#presence-button")
        menu = page.locator("#presence")
        box = menu.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert menu.evaluate("menu => menu.scrollWidth <= menu.clientWidth")
        assert Axe().run(page).violations_count == 0
        page.click(f"#presence {state}")
    expect(bar(page)).to_have_text("Đang nhận việc")
