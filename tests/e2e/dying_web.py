"""The web application, which dies at the worst moment when the data asks for it.

The worst moment is between two commits: what happened is stored, and routing has not heard of it.
"""

import os
import signal

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omnichat.settings")
application = get_wsgi_application()  # loads the apps, which what follows needs

from accounts.models import User  # noqa: E402
from inbox.models import Conversation, Message  # noqa: E402
from routing import services  # noqa: E402
from tests.e2e.processes import DEADLY  # noqa: E402


def _die() -> None:
    """Kill the whole process group: gunicorn would only start another child."""
    os.killpg(0, signal.SIGKILL)


def _route(*, message_ids: list[int], route=services.route_messages, **arguments) -> None:
    if Message.objects.filter(pk__in=message_ids, text__contains=DEADLY).exists():
        _die()
    route(message_ids=message_ids, **arguments)


def _settle(*, conversation_id: int, settle=services.settle_conversation, **arguments) -> None:
    deadly = Conversation.objects.filter(pk=conversation_id, contact__name__contains=DEADLY)
    if deadly.exists():
        _die()
    settle(conversation_id=conversation_id, **arguments)


def _refresh(*, user_ids: list[int], refresh=services.refresh_agents) -> None:
    if User.objects.filter(pk__in=user_ids, display_name__contains=DEADLY).exists():
        _die()
    refresh(user_ids=user_ids)


services.route_messages = _route
services.settle_conversation = _settle
services.refresh_agents = _refresh
