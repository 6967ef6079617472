from django.urls import path

from workforce import views

app_name = "workforce"

urlpatterns = [path("presence", views.presence, name="presence")]
