"""Fill an empty database with the demo company."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from omnichat.demo import content
from omnichat.demo.seed import is_seeded, seed_demo
from omnichat.lib.errors import DomainError


class Command(BaseCommand):
    help = "Create the demo company. Does nothing when it is here, refuses other people's data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reply-url", default="", help="where the demo's replies are sent")

    def handle(self, *args, reply_url: str, **options) -> None:
        try:
            if is_seeded():
                self.stdout.write("The demo is here already.")
                return
        except DomainError as error:
            raise CommandError(str(error)) from error
        total = len(content.CONVERSATIONS)
        with tqdm(total=total, unit="conversation", disable=None) as progress:
            done = seed_demo(reply_url=reply_url, on_progress=progress.update)
        self.stdout.write(self.style.SUCCESS(f"Demo company created, {done} conversations."))
