"""Vietnam's public holidays, taken into the table of holidays."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workforce.services import copy_holidays

FIRST_YEAR, LAST_YEAR = 2021, 2099


class Command(BaseCommand):
    help = (
        "Add Vietnam's public holidays of some years, by default this and the next one, to the"
        " table of holidays. Rows that are there stay as they are. Safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("years", nargs="*", type=int, help="such as 2026 2027")

    def handle(self, *args, years: list[int], **options) -> None:
        this_year = date.today().year  # noqa: DTZ011 - whichever zone: a year more does no harm
        years = years or [this_year, this_year + 1]
        if wrong := [year for year in years if not FIRST_YEAR <= year <= LAST_YEAR]:
            raise CommandError(f"Years from {FIRST_YEAR} to {LAST_YEAR}, not {wrong[0]}.")
        added = copy_holidays(years)
        for holiday in added:
            state = "" if holiday.is_confirmed else " (not confirmed)"
            self.stdout.write(f"{holiday.date} {holiday.name}{state}")
        self.stdout.write(self.style.SUCCESS(f"{len(added)} holidays added"))
