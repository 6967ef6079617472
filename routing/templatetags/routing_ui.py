"""What only pages of routing draw."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.models import User
from routing.models import Agent, AgentSkill

register = template.Library()


@register.filter
def marked_words(words: Iterable[str]) -> SafeString:
    """The words, each marked as in a message, for a placeholder of a sentence."""
    return format_html_join(", ", "<mark>{}</mark>", ((word,) for word in words))


@register.filter
def weight(value: Decimal | str) -> str:
    """`8.0`, `7.25`: one decimal at least, in the reader's language."""
    amount = Decimal(value)
    return number_format(amount, decimal_pos=1 if amount == round(amount, 1) else 2)


@register.filter
def opening(moment: datetime, now: datetime) -> str:
    """`13:00` today, else `08:00 30/11`."""
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localtime(now).date()
    return f"{local:%H:%M}" if is_today else f"{local:%H:%M %d/%m}"


@register.simple_tag
def own_skills(user: User) -> list[AgentSkill] | None:
    """The departments one answers for beside the own; None for those who are given no work."""
    agent = Agent.objects.filter(user=user).first()
    return None if agent is None else list(agent.skills.select_related("department"))


@register.filter
def in_ms(microseconds: int) -> str:
    """`11.2` of 11 200 microseconds, in the reader's language."""
    return number_format(Decimal(microseconds) / 1000, decimal_pos=1)
