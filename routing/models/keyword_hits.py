"""How often keywords were found, and how far the counting has come."""

from __future__ import annotations

from django.db import models

from routing.models.keyword import Keyword


class KeywordHits(models.Model):
    """How often a keyword was found on one day of the organisation, and what became of it.

    `decided` is the conversations given to somebody because of it, `handed_on` those of them
    that a person then gave to another department. Counted by the worker, never while routing.
    """

    keyword = models.ForeignKey(Keyword, on_delete=models.CASCADE, related_name="hits")
    day = models.DateField()
    hits = models.PositiveIntegerField(default=0)
    decided = models.PositiveIntegerField(default=0)
    handed_on = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["keyword", "day"], name="routing_hits_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.keyword_id} {self.day}: {self.hits}"


class CountPosition(models.Model):
    """How far the counting of keywords has come in one table, by its ids.

    Rows up to `counted_id` are counted, rows up to `ready_id` may be: no transaction that could
    still bring one of them is open. `noted_id` will be ready when all that ran then has ended.
    """

    class Stream(models.TextChoices):
        MESSAGES = "messages", "messages"
        ASSIGNMENTS = "assignments", "assignments"

    stream = models.CharField(max_length=12, primary_key=True, choices=Stream.choices)
    counted_id = models.BigIntegerField(default=0)
    ready_id = models.BigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True)
    noted_id = models.BigIntegerField(default=0)
    noted_at = models.DateTimeField(null=True)
    noted_transaction = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.stream}: {self.counted_id}"


class LateMessage(models.Model):
    """A message that the counting passed before routing had looked at it."""

    message = models.OneToOneField(
        "inbox.Message", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.message_id)
