"""Where a figure stands: ticks of an axis, coordinates, and labels that do not overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

TICK_STEPS = 4  # at most so many steps from 0 to the top
# Of a power of ten. 2.5 only from ten upwards: 25, 50, 75, 100 reads well, 0.25 does not.
NICE = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
CHARACTER_EM = 0.65  # width of a character: dates and Vietnamese words measured up to 0.646
LABEL_GAP_EM = 0.8  # room between two labels


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where a label reaches."""

    start: float
    end: float


def nice_step(rough: Decimal) -> Decimal:
    """The smallest of 1, 2, 2.5, 5, 10 times a power of ten that is not below `rough`."""
    power = rough.adjusted()
    factors = [one for one in NICE if power >= 1 or one != Decimal("2.5")]
    return next(step for one in factors if (step := one.scaleb(power)) >= rough)


def nice_ticks(top: Decimal, *, is_whole: bool) -> list[Decimal]:
    """From 0 in equal nice steps up to `top` or just above; 0 to 1 when all is zero."""
    top = top if top > 0 else Decimal(1)
    step = nice_step(top / TICK_STEPS)
    if is_whole:
        step = max(step, Decimal(1))
    count = int((top / step).to_integral_value(rounding=ROUND_CEILING))
    return [step * number for number in range(count + 1)]


def decimals_of(step: Decimal) -> int:
    """How many decimals write the step in full."""
    return max(0, -step.normalize().as_tuple().exponent)


def text_width(text: str, font: float) -> float:
    """About how wide a text is, rather too much than too little."""
    return len(text) * font * CHARACTER_EM


def thinned(spans: Sequence[Span], gap: float) -> list[int]:
    """Indexes of the labels to write: as many as keep `gap`, evenly, always with the last."""
    last = len(spans) - 1
    for step in range(1, len(spans) + 1):
        kept = list(range(last, -1, -step))[::-1]
        pairs = zip(kept, kept[1:], strict=False)
        if all(spans[right].start - spans[left].end >= gap for left, right in pairs):
            return kept
    return []


def at(value: float | Decimal) -> str:
    """A coordinate for the markup, to a tenth, with a point in every language."""
    return f"{round(float(value), 1) + 0:g}" if abs(value) < 100_000 else f"{float(value):.0f}"
