"""The line of the thread that tells to whom a conversation was given, and by which rule."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ONLY_ONE = "only_one"
# Before there were several methods, nothing was noted and this one was meant.
FIRST_METHOD = "least_open"

BY_KEYWORD = {
    ONLY_ONE: _(
        "Assigned to <b>{person}</b> because of <b>“{keyword}”</b> → {department}, the only "
        "one with room"
    ),
    "balanced_speed": _(
        "Assigned to <b>{person}</b> because of <b>“{keyword}”</b> → {department}, fastest to "
        "answer of the {count} with room"
    ),
    "least_open": _(
        "Assigned to <b>{person}</b> because of <b>“{keyword}”</b> → {department}, fewest "
        "open conversations of the {count} with room"
    ),
    "round_robin": _(
        "Assigned to <b>{person}</b> because of <b>“{keyword}”</b> → {department}, next in turn "
        "of the {count} with room"
    ),
    "kpi_first": _(
        "Assigned to <b>{person}</b> because of <b>“{keyword}”</b> → {department}, highest KPI "
        "of the {count} with room"
    ),
}
BY_DEPARTMENT = {
    ONLY_ONE: _(
        "Assigned to <b>{person}</b> because it belongs to {department}, the only one with room"
    ),
    "balanced_speed": _(
        "Assigned to <b>{person}</b> because it belongs to {department}, fastest to answer of "
        "the {count} with room"
    ),
    "least_open": _(
        "Assigned to <b>{person}</b> because it belongs to {department}, fewest open "
        "conversations of the {count} with room"
    ),
    "round_robin": _(
        "Assigned to <b>{person}</b> because it belongs to {department}, next in turn of the "
        "{count} with room"
    ),
    "kpi_first": _(
        "Assigned to <b>{person}</b> because it belongs to {department}, highest KPI of the "
        "{count} with room"
    ),
}
# Two were equal in everything before it.
BY_KPI = {
    "assigned_by_keyword": _(
        "Assigned to <b>{person}</b> because of <b>“{keyword}”</b> → {department}, fastest to "
        "answer of the {count} with room; KPI decided the tie"
    ),
    "assigned_by_department": _(
        "Assigned to <b>{person}</b> because it belongs to {department}, fastest to answer of "
        "the {count} with room; KPI decided the tie"
    ),
}


def _assigned(code: str, sentences: dict[str, Promise], params: dict) -> Promise:
    method = params.get("method", FIRST_METHOD)
    if params["count"] == 1:
        return sentences[ONLY_ONE]
    if params.get("kpi") and method == "balanced_speed":
        return BY_KPI[code]
    return sentences[method]


ASSIGNED = {
    "assigned_by_keyword": lambda params: _assigned("assigned_by_keyword", BY_KEYWORD, params),
    "assigned_by_department": lambda params: _assigned(
        "assigned_by_department", BY_DEPARTMENT, params
    ),
    "assigned_again": _(
        "Assigned to <b>{person}</b> because they answered this customer before and have room"
    ),
    "assigned_to_help": _(
        "Assigned to <b>{person}</b>, who helps {department} out: nobody there has room"
    ),
    "assigned_by_person": _("<b>{by}</b> assigned it to <b>{person}</b>"),
    "taken": _("<b>{person}</b> took it"),
    "moved": _("<b>{by}</b> moved it to {department}"),
}
