from urllib.parse import urlencode

from django.core.management.base import BaseCommand

from accounts.services import is_first_run
from omnichat.setup.token import setup_token


class Command(BaseCommand):
    help = "Print the address of the first run's page, while nobody has an account."

    def handle(self, *args, **options) -> None:
        if not is_first_run():
            self.stdout.write("Somebody has an account already, so there is nothing to set up.")
            return
        query = urlencode({"token": setup_token()})
        self.stdout.write(
            "Nobody has an account yet. Set OmniChat up in a browser, at this host:\n"
            f"  /setup?{query}"
        )
