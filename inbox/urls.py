from django.urls import path

from inbox import attention_views, canned_views, composer_views, views

app_name = "inbox"

CONVERSATION = "conversations/<uuid:public_id>"

urlpatterns = [
    path("messages", views.conversation_list, name="conversation_list"),
    path(CONVERSATION, views.conversation_detail, name="conversation_detail"),
    path(f"{CONVERSATION}/thread", views.conversation_thread, name="conversation_thread"),
    path(f"{CONVERSATION}/reply", views.conversation_reply, name="conversation_reply"),
    path(f"{CONVERSATION}/resolve", views.conversation_resolve, name="conversation_resolve"),
    path(
        f"{CONVERSATION}/resolve/<int:cycle_number>/undo",
        views.conversation_undo_resolve,
        name="conversation_undo_resolve",
    ),
    path(f"{CONVERSATION}/unread", views.conversation_unread, name="conversation_unread"),
    path(f"{CONVERSATION}/snooze", attention_views.conversation_snooze, name="conversation_snooze"),
    path(f"{CONVERSATION}/wake", attention_views.conversation_wake, name="conversation_wake"),
    path(f"{CONVERSATION}/messages/<int:message_id>/retry", views.reply_retry, name="reply_retry"),
    path(f"{CONVERSATION}/contact", views.contact, name="contact"),
    path(f"{CONVERSATION}/draft", composer_views.conversation_draft, name="conversation_draft"),
    path(f"{CONVERSATION}/typing", composer_views.conversation_typing, name="conversation_typing"),
    path(
        f"{CONVERSATION}/viewers", composer_views.conversation_viewers, name="conversation_viewers"
    ),
    path(f"{CONVERSATION}/canned", composer_views.canned_options, name="canned_options"),
    path(f"{CONVERSATION}/canned/insert", composer_views.canned_insert, name="canned_insert"),
    path(f"{CONVERSATION}/people", composer_views.mention_options, name="mention_options"),
    path("settings/canned", canned_views.canned_list, name="canned_list"),
    path("settings/canned/<int:pk>", canned_views.canned_edit, name="canned_edit"),
    path("settings/canned/<int:pk>/delete", canned_views.canned_delete, name="canned_delete"),
]
