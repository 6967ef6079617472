"""What the API reads and shows of keywords and assignments."""

from rest_framework import serializers

from accounts.models import Department
from inbox.models import Channel, Priority
from routing.keyword_rules import MAX_NOTE_CHARS, MAX_SYNONYMS, MAX_WORD_CHARS
from routing.models import Keyword, validate_weight


class KeywordSerializer(serializers.ModelSerializer):
    department = serializers.CharField(source="department.name", read_only=True)
    weight = serializers.DecimalField(
        max_digits=4, decimal_places=2, coerce_to_string=False, read_only=True
    )
    synonyms = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Keyword
        fields = [
            "id",
            "word",
            "department_id",
            "department",
            "weight",
            "is_active",
            "synonyms",
            "valid_from",
            "valid_to",
            "channel_id",
            "sets_priority",
            "note",
        ]
        read_only_fields = fields


class KeywordInput(serializers.Serializer):
    word = serializers.CharField(max_length=MAX_WORD_CHARS)
    department_id = serializers.PrimaryKeyRelatedField(
        source="department",
        queryset=Department.objects.active(),
        pk_field=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
    )
    weight = serializers.DecimalField(
        max_digits=4,
        decimal_places=2,
        required=False,
        validators=[validate_weight],
        help_text="0.1 to 10, or -10 to -0.1 for “not this department”",
    )
    is_active = serializers.BooleanField(required=False)
    synonyms = serializers.ListField(
        child=serializers.CharField(max_length=MAX_WORD_CHARS),
        max_length=MAX_SYNONYMS,
        required=False,
        help_text="each counts as the word itself",
    )
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_to = serializers.DateField(required=False, allow_null=True, help_text="the last day")
    channel_id = serializers.PrimaryKeyRelatedField(
        source="channel",
        queryset=Channel.objects.all(),
        pk_field=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        required=False,
        allow_null=True,
        help_text="counts on this channel only",
    )
    sets_priority = serializers.ChoiceField(
        choices=Priority.choices, required=False, allow_null=True
    )
    note = serializers.CharField(max_length=MAX_NOTE_CHARS, required=False, allow_blank=True)


class KeywordChanges(KeywordInput):
    """PUT changes what it names and keeps the rest."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, partial=True, **kwargs)


class AssignInput(serializers.Serializer):
    assignee = serializers.UUIDField(help_text="id of GET /people/options")
