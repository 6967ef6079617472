"""Keywords and agents in the back office, by routing's own services."""

from decimal import Decimal

import pytest
from django.utils import translation

from accounts.models import AuditEntry, Department
from inbox.models import Conversation
from routing.models import Agent, Keyword, KeywordVersion, RoutingPolicy
from tests.admin.conftest import IP, address, errors
from tests.factories import ConversationFactory, KeywordFactory

pytestmark = pytest.mark.django_db

ADD = "/admin/routing/keyword/add/"


def version() -> int:
    return KeywordVersion.objects.get().version


def form_of(department, **changes) -> dict:
    data = {"word": "Hoàn  tiền", "department": department.pk, "weight": "2.5", "is_active": "on"}
    return data | changes


# --- Keywords ---------------------------------------------------------------------------------
def test_a_keyword_is_made_by_the_service(client, admin, sales):
    before = version()
    assert client.post(ADD, form_of(sales)).status_code == 302
    keyword = Keyword.objects.get()
    assert (keyword.word, keyword.folded) == ("Hoàn tiền", "hoan tien")
    assert (keyword.department, keyword.weight) == (sales, Decimal("2.5"))
    assert version() == before + 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.ip) == ("keyword_created", admin, IP)


def test_a_keyword_is_changed_by_the_service(client, admin, sales, billing):
    keyword = KeywordFactory(word="mua", department=sales)
    before = version()
    page = address("routing.keyword", "change", keyword.pk)
    assert client.post(page, form_of(billing, word="Đơn hàng", is_active="")).status_code == 302
    keyword.refresh_from_db()
    assert (keyword.word, keyword.folded, keyword.department) == ("Đơn hàng", "don hang", billing)
    assert version() == before + 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.ip) == ("keyword_changed", admin, IP)
    assert entry.changes == {
        "word": ["mua", "Đơn hàng"],
        "department": ["Sales", "Billing"],
        "weight": ["1.00", "2.5"],
        "is_active": [True, False],
    }


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"word": "HOAN tien"}, "word", "This department already has this keyword, or one that"),
        ({"word": "?!"}, "word", "A keyword needs at least one letter or digit."),
        ({"weight": "0.05"}, "weight", "From 0.1 to 10, or from -10 to -0.1"),
        ({"weight": "10.5"}, "weight", "From 0.1 to 10, or from -10 to -0.1"),
        ({"weight": "NaN"}, "weight", "Enter a number."),
        ({"department": "999"}, "department", "Select a valid choice."),
    ],
)
def test_a_refused_keyword_is_shown_at_the_field(client, admin, sales, changes, field, sentence):
    KeywordFactory(word="hoàn tiền", folded="hoan tien", department=sales)
    other = KeywordFactory(word="mua", folded="mua", department=sales)
    for page in (ADD, address("routing.keyword", "change", other.pk)):
        found = errors(client.post(page, form_of(sales) | changes))
        assert list(found) == [field]
        assert found[field][0].startswith(sentence)
    assert sorted(Keyword.objects.values_list("word", flat=True)) == ["hoàn tiền", "mua"]
    assert not AuditEntry.objects.exists()


