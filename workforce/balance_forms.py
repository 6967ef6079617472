"""Forms of leave accounts: which kind and year, an adjustment, a table of opening balances."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, User
from omnichat.lib.csv_files import BadTable
from workforce.balance_page import counted_types
from workforce.models import LeaveType
from workforce.opening_file import MAX_BYTES, MAX_DAYS, MAX_ROWS
from workforce.roster_forms import FIRST_YEAR, DayField
from workforce.timesheet_forms import LAST_MONTH, MAX_NOTE_CHARS

TABLE_ERRORS: dict[str, Promise] = {
    "too_large": _("The table is larger than %(limit)d kB. Split it."),
    "not_csv": _("This is no CSV table. Save it as “CSV UTF-8” and try again."),
    "empty": _("There is no row in the table."),
    "no_column": _("The first row has no column “%(column)s”."),
    "too_many_rows": _("The table has more than %(limit)d rows. Split it."),
}


class DaysField(forms.DecimalField):
    """Days as people write them: `7,5` as well as `7.5`."""

    def to_python(self, value: object) -> Decimal | None:
        return super().to_python(str(value).strip().replace(",", ".") if value else value)


class LedgerForm(forms.Form):
    """Whose lines are shown: of which kind of leave, of which year."""

    type = forms.ModelChoiceField(queryset=None, required=False)
    year = forms.IntegerField(required=False, min_value=FIRST_YEAR, max_value=LAST_MONTH.year)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = LeaveType.objects.visible_to(user).filter(is_counted=True)


class TeamBalanceForm(forms.Form):
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=None, required=False, empty_label=_("All departments")
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.managed_by(user).active()


class AdjustForm(forms.Form):
    """Days that are added to an account or taken off it, and why."""

    type = forms.ModelChoiceField(
        label=_("Kind of leave"),
        queryset=None,
        empty_label=None,
        error_messages={"required": _("Choose a kind of leave.")},
    )
    days = DaysField(
        label=_("Days, or − days"),
        max_digits=5,
        decimal_places=2,
        min_value=-MAX_DAYS,
        max_value=MAX_DAYS,
        error_messages={"required": _("Write how many days: more or less than 0.")},
    )
    on = DayField(label=pgettext_lazy("ledger", "As of"), required=False)
    note = forms.CharField(
        label=_("Reason"),
        max_length=MAX_NOTE_CHARS,
        error_messages={"required": _("Say why, so that it can be understood later.")},
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = counted_types(user)


class OpeningForm(forms.Form):
    """A file or a pasted table of opening balances; `content` is its text."""

    file = forms.FileField(label=_("CSV file"), required=False)
    text = forms.CharField(
        label=_("Or paste the table"), required=False, strip=False, widget=forms.Textarea
    )
    confirm = forms.BooleanField(required=False)

    def clean(self) -> dict:
        """Take the file where there is one; what is confirmed is the text that was checked."""
        data = super().clean()
        if self.errors:
            return data
        file, text = data.get("file"), data.get("text")
        if not file and not text.strip():
            self.add_error("file", _("Choose a file or paste a table."))
        elif file and file.size > MAX_BYTES:
            self.add_error("file", table_error(BadTable("too_large", limit=MAX_BYTES // 1024)))
        else:
            data["content"] = self._decoded(file) if file else text
        return data

    def _decoded(self, file) -> str:
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            self.add_error(
                "file",
                _("The file is not UTF-8. Save it as “CSV UTF-8” and choose it again."),
            )
            return ""
        return text


def table_error(error: BadTable) -> str:
    """Return why a table cannot be read."""
    return str(TABLE_ERRORS[error.code] % error.params)


def table_limits() -> dict[str, int]:
    """What the page says of the size of a table."""
    return {"rows": MAX_ROWS, "kilobytes": MAX_BYTES // 1024}
