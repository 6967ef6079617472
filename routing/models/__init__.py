"""Who gets it: the words, the people who can take more, the rules, the promises, the record."""

from routing.models.agent import (
    STAFF_CAPACITY,
    Agent,
    AgentSkill,
    has_place,
    is_full,
)
from routing.models.assignment import Assignment
from routing.models.business_hours import BusinessCalendar, BusinessException, BusinessInterval
from routing.models.keyword import (
    MAX_WEIGHT,
    MIN_WEIGHT,
    Keyword,
    KeywordVersion,
    is_weight,
    validate_weight,
)
from routing.models.keyword_hits import CountPosition, KeywordHits, LateMessage
from routing.models.keyword_import import KeywordImport
from routing.models.policy import RoutingPolicy
from routing.models.sla import Metric, SlaChange, SlaClock, SlaPolicy
from routing.models.word_list import ListedWord

__all__ = [
    "MAX_WEIGHT",
    "MIN_WEIGHT",
    "STAFF_CAPACITY",
    "Agent",
    "AgentSkill",
    "Assignment",
    "BusinessCalendar",
    "BusinessException",
    "BusinessInterval",
    "CountPosition",
    "Keyword",
    "KeywordHits",
    "KeywordImport",
    "KeywordVersion",
    "LateMessage",
    "ListedWord",
    "Metric",
    "RoutingPolicy",
    "SlaChange",
    "SlaClock",
    "SlaPolicy",
    "has_place",
    "is_full",
    "is_weight",
    "validate_weight",
]
