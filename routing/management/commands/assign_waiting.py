"""One pass of what the worker does all the time."""

from django.core.management.base import BaseCommand, CommandParser

from routing.services import assign_waiting


class Command(BaseCommand):
    help = "Assign conversations that still wait. Safe to repeat; the worker does it every 2 s."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=500, help="at most this many")

    def handle(self, *args, limit: int, **options) -> None:
        done = assign_waiting(limit=limit)
        self.stdout.write(self.style.SUCCESS(f"{done} assigned"))
