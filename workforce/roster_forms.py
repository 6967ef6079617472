"""Forms of the roster: which week, whose shift on which date, and the shifts themselves."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, User
from workforce.models import Shift
from workforce.roster_plan import monday_of
from workforce.timesheet_forms import LAST_MONTH

FIRST_YEAR = 2000
MAX_MINUTES = 24 * 60
MAX_PEOPLE = 1000


class DayField(forms.Field):
    """A date as `<input type=date>` sends it, in years that anybody plans for."""

    default_error_messages = {"invalid": _("Write a date like 2026-11-23.")}

    def to_python(self, value: object) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        try:
            on = parse_date(str(value).strip()[:20])
        except ValueError:
            on = None
        if on is None or not FIRST_YEAR <= on.year <= LAST_MONTH.year:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return on

    def prepare_value(self, value: object) -> object:
        return value.isoformat() if isinstance(value, date) else value


class WeekForm(forms.Form):
    """A week, by any date of it, of a department or of all one may see."""

    week = DayField(label=_("Week"), required=False)
    department = forms.ModelChoiceField(label=_("Department"), queryset=None, required=False)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.visible_to(user).active()
        if not user.is_admin:
            departments = departments.filter(pk=user.department_id)
        self.fields["department"].queryset = departments

    def clean_week(self) -> date:
        """Return the Monday of it; without a date, of this week."""
        return monday_of(self.cleaned_data["week"] or timezone.localdate())

    @property
    def departments(self) -> list[Department]:
        """Those the page is about: the one chosen, or all there are to choose from."""
        chosen = self.cleaned_data["department"]
        return [chosen] if chosen else list(self.fields["department"].queryset)


class PlanForm(forms.Form):
    """One person, one shift, one date."""

    user = forms.ModelChoiceField(
        label=_("Person"),
        queryset=None,
        to_field_name="public_id",
        error_messages={"required": _("Choose a person.")},
    )
    shift = forms.ModelChoiceField(
        label=pgettext_lazy("work", "Shift"),
        queryset=None,
        error_messages={"required": _("Choose a shift.")},
    )
    date = DayField(label=_("Date"), error_messages={"required": _("Choose a date.")})

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.options_for(user).exclude(department=None)
        self.fields["user"].queryset = people.select_related("department")
        shifts = Shift.objects.managed_by(user).active()
        self.fields["shift"].queryset = shifts.select_related("department")
        self.fields["shift"].label_from_instance = shift_words
        self.fields["user"].label_from_instance = lambda person: (
            f"{person.display_name} · {person.department.name}"
            if user.is_admin
            else person.display_name
        )


class ShiftForm(forms.ModelForm):
    """A shift of a department; the department stays what it is once the shift exists."""

    class Meta:
        model = Shift
        fields = [
            "name",
            "department",
            "starts_at",
            "ends_at",
            "paid_break_minutes",
            "unpaid_break_minutes",
            "grace_in_minutes",
            "grace_out_minutes",
            "minimum_staff",
            "color",
            "is_active",
        ]

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.managed_by(user).active()
        if self.instance.pk:
            del self.fields["department"]
        elif user.department_id:
            self.fields["department"].initial = user.department_id
        for name, field in self.fields.items():
            if isinstance(field, forms.IntegerField):
                field.max_value = MAX_PEOPLE if name == "minimum_staff" else MAX_MINUTES
                field.validators.append(MaxValueValidator(field.max_value))

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the unique name to the service, whose sentence says where it is taken."""
        return super()._get_validation_exclusions() | {"department"}


def shift_words(shift: Shift) -> str:
    """`Ca ngày 08:00–17:00`."""
    return f"{shift.name} {shift.starts_at:%H:%M}–{shift.ends_at:%H:%M}"
