"""One of everything, of Sales."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from types import SimpleNamespace

import pytest

from accounts.models import Notification
from accounts.services import register, update_user
from accounts.tokens import issue_tokens
from inbox.models import Message, OutboundPart
from inbox.services import resolve_conversation
from routing.keyword_files import read_keyword_file
from routing.models import AgentSkill
from routing.services import prepare_keyword_import
from tests.factories import (
    CannedReplyFactory,
    ContactFactory,
    ContactIdentityFactory,
    ConversationFactory,
    KeywordFactory,
    MessageFactory,
    UserFactory,
)
from tests.permissions.world import SECRET, session_of
from workforce.models import (
    Break,
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
from workforce.services import make_calendar_feed


# --- The world ----------------------------------------------------------------------------------
@pytest.fixture
def world(people, sales, billing) -> SimpleNamespace:
    people = people | {"leaver": UserFactory(username="leaver", department=sales)}
    AgentSkill.objects.create(agent=people["staff"].agent, department=billing)
    contact = ContactFactory(name=SECRET, note=SECRET)
    talk = ConversationFactory(
        identity=ContactIdentityFactory(contact=contact),
        department=sales,
        assignee=people["staff"],
        preview=SECRET,
    )
    answer = MessageFactory(
        conversation=talk,
        direction=Message.Direction.OUTBOUND,
        author=people["staff"],
        text=SECRET,
    )
    OutboundPart.objects.create(
        message=answer,
        conversation=talk,
        channel=talk.channel,
        state=OutboundPart.State.FAILED,
        failure=OutboundPart.Failure.REFUSED,
    )
    queued = ConversationFactory(
        identity=ContactIdentityFactory(contact=contact), department=sales, preview=SECRET
    )
    ended = ConversationFactory(
        identity=ContactIdentityFactory(contact=contact),
        department=sales,
        assignee=people["staff"],
        preview=SECRET,
    )
    resolve_conversation(conversation=ended, by=people["staff"])
    keys = {"leaver": (issue_tokens(people["leaver"]), session_of(people["leaver"]))}
    update_user(user=people["leaver"], actor=people["admin"], changes={"is_active": False})
    locked = datetime(2021, 5, 3, 2, tzinfo=UTC)
    TimesheetMonth.objects.create(
        user=people["staff"], month=date(2021, 4, 1), approved_at=locked, locked_at=locked
    )
    hours = Shift.objects.create(
        name=SECRET, department=sales, starts_at=time(8), ends_at=time(17), minimum_staff=1
    )
    return SimpleNamespace(
        people=people,
        keys=keys,
        sales=sales,
        conversation=talk,
        message=MessageFactory(conversation=talk, text=SECRET),
        reply=answer,
        waiting=queued,
        done=ended,
        applicant=register(username="applicant", password="a horse of her own"),
        keyword=KeywordFactory(department=sales, word="mua"),
        canned=CannedReplyFactory(department=sales, text=SECRET),
        prepared=prepare_keyword_import(
            file=read_keyword_file("word,department\nđổi,Sales\n".encode()),
            actor=people["manager"],
        ),
        notification=Notification.objects.create(
            user=people["staff"], kind="waiting", path="/messages", params={"contact": SECRET}
        ),
        shift=hours,
        leave=Leave.objects.create(
            user=people["staff"],
            type=LeaveType.objects.get(symbol="P"),
            first=date(2021, 6, 14),
            last=date(2021, 6, 14),
            starts_at=datetime(2021, 6, 13, 17, tzinfo=UTC),
            ends_at=datetime(2021, 6, 14, 17, tzinfo=UTC),
        ),
        planned=ShiftAssignment.objects.create(
            user=people["staff"],
            shift=hours,
            date=date(2021, 6, 9),
            starts_at=datetime(2021, 6, 9, 1, tzinfo=UTC),
            ends_at=datetime(2021, 6, 9, 10, tzinfo=UTC),
            planned_minutes=540,
        ),
        delegation=Delegation.objects.create(
            user=people["manager"],
            deputy=people["admin"],
            first=date(2097, 6, 2),
            last=date(2097, 6, 3),
        ),
        calendar=make_calendar_feed(user=people["staff"]),
        entry=with_a_break(people["staff"]),
        **requests_of(people["staff"], people["colleague"]),
    )


def requests_of(person, colleague) -> dict:
    """One with a secret and a paper, one without a secret, one in which the person is asked.

    What is refused to those who may read it is answered on its page.
    """
    secret = Request.objects.create(user=person, kind="other", description=SECRET)
    hours = Shift.objects.create(
        name="Ca đêm", department=person.department, starts_at=time(22), ends_at=time(6)
    )
    night = ShiftAssignment.objects.create(
        user=colleague,
        shift=hours,
        date=date(2098, 6, 9),
        starts_at=datetime(2098, 6, 9, 15, tzinfo=UTC),
        ends_at=datetime(2098, 6, 9, 23, tzinfo=UTC),
        planned_minutes=480,
        published_at=datetime(2021, 6, 1, tzinfo=UTC),
    )
    return {
        "request": secret,
        "errand": Request.objects.create(user=person, kind="other", description="Đổi bàn"),
        "swap": Request.objects.create(
            user=colleague,
            kind="shift_change",
            assignment=night,
            first=night.date,
            colleague=person,
            consent="asked",
            consent_until=night.starts_at,
        ),
        "paper": RequestFile.objects.create(
            request=secret,
            uploaded_by=person,
            name="giấy.pdf",
            content_type="application/pdf",
            size=len(SECRET.encode()),
            content=SECRET.encode(),
        ),
    }


def with_a_break(person) -> TimeEntry:
    """A day of work with an hour at noon."""
    entry = TimeEntry.objects.create(
        user=person,
        checked_in_at=datetime(2021, 3, 1, 1, tzinfo=UTC),
        checked_out_at=datetime(2021, 3, 1, 10, tzinfo=UTC),
    )
    Break.objects.create(
        entry=entry,
        reason="meal",
        started_at=datetime(2021, 3, 1, 5, tzinfo=UTC),
        ended_at=datetime(2021, 3, 1, 6, tzinfo=UTC),
    )
    return entry
