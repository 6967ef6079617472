"""API of requests: sending, listing, deciding, answering, cancelling."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.client_ip import client_ip
from accounts.permissions import EVERYONE, LEADS, HasRole
from accounts.workplace import workplace_zone
from omnichat.lib.api import validated
from workforce import services
from workforce.models import Request
from workforce.models.request import MAX_TEXT
from workforce.request_consequence import consequence_of
from workforce.request_forms import RequestForm, ReviewForm

DETAIL_CHARS = 60


class RequestDetailsInput(serializers.Serializer):
    """What a kind asks for; `GET /api/v1/docs` says which kind uses which."""

    leave_type_id = serializers.CharField(required=False, max_length=DETAIL_CHARS)
    first = serializers.CharField(required=False, max_length=DETAIL_CHARS, help_text="YYYY-MM-DD")
    last = serializers.CharField(required=False, max_length=DETAIL_CHARS, help_text="YYYY-MM-DD")
    part = serializers.CharField(
        required=False, max_length=DETAIL_CHARS, help_text="whole, first_half or second_half"
    )
    starts_at = serializers.CharField(
        required=False,
        max_length=DETAIL_CHARS,
        help_text="YYYY-MM-DDTHH:MM on the wall of the workplace",
    )
    ends_at = serializers.CharField(
        required=False, max_length=DETAIL_CHARS, help_text="as starts_at"
    )
    side = serializers.CharField(required=False, max_length=DETAIL_CHARS, help_text="late or early")
    minutes = serializers.CharField(required=False, max_length=DETAIL_CHARS)
    amount = serializers.CharField(required=False, max_length=DETAIL_CHARS, help_text="VND a month")
    amount_before = serializers.CharField(
        required=False, max_length=DETAIL_CHARS, help_text="VND a month"
    )
    assignment_id = serializers.CharField(
        required=False, max_length=DETAIL_CHARS, help_text="an own planned shift"
    )
    colleague_assignment_id = serializers.CharField(required=False, max_length=DETAIL_CHARS)
    colleague_id = serializers.CharField(
        required=False, max_length=DETAIL_CHARS, help_text="UUID of a colleague"
    )
    wanted_shift_id = serializers.CharField(required=False, max_length=DETAIL_CHARS)
    to_department_id = serializers.CharField(required=False, max_length=DETAIL_CHARS)


class RequestInput(RequestDetailsInput):
    """`kind` and `request_type` are the same; a description alone is enough."""

    request_type = serializers.ChoiceField(choices=Request.Kind.choices, required=False)
    kind = serializers.ChoiceField(choices=Request.Kind.choices, required=False)
    description = serializers.CharField(
        max_length=MAX_TEXT, required=False, allow_blank=True, default=""
    )

    def validate(self, data: dict) -> dict:
        """One of the two names of the kind is needed."""
        data["kind"] = data.pop("request_type", None) or data.get("kind")
        if not data["kind"]:
            raise serializers.ValidationError({"request_type": _("This field is required.")})
        return data


class ReviewInput(RequestDetailsInput):
    """The decision, and what the person left open (the dates of a leave)."""

    status = serializers.ChoiceField(choices=["approved", "rejected"])
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    amount_granted = serializers.CharField(
        required=False, max_length=DETAIL_CHARS, help_text="of a raise, VND a month"
    )
    covers = serializers.DictField(
        child=serializers.UUIDField(),
        required=False,
        default=dict,
        help_text="who takes which planned shift of a leave: {planned shift: person}",
    )

    def validate_covers(self, covers: dict) -> dict:
        """Keys are ids of planned shifts."""
        if not all(key.isdecimal() and len(key) < 12 for key in covers):
            raise serializers.ValidationError(_("Choose a shift by its number."))
        return {int(key): value for key, value in covers.items()}


class AnswerInput(serializers.Serializer):
    agrees = serializers.BooleanField()
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class CommentInput(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_TEXT)


class CommentOutput(serializers.Serializer):
    id = serializers.IntegerField()
    author = serializers.CharField(source="author.username")
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class LineOutput(serializers.Serializer):
    title = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    tone = serializers.CharField(allow_blank=True, help_text="ok, warn, bad or empty")


class RequestOutput(serializers.ModelSerializer):
    request_type = serializers.CharField(source="kind", read_only=True)
    user_id = serializers.UUIDField(source="user.public_id", read_only=True)
    user = serializers.CharField(source="user.username", read_only=True)
    leave_type = serializers.CharField(source="leave_type.symbol", default=None, read_only=True)
    colleague_id = serializers.UUIDField(source="colleague.public_id", default=None, read_only=True)
    decided_by = serializers.CharField(source="decided_by.username", default=None, read_only=True)

    class Meta:
        model = Request
        fields = [
            "id",
            "request_type",
            "kind",
            "status",
            "user_id",
            "user",
            "description",
            "created_at",
            "leave_type",
            "first",
            "last",
            "part",
            "starts_at",
            "ends_at",
            "side",
            "minutes",
            "amount",
            "amount_before",
            "amount_granted",
            "assignment_id",
            "colleague_assignment_id",
            "colleague_id",
            "wanted_shift_id",
            "to_department_id",
            "consent",
            "consent_until",
            "decided_at",
            "decided_by",
            "decision_note",
            "cancelled_at",
        ]
        read_only_fields = fields

    def to_representation(self, row: Request) -> dict:
        """Who is only asked to swap does not read what the decider wrote."""
        data = super().to_representation(row)
        caller = self.context["request"].user
        if row.colleague_id == caller.pk and row.user_id != caller.pk:
            data["decision_note"] = ""
        return data


class RequestDetailOutput(RequestOutput):
    consequence = serializers.SerializerMethodField()

    class Meta(RequestOutput.Meta):
        fields = [*RequestOutput.Meta.fields, "consequence"]
        read_only_fields = fields

    @extend_schema(responses=LineOutput(many=True))
    def get_consequence(self, row: Request) -> list[dict]:
        """What follows if it is approved; for whoever may decide it."""
        caller = self.context["request"].user
        may_decide = Request.objects.decidable_by(caller).filter(pk=row.pk).exists()
        return LineOutput(consequence_of(row).lines if may_decide else [], many=True).data


class RequestViewSet(mixins.ListModelMixin, GenericViewSet):
    """Own requests, and for leads those of the people they decide for."""

    queryset = Request.objects.none()
    serializer_class = RequestOutput
    permission_classes = [HasRole]
    roles_by_action = {
        "list": EVERYONE,
        "create": EVERYONE,
        "retrieve": EVERYONE,
        "pending": LEADS,
        "review": LEADS,
        "cancel": EVERYONE,
        "answer": EVERYONE,
        "comments": EVERYONE,
    }
    lookup_field = "pk"

    def get_queryset(self):
        rows = Request.objects.visible_to(self.request.user).for_list().order_by("-pk")
        if self.action == "list":
            for name in ("kind", "status"):
                if value := self.request.query_params.get(name):
                    rows = rows.filter(**{name: value[:24]})
        return rows

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, enum=Request.Kind.values),
            OpenApiParameter("status", str, enum=Request.Status.values),
        ]
    )
    def list(self, request, *args, **kwargs):
        """All that the caller may see, the latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=RequestInput, responses={201: RequestOutput})
    def create(self, request):
        """Send a request of one's own, whoever the body names.

        With a description and no details it is accepted, and whoever decides fills them in. 400
        bad_request, bad_leave, incomplete; 409 over_balance, blackout_day, leave_overlaps,
        already_asked, already_agreed, each with its field.
        """
        data = validated(RequestInput, request)
        details = _details(data, data["kind"], request.user)
        sent = services.submit_request(
            user=request.user,
            kind=data["kind"],
            description=data["description"],
            details=details,
            ip=client_ip(request),
        )
        return Response(self.get_serializer(sent).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=RequestDetailOutput)
    def retrieve(self, request, pk):
        """One request; whoever may decide it is told what follows."""
        context = self.get_serializer_context()
        with timezone.override(workplace_zone()):
            return Response(RequestDetailOutput(self.get_object(), context=context).data)

    def pending(self, request):
        """What waits for a decision of the caller, the oldest first."""
        rows = Request.objects.decidable_by(request.user).for_list().order_by("created_at", "pk")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=ReviewInput, responses=RequestOutput)
    def review(self, request, pk):
        """Approve or reject, once, with all that follows from it.

        400 incomplete where dates are missing and none are sent, bad_request for a rejection
        without a note; 403 not_yours_to_decide; 409 already_decided, consent_missing,
        over_balance, leave_overlaps, attachment_missing, month_locked, roster_conflicts.
        """
        row = self.get_object()
        data = validated(ReviewInput, request)
        about = {"request": row, "actor": request.user, "note": data["note"]}
        about["ip"] = client_ip(request)
        if data["status"] == "rejected":
            decided = services.reject_request(**about)
        else:
            details = _details(data, row.kind, row.user)
            details["amount_granted"] = _amount(data.get("amount_granted"))
            covers = data["covers"]
            decided = services.approve_request(**about, details=details, covers=covers)
        return Response(self.get_serializer(decided).data)

    @extend_schema(request=None, responses=RequestOutput)
    def cancel(self, request, pk):
        """Cancel it, with all it changed. 403 not_yours_to_decide, 409 not_cancellable."""
        row = services.cancel_request(
            request=self.get_object(), actor=request.user, ip=client_ip(request)
        )
        return Response(self.get_serializer(row).data)

    @extend_schema(request=AnswerInput, responses=RequestOutput)
    def answer(self, request, pk):
        """Agree to a change of shifts, or not. 403 not_yours_to_decide, 409 already_decided."""
        row = self.get_object()
        data = validated(AnswerInput, request)
        row = services.answer_swap(request=row, actor=request.user, ip=client_ip(request), **data)
        return Response(self.get_serializer(row).data)

    @extend_schema(request=CommentInput, responses={201: CommentOutput})
    def comments(self, request, pk):
        """Write to the other side. 403 not_your_talk for a colleague who is only asked."""
        row = self.get_object()
        data = validated(CommentInput, request)
        comment = services.comment_on(request=row, author=request.user, **data)
        return Response(CommentOutput(comment).data, status=status.HTTP_201_CREATED)


def _details(data: dict, kind: str, owner) -> dict:
    """The columns of a kind from what was sent, looked up as the form of the page does."""
    sent_as = {name.removesuffix("_id"): name for name in data}
    sent = {name: data[as_sent] for name, as_sent in sent_as.items()}
    with timezone.override(workplace_zone()):
        form = RequestForm(sent, kind=kind, owner=owner, is_strict=False)
        if not form.is_valid():
            # Each fault under the name that the caller wrote.
            raise ValidationError({sent_as.get(n, n): e for n, e in form.errors.items()})
    return form.details


def _amount(value: str | None) -> int | None:
    form = ReviewForm({"amount_granted": value or ""})
    if not form.is_valid():
        raise ValidationError(form.errors)
    return form.cleaned_data["amount_granted"]
