"""The short form of each kind of request, for pages and for the API."""

from __future__ import annotations

import re
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, User
from workforce.models import Leave, Request, Shift, ShiftAssignment
from workforce.models.request import MAX_TEXT
from workforce.request_words import planned_words
from workforce.roster_forms import DayField
from workforce.roster_words import shift_words
from workforce.services.leave_ledger import balances_of, day_words
from workforce.services.request_kinds import KINDS
from workforce.services.request_kinds.days import LEAVE_KINDS, leave_types_for
from workforce.timesheet_forms import LocalMomentField

MAX_AMOUNT = 10_000_000_000  # VND a month
SHIFTS_AHEAD = timedelta(days=60)
NOT_MONEY = re.compile(r"[.,\s₫đ]", re.IGNORECASE)
# What the owner of a request is called in a sentence of the form.
LABELS = {
    "attendance_correction": {
        "starts_at": pgettext_lazy("of work", "Start"),
        "ends_at": pgettext_lazy("of work", "End"),
    },
    "transfer": {"first": _("From which day")},
    "late_early": {"first": _("Date")},
}


class MoneyField(forms.IntegerField):
    """An amount as people write it: `10.500.000` and `10 500 000` are the same."""

    def to_python(self, value: object) -> int | None:
        return super().to_python(NOT_MONEY.sub("", str(value)) if value else value)


class ReviewForm(forms.Form):
    """What a decider says beside yes or no; `fields` of the kind are added where they miss."""

    note = forms.CharField(label=_("Your words"), max_length=500, required=False)
    amount_granted = MoneyField(
        label=_("Granted pay, VND a month"), required=False, min_value=1, max_value=MAX_AMOUNT
    )


class KindForm(forms.Form):
    """Which form is wanted; an unknown kind is refused."""

    kind = forms.ChoiceField(label=_("Kind of request"), choices=Request.Kind.choices)


