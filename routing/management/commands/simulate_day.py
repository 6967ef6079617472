from __future__ import annotations

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from routing.day import Day, Figures, draw_day, figures_of, mean_of, play
from routing.scoring import Method

POLICIES = [str(method) for method in Method if method != Method.CLAIM]
COLUMNS = (
    ("conversations", "conversations", 0),
    ("mean min", "mean", 2),
    ("p90", "p90", 1),
    ("p99", "p99", 1),
    ("SLA %", "sla_percent", 1),
    ("stuck >60", "stuck", 1),
    ("later >60", "stuck_later", 1),
    ("unanswered", "unanswered", 1),
    ("unfairness", "unfairness", 3),
)


class Command(BaseCommand):
    help = (
        "Play a synthetic day through the real scoring and print how long customers wait for the "
        "first reply. Touches no data. Several policies and loads give a table; with the same "
        "seeds all see the same customers."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--policy", nargs="+", choices=POLICIES, default=["balanced_speed"])
        parser.add_argument("--load", nargs="+", type=_load, default=[0.75])
        parser.add_argument("--seed", type=int, default=1, help="the first day")
        parser.add_argument("--seeds", type=_count, default=1, help="so many days, their mean")
        parser.add_argument("--no-skills", action="store_true", help="own department only")
        parser.add_argument(
            "--busiest-hour",
            action="store_true",
            help="the load is that of the busiest hour, not of the whole day",
        )
        parser.add_argument(
            "--in-hand",
            action="store_true",
            help="count conversations that wait for the customer as open, as many desks do",
        )
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args, **options) -> None:
        day = Day(is_load_of_busiest_hour=options["busiest_hour"])
        seeds = range(options["seed"], options["seed"] + options["seeds"])
        if not options["json"]:
            self.stdout.write(_row("load", "policy", *(title for title, _name, _digits in COLUMNS)))
        for load in options["load"]:
            drawn = [draw_day(day, load=load, seed=seed) for seed in seeds]
            for policy in options["policy"]:
                how = {
                    "method": policy,
                    "has_skills": not options["no_skills"],
                    "counts_in_hand": options["in_hand"],
                }
                figures = mean_of([figures_of(play(one, **how)) for one in drawn])
                self.stdout.write(_line(load, policy, figures, options))
        if not options["json"]:
            self.stdout.write(self.style.SUCCESS(f"{len(seeds)} day(s), seeds from {seeds[0]}"))


def _line(load: float, policy: str, figures: Figures, options: dict) -> str:
    if options["json"]:
        names = ("seed", "seeds", "no_skills", "busiest_hour", "in_hand")
        run = {"policy": policy, "load": load} | {name: options[name] for name in names}
        return json.dumps(run | figures.as_json())
    values = [f"{getattr(figures, name):.{digits}f}" for _title, name, digits in COLUMNS]
    return _row(f"{load:g}", policy, *values)


def _row(load: str, policy: str, *values: str) -> str:
    return f"{load:>5}  {policy:<15}" + "".join(f"{value:>14}" for value in values)


def _load(text: str) -> float:
    load = float(text)
    if not 0 < load <= 2:  # noqa: PLR2004
        raise ValueError(text)
    return load


def _count(text: str) -> int:
    count = int(text)
    if not 0 < count <= 1000:  # noqa: PLR2004
        raise ValueError(text)
    return count
