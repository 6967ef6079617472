"""What only the test box of keywords draws."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from routing.services.preview import Preview
from routing.templatetags.routing_ui import weight as weight_words

register = template.Library()


@register.filter
def reading_sentences(preview: Preview) -> Iterator[str]:
    """Say of each word that is not the keyword itself how it was read, and what that costs."""
    full = {(word.text, word.factor): word.weight for word in preview.unmarked}
    for match in preview.keywords:
        text, factor = preview.text[match["start"] : match["end"]], Decimal(match["factor"])
        weight = full.get((text, factor))
        values = {
            "text": text,
            "word": match.get("read_as") or match["word"],
            "weight": "" if weight is None else weight_words(weight),
            "factor": weight_words(factor),
        }
        reading = match.get("reading", "exact" if factor == 1 else "unmarked")
        if reading == "exact":
            if match.get("read_as"):
                yield _("“%(text)s” is a synonym of “%(keyword)s”.") % {
                    "text": text,
                    "keyword": match["word"],
                }
        elif weight is not None:
            yield _sentence(reading) % values


def _sentence(reading: str) -> str:
    """The sentence for a reading that costs something."""
    if reading == "abbreviation":
        return _("“%(text)s” may be short for “%(word)s”, so it counts %(weight)s × %(factor)s.")
    if reading == "fuzzy":
        return _("“%(text)s” looks like “%(word)s” mistyped, so it counts %(weight)s × %(factor)s.")
    return _("“%(text)s” is written without marks, so it counts %(weight)s × %(factor)s.")
