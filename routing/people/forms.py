"""What leads and administrators type about people."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from accounts.names import MAX_NAME_CHARS, normalize_username
from routing.models import Agent, AgentSkill
from workforce.roster_forms import DayField

MAX_CAPACITY = 50  # open conversations; more than anybody can answer at once


class FilterForm(forms.Form):
    """What the list is narrowed to; what cannot be read narrows nothing."""

    q = forms.CharField(label=_("Name, sign-in name or e-mail"), max_length=120, required=False)
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.none(), required=False
    )
    at_work = forms.BooleanField(label=_("Only people at work"), required=False)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if user.is_admin:
            self.fields["department"].queryset = Department.objects.visible_to(user).active()

    def chosen(self) -> dict:
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(choices=[("approve", _("Approve")), ("refuse", _("Refuse"))])
    department = forms.ModelChoiceField(queryset=Department.objects.none(), required=False)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.visible_to(user).active()


class DayForm(forms.Form):
    """The day of a person's page that is shown line by line."""

    day = DayField(required=False)


class CapacityForm(forms.Form):
    capacity = forms.IntegerField(
        label=_("Capacity"),
        min_value=0,
        max_value=MAX_CAPACITY,
        error_messages={"required": _("Type a number; 0 takes no work.")},
    )


class SkillForm(forms.Form):
    """A department somebody can answer for beside their own."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        empty_label=_("Choose a department"),
        error_messages={"required": _("Choose a department first.")},
    )
    level = forms.TypedChoiceField(
        label=_("Level"),
        choices=AgentSkill.Level.choices,
        coerce=int,
        initial=AgentSkill.Level.GOOD,
    )

    def __init__(self, *args, user: User, person: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.visible_to(user).active()
        self.fields["department"].queryset = departments.exclude(pk=person.department_id)


class SkillRemovalForm(forms.Form):
    """Which of the skills somebody has; also of a department that was switched off."""

    department = forms.ModelChoiceField(queryset=Department.objects.none())

    def __init__(self, *args, user: User, agent: Agent, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        known = AgentSkill.objects.visible_to(user).filter(agent=agent)
        departments = Department.objects.visible_to(user)
        self.fields["department"].queryset = departments.filter(pk__in=known.values("department"))


class PresenceForm(forms.Form):
    presence = forms.ChoiceField(
        choices=[
            (User.Presence.AVAILABLE, _("Taking work")),
            (User.Presence.BUSY, _("Busy, no new conversations for now")),
        ]
    )


class AccountForm(forms.Form):
    """Who a person is here."""

    display_name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        error_messages={"required": _("Type the name colleagues know.")},
    )
    email = forms.EmailField(label=_("E-mail"), max_length=MAX_NAME_CHARS, required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=list(reversed(User.Role.choices)), initial=User.Role.STAFF
    )
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("None"),
    )

    def __init__(self, *args, user: User, person: User | None = None, **kwargs) -> None:
        """`user` is who types it; `person` keeps a department that was switched off."""
        if person is not None:
            kwargs["initial"] = {
                "display_name": person.display_name,
                "email": person.email,
                "role": person.role,
                "department": person.department_id,
            }
        super().__init__(*args, **kwargs)
        departments = Department.objects.visible_to(user)
        kept = person.department_id if person is not None else None
        self.fields["department"].queryset = departments.filter(Q(is_active=True) | Q(pk=kept))

    def changes(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.changed_data}


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        error_messages={"required": _("Type a password first.")},
    )


class NewPersonForm(AccountForm):
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=60,
        error_messages={"required": _("Type a sign-in name.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        error_messages={"required": _("Type a password first.")},
    )

    def clean_username(self) -> str:
        name = normalize_username(self.cleaned_data["username"])
        for check in User._meta.get_field("username").validators:
            check(name)
        return name
