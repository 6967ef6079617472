"""The one way a rule refuses: a stable code, a translated sentence, a status."""

from django.utils.functional import Promise

RETRY_AFTER_SECONDS = 5  # told to a caller whose request the database could not take


class DomainError(Exception):
    """A rule said no. `code` never changes; the sentence says what to do next.

    `field` names the input that is at fault, when one is.
    """

    code = "refused"
    status = 409

    def __init__(self, detail: str | Promise, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field

    def __str__(self) -> str:
        return str(self.detail)
