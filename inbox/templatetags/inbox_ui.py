"""How messages, waits and events are shown."""

from __future__ import annotations

import re
from datetime import datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox import sentences
from inbox.deadlines import SOON_SECONDS, Deadline, deadline_of
from inbox.models import AutoReply, Conversation, Message, OutboundPart, Priority
from inbox.waiting import LONG_WAIT_MINUTES, wait_seconds

register = template.Library()

PLATFORM_NAMES = {
    "zalo": "Zalo",
    "messenger": "Messenger",
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "instagram": "Instagram",
    "email": "Email",
    "web": "Web",
    "generic": "Webhook",
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[ds]")
SHOWN_CHARS = 20_000  # of one message on the page; the whole text is in the API
# Overrides of the writing direction can make a text read as something else than it says.
BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


@register.filter
def platform_name(platform: str) -> str:
    return PLATFORM_NAMES.get(platform, platform.capitalize())


@register.filter
def platform_icon(platform: str) -> str:
    """The sprite's symbol of a platform; a globe for those it does not know."""
    known = platform in PLATFORM_NAMES and platform != "generic"
    return platform if known else "web"


@register.filter
def waits(conversation: Conversation, now: datetime) -> float:
    """Seconds the customer has been waiting."""
    return wait_seconds(conversation, now=now)


@register.filter
def is_long(seconds: float) -> bool:
    return seconds > LONG_WAIT_MINUTES * 60


@register.simple_tag
def wait_words() -> dict[str, str | int]:
    """The words in which the page's own clock goes on telling how long somebody waits."""
    durations = {
        "under": _("under 1 min"),
        "minutes": _("%(count)d min"),
        "hours": _("%(hours)d h"),
        "hours_minutes": _("%(hours)d h %(minutes)s"),
        "day": ngettext("%(count)d day", "%(count)d days", 1),
        "days": ngettext("%(count)d day", "%(count)d days", 2),
    }
    texts = {name: PLACEHOLDER.sub(r"{\1}", text) for name, text in durations.items()}
    # "{duration}" is where one of them goes.
    for name, sentence in (
        ("waiting", _("waiting %(duration)s")),
        ("left", _("%(duration)s left")),
        ("late", _("%(duration)s late")),
    ):
        texts[name] = PLACEHOLDER.sub(r"{\1}", sentence)
    return texts | {"long": LONG_WAIT_MINUTES, "soon": SOON_SECONDS}


@register.simple_tag
def priorities() -> list[tuple[int, str]]:
    return Priority.choices


@register.simple_tag
def deadline(conversation: Conversation, now: datetime) -> Deadline | None:
    """What to say about its deadline; see `inbox.deadlines`."""
    return deadline_of(conversation, now=now)


@register.filter
def waiting_because(conversation: Conversation) -> str:
    return sentences.waiting_sentence(conversation)


@register.filter
def event_sentence(message: Message) -> SafeString | str:
    return sentences.event_sentence(message.data)


@register.filter
def auto_occasion(message: Message) -> str:
    """On which occasion the program said it by itself."""
    code = message.data.get("auto")
    return dict(AutoReply.Trigger.choices).get(code, "")


@register.filter
def failure(message: Message) -> str:
    """Why a reply failed, in words."""
    failed = (p for p in message.parts.all() if p.state == OutboundPart.State.FAILED)
    part = next(failed, None)
    return sentences.failure_sentence(part) if part else ""


@register.filter
def marked(message: Message) -> SafeString:
    """The text, escaped, with its keywords marked by their offsets; cut at SHOWN_CHARS."""
    pieces, position, text = [], 0, message.text[:SHOWN_CHARS]
    for match in sorted(message.keywords or [], key=lambda found: found["start"]):
        start, end = match["start"], match["end"]
        if start < position or end > len(text):
            continue  # the same words matched for two departments
        pieces.append(_shown(text[position:start]))
        pieces.append(format_html("<mark>{}</mark>", _shown(text[start:end])))
        position = end
    pieces.append(_shown(text[position:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@register.filter
def is_cut(message: Message) -> bool:
    return len(message.text) > SHOWN_CHARS


def _shown(text: str) -> SafeString:
    """Escape, and show direction overrides as what they are instead of obeying them."""
    parts, position = [], 0
    for found in BIDI_CONTROLS.finditer(text):
        parts.append((text[position : found.start()],))
        code = f"U+{ord(found[0]):04X}"
        parts.append((format_html('<span class="tag" data-s="warn">{}</span>', code),))
        position = found.end()
    parts.append((text[position:],))
    return format_html_join("", "{}", parts)
