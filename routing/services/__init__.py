"""Who gets what. Import the verbs from here."""

from routing.services.agents import recount_agents
from routing.services.assignment import route_messages
from routing.services.by_hand import (
    assign_conversation,
    hand_back,
    move_conversation,
    require_may_hand_on,
    require_may_take,
    take_conversation,
)
from routing.services.conflicts import conflict_counts
from routing.services.draining import assign_next, drain_department, drain_for
from routing.services.give_back import give_back_all
from routing.services.handover import hand_over
from routing.services.hits import count_keyword_hits, hits_counted_to, hits_of
from routing.services.keyword_import import (
    apply_keyword_import,
    flush_keyword_imports,
    prepare_keyword_import,
)
from routing.services.keywords import (
    bump_keyword_version,
    create_keyword,
    delete_keyword,
    keyword_channels,
    repair_keyword_version,
    switch_off_keywords,
    update_keyword,
)
from routing.services.kpi_scores import set_kpi_scores
from routing.services.no_reply import take_away_unanswered
from routing.services.policies import bump_rules_version, policy_of, save_policy
from routing.services.preview import preview_channels, preview_message
from routing.services.refresh import refresh_agents, set_capacity
from routing.services.release import release_conversations, release_one, settle_conversation
from routing.services.reply_times import time_reply
from routing.services.resume import resume_conversation
from routing.services.skills import remove_skill, set_skill
from routing.services.sla import follow_clock, follow_clocks
from routing.services.sla_news import hear_of_hours, rules_changed, tell_clocks
from routing.services.sla_warnings import warn_deadlines
from routing.services.starter import STARTER_TOPICS, import_starter_keywords
from routing.services.sweep import assign_waiting, repair_agents
from routing.services.waits import send_auto_replies
from routing.services.word_lists import (
    create_listed_word,
    delete_listed_word,
    update_listed_word,
)

__all__ = [
    "STARTER_TOPICS",
    "apply_keyword_import",
    "conflict_counts",
    "count_keyword_hits",
    "switch_off_keywords",
    "flush_keyword_imports",
    "follow_clock",
    "follow_clocks",
    "hand_over",
    "hits_counted_to",
    "hits_of",
    "import_starter_keywords",
    "prepare_keyword_import",
    "hear_of_hours",
    "rules_changed",
    "tell_clocks",
    "policy_of",
    "preview_channels",
    "preview_message",
    "assign_conversation",
    "assign_next",
    "assign_waiting",
    "bump_keyword_version",
    "bump_rules_version",
    "create_keyword",
    "create_listed_word",
    "delete_keyword",
    "delete_listed_word",
    "drain_department",
    "drain_for",
    "give_back_all",
    "hand_back",
    "move_conversation",
    "recount_agents",
    "refresh_agents",
    "release_conversations",
    "release_one",
    "remove_skill",
    "repair_agents",
    "repair_keyword_version",
    "require_may_hand_on",
    "require_may_take",
    "resume_conversation",
    "route_messages",
    "save_policy",
    "send_auto_replies",
    "set_capacity",
    "set_kpi_scores",
    "set_skill",
    "settle_conversation",
    "take_away_unanswered",
    "take_conversation",
    "time_reply",
    "keyword_channels",
    "update_keyword",
    "update_listed_word",
    "warn_deadlines",
]
