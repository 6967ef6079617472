"""What the tests of the back office share: an administrator at the door, one row of everything."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone, translation

from accounts.services import record
from inbox.models import AutoReply, Conversation, OutboundPart, WebhookEvent
from omnichat.admin_site import admin_site
from reporting.models import KpiDefinition, KpiTarget
from routing.models import Assignment, BusinessCalendar, ListedWord, RoutingPolicy, SlaPolicy
from tests.factories import (
    AgentFactory,
    CannedReplyFactory,
    ConversationFactory,
    KeywordFactory,
    MessageFactory,
    UserFactory,
)
from workforce.models import (
    DayAgreement,
    Delegation,
    Holiday,
    Leave,
    LeaveBlackout,
    LeaveLedgerEntry,
    LeaveType,
    OfficeNetwork,
    Request,
    RosterRule,
    Shift,
    TimeEntry,
    TimeRules,
    TimesheetMonth,
)

IP = "203.0.113.9"
MODELS = sorted(model._meta.label_lower for model in admin_site._registry)


def address(label: str, page: str, *args) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def said(response) -> list[str]:
    """The messages an action left for the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def errors(response) -> dict[str, list[str]]:
    """What the form that came back complains about, in the language of its page."""
    assert response.status_code == 200
    found = response.context["adminform"].form.errors
    with translation.override(response["Content-Language"]):
        return {name: [str(sentence) for sentence in found[name]] for name in found}


def act(client, label: str, action: str, rows, **data):
    """Run an action of a list on some rows."""
    selected = {"action": action, "_selected_action": [row.pk for row in rows]}
    response = client.post(address(label, "changelist"), selected | data)
    assert response.status_code == 302
    return response


@pytest.fixture
def admin(people, client):
    """The administrator, signed in, at an address of theirs."""
    client.force_login(people["admin"])
    client.defaults["REMOTE_ADDR"] = IP
    return people["admin"]


@pytest.fixture
def make_rows(people) -> Callable[[int], None]:
    """`make_rows(n)` adds n more rows, each with its own neighbours, to every list."""

    def make(count: int) -> None:
        for _n in range(count):
            agent = AgentFactory()
            TimeEntry.objects.filter(user=agent.user).update(checked_out_at=timezone.now())
            _add_rules(agent.user)
            KeywordFactory()
            code = f"manual:figure_{KpiDefinition.objects.count()}"
            figure = KpiDefinition.objects.create(code=code, name="CSAT", weight=10)
            KpiTarget.objects.create(definition=figure, value=5, zero_value=3)
            word = f"ab{ListedWord.objects.count()}"
            ListedWord.objects.create(kind="abbreviation", word=word, key=word, meaning="ăn bún")
            CannedReplyFactory(department=agent.user.department)
            RoutingPolicy.objects.create(department=agent.user.department)
            SlaPolicy.objects.create(department=agent.user.department, resolution_minutes=60)
            BusinessCalendar.objects.create(department=agent.user.department)
            conversation = ConversationFactory(
                identity__channel__default_department=agent.user.department,
                assignee=agent.user,
                department=agent.user.department,
                status=Conversation.Status.WAITING,
            )
            texts = {"text_vi": "Chào ạ", "text_en": "Hi"}
            AutoReply.objects.create(channel=conversation.channel, trigger="greeting", **texts)
            event = WebhookEvent.objects.create(
                channel=conversation.channel,
                body='{"content": "Xin chào"}',
                state=WebhookEvent.State.FAILED,
                last_error="ValueError: no",
            )
            message = MessageFactory(conversation=conversation, webhook_event=event)
            OutboundPart.objects.create(
                message=MessageFactory(
                    conversation=conversation, direction="outbound", author=agent.user
                ),
                conversation=conversation,
                channel=conversation.channel,
                state=OutboundPart.State.FAILED,
                failure=OutboundPart.Failure.REFUSED,
                last_error="HTTP 410",
            )
            Assignment.objects.create(
                conversation=conversation,
                cycle=message.cycle,
                assignee=agent.user,
                department=agent.user.department,
                assigned_by=people["manager"],
                policy=Assignment.Policy.LEAST_OPEN,
                explanation={"matches": []},
            )
            record("signed_in", actor=agent.user, target=agent.user, ip=IP)

    return make


def _add_rules(person) -> None:
    """One more row of each table of working time; dates are unique there."""
    day = date(2030, 1, 1) + timedelta(days=Holiday.objects.count())
    Holiday.objects.create(date=day, name="Lễ")
    TimeRules.objects.create(effective_from=day)
    RosterRule.objects.create(kind="overlap", minutes=0, severity="warning", effective_from=day)
    Shift.objects.create(
        name=f"Ca {day}", department=person.department, starts_at=time(8), ends_at=time(17)
    )
    TimesheetMonth.objects.create(user=person, month=date(2030, 1, 1))
    number = OfficeNetwork.objects.count()
    OfficeNetwork.objects.create(name="Lầu", network=f"198.51.100.{number}/32")
    midnight = datetime.combine(day, time(), UTC)
    leave = Leave.objects.create(
        user=person,
        type=LeaveType.objects.create(name=f"Nghỉ {number}", symbol=f"N{number}"),
        first=day,
        last=day,
        starts_at=midnight,
        ends_at=midnight + timedelta(days=1),
        granted_by=person,
    )
    _add_requests(person, leave)


def _add_requests(person, leave: Leave) -> None:
    """One more row of what leave and requests leave behind."""
    days = {"first": leave.first, "last": leave.last}
    line = {"user": person, "type": leave.type, "on": leave.first}
    LeaveLedgerEntry.objects.create(**line, kind="use", days=-1, leave=leave, actor=person)
    LeaveBlackout.objects.create(name="Sale", **days).departments.add(person.department)
    asked = Request.objects.create(kind="leave", user=person, leave_type=leave.type, **days)
    Delegation.objects.create(user=person, deputy=UserFactory(), **days)
    DayAgreement.objects.create(
        user=person, kind="late", date=leave.first, minutes=30, request=asked, granted_by=person
    )
