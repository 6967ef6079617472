"""What a report is asked for that it cannot be: 400, the field and the reason, on every door."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.html import escape

DOORS = ["/reports", "/reports/print", "/reports/export", "/reports/rows", "/reports/rows/export"]
WRONG = {
    "a day that is none": ("start=2026-02-30", "start"),
    "no date": ("end=tomorrow", "end"),
    "another way to write it": ("start=28/11/2026", "start"),
    "before there were computers": ("start=0001-01-01", "start"),
    "far ahead": ("end=9999-12-31", "end"),
    "the wrong way round": ("start=2026-11-20&end=2026-11-10", "end"),
    "too much": ("start=2020-01-01&end=2026-11-10", "start"),
    "lines nobody knows": ("group_by=weekday", "group_by"),
    "lines of another report": ("report=attendance&group_by=channel", "group_by"),
    "a report nobody knows": ("report=everything", "report"),
    "hours nobody knows": ("hours=night", "hours"),
    "a department that is none": ("department=999999", "department"),
    "a department by name": ("department=Sales", "department"),
    "a number no column holds": (f"channel={10**30}", "channel"),
    "a person by number": ("person=7", "person"),
}
WRONG_OF_ROWS = {
    "a figure nobody knows": ("metric=happiness", "metric"),
    "a line too long": (f"key={'x' * 121}", "key"),
}


@pytest.mark.parametrize(("query", "field"), WRONG.values(), ids=WRONG)
def test_the_api_names_the_field(people, api, query, field):
    answer = api(people["admin"]).get(f"/api/v1/reports/summary?{query}")
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("query", "field"), WRONG.values(), ids=WRONG)
def test_pages_and_files_name_the_field(people, client, door, query, field):
    client.force_login(people["admin"])
    answer = client.get(f"{door}?{query}")
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    with translation.override(people["admin"].language):
        reason = escape(answer.context["form"].errors[field][0])
    assert reason in answer.content.decode()


@pytest.mark.parametrize("door", ["/reports/rows", "/reports/rows/export"])
@pytest.mark.parametrize(("query", "field"), WRONG_OF_ROWS.values(), ids=WRONG_OF_ROWS)
def test_rows_name_the_field(people, client, door, query, field):
    client.force_login(people["admin"])
    answer = client.get(f"{door}?{query}")
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]


@pytest.mark.parametrize("key", ["x", "-1", str(10**30), "2026-02-30", "999999999", "½"])
@pytest.mark.parametrize("group_by", ["department", "user", "channel", "day", "hour", "keyword"])
def test_a_line_that_cannot_be_has_no_rows(people, client, group_by, key):
    """A link that was changed by hand; a keyword may read like anything."""
    client.force_login(people["admin"])
    answer = client.get(f"/reports/rows?metric=started&group_by={group_by}&key={key}")
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.context["count"] == 0
    else:
        assert list(answer.context["form"].errors) == ["key"]
