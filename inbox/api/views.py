"""API of messages and conversations: thin doors to the same services as the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, mixins

from accounts.permissions import EVERYONE, HasRole
from inbox import services
from inbox.api import serializers
from inbox.filters import ConversationFilter, MessageFilter
from inbox.models import Conversation, Message
from omnichat.lib.api import NewestFirstCursorPagination, validated


class MessageViewSet(mixins.ListModelMixin, GenericViewSet):
    """What customers wrote, the newest first."""

    queryset = Message.objects.none()
    serializer_class = serializers.MessageSerializer
    filterset_class = MessageFilter
    pagination_class = NewestFirstCursorPagination
    permission_classes = [HasRole]
    roles_by_action = {"list": EVERYONE, "complete": EVERYONE}

    def get_queryset(self):
        return Message.objects.visible_to(self.request.user).inbound().for_list()

    @extend_schema(request=None, responses=serializers.MessageSerializer)
    def complete(self, request, pk=None):
        """Complete a message and all before it. 403 not_yours, 409 message_completed."""
        message = services.complete_message(message=self.get_object(), by=request.user)
        return Response(self.get_serializer(message).data)


class ConversationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    queryset = Conversation.objects.none()
    serializer_class = serializers.ConversationSerializer
    filterset_class = ConversationFilter
    pagination_class = NewestFirstCursorPagination
    lookup_field = "public_id"
    permission_classes = [HasRole]
    roles_by_action = {
        "list": EVERYONE,
        "retrieve": EVERYONE,
        "messages": EVERYONE,
        "reply": EVERYONE,
        "notes": EVERYONE,
        "resolve": EVERYONE,
        "undo_resolve": EVERYONE,
    }

    def get_queryset(self):
        return Conversation.objects.visible_to(self.request.user).for_list()

    @extend_schema(responses=serializers.ThreadMessageSerializer(many=True), filters=False)
    @action(detail=True, filterset_class=None)
    def messages(self, request, public_id=None):
        """The thread, the newest first."""
        lines = self.get_object().messages.select_related("author").prefetch_related("parts")
        page = self.paginate_queryset(lines)
        data = serializers.ThreadMessageSerializer(page, many=True).data
        return self.get_paginated_response(data)

    @extend_schema(
        request=serializers.ReplyInput, responses={201: serializers.ThreadMessageSerializer}
    )
    @action(detail=True, methods=["post"])
    def reply(self, request, public_id=None):
        """Answer the customer.

        403 not_yours, 409 conversation_resolved, somebody_answered, submission_used.
        """
        conversation = self.get_object()
        data = validated(serializers.ReplyInput, request)
        message = services.send_reply(conversation=conversation, author=request.user, **data)
        body = serializers.ThreadMessageSerializer(message).data
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=serializers.NoteInput, responses={201: serializers.ThreadMessageSerializer}
    )
    @action(detail=True, methods=["post"])
    def notes(self, request, public_id=None):
        """Write a private note; @name calls a colleague. 409 submission_used."""
        conversation = self.get_object()
        data = validated(serializers.NoteInput, request)
        note = services.add_note(conversation=conversation, author=request.user, **data)
        body = serializers.ThreadMessageSerializer(note).data
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(request=serializers.ResolveInput, responses=serializers.ConversationSerializer)
    @action(detail=True, methods=["post"])
    def resolve(self, request, public_id=None):
        """Complete everything in it. 403 not_yours, 409 conversation_resolved, something_new."""
        conversation = self.get_object()
        data = validated(serializers.ResolveInput, request)
        conversation = services.resolve_conversation(
            conversation=conversation, by=request.user, **data
        )
        return Response(self.get_serializer(conversation).data)

    @extend_schema(request=None, responses=serializers.ConversationSerializer)
    @action(detail=True, methods=["post"], url_path="resolve/undo", url_name="undo-resolve")
    def undo_resolve(self, request, public_id=None):
        """Take back a "done" of one's own, at most 60 s old.

        403 not_yours, 409 undo_overtaken, undo_too_late.
        """
        conversation = services.undo_resolve(conversation=self.get_object(), by=request.user)
        return Response(self.get_serializer(conversation).data)
