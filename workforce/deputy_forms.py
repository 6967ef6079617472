"""The form in which a manager names a deputy."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from workforce.roster_forms import DayField
from workforce.services.delegations import managers, possible_deputies


class DeputyForm(forms.Form):
    """Who stands in from which day to which; administrators also say for whom."""

    user = forms.ModelChoiceField(
        empty_label=_("Choose a person"),
        label=pgettext_lazy("deputy", "For"),
        queryset=None,
        to_field_name="public_id",
        error_messages={"required": _("Choose a manager.")},
    )
    deputy = forms.ModelChoiceField(
        empty_label=_("Choose a person"),
        label=_("Deputy"),
        queryset=None,
        to_field_name="public_id",
        error_messages={"required": _("Choose a person.")},
    )
    first = DayField(label=_("First day"), error_messages={"required": _("Choose a date.")})
    last = DayField(label=_("Last day"), error_messages={"required": _("Choose a date.")})

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.actor = user
        if user.is_admin:
            self.fields["user"].queryset = _in_order(managers())
            self.fields["user"].label_from_instance = _label
        else:
            del self.fields["user"]
        deputies = possible_deputies() if user.is_admin else possible_deputies().exclude(pk=user.pk)
        self.fields["deputy"].queryset = _in_order(deputies)
        self.fields["deputy"].label_from_instance = _label

    def clean(self) -> dict:
        """Managers name a deputy for themselves."""
        data = super().clean()
        return data if self.actor.is_admin else data | {"user": self.actor}


def _in_order(people: QuerySet[User]) -> QuerySet[User]:
    return people.select_related("department").order_by("display_name", "pk")


def _label(person: User) -> str:
    where = person.department.name if person.department else person.get_role_display()
    return f"{person.display_name} · {where}"
