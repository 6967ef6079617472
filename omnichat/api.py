"""Routes of the API, all under /api/v1; the brief's short addresses lead here too."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts.api import views as accounts
from inbox.api import views as inbox
from reporting.api import kpi
from reporting.api import views as reporting
from routing.api import views as routing
from workforce.api import requests, shifts, timesheet
from workforce.api import views as workforce

app_name = "api"

router = SimpleRouter(trailing_slash=False)
router.register("conversations", inbox.ConversationViewSet, "conversation")

KEYWORD = {"put": "update", "delete": "destroy"}

REQUEST_ACTIONS = ("review", "cancel", "answer", "comments")

urlpatterns = [
    path(
        "requests",
        requests.RequestViewSet.as_view({"get": "list", "post": "create"}),
        name="request-list",
    ),
    path(
        "requests/pending",
        requests.RequestViewSet.as_view({"get": "pending"}),
        name="request-pending",
    ),
    path(
        "requests/<int:pk>",
        requests.RequestViewSet.as_view({"get": "retrieve"}),
        name="request-detail",
    ),
    *(
        path(
            f"requests/<int:pk>/{action}",
            requests.RequestViewSet.as_view({"post": action}),
            name=f"request-{action}",
        )
        for action in REQUEST_ACTIONS
    ),
    path("auth/token", accounts.TokenView.as_view(), name="token"),
    path("auth/refresh", accounts.RefreshView.as_view(), name="refresh"),
    path("auth/logout", accounts.LogoutView.as_view(), name="logout"),
    path("auth/register", accounts.RegisterView.as_view(), name="register"),
    path(
        "departments",
        accounts.DepartmentViewSet.as_view({"get": "list", "post": "create"}),
        name="department-list",
    ),
    path(
        "users",
        accounts.UserViewSet.as_view({"get": "list", "post": "create"}),
        name="user-list",
    ),
    path(
        "users/<uuid:public_id>",
        accounts.UserViewSet.as_view({"patch": "partial_update"}),
        name="user-detail",
    ),
    path(
        "users/<uuid:public_id>/status",
        accounts.UserViewSet.as_view({"put": "status"}),
        name="user-status",
    ),
    path(
        "people/options",
        accounts.PeopleOptionsViewSet.as_view({"get": "list"}),
        name="people-options",
    ),
    path(
        "notifications",
        accounts.NotificationViewSet.as_view({"get": "list"}),
        name="notification-list",
    ),
    path(
        "notifications/read",
        accounts.NotificationViewSet.as_view({"post": "read"}),
        name="notifications-read",
    ),
    path("messages", inbox.MessageViewSet.as_view({"get": "list"}), name="message-list"),
    path(
        "messages/<int:pk>/complete",
        inbox.MessageViewSet.as_view({"post": "complete"}),
        name="message-complete",
    ),
    path(
        "conversations/<uuid:public_id>/assign",
        routing.AssignmentViewSet.as_view({"post": "assign"}),
        name="conversation-assign",
    ),
    path(
        "conversations/<uuid:public_id>/take",
        routing.AssignmentViewSet.as_view({"post": "take"}),
        name="conversation-take",
    ),
    path(
        "conversations/<uuid:public_id>/hand-back",
        routing.AssignmentViewSet.as_view({"post": "hand_back"}),
        name="conversation-hand-back",
    ),
    path(
        "routing/preview",
        routing.RoutingViewSet.as_view({"post": "preview"}),
        name="routing-preview",
    ),
    path(
        "keywords",
        routing.KeywordViewSet.as_view({"get": "list", "post": "create"}),
        name="keyword-list",
    ),
    path("keywords/<int:pk>", routing.KeywordViewSet.as_view(KEYWORD), name="keyword-detail"),
    path(
        "shifts", shifts.ShiftViewSet.as_view({"get": "list", "post": "create"}), name="shift-list"
    ),
    path("shifts/assign", shifts.ShiftViewSet.as_view({"post": "assign"}), name="shift-assign"),
    path(
        "shifts/checkin", workforce.AttendanceViewSet.as_view({"post": "checkin"}), name="checkin"
    ),
    path(
        "shifts/checkout",
        workforce.AttendanceViewSet.as_view({"post": "checkout"}),
        name="checkout",
    ),
    path(
        "shifts/breaks/start",
        workforce.AttendanceViewSet.as_view({"post": "start_break"}),
        name="break-start",
    ),
    path(
        "shifts/breaks/end",
        workforce.AttendanceViewSet.as_view({"post": "end_break"}),
        name="break-end",
    ),
    path("shifts/timesheet", timesheet.TimesheetViewSet.as_view({"get": "own"}), name="timesheet"),
    path(
        "reports/summary",
        reporting.ReportViewSet.as_view({"get": "summary"}),
        name="report-summary",
    ),
    path("kpi/user", kpi.KpiViewSet.as_view({"get": "user"}), name="kpi-user"),
    path("kpi/department", kpi.KpiViewSet.as_view({"get": "department"}), name="kpi-department"),
    path("kpi/record", kpi.KpiViewSet.as_view({"post": "record"}), name="kpi-record"),
    path(
        "schema",
        SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[]),
        name="schema",
    ),
    path(
        "docs",
        SpectacularSwaggerSplitView.as_view(
            url_name="api:schema", authentication_classes=[], permission_classes=[]
        ),
        name="docs",
    ),
    *router.urls,
]
