"""What the queue board shows: who waits, in serving order, why, and who could take it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber

from accounts.models import Department, User
from inbox.models import Conversation, Message
from inbox.models.conversation import SERVING_ORDER, ConversationQuerySet
from inbox.sentences import waiting_words
from routing.at_work import count_at_work
from routing.models import Agent, Assignment, RoutingPolicy
from routing.people.team import Member, members_of
from routing.policies import policy_from
from routing.scoring import PLACE
from routing.services.hours import hours_of_all
from routing.services.waits import IN_LINE, team_of
from routing.wait_times import MORE_THAN_AN_HOUR, Answerer, next_place_minutes, wait_minutes
from workforce.availability import AT_WORK, Reason

# Of how many a page shows; how many others wait is told in a line below.
MAX_ROWS = 200  # of the only department on it
MAX_ROWS_EACH = 50  # of one among several
MAX_ROWS_OF_ALL = 400
MAX_READ = 20  # of a conversation's unanswered messages are read for its keywords, the newest
MAX_MEMBERS = 100
MAX_WORDS = 3
MAX_ID_DIGITS = 9
COMMON = "common"  # the address of what has no department


@dataclass(slots=True)
class Places:
    """How much room the people of a department have. Those on a break hold theirs and get none."""

    people: int = 0  # taking work
    at_work: int = 0
    taken: int = 0
    capacity: int = 0
    free: int = 0
    team: list[Answerer] = field(default_factory=list)  # those taking work

    def add(self, agent: Agent) -> None:
        self.at_work += agent.reason in AT_WORK
        if agent.reason != Reason.TAKING_WORK:
            return
        self.people += 1
        self.team += team_of([agent])
        self.taken += agent.open_count
        self.capacity += agent.capacity
        self.free += max(0, agent.free_percent) // PLACE

    @property
    def is_full(self) -> bool:
        return self.people > 0 and self.free == 0


@dataclass(slots=True)
class Row:
    """One conversation that waits."""

    conversation: Conversation
    because: str
    more: str
    words: list[str]


@dataclass(slots=True)
class Group:
    """One department's queue; without a department the common one."""

    department: Department | None
    count: int
    late: int
    places: Places
    in_line: int = 0  # of them, without those put aside
    is_claim: bool = False
    is_guarded: bool = False
    is_closed: bool = False
    opens_at: datetime | None = None  # next, while closed
    rows: list[Row] = field(default_factory=list)

    @property
    def key(self) -> str:
        return str(self.department.pk) if self.department else COMMON

    @property
    def next_place(self) -> int | None:
        """In about how many minutes somebody has a place again, where that can be said."""
        minutes = next_place_minutes(self.places.team) if self.places.is_full else None
        return None if minutes == MORE_THAN_AN_HOUR else minutes

    @property
    def answer(self) -> int | None:
        """In about how many minutes whoever writes now is answered: what the customer is told."""
        return wait_minutes(self.in_line, self.places.team) if self.places.is_full else None

    @property
    def is_answer_far(self) -> bool:
        return self.answer == MORE_THAN_AN_HOUR

    @property
    def hidden(self) -> int:
        return self.count - len(self.rows)


@dataclass(slots=True)
class Board:
    """The page."""

    groups: list[Group]  # those of the chosen department, or all
    tabs: list[Group]  # all
    total: int
    chosen: str
    members: list[Member]
    hidden_members: int

    @property
    def shown_total(self) -> int:
        return sum(group.count for group in self.groups)


def may_see_queue(user: User) -> bool:
    """Leads; staff where their department lets them take from the queue."""
    return user.is_admin or user.is_manager or user.may_claim


def read_department(text: str) -> str:
    """What an address or form narrows the queue to: a department's id, COMMON, or nothing."""
    is_id = text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS
    return text if text == COMMON or is_id else ""


