"""Forms of the timesheet: which month, whose, and the correction of an entry."""

from __future__ import annotations

import re
from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, User
from workforce.shift_times import instant_of
from workforce.timesheet_days import first_counted_month

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
# As a browser sends it, of the same years.
MOMENT = re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", re.ASCII)
LAST_MONTH = date(2099, 12, 1)
MAX_NOTE_CHARS = 200


class MonthField(forms.CharField):
    """`2026-11` as the first of the month; empty is the month on the wall."""

    default_error_messages = {
        "invalid": _("Write a month like 2026-11."),
        "too_early": _("There are no rules of working time for this month."),
    }

    def to_python(self, value: object) -> date | None:
        text = super().to_python(value)
        if not text:
            return timezone.localdate().replace(day=1)
        if not MONTH.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return date.fromisoformat(f"{text}-01")

    def validate(self, value: date) -> None:
        first = first_counted_month()
        if first is None or value < first:
            raise ValidationError(self.error_messages["too_early"], code="too_early")

    def run_validators(self, value: date) -> None:
        """Those of a text do not fit a date."""


class MonthForm(forms.Form):
    month = MonthField(label=_("Month"), required=False)


class TeamForm(MonthForm):
    """A month of a department, or of everybody one may see."""

    department = forms.ModelChoiceField(
        label=_("Department"), queryset=None, required=False, empty_label=_("All departments")
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.managed_by(user)


class SettleForm(TeamForm):
    """Which month of whom is approved, locked or opened: one person's, or the team's."""

    person = forms.ModelChoiceField(queryset=None, required=False, to_field_name="public_id")

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["person"].queryset = User.objects.visible_to(user)


class LocalMomentField(forms.Field):
    """A moment on the wall of the workplace; where the clocks jump, `shift_times` says which."""

    default_error_messages = {"invalid": _("Write a date and a time.")}

    def to_python(self, value: object) -> datetime | None:
        if value in self.empty_values:
            return None
        text = str(value).strip()
        try:
            local = datetime.fromisoformat(text) if MOMENT.fullmatch(text) else None
        except ValueError:
            local = None
        if local is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return instant_of(local.date(), local.time(), timezone.get_current_timezone())

    def prepare_value(self, value: object) -> object:
        if isinstance(value, datetime):
            return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
        return value


class CorrectionForm(forms.Form):
    began = LocalMomentField(label=pgettext_lazy("of work", "Start"))
    ended = LocalMomentField(label=pgettext_lazy("of work", "End"), required=False)
    note = forms.CharField(
        label=_("Reason"),
        max_length=MAX_NOTE_CHARS,
        error_messages={"required": _("Say why, so that it can be understood later.")},
    )


class BreakForm(CorrectionForm):
    """When a break really was, or that it was none."""

    is_none = forms.BooleanField(label=_("It did not take place"), required=False)

    def clean(self) -> dict:
        """An end is wanted unless there was no break; then the times do not matter."""
        data = super().clean()
        if data.get("is_none"):
            data |= {"began": None, "ended": None}
            for name in ("began", "ended"):
                self.errors.pop(name, None)
        elif "ended" in data and data["ended"] is None:
            self.add_error("ended", _("Write a date and a time."))
        return data


class EntryForm(CorrectionForm):
    """Time at work that nobody recorded."""

    ended = LocalMomentField(label=pgettext_lazy("of work", "End"))
