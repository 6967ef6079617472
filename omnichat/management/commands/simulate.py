"""Let simulated customers write."""

from __future__ import annotations

import signal
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from inbox.models import Channel, Conversation
from inbox.services import rotate_secret, save_channel
from omnichat.demo.people import COLLEAGUES, ROSTER
from omnichat.demo.simulated_staff import SimulatedPerson
from omnichat.demo.simulation import NotLocal, Simulation, answers, listening

CHANNEL = "Mô phỏng"
PROGRESS_SECONDS = 1.0
LAST_REPLIES_SECONDS = 2.0
FASTEST = 6000  # messages a minute


class Command(BaseCommand):
    help = (
        "Let invented customers write to the demo through the real webhook, take replies on an "
        "address of their own and answer them. Ctrl-C ends it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rate", type=float, default=20, help="messages a minute")
        parser.add_argument("--minutes", type=float, help="stop after this time")
        parser.add_argument("--count", type=int, help="stop after so many messages")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the demo runs")
        parser.add_argument(
            "--staff", action="store_true", help="let the demo's colleagues answer by themselves"
        )

    def handle(
        self,
        *args,
        rate: float,
        minutes: float | None,
        count: int | None,
        url: str,
        staff: bool,
        **options,
    ) -> None:
        if not settings.DEMO:
            raise CommandError("Set DEMO=1: simulated customers belong to a demo only.")
        if not 0 < rate <= FASTEST:
            raise CommandError(f"--rate is messages a minute, more than 0 and up to {FASTEST}.")
        try:
            if not answers(url):
                raise CommandError(
                    f"Nothing answers at {url}. Start the demo first, or tell its address by --url."
                )
        except NotLocal as error:
            raise CommandError(str(error)) from error
        channel = _channel()
        simulation = Simulation(url=url, secret=channel.secret, rate=rate)
        people = _people(simulation, url) if staff else []
        is_over = _stop_after(minutes)
        with listening(simulation) as reply_url:
            save_channel(channel=channel, actor=_admin(), changes={"reply_url": reply_url})
            self.stdout.write(f"{rate:g} messages a minute to {url}; Ctrl-C ends it.")
            progress = _Progress(self, simulation, people)
            simulation.run(until=is_over, count=count, on_tick=progress.tick)
            deadline = time.monotonic() + LAST_REPLIES_SECONDS
            while time.monotonic() < deadline and not is_over():
                progress.tick()
                time.sleep(0.1)
        self.stdout.write("")
        self.stdout.write(self.style.SUCCESS(progress.line()))


class _Progress:
    """Lets the staff work and rewrites one line a second."""

    def __init__(
        self, command: Command, simulation: Simulation, people: list[SimulatedPerson]
    ) -> None:
        self.command, self.simulation, self.people = command, simulation, people
        self.next_at = 0.0

    def tick(self) -> None:
        for person in self.people:
            person.tick()
        if time.monotonic() < self.next_at:
            return
        self.next_at = time.monotonic() + PROGRESS_SECONDS
        out = self.command.stdout
        if out.isatty():
            out.write(f"\r{self.line():<100}", ending="")
            out.flush()

    def line(self) -> str:
        return self.simulation.counts.line(Conversation.objects.waiting().count())


def _channel() -> Channel:
    """The simulation's own channel, made once."""
    channel = Channel.objects.filter(name=CHANNEL, kind=Channel.Kind.GENERIC).first()
    if channel is None:
        channel = save_channel(channel=None, actor=_admin(), changes={"name": CHANNEL})
    if not channel.secrets_at(timezone.now()):
        rotate_secret(channel=channel, actor=_admin())
        channel.refresh_from_db()
    if not channel.is_active:
        raise CommandError(f"The channel “{CHANNEL}” is switched off.")
    return channel


def _admin() -> User:
    admin = User.objects.active_admins().order_by("pk").first()
    if admin is None:
        raise CommandError("There is nobody here yet. Start the demo first: make run")
    return admin


def _people(simulation: Simulation, url: str) -> list[SimulatedPerson]:
    """The colleagues who answer customers; staff1 and staff2 stay with whoever watches."""
    return [
        SimulatedPerson(simulation, url, username, password)
        for username, password, *_rest in COLLEAGUES
        if username in ROSTER
    ]


def _stop_after(minutes: float | None):
    """A question that is answered with yes after this time, or after Ctrl-C or SIGTERM."""
    heard: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: heard.append(number))
    deadline = time.monotonic() + minutes * 60 if minutes else None
    return lambda: bool(heard) or (deadline is not None and time.monotonic() >= deadline)
