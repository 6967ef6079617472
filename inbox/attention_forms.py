"""When a conversation shall have attention: put off until a time, served sooner or later."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models import Priority

MORNING = time(8)


class MomentField(forms.DateTimeField):
    """A date and a time of the workplace, as the browser's own field sends it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class SnoozeForm(forms.Form):
    """How long to put it off: one of the usual times, or a date and a time."""

    HOUR, THREE_HOURS, TOMORROW, AT = "hour", "three_hours", "tomorrow", "at"
    CHOICES = (
        (HOUR, _("In 1 hour")),
        (THREE_HOURS, _("In 3 hours")),
        (TOMORROW, _("Tomorrow at 8:00")),
        (AT, _("At the time given")),
    )

    choice = forms.ChoiceField(
        label=_("Snooze"),
        choices=CHOICES,
        error_messages={"required": _("Choose until when.")},
    )
    until = MomentField(label=_("Until"), required=False)

    def clean(self) -> dict:
        data = super().clean()
        choice = data.get("choice")
        if choice == self.AT and not self.errors and data.get("until") is None:
            self.add_error("until", _("Enter a date and a time."))
        elif choice and choice != self.AT:
            data["until"] = _usual(choice, timezone.localtime())
        return data


class PriorityForm(forms.Form):
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        coerce=int,
        error_messages={"required": _("Choose one of the priorities.")},
    )


def _usual(choice: str, now: datetime) -> datetime:
    if choice == SnoozeForm.TOMORROW:
        tomorrow = now.date() + timedelta(days=1)
        return datetime.combine(tomorrow, MORNING, tzinfo=now.tzinfo)
    return now + timedelta(hours=1 if choice == SnoozeForm.HOUR else 3)
