"""How long somebody will wait, as honestly as it can be said. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# What is said is rounded up to one of these, so that nobody is promised the average to the minute.
STEPS = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
MORE_THAN_AN_HOUR = 61
MIN_REPLIES = 5  # fewer say nothing about how quick a team is


@dataclass(frozen=True, slots=True)
class Answerer:
    """Somebody who takes work: what waits for them, and how quick they were."""

    turns: int
    reply_seconds: float | None
    replies_timed: int


def minutes_a_reply(team: Iterable[Answerer]) -> float | None:
    """What an answer takes on average of those who were measured; None when too few were."""
    measured = [one for one in team if one.reply_seconds is not None and one.replies_timed > 0]
    replies = sum(one.replies_timed for one in measured)
    if replies < MIN_REPLIES:
        return None
    # Each person as much as the others: they answer side by side.
    return sum(one.reply_seconds for one in measured) / len(measured) / 60


def estimate_minutes(turns_ahead: int, people: int, minutes: float | None) -> int | None:
    """Minutes until the turn after `turns_ahead` is answered, rounded up to a step.

    None when it cannot be said: nobody answers, or nobody knows how quick they are.
    MORE_THAN_AN_HOUR beyond the last step.
    """
    if people <= 0 or minutes is None:
        return None
    expected = (turns_ahead + 1) * minutes / people
    return next((step for step in STEPS if expected <= step), MORE_THAN_AN_HOUR)


def next_place_minutes(team: Iterable[Answerer]) -> int | None:
    """When the first of a full team has answered somebody, and so has a place again."""
    team = list(team)
    return estimate_minutes(0, len(team), minutes_a_reply(team))


def wait_minutes(waiting_ahead: int, team: Iterable[Answerer]) -> int | None:
    """When somebody is answered who waits behind others and behind what the team has open."""
    team = list(team)
    turns = waiting_ahead + sum(one.turns for one in team)
    return estimate_minutes(turns, len(team), minutes_a_reply(team))
