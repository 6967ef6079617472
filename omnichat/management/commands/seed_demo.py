"""Fill an empty database with the demo company, and on request with a long history."""

from __future__ import annotations

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from omnichat.demo.figures import work_out_figures
from omnichat.demo.history import DAYS
from omnichat.demo.past.run import fill, is_complete
from omnichat.demo.people_rows import bring_back
from omnichat.demo.seed import is_seeded, seed_demo
from omnichat.lib.errors import DomainError
from omnichat.models import SeededHistory

LONG_DAYS = 180
FEWEST_DAYS, MOST_DAYS = 7, 365
FEWEST_MESSAGES, MOST_MESSAGES = 100, 5_000_000
MESSAGES_A_DAY = 10_000  # more than that nine people do not answer


class Command(BaseCommand):
    help = (
        "Create the demo company. Does nothing when it is here, refuses other people's data. "
        "With --messages also a long history in bulk, up to yesterday evening; repeating it adds "
        "nothing, and a run that was interrupted is gone on with."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reply-url", default="", help="where the demo's replies are sent")
        parser.add_argument(
            "--days",
            type=int,
            help=f"days of conversations: {DAYS} by default, {LONG_DAYS} with --messages",
        )
        parser.add_argument(
            "--messages",
            type=int,
            help=(
                "size of the long history: what customers wrote and what was answered, automatic "
                "replies among it; the lines that tell what happened come on top"
            ),
        )
        parser.add_argument("--seed", type=int, default=1, help="another one, another history")

    def handle(
        self,
        *args,
        reply_url: str,
        days: int | None,
        messages: int | None,
        seed: int,
        **options,
    ) -> None:
        try:
            if messages is not None:
                _check(messages, LONG_DAYS if days is None else days)
                is_complete(messages)  # refuses before anything is written
            self._create(reply_url, DAYS if days is None or messages is not None else days)
            if messages is not None:
                self._fill(messages, LONG_DAYS if days is None else days, seed)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _create(self, reply_url: str, days: int) -> None:
        if is_seeded():
            self.stdout.write("The demo is here already.")
            if count := bring_back():
                self.stdout.write(f"  {count} of its people are checked in again.")
            return
        with tqdm(unit=" conversations", disable=None) as progress:
            done = seed_demo(
                reply_url=reply_url, days=days, on_progress=progress.update, say=self._say
            )
        self._say("what it comes to: figures and KPI")
        work_out_figures()
        self.stdout.write(self.style.SUCCESS(f"Demo company created, {done} conversations."))

    def _fill(self, messages: int, days: int, seed: int) -> None:
        if is_complete(messages):
            self.stdout.write("Its long history is here already, nothing is added:")
        else:
            with tqdm(total=messages, unit=" messages", unit_scale=True, disable=None) as progress:
                written = fill(
                    messages=messages,
                    days=days,
                    seed=seed,
                    on_progress=progress.update,
                    say=self._say,
                )
            self.stdout.write(self.style.SUCCESS(f"{written:,} messages written:"))
        for one in SeededHistory.objects.order_by("pk"):
            first = one.until - timedelta(days=one.days - 1)
            self.stdout.write(
                f"  {one.messages:,} messages from {first} to {one.until}, seed {one.seed}"
            )

    def _say(self, step: str) -> None:
        self.stdout.write(f"  {step} …")
        self.stdout.flush()


def _check(messages: int, days: int) -> None:
    """Refuse numbers that make no history, each with the name of what to change."""
    if not FEWEST_MESSAGES <= messages <= MOST_MESSAGES:
        raise CommandError(
            f"--messages: {messages:,} is not between {FEWEST_MESSAGES:,} and {MOST_MESSAGES:,}."
        )
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise CommandError(f"--days: {days:,} is not between {FEWEST_DAYS} and {MOST_DAYS}.")
    if messages > days * MESSAGES_A_DAY:
        least = -(-messages // MESSAGES_A_DAY)
        raise CommandError(
            f"--days: nine people answer no more than {MESSAGES_A_DAY:,} messages a day, so"
            f" {messages:,} need {least} days or more."
        )
