"""API of shifts: what a department has, and planning somebody for one."""

import datetime

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.client_ip import client_ip
from accounts.models import Department, User
from accounts.permissions import EVERYONE, LEADS, HasRole
from accounts.workplace import workplace_zone
from omnichat.lib.api import Refusal, validated
from workforce import services
from workforce.models import Shift, ShiftAssignment
from workforce.roster_forms import FIRST_YEAR
from workforce.roster_plan import conflicts_of, monday_of, plan_around, rules_of
from workforce.roster_words import conflict_words
from workforce.timesheet_forms import LAST_MONTH

BIG = 2**63 - 1


class ShiftOutput(serializers.ModelSerializer):
    department = serializers.CharField(source="department.name", read_only=True)

    class Meta:
        model = Shift
        fields = [
            "id",
            "name",
            "department_id",
            "department",
            "starts_at",
            "ends_at",
            "paid_break_minutes",
            "unpaid_break_minutes",
            "grace_in_minutes",
            "grace_out_minutes",
            "handover_minutes",
            "minimum_staff",
            "color",
            "is_active",
        ]
        read_only_fields = fields


def limited(name: str) -> serializers.IntegerField:
    """A field of the shift with the limit that it has there."""
    most = Shift._meta.get_field(name).max_value
    return serializers.IntegerField(min_value=0, max_value=most, required=False)


class ShiftInput(serializers.Serializer):
    """An end that is not after the start is on the next day; equal times are a whole day."""

    name = serializers.CharField(max_length=60)
    department_id = serializers.PrimaryKeyRelatedField(
        source="department",
        queryset=Department.objects.active(),
        pk_field=serializers.IntegerField(min_value=1, max_value=BIG),
    )
    starts_at = serializers.TimeField()
    ends_at = serializers.TimeField()
    paid_break_minutes = limited("paid_break_minutes")
    unpaid_break_minutes = limited("unpaid_break_minutes")
    grace_in_minutes = limited("grace_in_minutes")
    grace_out_minutes = limited("grace_out_minutes")
    handover_minutes = limited("handover_minutes")
    minimum_staff = limited("minimum_staff")
    color = serializers.ChoiceField(choices=Shift.Color.values, required=False)


class PlanInput(serializers.Serializer):
    user_id = serializers.UUIDField(help_text="id of GET /users")
    shift_id = serializers.IntegerField(min_value=1, max_value=BIG)
    date = serializers.DateField(help_text="the date the shift starts on, at the workplace")
    publish = serializers.BooleanField(
        default=True, help_text="false: a draft, seen by those who plan until they publish it"
    )

    def validate_date(self, value: datetime.date) -> datetime.date:
        if not FIRST_YEAR <= value.year <= LAST_MONTH.year:
            raise serializers.ValidationError(_("Write a date like 2026-11-23."))
        return value


class WarningOutput(serializers.Serializer):
    kind = serializers.CharField()
    detail = serializers.CharField()
    source = serializers.CharField(allow_blank=True)


class PlanOutput(serializers.ModelSerializer):
    user_id = serializers.UUIDField(source="user.public_id", read_only=True)
    user = serializers.CharField(source="user.username", read_only=True)
    shift = serializers.CharField(source="shift.name", read_only=True)
    is_published = serializers.SerializerMethodField()
    warnings = WarningOutput(many=True, read_only=True)

    class Meta:
        model = ShiftAssignment
        fields = [
            "id",
            "user_id",
            "user",
            "shift_id",
            "shift",
            "date",
            "starts_at",
            "ends_at",
            "planned_minutes",
            "is_published",
            "warnings",
        ]
        read_only_fields = fields

    def get_is_published(self, row: ShiftAssignment) -> bool:
        return row.published_at is not None


class ShiftViewSet(mixins.ListModelMixin, GenericViewSet):
    queryset = Shift.objects.none()
    serializer_class = ShiftOutput
    permission_classes = [HasRole]
    roles_by_action = {"list": EVERYONE, "create": LEADS, "assign": LEADS}

    def get_queryset(self):
        return Shift.objects.visible_to(self.request.user).select_related("department")

    @extend_schema(request=ShiftInput, responses={201: ShiftOutput})
    def create(self, request):
        """Add a shift. 400 break_too_long, 403 not_your_department, 409 shift_exists."""
        data = validated(ShiftInput, request)
        shift = services.create_shift(**data, actor=request.user, ip=client_ip(request))
        return Response(self.get_serializer(shift).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=PlanInput, responses={201: PlanOutput})
    def assign(self, request):
        """Plan somebody for a shift on a date.

        400 other_department, 404 for a person or a shift that is not the caller's to plan, 409
        overlapping_shift, already_planned, roster_conflicts, person_not_active, shift_not_active,
        month_locked.
        """
        data = validated(PlanInput, request)
        people = User.objects.visible_to(request.user)
        person = people.filter(public_id=data["user_id"]).first()
        shift = Shift.objects.managed_by(request.user).filter(pk=data["shift_id"]).first()
        if person is None:
            raise _not_found(_("There is no such person."), "user_id")
        if shift is None:
            raise _not_found(_("There is no such shift."), "shift_id")
        row = services.assign_shift(
            user=person,
            shift=shift,
            on=data["date"],
            publish=data["publish"],
            actor=request.user,
            ip=client_ip(request),
        )
        row.user, row.warnings = person, _warnings(row, person)
        return Response(PlanOutput(row).data, status=status.HTTP_201_CREATED)


def _not_found(detail: str, field: str) -> Refusal:
    """What is foreign is not told from what does not exist."""
    return Refusal(status=404, code="not_found", detail=detail, field=field)


def _warnings(row: ShiftAssignment, person: User) -> list[dict]:
    """What the rules of the roster say about the week, as far as it concerns this shift."""
    zone, week = workplace_zone(), monday_of(row.date)
    roster = plan_around(ShiftAssignment.objects.all(), [person.pk], week)
    plan = {one.id: one for one in roster}
    shifts = Shift.objects.filter(pk__in={one.shift_id for one in roster})
    names = dict(shifts.values_list("pk", "name"))
    found = conflicts_of(roster, week, zone, rules_of(week)).get(person.pk, [])
    return [
        {
            "kind": conflict.kind,
            "detail": " ".join(conflict_words(conflict, str(person), plan, names, zone)),
            "source": conflict.source,
        }
        for conflict in found
        if row.pk in conflict.ids
    ]
