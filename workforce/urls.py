from django.urls import path

from workforce.views import presence

app_name = "workforce"

urlpatterns = [path("presence", presence.presence, name="presence")]
