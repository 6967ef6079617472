"""What several tests of routing do and look at."""

from accounts.models import Department
from inbox.models import Conversation, Message
from routing.models import RoutingPolicy
from routing.services import bump_rules_version
from workforce.services import check_out


def events_of(conversation: Conversation) -> list[dict]:
    """The lines of its thread, oldest first: what each says, as data."""
    lines = Message.objects.filter(conversation=conversation, direction="event").order_by("pk")
    return list(lines.values_list("data", flat=True))


def everybody_goes_home(people) -> None:
    """All who are at work in the cast check out."""
    for name in ("staff", "colleague", "other_staff"):
        check_out(user=people[name])


def set_policy(department: Department, **fields) -> RoutingPolicy:
    """Give a department its settings, and every process news of them; nothing is given out."""
    policy, _is_new = RoutingPolicy.objects.update_or_create(department=department, defaults=fields)
    bump_rules_version()
    return policy
