"""The worker: sends what is due, repairs what was lost, runs the periodic jobs.

Any number may run on any number of hosts with PostgreSQL; one with SQLite.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from accounts.jobs import flush_expired, forget_live_events
from accounts.services import prune_notifications
from inbox import services as inbox
from inbox.models import OutboundPart
from omnichat.models import PeriodicJob
from reporting import services as reporting
from routing import services as routing
from workforce import services as workforce

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.25  # between two looks at the outbox
DATABASE_AWAY_SECONDS = 2.0
# Between two turns of a job, beyond its own rhythm. Longer, and the workers were down or asleep,
# the database away or the clock set: time in which nobody could answer. A short restart is no gap,
# nor are clocks of several hosts that differ by less.
LONGEST_GAP = timedelta(minutes=2)
SENDERS = 4  # calls at the same time; slow receivers hold as many as they have parts due


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the table of periodic work; `counts_time` is told since when it runs steadily."""

    name: str
    every: timedelta
    run: Callable[..., object]
    counts_time: bool = False


JOBS = (
    Job("assign_waiting", timedelta(seconds=2), routing.assign_waiting),
    Job(
        "take_away_unanswered", timedelta(seconds=5), routing.take_away_unanswered, counts_time=True
    ),
    Job("repair_agents", timedelta(seconds=5), routing.repair_agents),
    Job("repair_keyword_version", timedelta(seconds=5), routing.repair_keyword_version),
    Job("count_keyword_hits", timedelta(seconds=30), routing.count_keyword_hits),
    Job("flush_keyword_imports", timedelta(hours=6), routing.flush_keyword_imports),
    Job("follow_time", timedelta(seconds=0.25), workforce.follow_time),
    Job("follow_clocks", timedelta(seconds=0.25), routing.follow_clocks),
    Job("hear_of_hours", timedelta(seconds=10), routing.hear_of_hours),
    Job("warn_deadlines", timedelta(seconds=1), routing.warn_deadlines),
    Job("wake_snoozed", timedelta(seconds=1), inbox.wake_snoozed),
    Job("repair_history", timedelta(seconds=30), workforce.repair_history),
    Job("end_time_of_deactivated", timedelta(seconds=30), workforce.end_time_of_deactivated),
    Job("close_forgotten", timedelta(minutes=1), workforce.close_forgotten),
    Job("settle_leave_accounts", timedelta(hours=1), workforce.settle_leave_accounts),
    Job("remind_deciders", timedelta(minutes=5), workforce.remind_deciders),
    Job("close_unanswered", timedelta(minutes=1), workforce.close_unanswered),
    Job("carry_out_transfers", timedelta(minutes=1), workforce.carry_out_transfers),
    Job("retry_events", timedelta(seconds=2), inbox.retry_due_events),
    Job("send_auto_replies", timedelta(seconds=1), routing.send_auto_replies),
    Job("follow_facts", timedelta(seconds=5), reporting.follow_facts),
    Job("repair_facts", timedelta(days=1), reporting.repair_facts),
    Job("recalculate_kpis", timedelta(hours=1), reporting.recalculate_recent),
    Job("take_backlog_snapshot", timedelta(minutes=1), reporting.take_backlog_snapshot),
    Job("tell_long_waits", timedelta(seconds=30), inbox.tell_long_waits),
    Job("prune_viewers", timedelta(minutes=10), inbox.prune_viewers),
    Job("prune_notifications", timedelta(days=1), prune_notifications),
    Job("forget_live_events", timedelta(minutes=1), forget_live_events),
    Job("flush_expired", timedelta(days=1), flush_expired),
)


class Worker:
    """Runs until told to stop; finishes what it has begun."""

    def __init__(self) -> None:
        # Not an Event: its lock may be held by the very line that a signal interrupts.
        self._is_stopping = False
        self._free = threading.Semaphore(SENDERS)

    def stop(self) -> None:
        self._is_stopping = True

    def run(self) -> None:
        logger.info("worker started")
        with ThreadPoolExecutor(SENDERS, thread_name_prefix="sender") as senders:
            while not self._is_stopping:
                try:
                    is_busy = self._round(senders)
                except DatabaseError:
                    logger.exception("the database is away; trying again")
                    close_old_connections()
                    time.sleep(DATABASE_AWAY_SECONDS)
                else:
                    time.sleep(0 if is_busy else IDLE_SECONDS)
        logger.info("worker stopped")

    def _round(self, senders: ThreadPoolExecutor) -> bool:
        """Hand out one part if a sender is free, then run the jobs that are due."""
        is_busy = self._hand_out(senders)
        for job in JOBS:
            if self._is_stopping:
                return False
            run_if_due(job)
        return is_busy

    def _hand_out(self, senders: ThreadPoolExecutor) -> bool:
        if not self._free.acquire(blocking=False):
            return False
        part = None
        try:
            part = inbox.claim_part()
        finally:
            if part is None:
                self._free.release()
        if part is not None:
            senders.submit(self._deliver, part)
        return part is not None

    def _deliver(self, part: OutboundPart) -> None:
        try:
            inbox.deliver(part)
        except Exception:  # a job loop: the lease brings the part back
            logger.exception("part %s: its outcome could not be written", part.pk)
        finally:
            connection.close()
            self._free.release()


def run_if_due(job: Job) -> bool:
    """Run a job whose time has come, unless another worker just took it."""
    row, _created = PeriodicJob.objects.get_or_create(name=job.name)
    now = timezone.now()
    # Later than one turn ahead is a clock that was set back: the job must not wait for it.
    if now < row.run_after <= now + job.every:
        return False
    taken = PeriodicJob.objects.filter(pk=row.pk, run_after=row.run_after)
    steady_since = _steady_since(row, job, now)
    if not taken.update(run_after=now + job.every, steady_since=steady_since):
        return False
    error = ""
    try:
        job.run(**({"steady_since": steady_since} if job.counts_time else {}))
    except Exception as fault:  # a job loop: the other jobs go on
        logger.exception("job %s failed", job.name)
        error = f"{type(fault).__name__}: {fault}"[:2000]
    PeriodicJob.objects.filter(pk=row.pk).update(last_finished_at=timezone.now(), last_error=error)
    return True


def _steady_since(row: PeriodicJob, job: Job, now: datetime) -> datetime:
    """Since when the workers have run it without a gap: from now, if there has just been one."""
    last = row.last_finished_at
    if row.steady_since is None or last is None or abs(now - last) > job.every + LONGEST_GAP:
        return now
    return row.steady_since
