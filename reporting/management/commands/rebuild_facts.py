"""Facts and rollups anew, from the records."""

from django.core.management.base import BaseCommand
from tqdm import tqdm

from reporting.services import rebuild_facts


class Command(BaseCommand):
    help = (
        "Derive the facts that reports count again and add up their days. Only what differs is"
        " written: safe to repeat, to end half way and to run beside the worker."
    )

    def handle(self, *args, **options) -> None:
        with tqdm(unit="conversation", file=self.stderr, disable=None) as bar:

            def show(done: int, of: int) -> None:
                bar.total = of
                bar.update(done - bar.n)

            rebuilt = rebuild_facts(progress=show)
        self.stdout.write(
            self.style.SUCCESS(
                f"{rebuilt.conversations} conversations looked at,"
                f" {rebuilt.days} days added up again"
            )
        )
