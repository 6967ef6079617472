"""What people type about keywords and assignments."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, User
from inbox.models import Conversation, Priority
from routing.keyword_files import MAX_BYTES
from routing.keyword_rules import (
    MAX_NOTE_CHARS,
    MAX_WORD_CHARS,
    ends_before_it_begins,
    tidy_synonyms,
)
from routing.keyword_sentences import ENDS_EARLY, synonym_sentence
from routing.models import Agent, Keyword, validate_weight
from routing.services.keywords import keyword_channels
from routing.services.preview import MAX_TRY_CHARS
from workforce.availability import Reason


class KeywordForm(forms.Form):
    word = forms.CharField(
        label=_("Keyword"),
        max_length=MAX_WORD_CHARS,
        error_messages={"required": _("Type the word customers use.")},
    )
    synonyms = forms.CharField(label=_("Synonyms"), required=False, widget=forms.Textarea)
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        empty_label=_("Choose a department"),
    )
    weight = forms.DecimalField(
        label=_("Weight"),
        max_digits=4,
        decimal_places=2,
        initial=1,
        localize=True,
        validators=[validate_weight],
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    valid_from = forms.DateField(label=_("Counts from"), required=False)
    valid_to = forms.DateField(label=_("Counts until"), required=False)
    channel = forms.TypedChoiceField(
        label=_("Only on the channel"), required=False, empty_value=None
    )
    sets_priority = forms.TypedChoiceField(
        label=_("Sets the priority"),
        required=False,
        empty_value=None,
        coerce=int,
        choices=[("", pgettext_lazy("priority", "none")), *Priority.choices],
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=MAX_NOTE_CHARS)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.managed_by(user).active()
        self.fields["department"].queryset = departments
        if user.is_manager:
            self.fields["department"].empty_label = None
        self.channels = {str(channel.pk): channel for channel in keyword_channels()}
        named = [(pk, channel.name) for pk, channel in self.channels.items()]
        self.fields["channel"].choices = [("", _("All channels")), *named]
        self.fields["channel"].coerce = self.channels.__getitem__

    @staticmethod
    def initial_of(keyword: Keyword) -> dict:
        """What the form shows of a keyword that is there."""
        names = ("word", "weight", "is_active", "sets_priority", "note")
        return {
            **{name: getattr(keyword, name) for name in names},
            "department": keyword.department_id,
            "channel": keyword.channel_id and str(keyword.channel_id),
            "synonyms": ", ".join(keyword.synonyms),
            "valid_from": keyword.valid_from and keyword.valid_from.isoformat(),
            "valid_to": keyword.valid_to and keyword.valid_to.isoformat(),
        }

    def clean_synonyms(self) -> list[str]:
        synonyms = tidy_synonyms([self.cleaned_data["synonyms"]])
        if text := synonym_sentence(self.cleaned_data.get("word", ""), synonyms):
            raise forms.ValidationError(text)
        return synonyms

    def clean(self) -> dict:
        data = super().clean()
        if ends_before_it_begins(data.get("valid_from"), data.get("valid_to")):
            self.add_error("valid_to", ENDS_EARLY)
        return data

    @property
    def has_more(self) -> bool:
        """True when something below the first fields is set or wrong, so that they are shown."""
        names = ("valid_from", "valid_to", "channel", "sets_priority", "note")
        return any(self[name].errors or self[name].value() for name in names)


class SwitchForm(forms.Form):
    state = forms.ChoiceField(choices=(("on", "on"), ("off", "off")))


class SwitchOffForm(forms.Form):
    """Keywords to switch off, by their numbers."""

    off = forms.RegexField(r"^[0-9]{1,9}(,[0-9]{1,9}){0,19}\Z")

    def clean_off(self) -> set[int]:
        return {int(number) for number in self.cleaned_data["off"].split(",")}


class TryForm(forms.Form):
    """A message to try out; `text` and `channel` of routing's preview."""

    text = forms.CharField(
        label=_("Message to try"),
        max_length=MAX_TRY_CHARS,
        widget=forms.Textarea,
        error_messages={
            "required": _("Type a message as a customer would."),
            "max_length": _("Messages of up to %(limit_value)d characters can be tried."),
        },
    )
    channel = forms.TypedChoiceField(label=_("Channel"), required=False, empty_value=None)

    def __init__(self, *args, channels: list, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(channel.pk): channel for channel in channels}
        self.fields["channel"].choices = [(pk, str(c)) for pk, c in self.by_id.items()]

    def clean_channel(self):
        """The channel itself; the first one when none is chosen."""
        first = next(iter(self.by_id.values()), None)
        return self.by_id.get(self.cleaned_data["channel"] or "", first)


class KeywordFileForm(forms.Form):
    """A file or a pasted table of keywords; `content` is its bytes, whichever was given."""

    file = forms.FileField(label=_("CSV file"), required=False)
    text = forms.CharField(label=_("Or paste the table"), required=False, widget=forms.Textarea)

    def clean(self) -> dict:
        data = super().clean()
        if self.errors:
            return data
        file, text = data.get("file"), data.get("text")
        if not file and not text:
            self.add_error("file", _("Choose a file or paste a table."))
        elif file and file.size > MAX_BYTES:
            self.add_error("file", _("The file is larger than 2 MB. Split it."))
        else:
            data["content"] = file.read() if file else text.encode()
            data["name"] = file.name if file else ""
        return data


class HandBackForm(forms.Form):
    """What a conversation that is handed on is given along."""

    note = forms.CharField(
        label=_("What the next person needs to know"), max_length=500, required=False
    )


class AssignForm(HandBackForm):
    """Hand a conversation to a person, or to the queue of a department; with a note."""

    assignee = forms.ModelChoiceField(
        label=_("Assign to"),
        queryset=User.objects.none(),
        to_field_name="public_id",
        required=False,
    )
    to_department = forms.ModelChoiceField(
        label=_("Or to the queue of"), queryset=Department.objects.none(), required=False
    )

    def __init__(self, *args, user: User, conversation: Conversation, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.conversation = user, conversation
        self.fields["assignee"].queryset = User.objects.options_for(user)
        self.departments = Department.objects.visible_to(user).active()
        self.fields["to_department"].queryset = self.departments

    def clean(self) -> dict:
        data = super().clean()
        if self.errors:
            return data
        if data.get("assignee") and data.get("to_department"):
            self.add_error("assignee", _("Choose either a person or a department, not both."))
        elif not data.get("assignee") and not data.get("to_department"):
            self.add_error("assignee", _("Choose a person or a department."))
        return data

    @property
    def agents(self) -> list[Agent]:
        """Those at work now, with their load; others would be refused."""
        agents = Agent.objects.options_for(self.user).select_related("user__department")
        at_work = [agent for agent in agents if agent.keeps_work]
        return in_handing_order(at_work, self.conversation.department_id)


def in_handing_order(agents: Iterable[Agent], department_id: int | None) -> list[Agent]:
    """As people are offered a conversation: who takes work, its department's, who has most room."""
    return sorted(
        agents,
        key=lambda agent: (
            agent.shown_reason != Reason.TAKING_WORK,
            agent.user.department_id != department_id,
            -agent.free_percent,
            agent.pk,
        ),
    )
