"""Writing the long history: a chunk of days in each transaction, with how far it has come.

A run that is interrupted leaves whole chunks. The next one tells the story again from the start,
which is quick, and goes on writing where the row of SeededHistory says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random

from django.db import connection, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from accounts.models import User
from accounts.workplace import workplace_zone
from inbox.models import ContactIdentity, Conversation, Priority
from omnichat.demo.deadlines import follow_all
from omnichat.demo.past.clocks import ClockMaker
from omnichat.demo.past.company import demo_channel, demo_people, house
from omnichat.demo.past.contacts import Newcomers
from omnichat.demo.past.moments import DAY, HOUR, MINUTE, midnight, moment
from omnichat.demo.past.plan import Plan
from omnichat.demo.past.rows import Chunk, Thread
from omnichat.demo.past.scripts import Scripts
from omnichat.demo.past.working_time import write_working_days
from omnichat.demo.past.writer import settle_tables, work_in_bulk
from omnichat.lib.errors import DomainError
from omnichat.models import SeededHistory
from routing import services as routing
from routing.keyword_index import current_dictionary, stored_version
from routing.models import Agent
from workforce.models import TimeEntry
from workforce.shift_times import local_date

CHUNK = 20_000  # messages, about, in one transaction
LAST_CLOCK = 21 * HOUR + 30 * MINUTE  # of the last evening
FEWEST_SCRIPTS, MOST_SCRIPTS, MESSAGES_A_SCRIPT = 20, 600, 100
STEADY = ("inbox", "routing", "workforce")


class HistoryIsLonger(DomainError):
    code = "history_is_longer"


class WrittenTwice(DomainError):
    code = "written_twice"


def is_complete(messages: int) -> bool:
    """Is so much here, and all of it? Raises HistoryIsLonger where there is more."""
    asked = SeededHistory.objects.aggregate(sum=Sum("messages"))["sum"] or 0
    if messages < asked:
        raise HistoryIsLonger(
            f"--messages: the history here has {asked:,} messages, and none are taken away. Ask "
            f"for {asked:,} or more, or begin with an empty database."
        )
    unfinished = SeededHistory.objects.filter(finished_at=None).exists()
    return messages == asked and not unfinished


def fill(
    *,
    messages: int,
    days: int,
    seed: int,
    on_progress: Callable[[int], object] = int,
    say: Callable[[str], object] = str,
) -> int:
    """Write what is missing of `messages`; returns how many were written now.

    First what an interrupted run left. `on_progress` hears the messages of each chunk that is
    done, `say` the steps.
    """
    written = 0
    for history in SeededHistory.objects.filter(finished_at=None).order_by("pk"):
        say(f"going on with what was interrupted after {history.written:,} messages")
        written += _tell(history, on_progress, say)
    asked = SeededHistory.objects.aggregate(sum=Sum("messages"))["sum"] or 0
    if messages > asked:
        say("roster, leave and working days")
        history = _begin(messages - asked, days, seed)
        written += _tell(history, on_progress, say)
    return written


@transaction.atomic
def _begin(messages: int, days: int, seed: int) -> SeededHistory:
    """Note what is to come, and write the working days it needs."""
    work_in_bulk()
    zone, people = workplace_zone(), demo_people()
    yesterday = local_date(timezone.now(), zone) - timedelta(days=1)
    entries = TimeEntry.objects.filter(user__in=people).exclude(checked_out_at=None)
    entries = entries.filter(checked_in_at__lt=moment(midnight(yesterday, zone) + DAY))
    latest = entries.aggregate(at=Max("checked_in_at"))["at"]
    # A demo that has stood for a while: nobody came to work since.
    until = min(yesterday, local_date(latest, zone)) if latest else yesterday
    first = until - timedelta(days=days - 1)
    actor = User.objects.active_admins().order_by("pk").first()
    write_working_days(people, first, until, zone, actor, Random(f"{seed}:work"))  # noqa: S311
    newest = ContactIdentity.objects.aggregate(pk=Max("pk"))["pk"] or 0
    return SeededHistory.objects.create(
        messages=messages, days=days, seed=seed, until=until, identities_before=newest
    )


def _tell(history: SeededHistory, on_progress: Callable, say: Callable) -> int:
    say("talks")
    plan, writer = _prepare(history)
    before = _Written(history) if history.chunks else None
    written = 0
    say("conversations")
    for number, told in enumerate(plan.chunks(CHUNK), start=1):
        count = sum(cycle.message_count for _thread, cycle in told)
        if number <= history.chunks:
            before.recognise(told)
        else:
            with transaction.atomic():
                work_in_bulk()
                _note(history, number, count)
                writer(number).write(told)
            written += count
        on_progress(count)
    say("open clocks, counts of people, figures of the database")
    _settle()
    SeededHistory.objects.filter(pk=history.pk).update(finished_at=timezone.now())
    return written


def _prepare(history: SeededHistory) -> tuple[Plan, Callable[[int], Chunk]]:
    """The plan, and what makes the writer of one chunk."""
    zone, channel, people = workplace_zone(), demo_channel(), demo_people()
    first = history.until - timedelta(days=history.days - 1)
    ends_at = midnight(history.until, zone) + LAST_CLOCK
    a_day = history.messages / history.days
    ours = house(people, channel, first, ends_at, zone, messages_a_day=a_day)
    dictionary = current_dictionary(stored_version())
    # Those before it count, not its id: the same commands give the same history anywhere.
    name = f"{history.seed}:{SeededHistory.objects.filter(pk__lt=history.pk).count()}"
    rng = Random(f"{name}:plan")  # noqa: S311 - a demo, not a secret
    size = min(MOST_SCRIPTS, max(FEWEST_SCRIPTS, history.messages // MESSAGES_A_SCRIPT))
    known = ContactIdentity.objects.filter(channel=channel, pk__lte=history.identities_before)
    plan = Plan(
        house=ours,
        scripts=Scripts(ours.names, dictionary, size, rng),
        newcomers=Newcomers(rng, set(known.values_list("platform", "external_id"))),
        rng=rng,
        dates=[first + timedelta(days=n) for n in range(history.days)],
        zone=zone,
        messages=history.messages,
        ends_at=ends_at,
    )
    clocks = ClockMaker(Priority.NORMAL.value)

    def writer(number: int) -> Chunk:
        own = Random(f"{name}:{number}")  # noqa: S311
        policies = ours.team.policies
        return Chunk(channel.pk, dictionary, policies, clocks, ends_at, own)

    return plan, writer


def _note(history: SeededHistory, number: int, count: int) -> None:
    """Move the mark on, unless another run did."""
    free = SeededHistory.objects.filter(pk=history.pk, chunks=number - 1)
    if not free.update(chunks=number, written=history.written + count):
        raise WrittenTwice("Another run writes this history at the same time. Let it finish.")
    history.chunks, history.written = number, history.written + count


class _Written:
    """The ids of customers that an interrupted run has written."""

    def __init__(self, history: SeededHistory) -> None:
        rows = Conversation.objects.filter(identity__gt=history.identities_before)
        columns = ("identity__platform", "identity__external_id", "pk", "identity", "contact")
        self.ids = {(row[0], row[1]): row[2:] for row in rows.values_list(*columns)}

    def recognise(self, told: list) -> None:
        for thread, _cycle in told:
            if not thread.conversation_id:
                self._recognise(thread)

    def _recognise(self, thread: Thread) -> None:
        customer = thread.customer
        ids = self.ids[customer.platform, customer.sender]
        thread.conversation_id, thread.identity_id, thread.contact_id = ids


def _settle() -> None:
    """What a worker would have done by now, and what the database wants to know."""
    ids = list(Agent.objects.values_list("user", flat=True))
    with transaction.atomic():
        routing.recount_agents(ids)
    follow_all(timezone.now())
    settle_tables(_tables())


def _tables() -> Iterator[str]:
    names = connection.introspection.table_names()
    return (name for name in names if name.split("_")[0] in STEADY)
