"""The ceiling: bench/limit.sql, called by pgbench over as many connections as the web gets."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench.figures import summary

LIMIT_SQL = Path(__file__).with_name("limit.sql")
# The customer of each call is new, as in the webhooks it is compared with.
CALL = """\\set a random(1, 2000000000)
\\set b random(1, 2000000000)
SELECT take('+84' || :a || :b, 'cho em hỏi sản phẩm này còn hàng không ạ, em cảm ơn');
"""


def prepare(url: str) -> None:
    """Create the tables and the function in this database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(LIMIT_SQL.read_text())


def measure(url: str, *, connections: int, seconds: float) -> dict:
    """Transactions per second and percentiles in milliseconds; {} where pgbench is missing."""
    if not (pgbench := shutil.which("pgbench")):
        return {}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "call.sql")
        script.write_text(CALL)
        done = subprocess.run(
            [
                *(pgbench, "-n", "-M", "prepared", "-f", script),
                *("-c", str(connections), "-j", "2", "-T", str(max(1, round(seconds)))),
                *("--log", f"--log-prefix={folder}/log"),
            ],
            env=os.environ | libpq_environment(url) | {"PGOPTIONS": "-c search_path=bench_limit"},
            capture_output=True,
            text=True,
            check=True,
        )
        # client, number, microseconds, script, time, microseconds
        lines = [line.split() for log in Path(folder).glob("log.*") for line in log.open()]
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if rate is None:
        raise RuntimeError(f"pgbench said nothing of its rate: {done.stdout}")
    return {"rate": round(float(rate[1]), 1)} | summary(int(line[2]) / 1000 for line in lines)


def libpq_environment(url: str) -> dict[str, str]:
    """The variables by which PostgreSQL's own tools find this database."""
    parts = urlsplit(url)
    found = {
        "PGHOST": parts.hostname,
        "PGPORT": parts.port and str(parts.port),
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.path.lstrip("/"),
    }
    return {name: value for name, value in found.items() if value}
