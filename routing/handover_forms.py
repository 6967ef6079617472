"""The form of the hand-over page: two fields for each conversation one has."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from routing.handover_page import Row
from routing.services.handover import KEEP, NEXT, PERSON, QUEUE, Decision

NOTE_CHARS = 500
NAMED = (QUEUE, NEXT, KEEP)


class HandoverForm(forms.Form):
    """`to_<conversation>` and `note_<conversation>`, in the order of the rows."""

    def __init__(self, *args, rows: Sequence[Row], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            about = {"name": row.conversation.contact.name}
            self.fields[f"to_{row.key}"] = forms.ChoiceField(
                label=_("Hand the conversation with %(name)s to") % about,
                choices=row.choices,
                initial=row.choices[0][0],
                error_messages={
                    "required": _("This one came in meanwhile. Choose where it goes."),
                    "invalid_choice": _("This is no choice any more. Choose again."),
                },
            )
            self.fields[f"note_{row.key}"] = forms.CharField(
                label=_("Message about %(name)s") % about,
                max_length=NOTE_CHARS,
                required=False,
            )

    def lines(self) -> list[tuple[Row, BoundField, BoundField]]:
        return [(row, self[f"to_{row.key}"], self[f"note_{row.key}"]) for row in self.rows]

    def decisions(self) -> list[Decision]:
        """What was chosen; without an answer what the form suggests."""
        given = self.cleaned_data if self.is_bound else {}
        return [self._decision(row, given) for row in self.rows]

    def _decision(self, row: Row, given: dict) -> Decision:
        to = given.get(f"to_{row.key}") or self.fields[f"to_{row.key}"].initial
        note = given.get(f"note_{row.key}", "")
        pk = row.conversation.pk
        if to in NAMED:
            return Decision(pk, to, note=note)
        person = next(one.user for one in row.people if str(one.user.public_id) == to)
        return Decision(pk, PERSON, person, note)

    def refuse(self, conversation_id: int, sentence: str) -> None:
        for row in self.rows:
            if row.conversation.pk == conversation_id:
                self.add_error(f"to_{row.key}", sentence)
