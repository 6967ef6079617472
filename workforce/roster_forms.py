"""Forms of the roster: which week, whose shift on which date, and the shifts themselves."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, User
from workforce.models import Shift
from workforce.roster_plan import monday_of
from workforce.roster_words import shift_words
from workforce.services.rotations import MAX_WEEKS, RotationOrder
from workforce.time_words import WEEKDAYS
from workforce.timesheet_forms import LAST_MONTH

FIRST_YEAR = 2000


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
            "handover_minutes",
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

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the unique name to the service, whose sentence says where it is taken."""
        return super()._get_validation_exclusions() | {"department"}


class RotationSetupForm(forms.Form):
    """Whose rotation it is and how long its pattern; that decides which fields the rest has."""

    department = forms.ModelChoiceField(label=_("Department"), queryset=None, required=False)
    length = forms.TypedChoiceField(
        label=_("The pattern repeats"),
        coerce=int,
        empty_value=7,
        required=False,
        choices=[
            (7, _("every week")),
            (14, _("every 2 weeks")),
            (21, _("every 3 weeks")),
            (28, _("every 4 weeks")),
        ],
    )
    step = forms.ChoiceField(label=_("What to do"), required=False, choices=[("write", "")])

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.managed_by(user).active()
        self.fields["department"].queryset = departments
        self.fields["department"].empty_label = None

    def clean_department(self) -> Department | None:
        """Return the one chosen, or the first there is."""
        return self.cleaned_data["department"] or self.fields["department"].queryset.first()


class RotationForm(forms.Form):
    """The pattern day by day, who takes turns, from when and how long."""

    people = forms.ModelMultipleChoiceField(
        label=_("People"),
        queryset=None,
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the people who take turns.")},
    )
    first = DayField(label=_("First day"), error_messages={"required": _("Choose a date.")})
    weeks = forms.IntegerField(
        label=_("How many weeks"), min_value=1, max_value=MAX_WEEKS, initial=4
    )
    step_days = forms.TypedChoiceField(
        label=_("Each next person begins"),
        coerce=int,
        empty_value=0,
        required=False,
        choices=[
            (0, pgettext_lazy("rotation", "together with the others")),
            (1, pgettext_lazy("rotation", "one day later")),
            (7, pgettext_lazy("rotation", "one week later")),
        ],
    )
    skip_holidays = forms.BooleanField(label=_("Leave out holidays"), required=False, initial=True)

    def __init__(self, *args, user: User, department: Department, length: int, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.options_for(user).filter(department=department)
        self.fields["people"].queryset = people.order_by("display_name", "pk")
        shifts = Shift.objects.managed_by(user).active().filter(department=department)
        self.department = department
        self.shifts = {str(shift.pk): shift for shift in shifts}
        free = ("", pgettext_lazy("rotation", "free"))
        choices = [free, *((pk, shift_words(shift)) for pk, shift in self.shifts.items())]
        self.day_names = [f"day_{n}" for n in range(length)]
        for n, name in enumerate(self.day_names):
            self.fields[name] = forms.ChoiceField(
                label=WEEKDAYS[n % 7], choices=choices, required=False
            )

    @property
    def pattern(self) -> list[list[forms.BoundField]]:
        """The fields of the days, week by week."""
        names = self.day_names
        return [[self[name] for name in names[n : n + 7]] for n in range(0, len(names), 7)]

    @property
    def order(self) -> RotationOrder:
        """What was sent, once it is valid."""
        given = self.cleaned_data
        return RotationOrder(
            department=self.department,
            people=list(given["people"]),
            days=[self.shifts.get(given[name]) for name in self.day_names],
            first=given["first"],
            weeks=given["weeks"],
            step_days=given["step_days"],
            skip_holidays=given["skip_holidays"],
        )
