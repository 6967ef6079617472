"""The form of the hand-over page: two fields for each listed conversation, and the rest."""

from __future__ import annotations

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from routing.handover_page import Handover, Row
from routing.services.handover import KEEP, NEXT, PERSON, QUEUE, Decision

NOTE_CHARS = 500
NAMED = (QUEUE, NEXT, KEEP)


class HandoverForm(forms.Form):
    """`to_<conversation>` and `note_<conversation>`, in the order of the rows, and one for each
    group of the rest.

    However many somebody has, the fields stay fewer than a request may have.
    """

    def __init__(self, *args, page: Handover, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.page, self.rows = page, page.rows
        for row in self.rows:
            about = {"name": row.conversation.contact.name}
            self.fields[f"to_{row.key}"] = forms.ChoiceField(
                label=_("Hand the conversation with %(name)s to") % about,
                choices=row.choices,
                initial=row.choices[0][0],
                error_messages={
                    "required": _("This one came in meanwhile. Choose where it goes."),
                    "invalid_choice": _("This choice is no longer available. Choose again."),
                },
            )
            self.fields[f"note_{row.key}"] = forms.CharField(
                label=_("Message about %(name)s") % about,
                max_length=NOTE_CHARS,
                required=False,
            )

        if page.waiting:
            label = _("Hand those that wait for the customer to")
            self.fields["waiting"] = _choice_for_all(label, page.waiting_choices)
        if page.snoozed:
            label = _("Hand those that are snoozed to")
            self.fields["snoozed"] = _choice_for_all(label, page.snoozed_choices)

    def lines(self) -> list[tuple[Row, BoundField, BoundField]]:
        return [(row, self[f"to_{row.key}"], self[f"note_{row.key}"]) for row in self.rows]

    def decisions(self) -> list[Decision]:
        """What was chosen; without an answer what the form suggests."""
        given = self.cleaned_data if self.is_bound else {}
        waiting, snoozed = given.get("waiting") or KEEP, given.get("snoozed") or QUEUE
        return [
            *(self._decision(row, given) for row in self.rows),
            *(Decision(one.pk, QUEUE) for one in self.page.unlisted),
            *(Decision(one.pk, waiting) for one in self.page.waiting),
            *(Decision(one.pk, snoozed) for one in self.page.snoozed),
        ]

    def _decision(self, row: Row, given: dict) -> Decision:
        to = given.get(f"to_{row.key}") or self.fields[f"to_{row.key}"].initial
        note = given.get(f"note_{row.key}", "")
        pk = row.conversation.pk
        if to in NAMED:
            return Decision(pk, to, note=note)
        person = next(one.user for one in row.people if str(one.user.public_id) == to)
        return Decision(pk, PERSON, person, note)

    def refuse(self, conversation_id: int, sentence: str) -> None:
        """Say so at its row; what was chosen stays."""
        for row in self.rows:
            if row.conversation.pk == conversation_id:
                name = f"to_{row.key}"
                chosen = self.cleaned_data[name]
                self.add_error(name, sentence)
                self.cleaned_data[name] = chosen


def _choice_for_all(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    """Of a group that goes all one way; the first is what happens without a choice."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        initial=choices[0][0],
        required=False,
        error_messages={
            "invalid_choice": _("This choice is no longer available. Choose again."),
        },
    )
