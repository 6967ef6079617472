"""What the API reads and shows of keywords and assignments."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Department
from inbox.models import Channel, Priority
from routing.keyword_rules import MAX_NOTE_CHARS, MAX_SYNONYMS, MAX_WORD_CHARS
from routing.models import Keyword, validate_weight
from routing.services.preview import MAX_TRY_CHARS


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
    assignee = serializers.UUIDField(required=False, help_text="id of GET /people/options")
    department_id = serializers.PrimaryKeyRelatedField(
        source="department",
        queryset=Department.objects.active(),
        pk_field=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        required=False,
        help_text="to its queue, instead of a person",
    )
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)

    def validate(self, attrs: dict) -> dict:
        if ("assignee" in attrs) == ("department" in attrs):
            text = _("Choose a person or a department.")
            raise serializers.ValidationError({"assignee": text})
        return attrs


class HandBackInput(serializers.Serializer):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


class PreviewInput(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_TRY_CHARS, trim_whitespace=False)
    channel = serializers.PrimaryKeyRelatedField(
        queryset=Channel.objects.active(),
        pk_field=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        required=False,
        allow_null=True,
    )


class TokenSerializer(serializers.Serializer):
    """A word of the text; offsets are code points."""

    text = serializers.CharField()
    fold = serializers.CharField(help_text="without marks")
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class MatchSerializer(serializers.Serializer):
    keyword_id = serializers.IntegerField()
    word = serializers.CharField()
    department_id = serializers.IntegerField()
    weight = serializers.FloatField(help_text="as it counts here: already times the factor")
    factor = serializers.FloatField()
    reading = serializers.CharField(help_text="exact, unmarked, abbreviation or fuzzy")
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class SumSerializer(serializers.Serializer):
    department_id = serializers.IntegerField()
    department = serializers.CharField()
    sum = serializers.FloatField()


class RankedSerializer(serializers.Serializer):
    """Somebody with room, best first, with the terms of the cost in minutes.

    Only who leads the person's own department gets the terms; others get the cost.
    """

    name = serializers.CharField()
    open = serializers.IntegerField()
    capacity = serializers.IntegerField()
    cost = serializers.FloatField()
    turns = serializers.IntegerField(required=False)
    answering = serializers.FloatField(required=False)
    minutes = serializers.FloatField(required=False)
    factor = serializers.FloatField(required=False)
    kpi = serializers.FloatField(allow_null=True, required=False)


class LeftOutSerializer(serializers.Serializer):
    name = serializers.CharField()
    reason = serializers.CharField(help_text="code of the availability, or full")
    open = serializers.IntegerField()
    capacity = serializers.IntegerField()


class PreviewSerializer(serializers.Serializer):
    """What would happen to a message now. People are named of departments one may name."""

    tokens = TokenSerializer(many=True)
    keywords = MatchSerializer(many=True)
    sums = SumSerializer(many=True)
    department_id = serializers.IntegerField(allow_null=True)
    department = serializers.CharField(allow_blank=True)
    department_by = serializers.CharField(allow_blank=True, help_text="keyword, default or nothing")
    waiting_reason = serializers.CharField(
        allow_blank=True, help_text="why nobody would get it now"
    )
    method = serializers.CharField()
    decided_by = serializers.CharField(help_text="what put the first before the second")
    with_room = serializers.IntegerField()
    person = serializers.CharField(allow_null=True)
    candidates = RankedSerializer(many=True)
    left_out = LeftOutSerializer(many=True)
