"""Words and symbols of notifications."""

from django import template
from django.utils.safestring import SafeString

from accounts.models import Notification
from accounts.notifications import icon_of, sentence_of

register = template.Library()


@register.filter
def notification_sentence(notification: Notification) -> SafeString | str:
    return sentence_of(notification)


@register.filter
def notification_icon(notification: Notification) -> str:
    return icon_of(notification)
