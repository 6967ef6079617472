"""KPI of a month anew, of everybody or of one person."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from accounts.models import User
from accounts.names import normalize_username
from reporting.kpi_periods import parse_month
from reporting.services import recalculate_kpis
from reporting.services.kpi import this_month


class Command(BaseCommand):
    help = (
        "Work out the KPI of a month again from facts and figures entered. Only what differs is"
        " written: safe to repeat, to run twice at once and beside the worker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", metavar="YYYY-MM", help="without it this month")
        parser.add_argument("--user", metavar="NAME", help="sign-in name of one person")

    def handle(self, *args, **options) -> None:
        period = this_month()
        if options["period"]:
            period = parse_month(options["period"])
        if period is None or period > this_month():
            raise CommandError("Write the month like 2026-11, none that has not begun.")
        users = None if options["user"] is None else [_person(options["user"]).pk]
        with tqdm(unit="person", file=self.stderr, disable=None) as bar:

            def show(done: int, of: int) -> None:
                bar.total = of
                bar.update(done - bar.n)

            done = recalculate_kpis(period, users=users, progress=show)
        self.stdout.write(
            self.style.SUCCESS(
                f"{period:%Y-%m}: {done.people} people have a score, {done.changed} rows changed"
            )
        )


def _person(name: str) -> User:
    person = User.objects.filter(username=normalize_username(name)).first()
    if person is None:
        raise CommandError(f"There is nobody called {name}.")
    return person
