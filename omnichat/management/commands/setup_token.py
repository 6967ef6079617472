from urllib.parse import urlencode

from django.core.management.base import BaseCommand, CommandParser

from accounts.services import is_first_run
from omnichat.setup.token import setup_token


class Command(BaseCommand):
    help = "Print the address of the first run's page, while nobody has an account."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-needed", action="store_true", help="else say nothing")

    def handle(self, *args, if_needed: bool, **options) -> None:
        if is_first_run():
            query = urlencode({"token": setup_token()})
            self.stdout.write(
                "Nobody has an account yet. Set OmniChat up in a browser, at this host:\n"
                f"  /setup?{query}"
            )
        elif not if_needed:
            self.stdout.write("Somebody has an account already, so there is nothing to set up.")
