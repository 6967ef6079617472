"""API of the timesheet: one's own month."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.permissions import EVERYONE, HasRole
from accounts.workplace import workplace_zone
from workforce.models import TimeEntry
from workforce.timesheet_days import DayRow, PersonMonth, read_month
from workforce.timesheet_forms import MonthForm


class PlannedShiftOutput(serializers.Serializer):
    name = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class CountedEntryOutput(serializers.Serializer):
    """The times that count; a forgotten check-out is null until somebody corrects it."""

    id = serializers.IntegerField()
    checked_in_at = serializers.DateTimeField()
    checked_out_at = serializers.DateTimeField(allow_null=True)
    is_corrected = serializers.BooleanField()
    is_off_site = serializers.BooleanField(help_text="checked in outside the office")


class SumsOutput(serializers.Serializer):
    planned_minutes = serializers.IntegerField()
    worked_minutes = serializers.IntegerField()
    break_minutes = serializers.IntegerField()
    late_minutes = serializers.IntegerField()
    early_minutes = serializers.IntegerField()
    overtime_minutes = serializers.IntegerField()
    minutes = serializers.DictField(child=serializers.IntegerField(), help_text="by pay class")


class DayOutput(SumsOutput):
    date = serializers.DateField()
    kind = serializers.CharField(help_text="ordinary, rest, holiday or in_lieu")
    holiday = serializers.CharField(allow_blank=True)
    symbol = serializers.CharField(allow_blank=True)
    flags = serializers.ListField(child=serializers.CharField())
    shifts = PlannedShiftOutput(many=True)
    entries = CountedEntryOutput(many=True)


class TotalsOutput(SumsOutput):
    late_times = serializers.IntegerField()
    early_times = serializers.IntegerField()
    days = serializers.DictField(child=serializers.FloatField(), help_text="by symbol")
    unresolved = serializers.ListField(child=serializers.DateField())


class TimesheetOutput(serializers.Serializer):
    month = serializers.CharField(help_text="YYYY-MM")
    time_zone = serializers.CharField()
    state = serializers.ChoiceField(choices=["open", "approved", "locked"])
    days = DayOutput(many=True)
    totals = TotalsOutput()


class TimesheetViewSet(GenericViewSet):
    """The caller's own month, whoever else the query names."""

    queryset = TimeEntry.objects.none()
    serializer_class = TimesheetOutput
    pagination_class = None
    filter_backends = []
    permission_classes = [HasRole]
    roles_by_action = {"own": EVERYONE}

    @extend_schema(
        operation_id="own_timesheet",
        parameters=[
            OpenApiParameter("month", str, description="YYYY-MM; without it the current month")
        ],
        responses=TimesheetOutput,
    )
    def own(self, request):
        """All days of a month with their sums; an entry is on the date its shift starts."""
        zone = workplace_zone()
        with timezone.override(zone):
            form = MonthForm(request.query_params)
            if not form.is_valid():
                raise ValidationError(form.errors)
            counted = read_month(request.user, form.cleaned_data["month"])
            return Response(TimesheetOutput(_month(counted, form.cleaned_data["month"], zone)).data)


def _month(counted: PersonMonth, month, zone) -> dict:
    totals = counted.totals
    return {
        "month": f"{month:%Y-%m}",
        "time_zone": str(zone),
        "state": counted.state,
        "days": [_day(row) for row in counted.rows],
        "totals": _sums(totals)
        | {
            "late_times": totals.late_times,
            "early_times": totals.early_times,
            "days": {symbol: count / 2 for symbol, count in totals.half_days.items()},
            "unresolved": totals.unresolved,
        },
    }


def _day(row: DayRow) -> dict:
    return _sums(row.day) | {
        "date": row.day.date,
        "kind": row.day.kind,
        "holiday": row.holiday,
        "symbol": row.day.symbol,
        "flags": sorted(row.day.flags),
        "shifts": [
            {"name": plan.name, "starts_at": plan.starts_at, "ends_at": plan.ends_at}
            for plan in row.shifts
        ],
        "entries": [
            {
                "id": entry.pk,
                "checked_in_at": entry.began,
                "checked_out_at": entry.ended,
                "is_corrected": entry.is_corrected,
                "is_off_site": entry.is_off_site,
            }
            for entry in row.entries
        ],
    }


def _sums(counted) -> dict:
    """What a day and a month have in common."""
    return {
        "planned_minutes": counted.planned_minutes,
        "worked_minutes": counted.worked_minutes,
        "break_minutes": counted.break_minutes,
        "late_minutes": counted.late_minutes,
        "early_minutes": counted.early_minutes,
        "overtime_minutes": counted.overtime_minutes,
        "minutes": {str(name): count for name, count in counted.minutes.items()},
    }
