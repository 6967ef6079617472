"""The headings of the queue board: places, hours, policy, and how long it takes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Department
from routing.models import Agent, BusinessCalendar, BusinessInterval, RoutingPolicy
from tests.routing.test_queue_page import browser, waiting

pytestmark = pytest.mark.django_db


def test_the_heading_counts_places_of_who_takes_work(people, sales):
    def heading() -> str:
        page = browser(people["manager"]).get("/queue").content.decode()
        return page.split('id="gh-')[1].split("</tr>")[0]

    waiting("one", sales)
    assert "16 places left, 0/16" in heading()
    Agent.objects.filter(user=people["staff"]).update(open_count=8)
    Agent.objects.filter(user=people["colleague"]).update(open_count=7)
    assert "1 place left, 15/16" in heading()
    Agent.objects.filter(user=people["colleague"]).update(open_count=8)
    assert "Full 16/16" in heading()
    assert "next free place" not in heading()  # nobody knows how quick they are
    Agent.objects.update(reply_seconds=360.0, replies_timed=9)
    said = "Full 16/16 · next free place in about 3 min · a new customer "
    assert f"{said}is answered in about 60 min" in heading()  # as the customer would be told
    Agent.objects.update(reply_seconds=450.0)
    assert "a new customer waits over an hour" in heading()
    Agent.objects.filter(user__department=sales).update(
        open_count=2, capacity=2, reply_seconds=360.0
    )
    said = said.replace("16/16", "4/4")
    assert f"{said}is answered in about 20 min" in heading()  # six turns of six minutes, by two
    waiting("put aside", sales, waiting_reason="parked")  # stands before nobody
    assert f"{said}is answered in about 20 min" in heading()
    Agent.objects.filter(user__department=sales).update(open_count=8, capacity=8)
    Agent.objects.filter(user=people["colleague"]).update(reason="on_break", is_routable=False)
    assert "Full 8/8" in heading()
    Agent.objects.update(reason="not_checked_in", is_routable=False)
    assert "Nobody is taking work now" in heading()


def test_the_heading_says_when_it_is_closed_and_until_when(people, sales):
    def heading() -> str:
        page = browser(people["manager"]).get("/queue").content.decode()
        return page.split('id="gh-')[1].split("</tr>")[0]

    waiting("one", sales, waiting_reason="closed")
    calendar = BusinessCalendar.objects.create(department=sales, keeps_holidays=False)
    assert "Closed" in heading()
    assert "until" not in heading()
    tomorrow = timezone.localtime() + timedelta(days=1)
    BusinessInterval.objects.create(
        calendar=calendar, weekday=tomorrow.weekday(), opens_at="08:00", closes_at="17:00"
    )
    assert f"Closed until 08:00 {tomorrow:%d/%m}" in heading()


def test_the_heading_names_policy_and_late_ones(people, sales):
    RoutingPolicy.objects.create(department=sales, method="claim", is_guarded=True)
    waiting("one", sales, due_at=timezone.now() - timedelta(minutes=1))
    waiting("two", sales, due_at=timezone.now() + timedelta(minutes=1))
    page = browser(people["manager"]).get("/queue").content.decode()
    assert "1 late" in page
    assert "people take it themselves" in page
    assert "shared evenly" in page


@pytest.mark.parametrize("is_full", [False, True])
def test_who_is_full_cannot_press_take(people, sales, is_full):
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=True)
    waiting("one", sales)
    Agent.objects.filter(user=people["staff"]).update(open_count=8 if is_full else 7)
    page = browser(people["staff"]).get("/queue").text
    assert ("you are full" in page) is is_full
    assert ("/take" in page) is not is_full
