"""Small pieces every page draws: icons, avatars, times."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from django import template
from django.template.defaultfilters import date as format_date
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

register = template.Library()

AVATAR_HUES = 6
# Django's Vietnamese writes "Thứ 2"; a heading spells it out.
WEEKDAYS = (
    pgettext_lazy("weekday", "Monday"),
    pgettext_lazy("weekday", "Tuesday"),
    pgettext_lazy("weekday", "Wednesday"),
    pgettext_lazy("weekday", "Thursday"),
    pgettext_lazy("weekday", "Friday"),
    pgettext_lazy("weekday", "Saturday"),
    pgettext_lazy("weekday", "Sunday"),
)


@register.simple_tag
@lru_cache(maxsize=256)  # a list of fifty rows draws more than a hundred
def icon(name: str, css: str = "i") -> SafeString:
    """One symbol of the sprite; decoration only, so it always stands beside words."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        css,
        static("icons.svg"),
        name,
    )


@register.simple_tag
@lru_cache(maxsize=4096)
def avatar(name: str, platform: str, size: str) -> SafeString:
    """Two letters in a colour, with the badge of a platform unless that is ""."""
    about = {"name": name, "platform": platform, "size": size}
    return render_to_string("includes/_avatar.html", about)


@register.filter
def initials(name: str) -> str:
    """Two letters for an avatar: of the first and the last word, or the last word's first two."""
    words = [word for word in name.split() if word[0].isalnum() or word[0] == "+"]
    if not words:
        return "?"
    last = words[-1].lstrip("+")
    if not last[:1].isalpha():
        return last[-2:].upper() if len(words) == 1 else last[:2].upper()
    letters = words[0][0] + last[0] if len(words) > 1 else last[:2]
    return letters.upper()


@register.filter
def hue(name: str) -> int:
    """The avatar's colour: the same for the same name everywhere."""
    return sum(map(ord, name)) % AVATAR_HUES


@register.filter
def iso(moment: datetime | None) -> str:
    """For `datetime=` and for the page's script. A list draws a hundred: `date:"c"` is slow."""
    return timezone.localtime(moment).isoformat() if moment else ""


@register.filter
def clock_or_date(moment: datetime | None, now: datetime | None = None) -> str:
    """`09:52` today, `23/11` before."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local:%H:%M}" if local.date() == timezone.localtime(now).date() else f"{local:%d/%m}"


@register.filter
def until_words(moment: datetime) -> str:
    """`until the end of 24/11` at midnight, else `back at 13:00` or `back 25/11`."""
    local = timezone.localtime(moment)
    if (local.hour, local.minute) == (0, 0):
        last = timezone.localtime(moment - timedelta(minutes=1))
        return _("until the end of %(day)s") % {"day": f"{last:%d/%m}"}
    return _("back at %(at)s") % {"at": clock_or_date(moment)}


@register.filter
def day_heading(moment: datetime) -> str:
    """`Monday, 23/11` above the first line of a day."""
    local = timezone.localtime(moment)
    return f"{WEEKDAYS[local.weekday()]}, {format_date(local, 'd/m')}"


@register.filter
def duration(seconds: float) -> str:
    """`2 min`, `1 h 10`, `3 days`: how long, in the coarsest honest words."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return _("under 1 min")
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        values = {"hours": hours, "minutes": f"{rest:02}"}
        return _("%(hours)d h %(minutes)s") % values if rest else _("%(hours)d h") % values
    days = hours // 24
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
