"""What routing hears: messages, replies, resolves, people coming and going."""

from django.dispatch import receiver

from accounts.signals import departments_changed
from inbox.signals import (
    conversation_reopened,
    conversation_resolved,
    messages_received,
    reply_sent,
    resolve_undone,
    snooze_changed,
)
from routing import services
from routing.services.keywords import hear_of_departments
from workforce.signals import availability_changed


@receiver(messages_received, dispatch_uid="routing.route_on_messages")
def route_on_messages(sender, *, message_ids: list[int], **kwargs) -> None:
    services.route_messages(message_ids=message_ids)


@receiver([reply_sent, conversation_resolved, conversation_reopened], dispatch_uid="routing.settle")
def settle_on_progress(
    sender, *, conversation_id: int, assignee_id: int | None = None, **kwargs
) -> None:
    services.settle_conversation(conversation_id=conversation_id, had_it=assignee_id)


@receiver(reply_sent, dispatch_uid="routing.time_reply")
def time_on_reply(sender, *, message_id: int, **kwargs) -> None:
    services.time_reply(message_id=message_id)


@receiver([resolve_undone, snooze_changed], dispatch_uid="routing.resume")
def resume_on_undo(sender, *, conversation_id: int, **kwargs) -> None:
    services.resume_conversation(conversation_id=conversation_id)


@receiver(availability_changed, dispatch_uid="routing.refresh_on_availability")
def refresh_on_availability(sender, *, user_ids: list[int], **kwargs) -> None:
    services.refresh_agents(user_ids=user_ids)


@receiver(departments_changed, dispatch_uid="routing.reload_on_departments")
def reload_on_departments(sender, *, department_ids: list[int], **kwargs) -> None:
    hear_of_departments()
