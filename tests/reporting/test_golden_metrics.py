"""Every figure of the catalogue, for every grouping, is what the golden set comes to by hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import astuple
from datetime import timedelta

import pytest

from reporting import tallying
from reporting.metrics import CATALOGUE, Unit
from reporting.metrics.measures import picks_of
from reporting.report import make_report
from reporting.services import rebuild_facts
from reporting.slices import Basis, GroupBy, Slice
from tests.reporting.golden import totals
from tests.reporting.golden.facts import Row, expected_rows
from tests.reporting.golden.figures import FIGURES, Figure, figures_of
from tests.reporting.golden.load import AT, FIRST, LAST, loaded
from tests.workforce.timesheet_rows import moment

METRICS = tuple(CATALOGUE.values())
REQUESTS = ("requests", "decision_time")
GROUPINGS = [one for one in GroupBy if one != GroupBy.REQUEST_TYPE]
BASES = pytest.mark.parametrize("basis", list(Basis), ids=str)
ADDED = ("started", "resolved", "replies", "messages_in", "messages_out", "assigned")
ADDED += ("sla_breached", "late", "left_early", "absent", "requests")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), loaded() as world:
        rebuild_facts(progress=lambda done, of: None, at=moment(AT))
        yield world


@pytest.fixture(autouse=True)
def within(world, db) -> None:
    """Every test in a savepoint of its own."""


@pytest.fixture
def period(world):
    """`period(basis, viewer="mai", person="lan", …)` is the slice, with names for rows."""

    def call(basis=Basis.BUSINESS, *, viewer="boss", person=None, channel=None, department=None):
        return Slice(
            viewer=world.people[viewer],
            first=FIRST,
            last=LAST,
            person_id=person and world.people[person].pk,
            channel_id=channel and world.channels[channel].pk,
            department_id=department and world.departments[department].pk,
            basis=basis,
        )

    return call


def in_period(**filters: str) -> list[Row]:
    rows = [row for row in expected_rows() if FIRST <= row.day <= LAST]
    return [r for r in rows if all(getattr(r, name) == value for name, value in filters.items())]


def key_of(world, group_by: GroupBy, row: Row) -> str:
    """The key of a line, as a report names it."""
    kinds = {"user": ("people", row.actor), "department": ("departments", row.department)}
    kinds["channel"] = ("channels", row.channel)
    if group_by.value in kinds:
        kind, name = kinds[group_by.value]
        if name == "-":
            return ""
        found = getattr(world, kind)[name]
        return str(found.public_id if group_by == GroupBy.USER else found.pk)
    plain = {"day": row.day, "hour": row.hour, "keyword": row.keyword, "request_type": row.label}
    return str(plain[group_by.value])


def groups_of(world, group_by: GroupBy, rows: list[Row]) -> dict[str, list[Row]]:
    found = defaultdict(list)
    if group_by == GroupBy.DAY:
        for number in range((LAST - FIRST).days + 1):
            found[str(FIRST + timedelta(days=number))] = []
    for row in rows:
        found[key_of(world, group_by, row)].append(row)
    return dict(found)


def assert_same(found: dict, wanted: dict[str, Figure]) -> None:
    """Exact but for the last bit of a division."""
    for code, value in found.items():
        if astuple(value) != tuple(wanted[code]):
            assert astuple(value) == pytest.approx(tuple(wanted[code]), rel=1e-12), code


def assert_report(world, what: Slice, group_by: GroupBy, rows: list[Row], metrics=METRICS) -> None:
    report = make_report(what, group_by, metrics)
    wanted = groups_of(world, group_by, rows)
    assert {row.key for row in report.rows} == set(wanted)
    for row in report.rows:
        assert_same(row.values, figures_of(wanted[row.key], what.basis))
    assert_same(report.total, figures_of(rows, what.basis))


def test_each_figure_has_its_definition_by_hand():
    assert set(FIGURES) == set(CATALOGUE)


# --- Against the facts by hand ------------------------------------------------------------------
@BASES
@pytest.mark.parametrize("group_by", GROUPINGS, ids=str)
def test_every_figure_of_every_line(world, period, group_by, basis):
    assert_report(world, period(basis), group_by, in_period())


@BASES
def test_requests_by_kind(world, period, basis):
    metrics = tuple(CATALOGUE[code] for code in REQUESTS)
    rows = in_period(kind="request")
    assert_report(world, period(basis), GroupBy.REQUEST_TYPE, rows, metrics)


@BASES
def test_the_period_before_is_the_day_before(world, period, basis):
    before = [row for row in expected_rows() if row.day < FIRST]
    assert {row.conversation for row in before} == {"the_day_before"}
    report = make_report(period(basis), GroupBy.DEPARTMENT, METRICS)
    assert_same(report.before, figures_of(before, basis))


@pytest.mark.parametrize("group_by", GROUPINGS, ids=str)
@pytest.mark.parametrize(
    "names",
    [
        {"department": "sales"},
        {"department": "care"},
        {"channel": "zalo"},
        {"person": "lan"},
        {"person": "minh", "channel": "web"},
        {"person": "tuan", "channel": "facebook", "department": "care"},
    ],
    ids=lambda names: "-".join(names.values()),
)
def test_filters(world, period, group_by, names):
    rows = in_period(**{{"person": "actor"}.get(name, name): v for name, v in names.items()})
    assert rows
    assert_report(world, period(**names), group_by, rows)


@pytest.mark.parametrize("group_by", GROUPINGS, ids=str)
def test_a_manager_sees_the_department_and_staff_their_own(world, period, group_by):
    assert_report(world, period(viewer="mai"), group_by, in_period(department="sales"))
    assert_report(world, period(viewer="minh"), group_by, in_period(actor="minh"))


# --- Two ways, one answer -----------------------------------------------------------------------
@BASES
@pytest.mark.parametrize("group_by", GROUPINGS, ids=str)
def test_facts_and_rollups_give_the_same(world, period, group_by, basis, monkeypatch):
    picks = [pick for metric in METRICS for pick in picks_of(metric.measure)]
    answers = []
    for axis in (tallying._axis, lambda what, group_by: None):
        monkeypatch.setattr(tallying, "_axis", axis)
        groups = tallying.tally(period(basis), group_by, picks)
        answers.append(
            {
                (key, *kind): (tally.count, sorted(tally.values))
                for key, tallies in groups.items()
                for kind, tally in tallies.items()
            }
        )
    assert answers[0] == answers[1]
    assert len(answers[0]) > 20


@pytest.mark.parametrize("group_by", GROUPINGS, ids=str)
def test_the_lines_add_up_to_the_whole(period, group_by):
    report = make_report(period(), group_by, METRICS)
    counted = [metric.code for metric in METRICS if metric.unit == Unit.COUNT]
    assert set(counted) == set(ADDED)
    for code in counted:
        assert sum(row.values[code].amount for row in report.rows) == report.total[code].amount
        assert report.total[code].amount > 0, code
    # Of durations the ones they rest on.
    for code in ("first_response", "reply_time", "resolution_time", "queue_time"):
        assert sum(row.values[code].n for row in report.rows) == report.total[code].n


# --- Against figures ----------------------------------------------------------------------------
def minutes(value) -> tuple:
    return tuple(seconds / 60 for seconds in (value.amount, value.mean, value.p90)), value.n


def assert_minutes(found: dict, wanted: dict, basis: str) -> None:
    for (code, by), (median, n, mean, p90) in wanted.items():
        if by == basis:
            assert minutes(found[code]) == (pytest.approx((median, mean, p90)), n), code


def test_the_whole_in_figures(period):
    total = make_report(period(), GroupBy.DEPARTMENT, METRICS).total
    found = {code: total[code].amount for code in totals.WHOLE}
    assert found == pytest.approx(totals.WHOLE)


@BASES
def test_care_and_tuan_in_figures(world, period, basis):
    report = make_report(period(basis), GroupBy.DEPARTMENT, METRICS)
    care = next(r for r in report.rows if r.key == str(world.departments["care"].pk))
    assert_minutes(care.values, totals.CARE, basis)
    report = make_report(period(basis), GroupBy.USER, METRICS)
    tuan = next(r for r in report.rows if r.key == str(world.people["tuan"].public_id))
    assert_minutes(tuan.values, totals.TUAN, basis)


def test_a_channel_on_a_day_in_figures(period):
    report = make_report(period(channel="facebook"), GroupBy.DAY, METRICS)
    day = next(row for row in report.rows if row.key == "2026-02-03")
    assert_minutes(day.values, totals.FACEBOOK_ON_THE_3RD, "business")
    assert day.values["started"].amount == day.values["resolved"].amount == 2
    assert day.values["one_touch"].amount == 100
