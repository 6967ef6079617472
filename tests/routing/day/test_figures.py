"""Percentiles and fairness, by hand; and what the command prints."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from routing.day import Day, draw_day, figures_of, mean_of, play
from routing.day.figures import gini, percentile


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.9, 0.0),
        ([7], 0.5, 7),
        (range(1, 101), 0.9, 90),
        (range(1, 101), 0.99, 99),
        (range(1, 12), 0.9, 10),
    ],
)
def test_percentiles(values, share, expected):
    assert percentile(list(values), share) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], 0), ([0, 0], 0), ([3, 3, 3], 0), ([0, 0, 0, 4], 0.75), ([1, 3], 0.25)],
)
def test_gini(values, expected):
    assert gini(values) == pytest.approx(expected)


def run(*args: str) -> str:
    out = StringIO()
    call_command("simulate_day", *args, stdout=out, no_color=True)
    return out.getvalue()


def test_the_command_prints_the_days_figures():
    given = ("--policy", "least_open", "--load", "0.1", "--seed", "4", "--seeds", "2", "--json")
    printed = json.loads(run(*given))
    days = [draw_day(Day(), load=0.1, seed=seed) for seed in (4, 5)]
    expected = mean_of([figures_of(play(day, method="least_open")) for day in days])
    assert printed == {
        "policy": "least_open",
        "load": 0.1,
        "seed": 4,
        "seeds": 2,
        "no_skills": False,
        "busiest_hour": False,
        "in_hand": False,
        **expected.as_json(),
    }
    assert json.loads(run(*given)) == printed


def test_several_make_a_table():
    lines = run("--policy", "balanced_speed", "round_robin", "--load", "0.1", "0.2").splitlines()
    assert [line.split()[:2] for line in lines[1:5]] == [
        ["0.1", "balanced_speed"],
        ["0.1", "round_robin"],
        ["0.2", "balanced_speed"],
        ["0.2", "round_robin"],
    ]
    assert lines[5] == "1 day(s), seeds from 1"


def test_skills_can_be_left_out():
    args = ("--policy", "balanced_speed", "--load", "0.4", "--json")
    assert json.loads(run(*args))["mean"] < json.loads(run(*args, "--no-skills"))["mean"]


@pytest.mark.parametrize(
    "wrong",
    [["--policy", "claim"], ["--load", "0"], ["--load", "3"], ["--load", "x"], ["--seeds", "0"]],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(CommandError):
        run(*wrong)
