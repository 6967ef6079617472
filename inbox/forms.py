"""What people type in the inbox."""

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.channels.generic import MAX_REPLY_CHARS


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Reply"),
        max_length=MAX_REPLY_CHARS,
        strip=False,
        widget=forms.Textarea,
        error_messages={"required": _("Write a reply first.")},
    )

    def clean_text(self) -> str:
        # Browsers send line ends as CRLF; the customer gets the plain form.
        text = self.cleaned_data["text"].replace("\r\n", "\n")
        if not text.strip():
            raise forms.ValidationError(_("Write a reply first."))
        return text


class ContactForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages={"required": _("A contact needs a name.")},
    )
    note = forms.CharField(
        label=_("Note about the contact"),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
    )

    def clean_note(self) -> str:
        return self.cleaned_data["note"].replace("\r\n", "\n")
