"""The back office's pages of the inbox: channels to set up, everything else to look at."""

from __future__ import annotations

import json

from django import forms
from django.contrib import admin
from django.contrib.admin.filters import ChoicesFieldListFilter, RelatedFieldListFilter
from django.db import models
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.client_ip import client_ip
from inbox import services
from inbox.auto_reply_admin import AutoReplyAdmin
from inbox.canned_admin import CannedReplyAdmin
from inbox.models import (
    AutoReply,
    CannedReply,
    Channel,
    Contact,
    ContactIdentity,
    Conversation,
    Message,
    OutboundPart,
    WebhookEvent,
)
from inbox.services.channels import MIN_SECRET_CHARS
from omnichat.lib.admin import (
    EMPTY,
    LIST_CHARS,
    ReadOnlyAdmin,
    ServiceAdmin,
    ServiceForm,
    block,
    changed,
    column,
    json_block,
    link,
    titled,
)

CHANNEL = column("channel", _("channel"))
CONTACT = column("contact", _("contact"))
CONVERSATION = column("conversation", _("conversation"))
CREATED_AT = column("created_at", _("created at"), sort="created_at")
ATTEMPTS = column("attempts", _("tries"), sort="attempts")
LAST_ERROR = column("last_error", _("last error"))
LAST_ERROR_IN_LIST = column("last_error", _("last error"), max_chars=LIST_CHARS)
RUN_AFTER = column("run_after", _("next try at"), sort="run_after")
BY_CHANNEL = ("channel", titled(_("channel"), RelatedFieldListFilter))


