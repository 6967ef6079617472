"""What people type in the inbox."""

from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from inbox.channels.generic import MAX_REPLY_CHARS
from inbox.models import CannedReply, Contact


class LinesField(forms.CharField):
    """Text of several lines. Browsers send their ends as CRLF; it counts and is kept plain."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        return super().to_python(value).replace("\r\n", "\n")


MAX_ID = 2**63 - 1
MAX_CANNED_CHARS = 2000
MAX_DRAFT_CHARS = 20_000  # more than can be sent: what is too long must not be lost


class UuidsField(forms.Field):
    """Any number of UUIDs; what is none is left out, it names nobody."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: object) -> list[UUID]:
        found = []
        for text in value or []:
            try:
                found.append(UUID(text))
            except ValueError:
                continue
        return found


class KindForm(forms.Form):
    """What is written here, and to whom; the hidden fields are the page's."""

    REPLY, NOTE = "reply", "note"
    KINDS = ((REPLY, _("Reply")), (NOTE, _("Note")))

    kind = forms.ChoiceField(choices=KINDS, required=False, initial=REPLY)
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @property
    def is_note(self) -> bool:
        """What is chosen now: of a valid form, or of one that is shown."""
        if self.is_bound and hasattr(self, "cleaned_data"):
            return self.cleaned_data.get("kind") == self.NOTE
        return self["kind"].value() == self.NOTE


class DraftForm(KindForm):
    text = LinesField(max_length=MAX_DRAFT_CHARS, strip=False, required=False)


class InsertForm(DraftForm):
    """Which canned reply to put behind what was written."""

    insert = forms.ModelChoiceField(queryset=CannedReply.objects.none())

    def __init__(self, *args, choices: models.QuerySet[CannedReply], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["insert"].queryset = choices


class ReplyForm(KindForm):
    text = LinesField(
        label=_("Reply"),
        max_length=MAX_REPLY_CHARS,
        strip=False,
        error_messages={"required": _("Write a reply first.")},
    )

    seen = forms.IntegerField(
        required=False, min_value=0, max_value=MAX_ID, widget=forms.HiddenInput
    )
    canned = forms.IntegerField(
        required=False, min_value=1, max_value=MAX_ID, widget=forms.HiddenInput
    )
    mention = UuidsField(required=False)
    anyway = forms.BooleanField(required=False)

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(_("Write a reply first."))
        return text


class ContactForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages={"required": _("A contact needs a name.")},
    )
    note = LinesField(label=_("Note about the contact"), max_length=2000, required=False)
    is_vip = forms.BooleanField(label=_("Important customer"), required=False)

    @staticmethod
    def initial_of(contact: Contact) -> dict:
        return {"name": contact.name, "note": contact.note, "is_vip": contact.is_vip}


class CannedReplyForm(forms.Form):
    shortcut = forms.CharField(
        label=_("Shortcut"),
        max_length=40,
        validators=[
            RegexValidator(r"\A/?[a-z0-9-]+\Z", _("Use small letters a-z, digits and hyphen."))
        ],
        error_messages={"required": _("Give it a shortcut.")},
    )
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.none(), required=False
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        error_messages={"required": _("Give it a title.")},
    )
    text = LinesField(
        label=_("Text"),
        max_length=MAX_CANNED_CHARS,
        error_messages={"required": _("Write what the customer shall read.")},
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        department = self.fields["department"]
        department.queryset = Department.objects.managed_by(user).active()
        if own := self.initial.get("department"):  # of a closed department it stays there
            managed = Department.objects.managed_by(user)
            department.queryset |= managed.filter(pk=getattr(own, "pk", own))
        department.required = not user.is_admin
        department.empty_label = _("Every department") if user.is_admin else None

    def clean_shortcut(self) -> str:
        return self.cleaned_data["shortcut"].removeprefix("/")
