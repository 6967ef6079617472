"""What only the test box of keywords draws."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department
from inbox.models import Conversation
from inbox.sentences import waiting_words
from routing.scoring import Decider, Method
from routing.services.preview import Preview
from routing.templatetags.routing_ui import weight as weight_words

register = template.Library()

# Whom a message would be given to: by the method, and where that leaves several equal, by what.
BY_METHOD = {
    Method.BALANCED_SPEED: gettext_lazy(
        "Who would get it now: <b>{name}</b> ({open}/{capacity}), expected to answer first of the "
        "{n} with room, in {minutes} minutes."
    ),
    Method.LEAST_OPEN: gettext_lazy(
        "Who would get it now: <b>{name}</b> ({open}/{capacity}), fewest open conversations of "
        "the {n} with room."
    ),
    Method.ROUND_ROBIN: gettext_lazy(
        "Who would get it now: <b>{name}</b> ({open}/{capacity}), next in turn of the {n} with "
        "room."
    ),
    Method.KPI_FIRST: gettext_lazy(
        "Who would get it now: <b>{name}</b> ({open}/{capacity}), highest KPI of the {n} with room."
    ),
}
ONLY_ONE = gettext_lazy(
    "Who would get it now: <b>{name}</b> ({open}/{capacity}), the only one with room."
)
BETWEEN_EQUALS = {
    Decider.OPEN: gettext_lazy("Between equals, fewer open conversations decided."),
    Decider.IDLE: gettext_lazy("Between equals, the longest time without new work decided."),
    Decider.KPI: gettext_lazy("Between equals, KPI decided."),
    Decider.NUMBER: gettext_lazy("Several are equal in everything, so the oldest account decided."),
}


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


@register.filter
def choice_sentence(preview: Preview) -> SafeString:
    """Say who would get it, and what put them before the others."""
    first, decided_by = preview.ranking.people[0], preview.ranking.decided_by
    sentence = ONLY_ONE if decided_by == Decider.ONLY_ONE else BY_METHOD[preview.policy.method]
    told = format_html(
        str(sentence),
        name=first.candidate.name,
        open=first.candidate.open_count,
        capacity=first.candidate.capacity,
        n=preview.with_room,
        minutes=floatformat(first.cost, 1),
    )
    sentences = [told, *filter(None, [BETWEEN_EQUALS.get(decided_by)])]
    return format_html_join(" ", "{}", ([one] for one in sentences))


@register.filter
def waiting_because(preview: Preview) -> str:
    """Why nobody would get it, in the words that the conversation would have."""
    department = Department(pk=preview.department_id, name=preview.department)
    would_be = Conversation(department=department, waiting_reason=preview.waiting_reason)
    return waiting_words(would_be)[0]


def _sentence(reading: str) -> str:
    """The sentence for a reading that costs something."""
    if reading == "abbreviation":
        return _("“%(text)s” may be short for “%(word)s”, so it counts %(weight)s × %(factor)s.")
    if reading == "fuzzy":
        return _("“%(text)s” looks like “%(word)s” mistyped, so it counts %(weight)s × %(factor)s.")
    return _("“%(text)s” is written without marks, so it counts %(weight)s × %(factor)s.")
