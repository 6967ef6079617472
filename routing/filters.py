"""The filter of keywords, on the page, in the export and in the API."""

import django_filters

from inbox.filters import IdFilter
from omnichat.lib.text import fold
from routing.models import Keyword


class KeywordFilter(django_filters.FilterSet):
    """Parameters of GET /keywords. `q` finds a word with or without its marks."""

    q = django_filters.CharFilter(method="by_word", max_length=80)
    department = IdFilter(field_name="department", min_value=1, max_value=2**31 - 1)
    is_active = django_filters.TypedChoiceFilter(
        choices=(("true", "true"), ("false", "false")), coerce=lambda value: value == "true"
    )

    class Meta:
        model = Keyword
        fields = []

    def by_word(self, queryset, name: str, value: str):
        folded = fold(value)
        return queryset.filter(folded__contains=folded) if folded else queryset.none()
