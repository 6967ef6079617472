"""What the API reads and shows of conversations and messages."""

from rest_framework import serializers

from inbox.channels.generic import MAX_REPLY_CHARS
from inbox.forms import MAX_ID
from inbox.models import Conversation, Message


class MessageSerializer(serializers.ModelSerializer):
    """A customer's message, in the words of the brief."""

    platform = serializers.CharField(source="conversation.identity.platform", read_only=True)
    sender = serializers.CharField(source="conversation.identity.external_id", read_only=True)
    content = serializers.CharField(source="text", read_only=True)
    keywords = serializers.ListField(
        source="keyword_words", child=serializers.CharField(), read_only=True
    )
    assigned_to = serializers.CharField(
        source="conversation.assignee.username", default=None, read_only=True
    )
    status = serializers.ChoiceField(choices=Message.Status.choices, read_only=True)
    department = serializers.CharField(
        source="conversation.department.name", default=None, read_only=True
    )
    conversation = serializers.UUIDField(source="conversation.public_id", read_only=True)

    class Meta:
        model = Message
        fields = [
            "id",
            "platform",
            "sender",
            "content",
            "keywords",
            "assigned_to",
            "status",
            "department",
            "conversation",
            "received_at",
        ]
        read_only_fields = fields


class ThreadMessageSerializer(serializers.ModelSerializer):
    """Any line of a thread, with the delivery of what we sent."""

    author = serializers.CharField(source="author.display_name", default=None, read_only=True)
    keywords = serializers.JSONField(read_only=True)
    delivery = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields = [
            "id",
            "direction",
            "author",
            "text",
            "keywords",
            "data",
            "delivery",
            "sent_at",
            "received_at",
            "completed_at",
        ]
        read_only_fields = fields

    def get_delivery(self, message: Message) -> list[dict]:
        return [
            {"id": str(part.public_id), "state": part.state, "failure": part.failure}
            for part in message.parts.all()
        ]


class ConversationSerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="public_id", read_only=True)
    contact = serializers.CharField(source="contact.name", read_only=True)
    platform = serializers.CharField(source="identity.platform", read_only=True)
    sender = serializers.CharField(source="identity.external_id", read_only=True)
    channel = serializers.CharField(source="channel.name", read_only=True)
    department = serializers.CharField(source="department.name", default=None, read_only=True)
    assigned_to = serializers.CharField(source="assignee.username", default=None, read_only=True)

    class Meta:
        model = Conversation
        fields = [
            "id",
            "contact",
            "platform",
            "sender",
            "channel",
            "status",
            "department",
            "assigned_to",
            "waiting_reason",
            "waiting_since",
            "last_message_at",
            "preview",
            "created_at",
        ]
        read_only_fields = fields


class NoteInput(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_REPLY_CHARS, trim_whitespace=False)
    submission = serializers.UUIDField(
        required=False, help_text="An id of your own; sent again with the same one stores nothing."
    )

    def validate_text(self, text: str) -> str:
        if not text.strip():
            self.fields["text"].fail("blank")
        return text


class ResolveInput(serializers.Serializer):
    seen = serializers.IntegerField(
        source="seen_id",
        required=False,
        min_value=0,
        max_value=MAX_ID,
        help_text="The id of the newest message you have read: when the customer has written again "
        "since, nothing is completed (409 something_new). Without it nothing is compared.",
    )


class ReplyInput(NoteInput):
    seen = serializers.IntegerField(
        source="seen_id",
        required=False,
        min_value=0,
        max_value=MAX_ID,
        help_text="The id of the newest reply you have read, 0 for none: when a colleague has "
        "answered since, nothing is sent (409 somebody_answered). Without it nothing is compared.",
    )
