"""One pass of what the worker does all the time."""

from django.core.management.base import BaseCommand, CommandParser

from inbox.services import deliver_due


class Command(BaseCommand):
    help = "Send the replies that are due. Safe to repeat; the worker does it all the time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=500, help="at most this many")

    def handle(self, *args, limit: int, **options) -> None:
        done = deliver_due(limit=limit)
        self.stdout.write(self.style.SUCCESS(f"{done} calls made"))
