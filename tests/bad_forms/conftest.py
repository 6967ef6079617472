"""The rows that the addresses and fields of the table name."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.services import register
from inbox.models import OutboundPart
from reporting.models import KpiDefinition, KpiScore
from routing.keyword_files import read_keyword_file
from routing.models import AgentSkill
from routing.services import prepare_keyword_import
from tests.bad_forms.sender import Sender
from tests.factories import (
    PASSWORD,
    CannedReplyFactory,
    ConversationFactory,
    KeywordFactory,
    MessageFactory,
)
from tests.workforce.roster_rows import plan, shift_of
from workforce.calendar_file import token_of
from workforce.models import (
    Break,
    CalendarFeed,
    Delegation,
    Leave,
    LeaveType,
    Request,
    RequestFile,
    Shift,
    ShiftAssignment,
    TimeEntry,
    TimesheetMonth,
)


@pytest.fixture
def ids(people, sales) -> dict:
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    MessageFactory(conversation=conversation)
    reply = MessageFactory(conversation=conversation, direction="outbound", author=people["staff"])
    OutboundPart.objects.create(
        message=reply,
        conversation=conversation,
        channel=conversation.channel,
        state="failed",
        failure="refused",
    )
    figure = KpiDefinition.objects.create(code="manual:csat", name="CSAT", weight=20)
    KpiScore.objects.create(
        user=people["staff"], definition=figure, period=date(2021, 4, 1), value=4.5
    )
    keyword = KeywordFactory(department=sales)
    billing = people["other_staff"].department
    AgentSkill.objects.create(agent=people["colleague"].agent, department=billing)
    file = read_keyword_file("word,department\nđổi,Sales\n".encode())
    checked = prepare_keyword_import(file=file, actor=people["manager"])
    shift = Shift.objects.create(
        name="Ca ngày", department=sales, starts_at=time(8), ends_at=time(17)
    )
    planned = ShiftAssignment.objects.create(
        user=people["staff"],
        shift=shift,
        date=date(2026, 11, 23),
        starts_at=datetime(2026, 11, 23, 1, tzinfo=UTC),
        ends_at=datetime(2026, 11, 23, 10, tzinfo=UTC),
        planned_minutes=540,
    )
    leave = Leave.objects.create(
        user=people["staff"],
        type=LeaveType.objects.get(symbol="P"),
        first=date(2026, 11, 30),
        last=date(2026, 11, 30),
        starts_at=datetime(2026, 11, 29, 17, tzinfo=UTC),
        ends_at=datetime(2026, 11, 30, 17, tzinfo=UTC),
    )
    delegation = Delegation.objects.create(
        user=people["manager"],
        deputy=people["admin"],
        first=date(2097, 6, 2),
        last=date(2097, 6, 3),
    )
    then = datetime(2021, 5, 3, tzinfo=UTC)
    for month, locked_at in ((3, None), (4, then)):
        TimesheetMonth.objects.create(
            user=people["colleague"],
            month=date(2021, month, 1),
            approved_at=then,
            locked_at=locked_at,
        )
    entry = TimeEntry.objects.create(
        user=people["staff"],
        checked_in_at=datetime(2021, 3, 1, 1, tzinfo=UTC),
        checked_out_at=datetime(2021, 3, 1, 9, tzinfo=UTC),
    )
    pause = Break.objects.create(
        entry=entry,
        reason="meal",
        started_at=datetime(2021, 3, 1, 4, tzinfo=UTC),
        ended_at=datetime(2021, 3, 1, 5, tzinfo=UTC),
    )
    soon = timezone.localdate() + timedelta(days=9)
    night = plan(people["staff"], shift_of(sales, "Đêm", "22-06"), soon, published=True)
    request = Request.objects.create(user=people["staff"], kind="leave", description="Về quê")
    swap = Request.objects.create(
        user=people["staff"],
        kind="shift_change",
        description="Đổi ca",
        assignment=night,
        colleague=people["colleague"],
        consent="asked",
        consent_until=night.starts_at,
    )
    paper = RequestFile.objects.create(
        request=request, uploaded_by=people["staff"], name="a.pdf", size=1, content=b"x"
    )
    return {
        "NIGHT": night.pk,
        "SOON": f"{soon}T18:00",
        "TO": f"to_{conversation.public_id}",
        "NOTE": f"note_{conversation.public_id}",
        "REQUEST": request.pk,
        "SWAP": swap.pk,
        "PAPER": paper.public_id,
        "BREAK": pause.pk,
        "ENTRY": entry.pk,
        "public_id": conversation.public_id,
        "cycle_number": conversation.cycle_number,
        "message_id": reply.pk,
        "pk": keyword.pk,
        "KEYWORD": str(keyword.pk),
        "import_id": checked.public_id,
        "CHANNEL": str(conversation.channel_id),
        "CANNED": CannedReplyFactory(department=sales).pk,
        "COLLEAGUE": str(people["colleague"].public_id),
        "APPLICANT": str(register(username="applicant", password=PASSWORD).public_id),
        "DEPARTMENT": str(sales.pk),
        "OTHER_DEPARTMENT": str(billing.pk),
        "SHIFT": shift.pk,
        "PLANNED": planned.pk,
        "LEAVE": leave.pk,
        "ADMIN": str(people["admin"].public_id),
        "DELEGATION": delegation.pk,
        "token": token_of(CalendarFeed.objects.create(user=people["staff"])),
        "LEAVE_TYPE": str(leave.type_id),
    }


@pytest.fixture
def sender(form, people, ids) -> Sender:
    return Sender(form, people, ids)
