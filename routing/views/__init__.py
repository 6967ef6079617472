"""Pages of routing: keywords, importing them, and what happened to one conversation."""

from routing.views import conversations, handover, keyword_conflicts, keyword_files, keywords, queue

__all__ = ["conversations", "handover", "keyword_conflicts", "keyword_files", "keywords", "queue"]
