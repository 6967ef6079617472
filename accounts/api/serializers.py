"""What the API reads and shows of people and departments."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Department, Notification, User
from accounts.names import MAX_NAME_CHARS
from accounts.notifications import plain_sentence_of


class TokenInput(serializers.Serializer):
    username = serializers.CharField(max_length=MAX_NAME_CHARS)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


class TokenOutput(serializers.Serializer):
    access_token = serializers.CharField()
    token_type = serializers.CharField()
    refresh_token = serializers.CharField()
    expires_in = serializers.IntegerField(help_text=_("Seconds the access token is good for."))


class RefreshInput(serializers.Serializer):
    refresh_token = serializers.CharField(max_length=4000)


class RegisterInput(serializers.Serializer):
    """Role and department are not asked: an administrator decides them."""

    username = serializers.RegexField(
        r"\A[A-Za-z0-9._-]+\Z",
        max_length=60,
        error_messages={"invalid": _("Use letters a-z, digits, dot, hyphen and underscore.")},
    )
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    display_name = serializers.CharField(max_length=120, required=False, default="")
    email = serializers.EmailField(
        max_length=MAX_NAME_CHARS, required=False, default="", allow_blank=True
    )


class DepartmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Department
        fields = ["id", "name"]
        read_only_fields = fields


class DepartmentInput(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    priority = serializers.IntegerField(min_value=0, max_value=32767, required=False)
    staff_can_claim = serializers.BooleanField(required=False)


class UserSerializer(serializers.ModelSerializer):
    """A person, as those who lead them see them."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    department = DepartmentSerializer(read_only=True)
    status = serializers.CharField(source="presence", read_only=True)
    status_since = serializers.DateTimeField(source="presence_since", read_only=True)
    is_pending = serializers.BooleanField(read_only=True)

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "display_name",
            "email",
            "role",
            "department",
            "status",
            "status_since",
            "is_active",
            "is_pending",
        ]
        read_only_fields = fields


class _DepartmentIdMixin(serializers.Serializer):
    department_id = serializers.PrimaryKeyRelatedField(
        source="department",
        queryset=Department.objects.active(),
        required=False,
        allow_null=True,
        pk_field=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
    )


class UserInput(RegisterInput, _DepartmentIdMixin):
    display_name = serializers.CharField(max_length=120)
    role = serializers.ChoiceField(choices=User.Role.choices, default=User.Role.STAFF)
    language = serializers.ChoiceField(choices=User.Language.choices, required=False)


class UserChanges(_DepartmentIdMixin):
    display_name = serializers.CharField(max_length=120, required=False)
    email = serializers.EmailField(max_length=MAX_NAME_CHARS, required=False, allow_blank=True)
    role = serializers.ChoiceField(choices=User.Role.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class NotificationSerializer(serializers.ModelSerializer):
    """One thing the caller was told; `text` is in the language of Accept-Language."""

    text = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = ["id", "kind", "text", "path", "created_at", "read_at"]
        read_only_fields = fields

    def get_text(self, notification: Notification) -> str:
        return plain_sentence_of(notification)


class NotificationsReadInput(serializers.Serializer):
    """Either some or all."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        allow_empty=False,
        max_length=200,
    )
    all = serializers.BooleanField(required=False, default=False)

    def validate(self, data: dict) -> dict:
        if data["all"] == ("ids" in data):
            raise serializers.ValidationError({"ids": [_("Send either ids or all.")]})
        return data


class NotificationsReadOutput(serializers.Serializer):
    read = serializers.IntegerField(help_text=_("How many were unread until now."))


class StatusInput(serializers.Serializer):
    status = serializers.ChoiceField(choices=User.Presence.choices)


class PersonOption(serializers.ModelSerializer):
    """A name to hand work to."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    name = serializers.CharField(source="display_name", read_only=True)
    department = serializers.CharField(source="department.name", default=None, read_only=True)
    status = serializers.CharField(source="presence", read_only=True)

    class Meta:
        model = User
        fields = ["id", "name", "department", "status"]
        read_only_fields = fields