def load_board(user: User, *, chosen: str, at: datetime) -> Board:
    """Read the board of one person; `chosen` is of `read_department`."""
    waiting = _waiting_for(user)
    counted = {
        row["department"]: row
        for row in waiting.order_by()
        .values("department")
        .annotate(
            count=Count("pk"),
            late=Count("pk", filter=Q(due_at__lte=at)),
            in_line=Count("pk", filter=IN_LINE),
        )
    }
    departments = _departments_of(user, counted, chosen)
    agents = _agents_of(departments)
    policies = {
        policy.department_id: policy
        for policy in RoutingPolicy.objects.filter(department__in=departments).select_related(
            "overflow_department"
        )
    }
    tabs = [
        _group(department, counted.get(department and department.pk), agents, policies)
        for department in [*departments, None]
    ]
    # The chosen one stays, also when its last row has just left.
    tabs = [group for group in tabs if group.count or group.key == chosen]
    if chosen not in [group.key for group in tabs]:
        chosen = ""
    groups = [group for group in tabs if group.count and chosen in ("", group.key)]
    _note_hours(groups, at)
    _fill(groups, waiting, agents, policies, at)
    members = _members(user)
    return Board(
        groups=groups,
        tabs=tabs,
        total=sum(group.count for group in tabs),
        chosen=chosen,
        members=members_of(members[:MAX_MEMBERS]),
        hidden_members=max(0, len(members) - MAX_MEMBERS),
    )


def _waiting_for(user: User) -> ConversationQuerySet:
    """What waits and this person may give out or take; a mention alone is no reason to."""
    waiting = Conversation.objects.visible_to(user).waiting()
    is_lead = user.is_admin or user.is_manager
    return waiting if is_lead else waiting.filter(department=user.department_id)


def _departments_of(user: User, counted: Iterable[int | None], chosen: str) -> list[Department]:
    """Those that something waits in, in their order, and the reader's own or chosen one."""
    wanted = Q(pk__in=[pk for pk in counted if pk]) | Q(pk=user.department_id)
    if user.is_admin and chosen not in ("", COMMON):
        wanted |= Q(pk=chosen)
    return list(Department.objects.visible_to(user).filter(wanted))


def _agents_of(departments: list[Department]) -> dict[int, list[Agent]]:
    found = defaultdict(list)
    agents = Agent.objects.filter(
        user__is_active=True, user__department__in=departments, capacity__gt=0
    )
    for agent in agents.select_related("user"):
        found[agent.user.department_id].append(agent)
    return found


def _group(
    department: Department | None,
    counted: dict | None,
    agents: dict[int, list[Agent]],
    policies: dict[int, RoutingPolicy],
) -> Group:
    counted = counted or {"count": 0, "late": 0, "in_line": 0}
    places = Places()
    pk = department.pk if department else 0
    for agent in agents.get(pk, []):
        places.add(agent)
    policy = policies.get(pk)
    return Group(
        department,
        counted["count"],
        counted["late"],
        places,
        counted["in_line"],
        is_claim=policy is not None and policy.method == RoutingPolicy.Method.CLAIM,
        is_guarded=policy is not None and policy.is_guarded,
    )


def _note_hours(groups: list[Group], at: datetime) -> None:
    book = hours_of_all()
    for group in groups:
        hours = book.of(group.department.pk if group.department else None)
        group.is_closed = hours is not None and not hours.is_open(at)
        if group.is_closed:
            group.opens_at = hours.next_opening(at)


def _fill(
    groups: list[Group],
    waiting: ConversationQuerySet,
    agents: dict[int, list[Agent]],
    policies: dict[int, RoutingPolicy],
    at: datetime,
) -> None:
    """Read the rows of all groups in one go, and what stands beside them."""
    by_department = {group.department and group.department.pk: group for group in groups}
    wanted = Q(department__in=[pk for pk in by_department if pk])
    if None in by_department:
        wanted |= Q(department=None)
    rows = list(_read_rows(waiting.filter(wanted), rows_of_each(len(groups))))
    words = _words_of(rows)
    people = {agent.user_id: agent for team in agents.values() for agent in team}
    full = _full_beside(rows, policies, at)
    for conversation in rows:
        group = by_department[conversation.department_id]
        known = _known_beside(conversation, people) | full.get(conversation.pk, {})
        because, more = waiting_words(
            conversation, known, reason=_reason(conversation, group), at=at
        )
        group.rows.append(Row(conversation, because, more, words[conversation.pk]))


