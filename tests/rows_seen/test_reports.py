"""Whose work the figures, rows and files of reports tell of: a manager's department, or all."""

from __future__ import annotations

import csv
import io
from itertools import count

import pytest
from django.utils import timezone

from inbox.models import Channel
from reporting.models import Fact
from reporting.services.facts import lock_position
from reporting.services.rollups import mark_days, roll_stale_days
from tests.factories import ChannelFactory

# Facts of each department; five of nobody's.
SALES, BILLING, NOBODYS = 3, 4, 5
SEES = {"admin": SALES + BILLING + NOBODYS, "manager": SALES, "other_manager": BILLING}
GROUPINGS = ("department", "user", "channel", "keyword", "day", "hour")


@pytest.fixture
def channel(db) -> Channel:
    return ChannelFactory(name="Zalo")


@pytest.fixture(autouse=True)
def facts(people, sales, billing, channel) -> None:
    """Conversations that began today in each department, added up."""
    numbers, now = count(1), timezone.now()
    today = timezone.localdate(now)

    def began(times: int, department, actor) -> list[Fact]:
        return [
            Fact(
                kind=Fact.Kind.CYCLE_STARTED,
                source_id=next(numbers),
                department=department,
                actor=actor,
                channel=channel,
                label="inbound",
                at=now,
                day=today,
                hour=9,
            )
            for _time in range(times)
        ]

    Fact.objects.bulk_create(
        began(SALES, sales, people["staff"])
        + began(BILLING, billing, people["other_staff"])
        + began(NOBODYS, None, None)
    )
    lock_position()
    mark_days([today])
    roll_stale_days()


@pytest.mark.parametrize("who", SEES)
@pytest.mark.parametrize("group_by", GROUPINGS)
@pytest.mark.parametrize("more", ["", "&channel={channel}"], ids=["rollups", "facts"])
def test_figures_are_of_what_one_sees(people, api, channel, who, group_by, more):
    query = f"group_by={group_by}{more.format(channel=channel.pk)}"
    body = api(people[who]).get(f"/api/v1/reports/summary?{query}").json()
    assert body["total"]["started"]["value"] == SEES[who]
    assert sum(row["metrics"]["started"]["value"] for row in body["rows"]) == SEES[who]


@pytest.mark.parametrize("who", SEES)
def test_rows_and_files_are_of_what_one_sees(people, client, who):
    client.force_login(people[who])
    assert client.get("/reports/rows?metric=started").context["count"] == SEES[who]
    file = client.get("/reports/rows/export?metric=started&format=csv")
    text = b"".join(file.streaming_content).decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) - 1 == SEES[who]
    page = client.get("/reports").context["page"]
    assert page.report.total["started"].amount == SEES[who]


def test_a_manager_cannot_ask_for_another_department_or_person(people, client, api, billing):
    client.force_login(people["manager"])
    stranger = people["other_staff"].public_id
    for query, field in (
        (f"department={billing.pk}", "department"),
        (f"person={stranger}", "person"),
    ):
        for door in ("/reports", "/reports/rows", "/reports/export", "/reports/rows/export"):
            answer = client.get(f"{door}?{query}")
            assert answer.status_code == 400
            assert list(answer.context["form"].errors) == [field]
        answer = api(people["manager"]).get(f"/api/v1/reports/summary?{query}")
        assert (answer.status_code, list(answer.json())) == (400, [field])


def test_the_lines_name_nobody_of_another_department(people, client):
    client.force_login(people["manager"])
    page = client.get("/reports?group_by=user").content.decode()
    assert people["staff"].display_name in page
    assert people["other_staff"].display_name not in page


@pytest.mark.parametrize("who", ["staff", "other_staff"])
def test_staff_see_no_reports(people, client, api, who):
    client.force_login(people[who])
    for door in ("", "/print", "/rows", "/export", "/rows/export", "/glossary"):
        assert client.get(f"/reports{door}").status_code == 403
    assert api(people[who]).get("/api/v1/reports/summary").status_code == 403