def test_keywords_are_deleted_by_the_service(client, admin):
    first, second, third = KeywordFactory.create_batch(3)
    before = version()
    page = address("routing.keyword", "delete", first.pk)
    assert client.post(page, {"post": "yes"}).status_code == 302
    data = {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"}
    assert client.post(address("routing.keyword", "changelist"), data).status_code == 302
    assert list(Keyword.objects.all()) == [third]
    assert version() == before + 2
    entries = AuditEntry.objects.filter(action="keyword_deleted", actor=admin, ip=IP)
    assert [e.target_label for e in entries.order_by("pk")] == [first.word, second.word]


def test_keywords_are_found_with_and_without_marks(client, admin, sales):
    KeywordFactory(word="hoàn tiền", folded="hoan tien", department=sales)
    KeywordFactory(word="mua", folded="mua", department=sales)
    for query in ("hoàn", "HOAN", "tien", "TIỀN"):
        found = client.get(address("routing.keyword", "changelist"), {"q": query})
        assert [k.word for k in found.context["cl"].result_list] == ["hoàn tiền"], query
    found = client.get(address("routing.keyword", "changelist"), {"q": "???"})
    assert list(found.context["cl"].result_list) == []


# --- Agents -----------------------------------------------------------------------------------
def test_a_raised_capacity_fills_the_new_place(
    client, admin, people, sales, django_capture_on_commit_callbacks
):
    Agent.objects.exclude(user=people["staff"]).delete()
    agent = people["staff"].agent
    Agent.objects.filter(pk=agent.pk).update(capacity=0)
    waiting = ConversationFactory(department=sales)
    with django_capture_on_commit_callbacks(execute=True):
        page = address("routing.agent", "change", agent.pk)
        assert client.post(page, {"capacity": "1"}).status_code == 302
        # Not in the page's own transaction: filling locks conversations before agents.
        assert Agent.objects.get(pk=agent.pk).capacity == 0
    agent.refresh_from_db()
    assert (agent.capacity, agent.open_count) == (1, 1)
    waiting.refresh_from_db()
    assert waiting.assignee == people["staff"]
    entry = AuditEntry.objects.get(action="capacity_changed")
    assert (entry.actor, entry.ip, entry.changes) == (admin, IP, {"capacity": [0, 1]})
    assert Conversation.objects.waiting().count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_raised_capacity_with_real_transactions(client, admin, people, sales):
    Agent.objects.exclude(user=people["staff"]).delete()
    agent = people["staff"].agent
    Agent.objects.filter(pk=agent.pk).update(capacity=0)
    ConversationFactory.create_batch(3, department=sales)
    page = address("routing.agent", "change", agent.pk)
    assert client.post(page, {"capacity": "2"}).status_code == 302
    agent.refresh_from_db()
    assert (agent.capacity, agent.open_count) == (2, 2)
    assert Conversation.objects.waiting().count() == 1


def test_the_same_capacity_again_changes_nothing(
    client, admin, people, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        page = address("routing.agent", "change", people["staff"].agent.pk)
        assert client.post(page, {"capacity": "8"}).status_code == 302
    assert callbacks == []
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("capacity", ["-1", "", "x", "99999999999999999999"])
def test_a_capacity_that_cannot_be_is_refused(client, admin, people, capacity):
    page = address("routing.agent", "change", people["staff"].agent.pk)
    assert list(errors(client.post(page, {"capacity": capacity}))) == ["capacity"]
    assert people["staff"].agent.capacity == 8


def test_only_the_capacity_of_an_agent_is_taken(client, admin, people):
    page = address("routing.agent", "change", people["staff"].agent.pk)
    data = {"capacity": "8", "open_count": "5", "is_routable": "", "reason": "busy"}
    assert client.post(page, data).status_code == 302
    agent = Agent.objects.get(user=people["staff"])
    assert (agent.open_count, agent.is_routable, agent.reason) == (0, True, "taking_work")


def test_the_list_of_agents_shows_reason_and_load(client, admin, people):
    Agent.objects.filter(user=people["staff"]).update(open_count=8)
    html = client.get(address("routing.agent", "changelist")).content.decode()
    assert '<td class="field-why">at capacity</td>' in html
    assert '<td class="field-load">8/8</td>' in html
    assert '<td class="field-load">0/8</td>' in html


# --- Policies ---------------------------------------------------------------------------------
POLICY_ADD = "/admin/routing/routingpolicy/add/"


def policy_form(**changes) -> dict:
    data = {
        "method": "least_open",
        "own_speed_percent": "50",
        "answering_percent": "60",
        "sticky_turns": "2",
        "no_reply_minutes": "",
        "max_hops": "3",
        "overflow_department": "",
        "overflow_minutes": "",
    }
    return data | changes


def test_a_policy_is_made_by_the_service(client, admin, sales):
    before = KeywordVersion.objects.get().rules_version
    assert client.post(POLICY_ADD, policy_form(department=sales.pk)).status_code == 302
    policy = RoutingPolicy.objects.get()
    assert (policy.department, policy.method, policy.version) == (sales, "least_open", 2)
    assert KeywordVersion.objects.get().rules_version == before + 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.ip) == ("routing_policy_changed", admin, IP)
    assert entry.changes == {"method": ["balanced_speed", "least_open"]}
    # A department has one policy: it is no choice any more.
    assert list(errors(client.post(POLICY_ADD, policy_form(department=sales.pk)))) == ["department"]


def test_a_policy_is_changed_and_its_department_is_not(client, admin, sales, billing):
    policy = RoutingPolicy.objects.create(department=sales, method="least_open")
    page = address("routing.routingpolicy", "change", policy.pk)
    data = policy_form(department=billing.pk, own_speed_percent="80", is_guarded="on")
    assert client.post(page, data).status_code == 302
    policy.refresh_from_db()
    assert (policy.department, policy.own_speed_percent, policy.is_guarded) == (sales, 80, True)
    entry = AuditEntry.objects.get()
    assert entry.changes == {"own_speed_percent": [50, 80], "is_guarded": [False, True]}


def test_the_formula_stands_beside_the_weights(client, admin):
    html = client.get(POLICY_ADD).content.decode()
    assert 'name="own_speed_percent"' in html
    assert "1.3" in html.partition("own_speed_percent")[0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"own_speed_percent": "101"}, "own_speed_percent"),
        ({"max_hops": "0"}, "max_hops"),
        ({"overflow_department": "OWN", "overflow_minutes": "5"}, "overflow_department"),
        ({"overflow_department": "CIRCLE", "overflow_minutes": "5"}, "overflow_department"),
        ({"overflow_department": "CIRCLE"}, "overflow_minutes"),
        ({"overflow_minutes": "5"}, "overflow_department"),
        ({"method": "by_hand"}, "method"),
    ],
)
def test_a_refused_policy_comes_back_with_the_reason(client, admin, sales, billing, changes, field):
    policy = RoutingPolicy.objects.create(department=sales)
    RoutingPolicy.objects.create(department=billing, overflow_department=sales)
    ids = {"OWN": sales.pk, "CIRCLE": billing.pk}
    data = policy_form(**{name: ids.get(value, value) for name, value in changes.items()})
    page = address("routing.routingpolicy", "change", policy.pk)
    assert list(errors(client.post(page, data))) == [field]
    policy.refresh_from_db()
    assert (policy.method, policy.overflow_department, policy.version) == (
        "balanced_speed",
        None,
        1,
    )
    assert not AuditEntry.objects.exists()


