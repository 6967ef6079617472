"""What is asked of KPI: a month, whose, and a doubt of a figure."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, User
from reporting.kpi_periods import parse_month
from reporting.models import KpiDefinition
from reporting.services.kpi import measured_people, this_month

BAD_MONTH = _("Write a month like 2026-11, none that has not begun.")
MAX_DOUBT = 500


class KpiPeriodForm(forms.Form):
    """Which month; without one this month."""

    period = forms.CharField(label=pgettext_lazy("kpi", "month"), required=False, max_length=7)

    def clean_period(self) -> date:
        if not self.cleaned_data["period"]:
            return this_month()
        month = parse_month(self.cleaned_data["period"])
        if month is None or month > this_month():
            raise ValidationError(BAD_MONTH)
        return month


class KpiDepartmentForm(KpiPeriodForm):
    """A month of the people somebody leads; administrators may name a department."""

    department = forms.ModelChoiceField(label=_("Department"), queryset=None, required=False)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        self.fields["department"].queryset = Department.objects.managed_by(user)

    @property
    def chosen(self) -> Department | None:
        """The one department the answer is about; None for several."""
        return self.cleaned_data["department"] or (
            None if self._user.is_admin else self._user.department
        )

    def people(self) -> QuerySet[User]:
        """By name: nobody is last of them."""
        people = User.objects.visible_to(self._user).filter(
            pk__in=measured_people().values("pk"), is_active=True
        )
        if self.chosen:
            people = people.filter(department=self.chosen)
        return people.order_by("display_name", "pk")


class KpiDisputeForm(KpiPeriodForm):
    """Which figure is doubted, and why; without a figure the score as a whole."""

    figure = forms.ModelChoiceField(
        label=pgettext_lazy("kpi", "figure"),
        queryset=None,
        to_field_name="code",
        required=False,
    )
    note = forms.CharField(label=_("note"), required=False, max_length=MAX_DOUBT)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["figure"].queryset = KpiDefinition.objects.options_for(user)
