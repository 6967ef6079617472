"""The form in which a lead grants leave."""

from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workforce.models import Leave, LeaveType
from workforce.roster_forms import DayField


class LeaveForm(forms.Form):
    """Who is away from which day to which, why, and whether for whole days."""

    user = forms.ModelChoiceField(
        label=_("Person"),
        queryset=None,
        to_field_name="public_id",
        error_messages={"required": _("Choose a person.")},
    )
    type = forms.ModelChoiceField(
        label=_("Kind of leave"),
        queryset=None,
        error_messages={"required": _("Choose a kind of leave.")},
    )
    first = DayField(label=_("First day"), error_messages={"required": _("Choose a date.")})
    last = DayField(label=_("Last day"), required=False)
    part = forms.ChoiceField(label=_("Part of the day"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [(p.value, capfirst(p.label)) for p in Leave.Part]
        self.fields["type"].queryset = LeaveType.objects.visible_to(user).active()
        people = User.objects.options_for(user).exclude(department=None)
        if not user.is_admin:
            people = people.filter(role=User.Role.STAFF)
        self.fields["user"].queryset = people.select_related("department")
        self.fields["user"].label_from_instance = lambda person: (
            f"{person.display_name} · {person.department.name}"
            if user.is_admin
            else person.display_name
        )

    def clean(self) -> dict:
        """Take one day when no last one is named."""
        data = super().clean()
        data["last"] = data.get("last") or data.get("first")
        return data
