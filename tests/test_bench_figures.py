"""The arithmetic of `make bench`."""

import pytest

from bench.ceiling import libpq_environment
from bench.figures import percentile, ratio, summary, table


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([7], 50, 7),
        ([7], 99, 7),
        ([1, 2], 50, 1),
        ([1, 2], 51, 2),
        ([1, 2, 3, 4], 50, 2),
        (range(1, 101), 95, 95),
        (range(1, 101), 100, 100),
        (range(1, 11), 95, 10),
        (range(1, 1001), 99, 990),
        ([1, 2, 3], 0.1, 1),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(values, percent, expected):
    assert percentile(list(values), percent) == expected


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1], 0), ([1], 101), ([1], -5)])
def test_what_has_no_percentile_is_refused(values, percent):
    with pytest.raises(ValueError, match=r"values|percentile"):
        percentile(values, percent)


def test_a_summary_sorts_and_rounds():
    assert summary([3.0, 1.0, 2.005]) == {"count": 3, "p50": 2.0, "p95": 3.0, "p99": 3.0}
    assert summary([]) == {"count": 0}


@pytest.mark.parametrize(
    ("value", "ceiling", "expected"),
    [(50.0, 1000.0, 0.05), (1, 3, 0.3333), (0, 5, None), (5, 0, None), (5, None, None)],
)
def test_a_ratio(value, ceiling, expected):
    assert ratio(value, ceiling) == expected


def test_a_table_lines_its_columns_up():
    told = table(("page", "ms"), [("list", 12.345), ("thread", None), ("x", 0.05)])
    assert told.splitlines() == [
        "  page       ms",
        "  list     12.3",
        "  thread      -",
        "  x       0.050",
    ]


def test_postgresqls_tools_find_the_database():
    assert libpq_environment("postgres://me:pw@db.example:6543/shop") == {
        "PGHOST": "db.example",
        "PGPORT": "6543",
        "PGUSER": "me",
        "PGPASSWORD": "pw",
        "PGDATABASE": "shop",
    }
    assert libpq_environment("postgres://me@localhost/x") == {
        "PGHOST": "localhost",
        "PGUSER": "me",
        "PGDATABASE": "x",
    }