# --- Channels ---------------------------------------------------------------------------------
class ChannelForm(ServiceForm):
    """The secret goes in and never comes out again."""

    new_secret = forms.CharField(
        label=_("Secret"),
        min_length=MIN_SECRET_CHARS,
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    make_secret = forms.BooleanField(
        label=_("Make a new secret"),
        required=False,
        help_text=_(
            "The secret is shown once, after saving. The one before is accepted for 24 hours."
        ),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_secret"].help_text = _secret_state(self.instance)

    def clean_make_secret(self) -> bool:
        make = self.cleaned_data["make_secret"]
        if make and self.cleaned_data.get("new_secret"):
            raise forms.ValidationError(_("Type a secret or have one made, not both."))
        return make


def _secret_state(channel: Channel) -> str:
    if not channel.secret:
        return gettext("None yet.")
    saved_at = timezone.localtime(channel.secret_changed_at or channel.created_at)
    return gettext("Saved on %(at)s; leave this empty to keep it.") % {
        "at": date_format(saved_at, "DATETIME_FORMAT")
    }


class ChannelAdmin(ServiceAdmin):
    """Channels are switched off, not deleted: their conversations stay."""

    form = ChannelForm
    list_display = ["name", "kind", "is_active", "default_department", "reply_url"]
    list_filter = ["kind", "is_active"]
    list_select_related = ["default_department"]
    search_fields = ["name", "reply_url"]
    saved_fields = [
        "name",
        "kind",
        "is_active",
        "default_department",
        "load_percent",
        "reply_url",
    ]
    fields = [*saved_fields, "new_secret", "make_secret"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).defer("secret", "old_secret")

    def save_model(
        self, request: HttpRequest, obj: Channel, form: ChannelForm, change: bool
    ) -> None:
        given = form.cleaned_data
        by = {"actor": request.user, "ip": client_ip(request)}
        if change:
            changes = changed(form, self.saved_fields)
        else:
            changes = {name: given[name] for name in self.saved_fields}
        channel = services.save_channel(channel=obj if change else None, changes=changes, **by)
        obj.pk = channel.pk
        if given["make_secret"]:
            request.made_secret = services.rotate_secret(channel=channel, **by)
        elif given["new_secret"]:
            services.rotate_secret(channel=channel, secret=given["new_secret"], **by)

    def response_add(
        self, request: HttpRequest, obj: Channel, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._show_made_secret(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Channel) -> HttpResponse:
        return self._show_made_secret(request, obj) or super().response_change(request, obj)

    def _show_made_secret(self, request: HttpRequest, channel: Channel) -> HttpResponse | None:
        """Show it in this answer: a message after a redirect would be kept in between."""
        secret = getattr(request, "made_secret", None)
        if secret is None:
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("The new secret"),
            "opts": self.opts,
            "channel": channel,
            "secret": secret,
        }
        return TemplateResponse(request, "admin/inbox/channel/new_secret.html", context)


# --- Contacts ---------------------------------------------------------------------------------
class ContactAdmin(ReadOnlyAdmin):
    """Customers; names and notes are edited beside their conversation."""

    list_display = ["id", column("name", _("name"), sort="name"), "phone", CREATED_AT]
    search_fields = ["name", "phone", "identities__external_id"]
    ordering = ["-pk"]
    fields = [
        column("name", _("name")),
        column("phone", _("phone")),
        column("note", _("note")),
        "note_author",
        "note_at",
        CREATED_AT,
        "known_as",
    ]

    @admin.display(description=_("identities"))
    def known_as(self, contact: Contact):
        known = contact.identities.order_by("pk")
        return format_html_join("", "<div>{}</div>", ((link(i),) for i in known)) or EMPTY


class ContactIdentityAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "platform",
        column("external_id", _("id on the platform"), sort="external_id"),
        CONTACT,
        CHANNEL,
        CREATED_AT,
    ]
    list_filter = [BY_CHANNEL]
    list_select_related = ["contact", "channel"]
    search_fields = ["external_id", "contact__name"]
    ordering = ["-pk"]
    fields = list_display[1:]


# --- Conversations ----------------------------------------------------------------------------
WAITING_REASON = column("get_waiting_reason_display", _("why nobody has it"))
WAITING_SINCE = column("waiting_since", _("waiting since"), sort="waiting_since")
LAST_MESSAGE_AT = column("last_message_at", _("last message at"), sort="last_message_at")


class ConversationAdmin(ReadOnlyAdmin):
    """Conversations; they are worked on in the inbox."""

    list_display = [
        "id",
        CONTACT,
        "status",
        "department",
        "assignee",
        WAITING_REASON,
        WAITING_SINCE,
        LAST_MESSAGE_AT,
    ]
    list_filter = ["status", "department", BY_CHANNEL]
    list_select_related = ["contact", "department", "assignee"]
    search_fields = ["contact__name", "identity__external_id"]
    ordering = ["-last_message_at", "-pk"]
    fields = [
        CONTACT,
        column("identity", _("identity")),
        CHANNEL,
        "status",
        "department",
        "assignee",
        WAITING_REASON,
        WAITING_SINCE,
        column("cycle_number", _("cycle")),
        column("last_inbound_at", _("last message of the customer at")),
        LAST_MESSAGE_AT,
        column("seen_at", _("seen by the assignee at")),
        column("preview", _("last message")),
        CREATED_AT,
    ]


DIRECTION = column("get_direction_display", _("direction"))
AUTHOR = column("author", _("author"))
SENT_AT = column("sent_at", _("sent at"), sort="sent_at")


class MessageAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        CONVERSATION,
        DIRECTION,
        AUTHOR,
        column("beginning", _("text"), max_chars=LIST_CHARS),
        SENT_AT,
    ]
    list_filter = [("direction", titled(_("direction"), ChoicesFieldListFilter)), BY_CHANNEL]
    list_select_related = ["conversation", "author"]
    search_fields = ["text", "external_id"]
    search_help_text = _("Text, or the platform’s id of the message.")
    ordering = ["-pk"]
    fields = [
        CONVERSATION,
        column("cycle.number", _("cycle")),
        DIRECTION,
        AUTHOR,
        column("text", _("text")),
        column("keyword_words", _("keywords")),
        SENT_AT,
        column("received_at", _("received at")),
        column("completed_at", _("completed at")),
        CHANNEL,
        column("external_id", _("id on the platform")),
        column("webhook_event", _("webhook event")),
        "details",
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = super().get_queryset(request).defer("text", "keywords", "data")
        return rows.annotate(beginning=Left("text", LIST_CHARS + 1))

    @admin.display(description=_("data"))
    def details(self, message: Message):
        return json_block(message.data)


# --- What comes in and goes out ---------------------------------------------------------------
class WebhookEventAdmin(ReadOnlyAdmin):
    """What platforms sent us; what failed can be tried again."""

    list_display = ["id", CHANNEL, "state", ATTEMPTS, LAST_ERROR_IN_LIST, "received_at"]
    list_filter = ["state", BY_CHANNEL]
    list_select_related = ["channel"]
    search_fields = ["dedup_key"]
    search_help_text = _("The sender’s id of the event or message.")
    ordering = ["-pk"]
    actions = ["retry"]
    fields = [
        CHANNEL,
        "state",
        column("dedup_key", _("key against repeats")),
        ATTEMPTS,
        LAST_ERROR,
        RUN_AFTER,
        "received_at",
        "shown_body",
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).defer("body")

    @admin.display(description=_("body"))
    def shown_body(self, event: WebhookEvent):
        try:
            return json_block(json.loads(event.body))
        except ValueError:
            return block(event.body)

    @admin.action(description=_("Try the selected events again"), permissions=["view"])
    def retry(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        def done(count: int) -> str:
            sentence = ngettext(
                "%(count)d event will be tried again at once.",
                "%(count)d events will be tried again at once.",
                count,
            )
            return sentence % {"count": count}

        self.act_on_each(request, queryset, services.retry_event, done)


class OutboundPartAdmin(ReadOnlyAdmin):
    """Our replies on their way out; what failed can be sent again."""

    list_display = [
        "id",
        CONVERSATION,
        CHANNEL,
        "state",
        "failure",
        ATTEMPTS,
        LAST_ERROR_IN_LIST,
        "created_at",
        "sent_at",
    ]
    list_filter = ["state", "failure", BY_CHANNEL]
    list_select_related = ["conversation", "channel"]
    search_fields = ["conversation__contact__name"]
    ordering = ["-pk"]
    actions = ["retry"]
    fields = [
        column("public_id", _("id for the receiver")),
        CONVERSATION,
        column("message", _("message")),
        CHANNEL,
        "state",
        "failure",
        ATTEMPTS,
        LAST_ERROR,
        RUN_AFTER,
        column("give_up_at", _("gives up at")),
        "created_at",
        "sent_at",
    ]

    @admin.action(description=_("Send the selected parts again"), permissions=["view"])
    def retry(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        def act(part: OutboundPart) -> None:
            services.retry_part(part=part)

        def done(count: int) -> str:
            sentence = ngettext(
                "%(count)d part will be sent again at once.",
                "%(count)d parts will be sent again at once.",
                count,
            )
            return sentence % {"count": count}

        self.act_on_each(request, queryset, act, done)


ADMINS = (
    (AutoReply, AutoReplyAdmin),
    (CannedReply, CannedReplyAdmin),
    (Channel, ChannelAdmin),
    (Contact, ContactAdmin),
    (ContactIdentity, ContactIdentityAdmin),
    (Conversation, ConversationAdmin),
    (Message, MessageAdmin),
    (OutboundPart, OutboundPartAdmin),
    (WebhookEvent, WebhookEventAdmin),
)
