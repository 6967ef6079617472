"""A shop's program that hears replies, and the steps of sending them."""

import json
from datetime import UTC, datetime

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from inbox import services
from inbox.models import Channel, Conversation, OutboundPart
from tests.factories import ContactIdentityFactory, ConversationFactory

SECRET = "whsec_demo"
MORNING = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


class Receiver:
    """A shop's program: answers what it is told to, remembers what came."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/replies")
        self.answers: list = []
        self.requests: list[Request] = []
        server.expect_request("/replies").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        request.get_data()
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Response):
            return answer
        return answer() if callable(answer) else Response(status=answer)

    @property
    def texts(self) -> list[str]:
        return [json.loads(request.data)["message"]["text"] for request in self.requests]

    @property
    def keys(self) -> list[str]:
        return [request.headers["Idempotency-Key"] for request in self.requests]


def another_conversation(channel: Channel, person) -> Conversation:
    identity = ContactIdentityFactory(channel=channel)
    return ConversationFactory(identity=identity, assignee=person)


def step(clock, part: OutboundPart) -> OutboundPart:
    """Go to the next try of a part, send what is due, and return the part as it is then."""
    part.refresh_from_db()
    clock.move_to(part.run_after)
    services.deliver_due()
    part.refresh_from_db()
    return part
