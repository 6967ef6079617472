from django.urls import path

from routing import views

app_name = "routing"

CONVERSATION = "conversations/<uuid:public_id>"

urlpatterns = [
    path(f"{CONVERSATION}/why", views.conversation_why, name="conversation_why"),
    path(f"{CONVERSATION}/assign", views.conversation_assign, name="conversation_assign"),
    path(f"{CONVERSATION}/take", views.conversation_take, name="conversation_take"),
    path("keywords", views.keyword_list, name="keyword_list"),
    path("keywords/<int:pk>", views.keyword_edit, name="keyword_edit"),
    path("keywords/<int:pk>/delete", views.keyword_delete, name="keyword_delete"),
]
