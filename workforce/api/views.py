"""API of working time."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.permissions import EVERYONE, HasRole
from workforce import services
from workforce.models import TimeEntry


class TimeEntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = TimeEntry
        fields = ["id", "checked_in_at", "checked_out_at"]
        read_only_fields = fields


class AttendanceViewSet(GenericViewSet):
    """The caller's own check-in and check-out; whatever the body says about others is ignored."""

    queryset = TimeEntry.objects.none()
    serializer_class = TimeEntrySerializer
    permission_classes = [HasRole]
    roles_by_action = {"checkin": EVERYONE, "checkout": EVERYONE}

    @extend_schema(request=None, responses={200: TimeEntrySerializer, 201: TimeEntrySerializer})
    def checkin(self, request):
        """Start work: 201 with the new entry, 200 with the one that is open already."""
        entry, is_new = services.check_in(user=request.user)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(TimeEntrySerializer(entry).data, status=code)

    @extend_schema(request=None, responses=TimeEntrySerializer)
    def checkout(self, request):
        """End work. 409 not_checked_in."""
        return Response(TimeEntrySerializer(services.check_out(user=request.user)).data)
