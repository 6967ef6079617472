"""What the worker remembers between rounds, and the demo of its long history."""

from django.db import models
from django.utils import timezone


class PeriodicJob(models.Model):
    """One job of the worker's table; the row lets several workers never run one twice."""

    name = models.CharField(max_length=60, unique=True)
    run_after = models.DateTimeField(default=timezone.now)
    last_finished_at = models.DateTimeField(null=True)
    # Since when it has run without a gap, whichever worker's turn it was.
    steady_since = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class SeededHistory(models.Model):
    """A long history of the demo, and how far it is written; see omnichat/demo/past.

    The story follows from these values alone, so whoever goes on after an interruption tells the
    same one. Customers with a higher identity than `identities_before` are its own.
    """

    messages = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    until = models.DateField()
    identities_before = models.BigIntegerField(default=0)
    chunks = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.written}/{self.messages}"
