"""API of keywords and of assigning by hand."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, mixins

from accounts.client_ip import client_ip
from accounts.models import User
from accounts.permissions import EVERYONE, LEADS, HasRole
from inbox.api.serializers import ConversationSerializer
from inbox.models import Conversation
from omnichat.lib.api import validated
from routing import services
from routing.api import serializers
from routing.filters import KeywordFilter
from routing.models import Keyword


class KeywordViewSet(mixins.ListModelMixin, GenericViewSet):
    queryset = Keyword.objects.none()
    serializer_class = serializers.KeywordSerializer
    filterset_class = KeywordFilter
    permission_classes = [HasRole]
    roles_by_action = {
        "list": EVERYONE,
        "create": LEADS,
        "update": LEADS,
        "destroy": LEADS,
    }

    def get_queryset(self):
        keywords = Keyword.objects.visible_to(self.request.user)
        if self.action in ("update", "destroy"):
            keywords = Keyword.objects.editable_by(self.request.user)
        return keywords.for_list()

    @extend_schema(request=serializers.KeywordInput, responses={201: serializers.KeywordSerializer})
    def create(self, request):
        """Add a keyword. 400 keyword_refused, 403 not_your_department, 409 keyword_exists."""
        data = validated(serializers.KeywordInput, request)
        keyword = services.create_keyword(**data, actor=request.user, ip=client_ip(request))
        body = self.get_serializer(keyword).data
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(request=serializers.KeywordChanges)
    def update(self, request, pk=None):
        """Change what the body names. Refusals as for adding one."""
        keyword = self.get_object()
        changes = validated(serializers.KeywordChanges, request)
        keyword = services.update_keyword(
            keyword=keyword, actor=request.user, changes=changes, ip=client_ip(request)
        )
        return Response(self.get_serializer(keyword).data)

    @extend_schema(responses={204: None})
    def destroy(self, request, pk=None):
        """Remove a keyword."""
        keyword = self.get_object()
        services.delete_keyword(keyword=keyword, actor=request.user, ip=client_ip(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class AssignmentViewSet(GenericViewSet):
    """Handing a conversation to somebody, or taking it."""

    queryset = Conversation.objects.none()
    serializer_class = ConversationSerializer
    lookup_field = "public_id"
    permission_classes = [HasRole]
    roles_by_action = {"assign": EVERYONE, "take": EVERYONE, "hand_back": EVERYONE}

    def get_queryset(self):
        return Conversation.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=serializers.AssignInput)
    def assign(self, request, public_id=None):
        """Give it to somebody at work, or to the queue of a department; staff what is theirs.

        403 not_yours, 409 person_not_at_work, already_assigned, no_room.
        """
        conversation = self.get_object()
        services.require_may_hand_on(conversation, request.user)
        data = validated(serializers.AssignInput, request)
        named = {"by": request.user, "note": data.get("note", ""), "ip": client_ip(request)}
        if "department" in data:
            conversation = services.move_conversation(
                conversation=conversation, department=data["department"], **named
            )
        else:
            assignee = get_object_or_404(
                User.objects.options_for(request.user), public_id=data["assignee"]
            )
            conversation = services.assign_conversation(
                conversation=conversation, assignee=assignee, **named
            )
        return Response(self.get_serializer(conversation).data)

    @extend_schema(request=serializers.HandBackInput)
    def hand_back(self, request, public_id=None):
        """Put it back into the queue for a colleague. 403 not_yours, 409 nobody_else."""
        conversation = self.get_object()
        data = validated(serializers.HandBackInput, request)
        conversation = services.hand_back(
            conversation=conversation,
            by=request.user,
            note=data.get("note", ""),
            ip=client_ip(request),
        )
        return Response(self.get_serializer(conversation).data)

    @extend_schema(request=None)
    def take(self, request, public_id=None):
        """Take a waiting one. 403 may_not_claim, 409 already_assigned, no_room."""
        conversation = services.take_conversation(
            conversation=self.get_object(), by=request.user, ip=client_ip(request)
        )
        return Response(self.get_serializer(conversation).data)


def _first_channel():
    """The one the test box means too when none is chosen."""
    return next(iter(services.preview_channels()), None)


class RoutingViewSet(GenericViewSet):
    """Asking what routing would do; it never assigns."""

    queryset = Conversation.objects.none()
    serializer_class = serializers.PreviewSerializer
    permission_classes = [HasRole]
    roles_by_action = {"preview": EVERYONE}

    @extend_schema(request=serializers.PreviewInput, responses=serializers.PreviewSerializer)
    def preview(self, request):
        """Say where a new customer's message would go and to whom, and why not to the others."""
        data = validated(serializers.PreviewInput, request)
        told = services.preview_message(
            text=data["text"], reader=request.user, channel=data.get("channel") or _first_channel()
        )
        return Response(self.get_serializer(told.as_json()).data)
