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


class NameForm(forms.Form):
    display_name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        error_messages={"required": _("Type the name colleagues know.")},
    )


class LookForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)
    theme = forms.ChoiceField(label=_("Theme"), choices=User.Theme.choices)
    has_shortcuts = forms.BooleanField(label=_("Single-key shortcuts"), required=False)


class NotificationsForm(forms.Form):
    """What the bell tells of."""

    notify_assigned = forms.BooleanField(label=_("A conversation is given to me"), required=False)
    notify_waiting = forms.BooleanField(
        label=_("A customer of mine waits too long for an answer"), required=False
    )
    notify_mentioned = forms.BooleanField(label=_("Somebody mentions me in a note"), required=False)
    notify_failed = forms.BooleanField(label=_("A reply of mine is not delivered"), required=False)
    notify_queue = forms.BooleanField(
        label=_("My department’s queue waits too long"), required=False
    )
    notify_shifts = forms.BooleanField(
        label=_("My shifts are published or changed, or I forgot to check out"), required=False
    )
    notify_requests = forms.BooleanField(
        label=_("A request waits for me, or one of mine is decided"), required=False
    )
    is_quiet_off_work = forms.BooleanField(label=_("Quiet while I am checked out"), required=False)


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(choices=User.Language.choices, required=False)
    theme = forms.ChoiceField(choices=User.Theme.choices, required=False)

    def chosen(self) -> dict[str, str]:
        """Only what was sent."""
        return {name: value for name, value in self.cleaned_data.items() if value}
