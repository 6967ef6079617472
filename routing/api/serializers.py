"""What the API reads and shows of keywords and assignments."""

from rest_framework import serializers

from accounts.models import Department
from routing.models import MAX_WEIGHT, MIN_WEIGHT, Keyword


class KeywordSerializer(serializers.ModelSerializer):
    department = serializers.CharField(source="department.name", read_only=True)
    weight = serializers.DecimalField(
        max_digits=4, decimal_places=2, coerce_to_string=False, read_only=True
    )

    class Meta:
        model = Keyword
        fields = ["id", "word", "department_id", "department", "weight", "is_active"]
        read_only_fields = fields


class KeywordInput(serializers.Serializer):
    word = serializers.CharField(max_length=80)
    department_id = serializers.PrimaryKeyRelatedField(
        source="department",
        queryset=Department.objects.active(),
        pk_field=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
    )
    weight = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=MIN_WEIGHT, max_value=MAX_WEIGHT, required=False
    )
    is_active = serializers.BooleanField(required=False)


class KeywordChanges(KeywordInput):
    """PUT changes what it names and keeps the rest."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, partial=True, **kwargs)


class AssignInput(serializers.Serializer):
    assignee = serializers.UUIDField(help_text="id of GET /people/options")
