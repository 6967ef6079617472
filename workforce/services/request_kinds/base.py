"""What every kind of request answers."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from omnichat.lib.errors import DomainError
from workforce.models import Request

MISSING = {
    "first": gettext_lazy("Choose a date."),
    "leave_type": gettext_lazy("Choose a kind of leave."),
    "starts_at": gettext_lazy("Write a date and a time."),
    "ends_at": gettext_lazy("Write a date and a time."),
    "side": gettext_lazy("Say whether it is later or earlier."),
    "minutes": gettext_lazy("Say how many minutes."),
    "assignment": gettext_lazy("Choose one of your shifts."),
    "amount": gettext_lazy("Write the pay you ask for."),
    "to_department": gettext_lazy("Choose a department."),
}


class BadRequest(DomainError):
    """What is asked for cannot be: `field` says which input."""

    code = "bad_request"
    status = 400


class Incomplete(DomainError):
    """Something that the decision would need was not said."""

    code = "incomplete"
    status = 400


class RequestKind:
    """A kind without details or effect; the others say what is different."""

    details: tuple[str, ...] = ()  # columns its form asks for, in order
    needed: tuple[str, ...] = ()  # those without which nothing can be approved
    has_effect = True
    changes_roster = False  # then the rows of the departments are locked first
    # May the person take back alone what was approved, as long as it has not begun?
    owner_may_undo = False

    def missing(self, request: Request) -> list[str]:
        """Return the needed columns that are empty."""
        return [name for name in self.needed if getattr(request, name) in (None, "")]

    def require_complete(self, request: Request) -> None:
        """Raises Incomplete for the first column that is missing."""
        if missing := self.missing(request):
            text = str(MISSING.get(missing[0]) or _("This field is required."))
            raise Incomplete(text, field=missing[0])

    def check(self, request: Request, at: datetime) -> None:
        """Refuse what can never be approved as it is; called at submission and at approval."""

    def prepare(self, request: Request, at: datetime) -> None:
        """Fill in, before it is stored, what follows from what was asked."""

    def apply(self, request: Request, actor: User, at: datetime, ip: str | None) -> dict:
        """Carry it out; returns what `undo` needs."""
        return {}

    def undo(self, request: Request, actor: User, at: datetime, ip: str | None) -> None:
        """Take back what `apply` did."""

    def begins_at(self, request: Request) -> datetime | None:
        """Return when what was approved begins to count; None: at once."""
        return None
