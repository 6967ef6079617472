"""What is asked at the first run."""

import zoneinfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import normalize_username

NEARBY = (
    "Asia/Ho_Chi_Minh",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)


def time_zones() -> list[tuple[str, str]]:
    """Every zone this machine knows, those most likely first."""
    known = zoneinfo.available_timezones()
    first = [name for name in NEARBY if name in known]
    return [(name, name) for name in [*first, *sorted(known - set(first))]]


class SetupForm(forms.Form):
    organisation = forms.CharField(
        label=_("Organisation’s name"),
        max_length=120,
        error_messages={"required": _("Type the organisation’s name.")},
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, initial="Asia/Ho_Chi_Minh"
    )
    language = forms.ChoiceField(label=_("Default language"), choices=User.Language.choices)
    display_name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        error_messages={"required": _("Type the name colleagues know.")},
    )
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=60,
        error_messages={"required": _("Type a sign-in name.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        error_messages={"required": _("Type a password first.")},
    )
    repeat = forms.CharField(
        label=_("Password again"),
        max_length=200,
        strip=False,
        error_messages={"required": _("Type the password again.")},
    )
    department = forms.CharField(
        label=_("Department’s name"),
        max_length=80,
        error_messages={"required": _("Type a department’s name.")},
    )
    starter_keywords = forms.BooleanField(
        label=_("Begin with a set of words that shops’ customers use"), required=False, initial=True
    )
    first_channel = forms.ChoiceField(
        label=_("Connect right after this step"),
        choices=[("webhook", _("Webhook of a program")), ("later", _("Later"))],
    )
    channel = forms.CharField(label=_("Channel’s name"), max_length=80, required=False)
    reply_url = forms.URLField(
        label=_("Reply address"), max_length=500, required=False, assume_scheme="https"
    )

    def clean_username(self) -> str:
        name = normalize_username(self.cleaned_data["username"])
        for check in User._meta.get_field("username").validators:
            check(name)
        return name

    def clean_repeat(self) -> str:
        if self.cleaned_data["repeat"] != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("The two passwords are not the same."))
        return self.cleaned_data["repeat"]

    def clean(self) -> dict:
        given = super().clean()
        is_wanted = given.get("first_channel") == "webhook"
        if is_wanted and not given.get("channel") and "channel" not in self.errors:
            self.add_error("channel", _("Name the channel, or choose “Later”."))
        return given

    def chosen(self) -> dict:
        """What the service takes."""
        given = dict(self.cleaned_data)
        del given["repeat"]
        if given.pop("first_channel") == "later":
            given |= {"channel": "", "reply_url": ""}
        return given
