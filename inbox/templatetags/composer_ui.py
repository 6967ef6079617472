"""How canned replies and notes are shown."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from inbox.canned import pieces
from inbox.models import Message
from inbox.templatetags.inbox_ui import SHOWN_CHARS, _shown

register = template.Library()


@register.filter
def with_blanks(text: str) -> SafeString:
    """A canned text, escaped, with the blanks one still has to fill marked."""
    parts = (
        (format_html("<mark>{}</mark>", part) if is_blank else part,)
        for part, is_blank in pieces(text)
    )
    return format_html_join("", "{}", parts)


@register.filter
def with_mentions(message: Message) -> SafeString:
    """A note, escaped, with the people it calls in bold by their offsets."""
    shown, position, text = [], 0, message.text[:SHOWN_CHARS]
    for mention in (message.data or {}).get("mentions", []):
        start, end = mention["start"], mention["end"]
        if start < position or end > len(text):
            continue
        shown.append(_shown(text[position:start]))
        shown.append(format_html("<b>{}</b>", _shown(text[start:end])))
        position = end
    shown.append(_shown(text[position:]))
    return format_html_join("", "{}", ((piece,) for piece in shown))
