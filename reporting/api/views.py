"""API of reports."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.permissions import LEADS, HasRole
from accounts.workplace import workplace_zone
from reporting.forms import ReportForm
from reporting.metrics.measures import Value
from reporting.models import Fact
from reporting.report import Report, make_report
from reporting.slices import Basis, GroupBy
from reporting.subjects import SUBJECTS


class ValueOutput(serializers.Serializer):
    """`value` is a count, percent, seconds or times, as `units` says; null where there is none."""

    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="how many facts it rests on")
    median = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)


class LineOutput(serializers.Serializer):
    key = serializers.CharField(allow_blank=True, help_text="empty: belongs to none")
    name = serializers.CharField()
    metrics = serializers.DictField(child=ValueOutput())


class SummaryOutput(serializers.Serializer):
    report = serializers.CharField()
    group_by = serializers.ChoiceField(choices=GroupBy.values)
    start = serializers.DateField()
    end = serializers.DateField()
    hours = serializers.ChoiceField(choices=Basis.values)
    time_zone = serializers.CharField()
    as_of = serializers.DateTimeField(allow_null=True, help_text="until when all is counted")
    units = serializers.DictField(child=serializers.CharField())
    rows = LineOutput(many=True)
    total = serializers.DictField(child=ValueOutput())
    before = serializers.DictField(
        child=ValueOutput(), help_text="the total of as many days right before"
    )


def _query(name: str, what: str, **more) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=what, **more)


class ReportViewSet(GenericViewSet):
    """Figures of what one may see: a manager's department, everything for an administrator."""

    queryset = Fact.objects.none()
    serializer_class = SummaryOutput
    pagination_class = None
    filter_backends = []
    permission_classes = [HasRole]
    roles_by_action = {"summary": LEADS}

    @extend_schema(
        operation_id="report_summary",
        parameters=[
            _query("group_by", "what the lines are", enum=GroupBy.values),
            _query("report", "which figures; without it those of answers", enum=list(SUBJECTS)),
            _query("start", "first day, YYYY-MM-DD; without it 13 days before the last"),
            _query("end", "last day, YYYY-MM-DD; without it today"),
            _query("hours", "which clock durations are counted by", enum=Basis.values),
            _query("department", "number of a department"),
            _query("channel", "number of a channel"),
            _query("person", "UUID of a person"),
        ],
        responses=SummaryOutput,
    )
    def summary(self, request):
        """The lines of a report, their total, and the total of the period before.

        Every count is the sum of its lines. 400 with the field and the reason for a bad date, an
        unknown line or days the wrong way round.
        """
        zone = workplace_zone()
        with timezone.override(zone):
            form = ReportForm(request.query_params, user=request.user)
            if not form.is_valid():
                raise ValidationError(form.errors)
            found = form.cleaned_data
            made = make_report(form.slice(), found["group_by"], found["report"].metrics)
            body = _summary(made, found["report"].code, str(zone))
        return Response(SummaryOutput(body).data)


def _summary(made: Report, code: str, zone: str) -> dict:
    return {
        "report": code,
        "group_by": made.group_by.value,
        "start": made.what.first,
        "end": made.what.last,
        "hours": made.what.basis.value,
        "time_zone": zone,
        "as_of": made.as_of,
        "units": {metric.code: metric.unit.value for metric in made.metrics},
        "rows": [
            {"key": row.key, "name": row.name, "metrics": _values(row.values)} for row in made.rows
        ],
        "total": _values(made.total),
        "before": _values(made.before),
    }


def _values(values: dict[str, Value]) -> dict[str, dict]:
    return {
        code: {
            "value": value.amount,
            "n": value.n,
            "median": value.median,
            "p90": value.p90,
            "mean": value.mean,
        }
        for code, value in values.items()
    }
