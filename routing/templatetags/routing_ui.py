"""What only pages of routing draw."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def marked_words(words: Iterable[str]) -> SafeString:
    """The words, each marked as in a message, for a placeholder of a sentence."""
    return format_html_join(", ", "<mark>{}</mark>", ((word,) for word in words))
