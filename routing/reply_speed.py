"""How fast somebody answers, as an average that forgets. Pure."""

from __future__ import annotations

from datetime import datetime

# A reply from a template is quicker, one with a lunch in it slower; neither is a pace.
LEAST_SECONDS, MOST_SECONDS = 5.0, 1800.0
# The newest reply weighs a tenth, the first ones more.
FORGETTING = 0.1


def own_seconds(
    *,
    turn_at: datetime,
    had_since: datetime,
    last_reply_at: datetime | None,
    back_at: datetime | None,
    replied_at: datetime,
) -> float:
    """From having the turn in hand to the reply, in seconds.

    Not from when the customer began to wait: what waited while they answered others is the
    queue's part, which the cost counts as turns. Nor does a break count (`back_at`).
    """
    began = max(filter(None, (turn_at, had_since, last_reply_at, back_at)))
    seconds = (replied_at - began).total_seconds()
    return min(max(seconds, LEAST_SECONDS), MOST_SECONDS)


def learn(average: float | None, count: int, seconds: float) -> float:
    """Return the average after one more reply; `count` are those before it."""
    if average is None:
        return seconds
    weight = max(FORGETTING, 1 / (count + 1))
    return average + weight * (seconds - average)
