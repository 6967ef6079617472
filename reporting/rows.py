"""The facts behind one figure, as people read them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from inbox.models import Conversation
from reporting.metrics import Metric
from reporting.models import Fact
from reporting.slices import GroupBy, Slice
from reporting.tallying import OF_FACTS, facts_in


def facts_behind(
    what: Slice, metric: Metric, group_by: GroupBy, key: str | None, *, using: str = "default"
) -> QuerySet[Fact]:
    """The facts a metric counts in one line of a report, the latest first; None is the total.

    Of a share these are the ones it is about: missed deadlines, not all of them.
    """
    taken = Q(pk__in=[])
    for pick in metric.measure.what:
        of = Q(kind=pick.kind)
        if pick.labels is not None:
            of &= Q(label__in=pick.labels)
        taken |= of
    rows = facts_in(what, using=using).filter(taken)
    if key is not None:
        rows = rows.filter(_line(group_by, key))
    return rows.select_related("actor", "department", "channel").order_by("-at", "-pk")


def _line(group_by: GroupBy, key: str) -> Q:
    column = OF_FACTS[group_by]
    if key == "" and column.endswith("_id"):
        return Q(**{f"{column}__isnull": True})
    return Q(actor__public_id=key) if group_by == GroupBy.USER else Q(**{column: key})


def readable_conversations(facts: list[Fact], viewer, *, using: str) -> dict[int, Conversation]:
    """Those of these facts' conversations that the viewer may open, by id.

    A fact stays with the department that had the conversation then; it may be elsewhere now.
    """
    ids = {fact.conversation_id for fact in facts if fact.conversation_id}
    rows = Conversation.objects.using(using).visible_to(viewer).filter(pk__in=ids)
    return {row.pk: row for row in rows.select_related("contact", "identity", "channel")}
