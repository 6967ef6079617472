"""What people type about themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import MAX_NAME_CHARS


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("Sign-in name or e-mail"),
        max_length=MAX_NAME_CHARS,
        error_messages={"required": _("Type your sign-in name or e-mail.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        error_messages={"required": _("Type your password.")},
    )


class PasswordForm(forms.Form):
    """Change one's own password; the current one proves who is sitting there."""

    current = forms.CharField(label=_("Current password"), max_length=200, strip=False)
    new = forms.CharField(label=_("New password"), max_length=200, strip=False)
    repeat = forms.CharField(label=_("New password again"), max_length=200, strip=False)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_current(self) -> str:
        if not self.user.check_password(self.cleaned_data["current"]):
            raise forms.ValidationError(_("This is not your current password."))
        return self.cleaned_data["current"]

    def clean_repeat(self) -> str:
        if self.cleaned_data["repeat"] != self.cleaned_data.get("new"):
            raise forms.ValidationError(_("The two new passwords are not the same."))
        return self.cleaned_data["repeat"]


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(choices=User.Language.choices, required=False)
    theme = forms.ChoiceField(choices=User.Theme.choices, required=False)

    def chosen(self) -> dict[str, str]:
        """Only what was sent."""
        return {name: value for name, value in self.cleaned_data.items() if value}
