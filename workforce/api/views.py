"""API of working time."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.client_ip import client_ip
from accounts.permissions import EVERYONE, HasRole
from omnichat.lib.api import validated
from workforce import services
from workforce.models import Break, TimeEntry


class TimeEntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = TimeEntry
        fields = ["id", "checked_in_at", "checked_out_at", "is_off_site"]
        read_only_fields = fields


class BreakSerializer(serializers.ModelSerializer):
    class Meta:
        model = Break
        fields = ["id", "reason", "started_at", "ended_at", "expected_back_at"]
        read_only_fields = fields


class BreakInput(serializers.Serializer):
    reason = serializers.ChoiceField(choices=Break.Reason.choices)
    minutes = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=services.MAX_BREAK_MINUTES,
        help_text="How long it is expected to last; colleagues see until when.",
    )


class AttendanceViewSet(GenericViewSet):
    """The caller's own check-in, check-out and breaks; others in the body are ignored."""

    queryset = TimeEntry.objects.none()
    serializer_class = TimeEntrySerializer
    permission_classes = [HasRole]
    roles_by_action = {
        "checkin": EVERYONE,
        "checkout": EVERYONE,
        "start_break": EVERYONE,
        "end_break": EVERYONE,
    }

    @extend_schema(request=None, responses={200: TimeEntrySerializer, 201: TimeEntrySerializer})
    def checkin(self, request):
        """Start work: 201 with the new entry, 200 with the one that is open already.

        409 outside_office, where the organisation refuses what is outside its networks.
        """
        entry, is_new = services.check_in(user=request.user, address=client_ip(request))
        return Response(TimeEntrySerializer(entry).data, status=_status(is_new))

    @extend_schema(request=None, responses=TimeEntrySerializer)
    def checkout(self, request):
        """End work, and the break if one lasts. 409 not_checked_in."""
        return Response(TimeEntrySerializer(services.check_out(user=request.user)).data)

    @extend_schema(request=BreakInput, responses={200: BreakSerializer, 201: BreakSerializer})
    def start_break(self, request):
        """Go on a break: 201 with the new one, 200 with one of this reason that lasts already.

        409 not_checked_in, already_on_break.
        """
        data = validated(BreakInput, request)
        taken, is_new = services.start_break(user=request.user, **data)
        return Response(BreakSerializer(taken).data, status=_status(is_new))

    @extend_schema(request=None, responses=BreakSerializer)
    def end_break(self, request):
        """Come back from the break. 409 not_on_break."""
        return Response(BreakSerializer(services.end_break(user=request.user)).data)


def _status(is_new: bool) -> int:
    return status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
