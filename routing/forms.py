"""What people type about keywords and assignments."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from routing.models import MAX_WEIGHT, MIN_WEIGHT, Agent


class KeywordForm(forms.Form):
    word = forms.CharField(
        label=_("Keyword"),
        max_length=80,
        error_messages={"required": _("Type the word customers use.")},
    )
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.none())
    weight = forms.DecimalField(
        label=_("Weight"),
        min_value=MIN_WEIGHT,
        max_value=MAX_WEIGHT,
        max_digits=4,
        decimal_places=2,
        initial=1,
        localize=True,
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.managed_by(user).active()
        self.fields["department"].queryset = departments
        if user.is_manager:
            self.fields["department"].empty_label = None


class AssignForm(forms.Form):
    assignee = forms.ModelChoiceField(
        label=_("Assign to"), queryset=User.objects.none(), to_field_name="public_id"
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["assignee"].queryset = User.objects.options_for(user)

    @property
    def agents(self) -> list[Agent]:
        """Those of them who are at work now, with their load; others would be refused."""
        agents = Agent.objects.visible_to(self.user).filter(
            user__in=self.fields["assignee"].queryset
        )
        agents = agents.select_related("user__department").order_by("open_count", "pk")
        return [agent for agent in agents if agent.is_at_work]
