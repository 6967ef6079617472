"""What the worker remembers between rounds."""

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
