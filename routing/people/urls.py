from django.urls import path

from routing.people import views

app_name = "people"

PERSON = "users/<uuid:public_id>"

urlpatterns = [
    path("users", views.person_list, name="person_list"),
    path("users/new", views.person_new, name="person_new"),
    path(PERSON, views.person_detail, name="person_detail"),
    path(f"{PERSON}/decision", views.person_decide, name="person_decide"),
    path(f"{PERSON}/capacity", views.person_capacity, name="person_capacity"),
    path(f"{PERSON}/skills", views.person_skill, name="person_skill"),
    path(f"{PERSON}/skills/remove", views.person_skill_remove, name="person_skill_remove"),
    path(f"{PERSON}/presence", views.person_presence, name="person_presence"),
    path(f"{PERSON}/give-back", views.person_give_back, name="person_give_back"),
    path(f"{PERSON}/edit", views.person_edit, name="person_edit"),
    path(f"{PERSON}/activity", views.person_activity, name="person_activity"),
    path(f"{PERSON}/password", views.person_password, name="person_password"),
]
