"""What a report is asked for: which figures, of when, whose, by what lines."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, User
from inbox.models import Channel
from reporting.metrics import CATALOGUE, Metric
from reporting.slices import LONGEST_DAYS, Basis, GroupBy, Slice
from reporting.subjects import SUBJECTS, Subject

USUAL_DAYS = 14
EARLIEST = date(2000, 1, 1)
MOST_DIGITS = 9  # of a number in an address


class IsoDateField(forms.DateField):
    """A date as browsers and programs send it; empty is for the form to decide."""

    widget = forms.DateInput(attrs={"type": "date"})
    default_error_messages = {
        "invalid": _("Write a date like 2026-11-28."),
        "out_of_range": _("Choose a date between 2000 and one year from now."),
    }

    def __init__(self, **kwargs) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], required=False, **kwargs)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and not EARLIEST <= value <= timezone.localdate() + timedelta(days=366):
            raise ValidationError(self.error_messages["out_of_range"], code="out_of_range")


class ReportForm(forms.Form):
    """The query of a report, its export, its rows and the API; what is left out has a default."""

    report = forms.ChoiceField(
        label=pgettext_lazy("field", "Report"),
        required=False,
        choices=[(one.code, one.title) for one in SUBJECTS.values()],
    )
    start = IsoDateField(label=_("From day"))
    end = IsoDateField(label=_("To day"))
    group_by = forms.ChoiceField(label=_("Lines"), required=False, choices=GroupBy.choices)
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=None, required=False, empty_label=_("All departments")
    )
    channel = forms.ModelChoiceField(
        label=_("Channel"), queryset=None, required=False, empty_label=_("All channels")
    )
    person = forms.ModelChoiceField(
        label=_("Person"),
        queryset=None,
        required=False,
        to_field_name="public_id",
        empty_label=pgettext_lazy("filter", "Everybody"),
    )
    hours = forms.ChoiceField(
        label=pgettext_lazy("field", "Count"), required=False, choices=Basis.choices
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        self.fields["department"].queryset = Department.objects.managed_by(user)
        self.fields["channel"].queryset = Channel.objects.options_for(user)
        people = User.objects.visible_to(user).exclude(department=None)
        self.fields["person"].queryset = people.order_by("display_name", "pk")

    def clean_report(self) -> Subject:
        return SUBJECTS[self.cleaned_data["report"] or "answers"]

    def clean_hours(self) -> Basis:
        return Basis(self.cleaned_data["hours"] or Basis.BUSINESS)

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        self._clean_days(cleaned)
        self._clean_lines(cleaned)
        return cleaned

    def _clean_days(self, cleaned: dict) -> None:
        end = cleaned["end"] or timezone.localdate()
        start = cleaned["start"] or end - timedelta(days=USUAL_DAYS - 1)
        if start > end:
            self.add_error("end", _("The last day is before the first one."))
        elif (end - start).days >= LONGEST_DAYS:
            self.add_error("start", _("Ask for two years at most."))
        cleaned["start"], cleaned["end"] = start, end

    def _clean_lines(self, cleaned: dict) -> None:
        subject: Subject = cleaned["report"]
        asked = cleaned["group_by"]
        # One that is asked for by its lines alone is the report that has them.
        if asked and "report" not in self.data and GroupBy(asked) not in subject.groupings:
            subject = next(one for one in SUBJECTS.values() if asked in one.groupings)
            cleaned["report"] = subject
        group_by = GroupBy(asked or subject.groupings[0])
        if group_by not in subject.groupings:
            self.add_error("group_by", _("This report cannot be divided that way."))
        cleaned["group_by"] = group_by

    @property
    def is_narrowed(self) -> bool:
        """Is one of the conditions in use, or at fault, that are folded away otherwise?"""
        names = ("department", "channel", "person")
        return any(self.data.get(name) or name in self.errors for name in names) or (
            self.data.get("hours") == Basis.WALL or "hours" in self.errors
        )

    def slice(self) -> Slice:
        """What was asked for; call on a valid form."""
        found = self.cleaned_data
        return Slice(
            viewer=self._user,
            first=found["start"],
            last=found["end"],
            department_id=_id(found["department"]),
            channel_id=_id(found["channel"]),
            person_id=_id(found["person"]),
            basis=found["hours"],
        )


class RowsForm(ReportForm):
    """Which facts stand behind one figure: the metric, and the line it stands in."""

    metric = forms.ChoiceField(
        label=_("Figure"),
        required=False,
        choices=[(one.code, one.name) for one in CATALOGUE.values()],
    )
    key = forms.CharField(required=False, max_length=120, strip=False)

    def clean_metric(self) -> Metric:
        return CATALOGUE[self.cleaned_data["metric"] or "started"]

    def clean_key(self) -> str | None:
        """None is the total, empty the line of what belongs to none."""
        return self.cleaned_data["key"] if "key" in self.data else None

    def clean(self) -> dict:
        cleaned = super().clean()
        if not self.errors and cleaned["key"] and not _may_be_line(**cleaned):
            self.add_error("key", _("There is no such line in this report."))
        return cleaned


def _may_be_line(*, group_by: GroupBy, key: str, **others) -> bool:
    """Is it written like a key of this grouping? Whether there are rows is another question."""
    try:
        if group_by == GroupBy.DAY:
            return date.fromisoformat(key).isoformat() == key
        if group_by == GroupBy.USER:
            return str(UUID(key)) == key
    except ValueError:
        return False
    if group_by in (GroupBy.KEYWORD, GroupBy.REQUEST_TYPE):
        return True
    return key.isascii() and key.isdigit() and len(key) <= MOST_DIGITS


def _id(row) -> int | None:
    return None if row is None else row.pk
