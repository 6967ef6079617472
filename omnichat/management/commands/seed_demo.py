"""Fill an empty database with the demo company."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from omnichat.demo.history import DAYS
from omnichat.demo.people_rows import bring_back
from omnichat.demo.seed import is_seeded, seed_demo
from omnichat.lib.errors import DomainError


class Command(BaseCommand):
    help = "Create the demo company. Does nothing when it is here, refuses other people's data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reply-url", default="", help="where the demo's replies are sent")
        parser.add_argument("--days", type=int, default=DAYS, help="days of conversations")

    def handle(self, *args, reply_url: str, days: int, **options) -> None:
        try:
            if is_seeded():
                self.stdout.write("The demo is here already.")
                if count := bring_back():
                    self.stdout.write(f"  {count} of its people are checked in again.")
                return
        except DomainError as error:
            raise CommandError(str(error)) from error
        with tqdm(unit=" conversations", disable=None) as progress:
            done = seed_demo(
                reply_url=reply_url, days=days, on_progress=progress.update, say=self._say
            )
        self.stdout.write(self.style.SUCCESS(f"Demo company created, {done} conversations."))

    def _say(self, step: str) -> None:
        self.stdout.write(f"  {step} …")
        self.stdout.flush()
