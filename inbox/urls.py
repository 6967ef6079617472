from django.urls import path

from inbox import views

app_name = "inbox"

CONVERSATION = "conversations/<uuid:public_id>"

urlpatterns = [
    path("messages", views.conversation_list, name="conversation_list"),
    path(CONVERSATION, views.conversation_detail, name="conversation_detail"),
    path(f"{CONVERSATION}/thread", views.conversation_thread, name="conversation_thread"),
    path(f"{CONVERSATION}/reply", views.conversation_reply, name="conversation_reply"),
    path(f"{CONVERSATION}/resolve", views.conversation_resolve, name="conversation_resolve"),
    path(f"{CONVERSATION}/messages/<int:message_id>/retry", views.reply_retry, name="reply_retry"),
    path(f"{CONVERSATION}/contact", views.contact, name="contact"),
]