def test_help_is_given_and_taken_back_with_its_minutes(client, admin, sales, billing):
    data = policy_form(department=sales.pk, overflow_department=billing.pk, overflow_minutes="7")
    assert client.post(POLICY_ADD, data).status_code == 302
    policy = RoutingPolicy.objects.get()
    assert (policy.overflow_department, policy.overflow_minutes) == (billing, 7)
    page = address("routing.routingpolicy", "change", policy.pk)
    assert client.post(page, policy_form()).status_code == 302
    policy.refresh_from_db()
    assert (policy.overflow_department, policy.overflow_minutes) == (None, 7)
    form = client.get(page).context["adminform"].form
    assert form["overflow_minutes"].value() is None  # nobody helps after them


def helpers_offered(client, page: str) -> list[str]:
    field = client.get(page).context["adminform"].form.fields["overflow_department"]
    with translation.override("en"):
        return [str(label) for value, label in field.choices if value]


def test_a_closed_department_is_not_offered_as_help_and_is_marked_where_it_is(
    client, admin, sales, billing
):
    policy = RoutingPolicy.objects.create(department=sales, overflow_department=billing)
    Department.objects.filter(pk=billing.pk).update(is_active=False)
    page = address("routing.routingpolicy", "change", policy.pk)
    marked = "Billing (switched off, helps nobody)"
    assert helpers_offered(client, POLICY_ADD) == ["Sales"]
    assert helpers_offered(client, page) == ["Sales", marked]
    with translation.override("en"):
        html = client.get(address("routing.routingpolicy", "changelist")).content.decode()
    assert f'<td class="field-helper">{marked}</td>' in html
    # Something else can be changed meanwhile.
    data = policy_form(overflow_department=billing.pk, overflow_minutes="5")
    assert client.post(page, data).status_code == 302
    policy.refresh_from_db()
    assert (policy.method, policy.overflow_department) == ("least_open", billing)
