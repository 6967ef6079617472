"""API of KPI: one's own, those of the people one leads, figures entered by hand."""

from datetime import date

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.client_ip import client_ip
from accounts.models import User
from accounts.permissions import ADMINS, EVERYONE, LEADS, HasRole
from accounts.workplace import workplace_zone
from reporting.kpi_forms import BAD_MONTH, KpiDepartmentForm, KpiPeriodForm
from reporting.kpi_people import PersonMonth, load_months, load_team, load_trend
from reporting.kpi_periods import parse_month
from reporting.models import KpiDefinition, KpiScore
from reporting.models.kpi import MAX_NOTE
from reporting.services import record_kpi

MONTH = OpenApiParameter("period", str, description="YYYY-MM; without it the current month")


class KpiLineOutput(serializers.Serializer):
    metric = serializers.CharField(help_text="a code of the list of figures, or manual:…")
    name = serializers.CharField()
    value = serializers.FloatField(allow_null=True, help_text="seconds, percent or a number")
    n = serializers.IntegerField(help_text="how many it rests on")
    target = serializers.FloatField(allow_null=True)
    points = serializers.FloatField(allow_null=True, help_text="null without data")
    weight = serializers.FloatField(help_text="among those with data; they come to 100")


class PersonOutput(serializers.Serializer):
    id = serializers.UUIDField()
    display_name = serializers.CharField()


class PersonKpiOutput(serializers.Serializer):
    user = PersonOutput()
    score = serializers.FloatField(allow_null=True, help_text="0 to 100; null without data")
    before = serializers.FloatField(allow_null=True, help_text="the score of the month before")
    metrics = KpiLineOutput(many=True)


class TrendOutput(serializers.Serializer):
    period = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True, help_text="of the department")


class WayOutput(serializers.Serializer):
    metric = serializers.CharField()
    value = serializers.FloatField()
    gain = serializers.FloatField()
    score = serializers.FloatField()


class OwnKpiOutput(PersonKpiOutput):
    period = serializers.CharField(help_text="YYYY-MM")
    nearest = WayOutput(allow_null=True, help_text="the step that adds most points")
    trend = TrendOutput(many=True)


class DepartmentKpiOutput(serializers.Serializer):
    period = serializers.CharField(help_text="YYYY-MM")
    median = serializers.FloatField(allow_null=True)
    people = PersonKpiOutput(many=True)


class RecordInput(serializers.Serializer):
    user_id = serializers.SlugRelatedField(
        slug_field="public_id", queryset=User.objects.none(), help_text="UUID of a person"
    )
    metric = serializers.SlugRelatedField(
        slug_field="code", queryset=KpiDefinition.objects.none(), help_text="manual:…"
    )
    period = serializers.CharField(max_length=7, help_text="YYYY-MM")
    value = serializers.FloatField()
    note = serializers.CharField(max_length=MAX_NOTE, required=False, default="", allow_blank=True)

    def validate_period(self, value: str) -> date:
        month = parse_month(value)
        if month is None:
            raise ValidationError(BAD_MONTH)
        return month

    def get_fields(self) -> dict:
        fields = super().get_fields()
        user = self.context["request"].user
        if not user.is_authenticated:  # whoever reads the schema
            return fields
        fields["user_id"].queryset = User.objects.visible_to(user)
        fields["metric"].queryset = KpiDefinition.objects.options_for(user)
        return fields


class RecordOutput(serializers.Serializer):
    user_id = serializers.UUIDField()
    metric = serializers.CharField()
    period = serializers.CharField()
    value = serializers.FloatField()
    note = serializers.CharField(allow_blank=True)


class KpiViewSet(GenericViewSet):
    """Scores of a month: one's own, those of one's department, all for an administrator."""

    queryset = KpiScore.objects.none()
    serializer_class = OwnKpiOutput
    pagination_class = None
    filter_backends = []
    permission_classes = [HasRole]
    roles_by_action = {"user": EVERYONE, "department": LEADS, "record": ADMINS}

    @extend_schema(operation_id="own_kpi", parameters=[MONTH], responses=OwnKpiOutput)
    def user(self, request):
        """The caller's own score, what it is made of, and how it went; whoever else is named."""
        with timezone.override(workplace_zone()):
            form = _valid(KpiPeriodForm(request.query_params))
        period = form.cleaned_data["period"]
        month = load_months([request.user], period)[0]
        body = _person(month) | {
            "period": f"{period:%Y-%m}",
            "nearest": _way(month),
            "trend": [
                {"period": f"{one.period:%Y-%m}", "score": one.score, "median": one.median}
                for one in load_trend(request.user, period)
            ],
        }
        return Response(OwnKpiOutput(body).data)

    @extend_schema(
        operation_id="department_kpi",
        parameters=[
            MONTH,
            OpenApiParameter("department", str, description="number of a department"),
        ],
        responses=DepartmentKpiOutput,
    )
    def department(self, request):
        """Those of the people the caller leads, by name; people without data are not in it.

        `median` is of the one department the list is about; null when there are several.
        """
        with timezone.override(workplace_zone()):
            form = _valid(KpiDepartmentForm(request.query_params, user=request.user))
        period = form.cleaned_data["period"]
        months = [one for one in load_months(form.people(), period) if one.score is not None]
        body = {
            "period": f"{period:%Y-%m}",
            "median": load_team(form.chosen, period).median,
            "people": [_person(month) for month in months],
        }
        return Response(DepartmentKpiOutput(body).data)

    @extend_schema(operation_id="record_kpi", request=RecordInput, responses={201: RecordOutput})
    def record(self, request):
        """Enter or correct a figure of a person for a month; their score follows at once."""
        given = RecordInput(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        found = given.validated_data
        row = record_kpi(
            user=found["user_id"],
            definition=found["metric"],
            period=found["period"],
            value=found["value"],
            note=found["note"],
            actor=request.user,
            ip=client_ip(request),
        )
        body = {
            "user_id": row.user.public_id,
            "metric": row.definition.code,
            "period": f"{row.period:%Y-%m}",
            "value": row.value,
            "note": row.note,
        }
        return Response(RecordOutput(body).data, status=201)


def _valid(form: KpiPeriodForm) -> KpiPeriodForm:
    if not form.is_valid():
        raise ValidationError(form.errors)
    return form


def _person(month: PersonMonth) -> dict:
    return {
        "user": {"id": month.person.public_id, "display_name": month.person.display_name},
        "score": month.score,
        "before": month.before,
        "metrics": [
            {
                "metric": line.code,
                "name": line.label,
                "value": line.row.value,
                "n": line.row.n,
                "target": line.row.target,
                "points": line.row.points,
                "weight": line.row.weight,
            }
            for line in month.lines
        ],
    }


def _way(month: PersonMonth) -> dict | None:
    way = month.way
    if way is None:
        return None
    code = month.lines[way.place].code
    return {"metric": code, "value": way.value, "gain": way.gain, "score": way.score}