class RequestForm(forms.Form):
    """The form of one kind. `is_strict`: what the kind needs must be said here."""

    description = forms.CharField(
        label=_("Reason"), max_length=MAX_TEXT, required=False, widget=forms.Textarea
    )

    def __init__(
        self,
        *args,
        kind: str,
        owner: User,
        is_strict: bool = True,
        only: list[str] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.owner, known = kind, owner, KINDS[kind]
        names = [name for name in known.details if only is None or name in only]
        for name in names:
            field = _FIELDS[name](kind, owner)
            field.required = is_strict and name in known.needed
            field.label = LABELS.get(kind, {}).get(name, field.label)
            self.fields[name] = field
        if kind in LEAVE_KINDS and "leave_type" in self.fields:
            self._choose_leave_type(is_strict)
        if only is not None:
            del self.fields["description"]
        elif kind in (Request.Kind.OTHER, Request.Kind.RAISE):
            self.fields["description"].required = is_strict
        self.detail_names = names

    def _choose_leave_type(self, is_strict: bool) -> None:
        """Trips and remote work have one kind as a rule: there is nothing to choose."""
        field = self.fields["leave_type"]
        types = list(field.queryset)
        field.empty_label = None
        if types:
            field.initial = types[0].pk
        if len(types) == 1 and is_strict:
            del self.fields["leave_type"]

    @property
    def details(self) -> dict[str, object]:
        """The columns of the kind, once the form is valid."""
        return {
            name: self.cleaned_data[name]
            for name in self.detail_names
            if self.cleaned_data.get(name) not in (None, "")
        }

    @property
    def rows(self) -> list[forms.BoundField]:
        """The fields of the kind in order, without the reason."""
        return [self[name] for name in self.detail_names if name in self.fields]

    def balance_words(self) -> list[tuple[str, str]]:
        """The (kind of leave, days left) of the counted kinds the person can choose from."""
        if self.kind != Request.Kind.LEAVE:
            return []
        balances = balances_of([self.owner.pk])
        types = leave_types_for(self.kind).filter(is_counted=True)
        days = [(kind, balances.get((self.owner.pk, kind.pk))) for kind in types]
        return [(kind.label, day_words(left)) for kind, left in days if left is not None]

    @property
    def papers(self) -> str:
        """The kinds of leave that need a paper."""
        if self.kind != Request.Kind.LEAVE:
            return ""
        types = leave_types_for(self.kind).filter(needs_attachment=True)
        return ", ".join(one.label for one in types)

    def clean(self) -> dict:
        """Say at the field what spans two of them; the service says it again."""
        data = super().clean()
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", ValidationError(_("The last day is before the first.")))
        start, end = data.get("starts_at"), data.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", ValidationError(_("The end must be after the start.")))
        return data


def _leave_type(kind: str, owner: User) -> forms.Field:
    types = leave_types_for(kind)
    return forms.ModelChoiceField(label=_("Kind of leave"), queryset=types)


def _day(label) -> object:
    def field(kind: str, owner: User) -> forms.Field:
        return DayField(label=label, error_messages={"required": _("Choose a date.")})

    return field


def _moment(label) -> object:
    def field(kind: str, owner: User) -> forms.Field:
        return LocalMomentField(
            label=label, error_messages={"required": _("Write a date and a time.")}
        )

    return field


def _part(kind: str, owner: User) -> forms.Field:
    choices = [(part.value, capfirst(part.label)) for part in Leave.Part]
    return forms.ChoiceField(label=_("Part of the day"), choices=choices)


def _side(kind: str, owner: User) -> forms.Field:
    choices = [(side.value, capfirst(side.label)) for side in Request.Side]
    return forms.ChoiceField(label=_("Late or early"), choices=choices)


def _minutes(kind: str, owner: User) -> forms.Field:
    return forms.IntegerField(label=_("How many minutes"), min_value=1, max_value=24 * 60)


def _money(label) -> object:
    def field(kind: str, owner: User) -> forms.Field:
        return MoneyField(label=label, min_value=1, max_value=MAX_AMOUNT)

    return field


def _ahead(owner: User) -> object:
    """Published shifts that have not begun, of the next weeks."""
    now = timezone.now()
    rows = (
        ShiftAssignment.objects.visible_to(owner)
        .published()
        .filter(starts_at__gt=now, starts_at__lte=now + SHIFTS_AHEAD)
    )
    return rows.select_related("shift", "user").order_by("starts_at", "pk")


def _assignment(kind: str, owner: User) -> forms.Field:
    field = forms.ModelChoiceField(
        label=_("Your shift"), queryset=_ahead(owner).filter(user=owner), empty_label=_("Choose")
    )
    field.label_from_instance = planned_words
    return field


def _colleague_assignment(kind: str, owner: User) -> forms.Field:
    rows = _ahead(owner).filter(user__department=owner.department_id, user__is_active=True)
    rows = rows.filter(user__role=User.Role.STAFF).exclude(user=owner)
    rows = rows.order_by("user__display_name", "starts_at")
    label = _("Against this shift of a colleague")
    field = forms.ModelChoiceField(label=label, queryset=rows, empty_label=_("None"))
    field.label_from_instance = lambda row: f"{row.user.display_name} · {planned_words(row)}"
    return field


def _colleague(kind: str, owner: User) -> forms.Field:
    people = User.objects.options_for(owner).filter(
        department=owner.department_id, role=User.Role.STAFF
    )
    people = people.exclude(pk=owner.pk)
    return forms.ModelChoiceField(
        label=_("Or hand it over to"),
        queryset=people,
        to_field_name="public_id",
        empty_label=_("Nobody"),
    )


def _wanted_shift(kind: str, owner: User) -> forms.Field:
    shifts = Shift.objects.visible_to(owner).active().filter(department=owner.department_id)
    label = _("Or work this one that day")
    field = forms.ModelChoiceField(label=label, queryset=shifts, empty_label=_("None"))
    field.label_from_instance = shift_words
    return field


def _to_department(kind: str, owner: User) -> forms.Field:
    departments = (
        Department.objects.visible_to(owner)
        .active()
        .exclude(pk=owner.department_id)
        .order_by("name")
    )
    label = _("To which department")
    return forms.ModelChoiceField(label=label, queryset=departments, empty_label=_("Choose"))


_FIELDS = {
    "leave_type": _leave_type,
    "first": _day(_("First day")),
    "last": _day(_("Last day")),
    "part": _part,
    "starts_at": _moment(pgettext_lazy("time", "From")),
    "ends_at": _moment(pgettext_lazy("time", "Until")),
    "side": _side,
    "minutes": _minutes,
    "amount": _money(_("Pay you ask for, VND a month")),
    "amount_before": _money(_("Pay now, VND a month")),
    "assignment": _assignment,
    "colleague_assignment": _colleague_assignment,
    "colleague": _colleague,
    "wanted_shift": _wanted_shift,
    "to_department": _to_department,
}
