"""API of sign-in, people and departments."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, mixins

from accounts import services
from accounts.api import serializers
from accounts.client_ip import client_ip
from accounts.models import Department, Notification, User
from accounts.permissions import ADMINS, EVERYONE, LEADS, HasRole
from accounts.tokens import end_refresh_token, issue_tokens, rotate_tokens
from omnichat.lib.api import NewestFirstCursorPagination, SafeJSONParser, validated


class RegisterThrottle(AnonRateThrottle):
    scope = "register"


class _OpenView(APIView):
    """A door for people who have not signed in; signed-in ones are not told apart."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


class TokenView(_OpenView):
    parser_classes = [SafeJSONParser, FormParser]

    @extend_schema(
        request=serializers.TokenInput, responses=serializers.TokenOutput, operation_id="sign_in"
    )
    def post(self, request):
        """Sign in with form fields or JSON. 401 wrong_credentials, 429 too_many_failures."""
        data = validated(serializers.TokenInput, request)
        user = services.sign_in(request._request, **data)
        return Response(issue_tokens(user))


class RefreshView(_OpenView):
    @extend_schema(
        request=serializers.RefreshInput, responses=serializers.TokenOutput, operation_id="refresh"
    )
    def post(self, request):
        """Exchange a refresh token for a new pair; each is good once. 401 token_not_valid."""
        data = validated(serializers.RefreshInput, request)
        return Response(rotate_tokens(data["refresh_token"]))


class LogoutView(_OpenView):
    @extend_schema(request=serializers.RefreshInput, responses={204: None}, operation_id="sign_out")
    def post(self, request):
        """End a refresh token. 401 token_not_valid."""
        data = validated(serializers.RefreshInput, request)
        end_refresh_token(data["refresh_token"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class RegisterView(_OpenView):
    throttle_classes = [RegisterThrottle]

    @extend_schema(
        request=serializers.RegisterInput,
        responses={201: serializers.UserSerializer},
        operation_id="register",
    )
    def post(self, request):
        """Ask for a staff account; an administrator approves it. 409 person_exists."""
        data = validated(serializers.RegisterInput, request)
        user = services.register(**data, ip=client_ip(request))
        body = serializers.UserSerializer(user).data
        return Response(body, status=status.HTTP_201_CREATED)


class DepartmentViewSet(mixins.ListModelMixin, GenericViewSet):
    queryset = Department.objects.none()
    serializer_class = serializers.DepartmentSerializer
    permission_classes = [HasRole]
    roles_by_action = {"list": EVERYONE, "create": ADMINS}

    def get_queryset(self):
        return Department.objects.visible_to(self.request.user).active()

    @extend_schema(
        request=serializers.DepartmentInput, responses={201: serializers.DepartmentSerializer}
    )
    def create(self, request):
        """Create a department. 409 department_exists."""
        data = validated(serializers.DepartmentInput, request)
        department = services.create_department(**data, actor=request.user, ip=client_ip(request))
        body = serializers.DepartmentSerializer(department).data
        return Response(body, status=status.HTTP_201_CREATED)


class UserViewSet(mixins.ListModelMixin, GenericViewSet):
    queryset = User.objects.none()
    serializer_class = serializers.UserSerializer
    lookup_field = "public_id"
    permission_classes = [HasRole]
    roles_by_action = {
        "list": LEADS,
        "create": ADMINS,
        "partial_update": ADMINS,
        "status": LEADS,
    }

    def get_queryset(self):
        people = User.objects.visible_to(self.request.user)
        return people.select_related("department").order_by("display_name", "pk")

    @extend_schema(request=serializers.UserInput, responses={201: serializers.UserSerializer})
    def create(self, request):
        """Create an active person. 409 person_exists, 400 department_needed, weak_password."""
        data = {"department": None} | validated(serializers.UserInput, request)
        user = services.create_user(**data, actor=request.user, ip=client_ip(request))
        body = serializers.UserSerializer(user).data
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(request=serializers.UserChanges, responses=serializers.UserSerializer)
    def partial_update(self, request, public_id=None):
        """Change, approve or deactivate a person. 409 last_admin, person_exists."""
        user = self.get_object()
        changes = validated(serializers.UserChanges, request)
        user = services.update_user(
            user=user, actor=request.user, changes=changes, ip=client_ip(request)
        )
        return Response(serializers.UserSerializer(user).data)

    @extend_schema(request=serializers.StatusInput, responses=serializers.UserSerializer)
    def status(self, request, public_id=None):
        """Say for somebody whether they take work. 403 not_staff, 409 person_not_active."""
        user = self.get_object()
        data = validated(serializers.StatusInput, request)
        user = services.set_presence(
            user=user, presence=data["status"], actor=request.user, ip=client_ip(request)
        )
        return Response(serializers.UserSerializer(user).data)


class PeopleOptionsViewSet(mixins.ListModelMixin, GenericViewSet):
    """Names and presence of the people the caller may hand work to."""

    queryset = User.objects.none()
    serializer_class = serializers.PersonOption
    permission_classes = [HasRole]
    roles_by_action = {"list": EVERYONE}

    def get_queryset(self):
        people = User.objects.options_for(self.request.user)
        return people.select_related("department").order_by("display_name", "pk")


class NotificationViewSet(mixins.ListModelMixin, GenericViewSet):
    """The caller's own, the latest first."""

    queryset = Notification.objects.none()
    serializer_class = serializers.NotificationSerializer
    pagination_class = NewestFirstCursorPagination
    permission_classes = [HasRole]
    roles_by_action = {"list": EVERYONE, "read": EVERYONE}

    def get_queryset(self):
        return Notification.objects.visible_to(self.request.user)

    @extend_schema(
        request=serializers.NotificationsReadInput,
        responses=serializers.NotificationsReadOutput,
    )
    def read(self, request):
        """Mark some (`ids`) or all (`all`) as read; ids that are not the caller's count nothing."""
        data = validated(serializers.NotificationsReadInput, request)
        count = services.mark_notifications_read(user=request.user, ids=data.get("ids"))
        return Response({"read": count})