def rows_of_each(departments: int) -> int:
    """How many rows are shown of each of so many: fewer, the more there are."""
    if departments <= 1:
        return MAX_ROWS
    return max(1, min(MAX_ROWS_EACH, MAX_ROWS_OF_ALL // departments))


def _read_rows(waiting: ConversationQuerySet, limit: int) -> ConversationQuerySet:
    """The first `limit` of each department, with all that a row shows."""
    place = Window(RowNumber(), partition_by="department", order_by=SERVING_ORDER)
    first = waiting.order_by().annotate(place=place).filter(place__lte=limit)
    former = Assignment.objects.filter(conversation=OuterRef("pk")).order_by("-pk")
    rows = Conversation.objects.filter(pk__in=first.values("pk"))
    rows = rows.select_related("contact", "identity", "department")
    rows = rows.annotate(former_id=Subquery(former.values("assignee")[:1]))
    return rows.in_serving_order()


def _words_of(rows: list[Conversation]) -> dict[int, list[str]]:
    """The keywords in what nobody has answered, those of the row's department first."""
    found: dict[int, Counter] = defaultdict(Counter)
    department_of = {row.pk: row.department_id for row in rows}
    unanswered = Message.objects.inbound().filter(
        conversation__in=department_of, completed_at=None, keywords__isnull=False
    )
    place = Window(RowNumber(), partition_by="conversation", order_by="-pk")
    newest = unanswered.annotate(place=place).filter(place__lte=MAX_READ)
    read = Message.objects.filter(pk__in=newest.values("pk"))
    for pk, matches in read.values_list("conversation", "keywords").in_order():
        for match in matches:
            found[pk][match["word"]] += 1 + 1000 * (match["department"] == department_of[pk])
    return {row.pk: [word for word, _count in found[row.pk].most_common(MAX_WORDS)] for row in rows}


def _reason(conversation: Conversation, group: Group) -> str:
    """While it is closed, that is why nobody is there."""
    reasons = Conversation.WaitingReason
    is_alone = conversation.waiting_reason == reasons.NOBODY_AT_WORK
    return reasons.CLOSED if is_alone and group.is_closed else conversation.waiting_reason


def _known_beside(conversation: Conversation, people: dict[int, Agent]) -> dict:
    """What its reason can be told with besides: whose customer it was."""
    known = {}
    if (agent := people.get(conversation.former_id)) is not None:
        known["former"] = agent.user.display_name
        known["load"] = f"{agent.open_count}/{agent.capacity}" if agent.is_full else ""
    return known


def _full_beside(
    rows: list[Conversation], policies: dict[int, RoutingPolicy], at: datetime
) -> dict[int, dict]:
    """Of those for whom everybody is full, how many that are: routing looks beyond a department."""
    asked = {}
    for row in rows:
        if row.waiting_reason == Conversation.WaitingReason.ALL_FULL:
            policy = policies.get(row.department_id)
            helper_id = policy_from(policy).helper_for(row.waiting_since, at) if policy else None
            asked[row.pk] = (row.department_id, helper_id)
    if not asked:
        return {}
    counts = count_at_work(asked.values())
    return {pk: {"count": counts[pair]} for pk, pair in asked.items()}


def _members(user: User) -> list[User]:
    """The people one may see who take work: those at work first, the fullest on top."""
    agents = Agent.objects.visible_to(user).filter(user__is_active=True, capacity__gt=0)
    agents = agents.select_related("user__department")
    order = sorted(
        agents,
        key=lambda agent: (
            not agent.is_at_work,
            -agent.open_count / agent.capacity,
            agent.user.display_name,
            agent.pk,
        ),
    )
    return [agent.user for agent in order]
