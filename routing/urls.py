from django.urls import path

from routing.views import conversations, handover, keyword_conflicts, keyword_files, keywords, queue

app_name = "routing"

CONVERSATION = "conversations/<uuid:public_id>"
IMPORT = "keywords/import/<uuid:import_id>"

urlpatterns = [
    path("queue", queue.queue, name="queue"),
    path("queue/<uuid:public_id>/people", queue.queue_people, name="queue_people"),
    path(f"{CONVERSATION}/why", conversations.conversation_why, name="conversation_why"),
    path(f"{CONVERSATION}/assign", conversations.conversation_assign, name="conversation_assign"),
    path(
        f"{CONVERSATION}/hand-back",
        conversations.conversation_hand_back,
        name="conversation_hand_back",
    ),
    path(f"{CONVERSATION}/take", conversations.conversation_take, name="conversation_take"),
    path(
        f"{CONVERSATION}/priority",
        conversations.conversation_priority,
        name="conversation_priority",
    ),
    path("shifts/handover", handover.shift_handover, name="shift_handover"),
    path("keywords", keywords.keyword_list, name="keyword_list"),
    path("keywords/<int:pk>", keywords.keyword_edit, name="keyword_edit"),
    path("keywords/<int:pk>/switch", keywords.keyword_switch, name="keyword_switch"),
    path("keywords/<int:pk>/delete", keywords.keyword_delete, name="keyword_delete"),
    path("keywords/conflicts", keyword_conflicts.keyword_conflicts, name="keyword_conflicts"),
    path("keywords/try", keywords.keyword_try, name="keyword_try"),
    path("keywords/export", keyword_files.keyword_export, name="keyword_export"),
    path("keywords/import", keyword_files.keyword_import, name="keyword_import"),
    path(IMPORT, keyword_files.keyword_import_check, name="keyword_import_check"),
    path(f"{IMPORT}/errors", keyword_files.keyword_import_errors, name="keyword_import_errors"),
]
