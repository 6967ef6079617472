"""What several tests of routing do and look at."""

from inbox.models import Conversation, Message
from workforce.services import check_out


def events_of(conversation: Conversation) -> list[dict]:
    """The lines of its thread, oldest first: what each says, as data."""
    lines = Message.objects.filter(conversation=conversation, direction="event").order_by("pk")
    return list(lines.values_list("data", flat=True))


def everybody_goes_home(people) -> None:
    """All who are at work in the cast check out."""
    for name in ("staff", "colleague", "other_staff"):
        check_out(user=people[name])
