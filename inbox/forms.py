"""What people type in the inbox."""

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.channels.generic import MAX_REPLY_CHARS


class LinesField(forms.CharField):
    """Text of several lines. Browsers send their ends as CRLF; it counts and is kept plain."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class ReplyForm(forms.Form):
    text = LinesField(
        label=_("Reply"),
        max_length=MAX_REPLY_CHARS,
        strip=False,
        error_messages={"required": _("Write a reply first.")},
    )

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
