from django.urls import path

from accounts import notification_views, views

app_name = "accounts"

urlpatterns = [
    path("login", views.sign_in, name="login"),
    path("logout", views.sign_out, name="logout"),
    path("preferences", views.preferences, name="preferences"),
    path("profile", views.profile, name="profile"),
    path("password", views.password_change, name="password_change"),
    path("notifications", notification_views.notification_list, name="notification_list"),
    path("notifications/<int:pk>", notification_views.notification_open, name="notification_open"),
    path("notifications/read", notification_views.notifications_read, name="notifications_read"),
]
