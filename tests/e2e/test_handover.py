"""A shift ends: one hands over and goes home, and the colleague has it, in a real browser."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.chromium import IN_CHROMIUM, entering
from tests.e2e.installation import demo_installation

pytestmark = IN_CHROMIUM

# Staff1 has two open conversations and one that waits for the customer; their shift ends in so
# many seconds. Staff2 is of the same department and works beyond. Prints who wrote.
LAST_MINUTES = """
import json
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from inbox.models import Conversation
from routing.services import assign_conversation, refresh_agents
from workforce.models import Shift, ShiftAssignment, TimeEntry
from workforce.services import check_in
leaver, colleague = User.objects.get(username="staff1"), User.objects.get(username="staff2")
User.objects.filter(pk=colleague.pk).update(department=leaver.department)
ShiftAssignment.objects.all().delete()
TimeEntry.objects.filter(stays_until__isnull=False).update(stays_until=None)
for person in (leaver, colleague):
    check_in(user=person)
colleague.agent.__class__.objects.filter(user__in=[leaver, colleague]).update(capacity=40)
now = timezone.now()
# What the demo recorded of this morning would be later than the check-in below.
TimeEntry.objects.filter(checked_out_at__gt=now - timedelta(hours=12)).update(
    checked_in_at=now - timedelta(days=2), checked_out_at=now - timedelta(days=2))
TimeEntry.objects.open().update(checked_in_at=now - timedelta(hours=7))
User.objects.filter(pk__in=[leaver.pk, colleague.pk]).update(
    presence="available", presence_since=now - timedelta(hours=7))
kind = Shift.objects.filter(department=leaver.department).first()
for person, seconds in ((leaver, {seconds}), (colleague, 4 * 3600)):
    ends_at = now + timedelta(seconds=seconds)
    ShiftAssignment.objects.create(
        user=person, shift=kind, date=timezone.localdate(), starts_at=now - timedelta(hours=6),
        ends_at=ends_at, handover_at=ends_at - timedelta(seconds={lasts}), planned_minutes=360,
        published_at=now - timedelta(days=1))
refresh_agents(user_ids=[leaver.pk, colleague.pk])
admin = User.objects.get(username="admin")
mine = Conversation.objects.filter(department=leaver.department, status__in=["open", "waiting"])
mine = mine.order_by("status", "pk")
rows = [*mine.filter(status="open")[:2], *mine.filter(status="waiting")[:1]]
for row in Conversation.objects.filter(assignee=leaver, status__in=["open", "waiting"]):
    if row not in rows:
        assign_conversation(conversation=row, assignee=colleague, by=admin)
for row in rows:
    if Conversation.objects.get(pk=row.pk).assignee_id != leaver.pk:
        assign_conversation(conversation=row, assignee=leaver, by=admin)
print(json.dumps({{
    "names": [row.contact.name for row in rows], "ids": [str(row.public_id) for row in rows],
    "colleague": str(colleague.public_id),
    "ends_at": (now + timedelta(seconds={seconds})).timestamp(),
}}))
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with demo_installation(tmp_path_factory.mktemp("handover")) as running:
        yield running


@pytest.fixture
def enter(browser, installation):
    with entering(browser, installation.url) as enter:
        yield enter


def prepare(installation, *, seconds: int = 600, lasts: int = 900) -> dict:
    script = LAST_MINUTES.format(seconds=seconds, lasts=lasts)
    return json.loads(installation.run_python(script).strip().splitlines()[-1])


def row_of(page, made: dict, number: int):
    return page.locator(f"[name=to_{made['ids'][number]}]")


@pytest.mark.parametrize("has_javascript", [True, False])
def test_one_hands_over_and_the_colleague_has_it_without_reloading(
    enter, installation, has_javascript
):
    made = prepare(installation)
    theirs = enter("staff2")
    page = enter("staff1", java_script_enabled=has_javascript)
    theirs.goto(f"{installation.url}/messages")
    expect(theirs.locator(f"a.convo[href*='{made['ids'][0]}']")).to_have_count(0)
    page.click("#presence-button")
    page.click("#presence a[href='/shifts/handover']")
    expect(page).to_have_url(f"{installation.url}/shifts/handover")
    expect(page.locator("main .list select")).to_have_count(3)
    assert page.locator("[name=waiting]").input_value() == "keep"

    page.click("button[value=queue]")
    expect(page.locator("[name=waiting]")).to_have_value("queue")
    row_of(page, made, 0).select_option(made["colleague"])
    page.fill(f"[name=note_{made['ids'][0]}]", "Đổi khớp nối, phiếu BH-2381")
    page.locator("[name=waiting]").select_option("keep")
    if has_javascript:
        expect(page.locator("#handover-summary")).to_contain_text("1")
    page.click("button.is-main[value=handover]")
    expect(page.locator("#presence-button .presence-text")).to_have_text("Đã ra ca")
    mine = theirs.locator(f"a.convo[href*='{made['ids'][0]}']")
    expect(mine).to_be_visible(timeout=5_000)
    mine.click()
    expect(theirs.locator(".thread")).to_contain_text("Đổi khớp nối, phiếu BH-2381")


def test_the_time_to_hand_over_is_on_the_screen_when_it_begins_and_the_end_gives_back(
    enter, installation
):
    """Nobody presses anything: the worker notices both moments, the pages hear of them."""
    prepare(installation, seconds=3600)
    page = enter("staff1")
    bar = page.locator("#presence-button")
    expect(bar.locator(".dot")).to_have_attribute("data-s", "on")
    made = prepare(installation, seconds=24, lasts=10)
    expect(bar.locator(".dot")).to_have_attribute("data-s", "on")
    expect(bar.locator(".dot")).to_have_attribute("data-s", "busy", timeout=15_000)
    assert page.evaluate("Date.now()") / 1000 - (made["ends_at"] - 10) < 2
    expect(page.locator("#presence-button .presence-text")).to_have_text(
        "Đã hết ca", timeout=15_000
    )
    page.goto(f"{installation.url}/shifts/handover")
    expect(page.locator("main .list select")).to_have_count(1)  # what waits for the customer
    page.click("button[value=stay]")
    expect(page.locator("#presence-button .presence-text")).to_have_text("Đang nhận việc")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_fits_and_is_for_everybody(enter, installation, width, theme):
    prepare(installation)
    page = enter("staff1", viewport={"width": width, "height": 850}, color_scheme=theme)
    page.goto(f"{installation.url}/shifts/handover")
    expect(page.locator("main .list select")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
