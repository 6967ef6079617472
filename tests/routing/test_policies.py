"""Changing how a department gives its conversations out: what is written, refused and followed."""

import pytest
from django.utils import translation

from accounts.models import AuditEntry, Department
from accounts.services import NotYourDepartment
from inbox.models import Conversation
from routing.models import Agent, KeywordVersion, RoutingPolicy
from routing.policies import stored_policies
from routing.services import save_policy
from routing.services.policies import (
    OverflowCircular,
    OverflowClosed,
    OverflowIncomplete,
    OverflowToItself,
    PolicyInvalid,
)
from tests.factories import ConversationFactory, DepartmentFactory

IP = "203.0.113.9"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def versions() -> tuple[int, int]:
    return KeywordVersion.objects.values_list("version", "rules_version").get()


@pytest.fixture
def save(people):
    """`save(department, **changes)` as the administrator does it."""

    def act(department: Department, who: str = "admin", **changes) -> RoutingPolicy:
        return save_policy(department=department, changes=changes, actor=people[who], ip=IP)

    return act


def test_a_department_without_a_row_gets_one(save, sales, people):
    before = versions()
    save(sales, method="round_robin", own_speed_percent=70)
    policy = RoutingPolicy.objects.get()
    assert (policy.department, policy.method, policy.own_speed_percent) == (
        sales,
        "round_robin",
        70,
    )
    assert (policy.answering_percent, policy.version) == (60, 2)  # without a row it was 1
    assert versions() == (before[0], before[1] + 1)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.ip) == (
        "routing_policy_changed",
        people["admin"],
        IP,
    )
    assert (entry.target_type, entry.target_label) == ("department", "Sales")
    assert entry.changes == {
        "method": ["balanced_speed", "round_robin"],
        "own_speed_percent": [50, 70],
    }


def test_each_change_counts_and_other_processes_see_it(save, sales):
    assert stored_policies().of(sales.pk).method == "balanced_speed"
    save(sales, method="least_open")
    assert stored_policies().of(sales.pk).method == "least_open"
    save(sales, answering_percent=100, sticky_turns=None)
    policy = stored_policies().of(sales.pk)
    assert (policy.version, policy.weights.answering, policy.sticky_turns) == (3, 1.0, None)
    assert policy.method == "least_open"


def test_what_stays_the_same_is_no_change(save, sales):
    save(sales, method="least_open")
    before, entries = versions(), AuditEntry.objects.count()
    save(sales, method="least_open", own_speed_percent=50)
    assert (versions(), AuditEntry.objects.count()) == (before, entries)
    assert RoutingPolicy.objects.get().version == 2


@pytest.mark.parametrize("who", ["manager", "staff", "other_manager"])
def test_administrators_only(save, sales, who):
    before = versions()
    with pytest.raises(NotYourDepartment) as refused:
        save(sales, who, method="least_open")
    assert str(refused.value).startswith("Only an administrator")
    assert not RoutingPolicy.objects.exists()
    assert versions() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("own_speed_percent", 101),
        ("own_speed_percent", None),
        ("answering_percent", 201),
        ("sticky_turns", 51),
        ("no_reply_minutes", 0),
        ("no_reply_minutes", 1441),
        ("max_hops", 0),
        ("max_hops", 11),
        ("overflow_minutes", 1441),
        ("method", "by_hand"),
        ("method", "dice"),
    ],
)
def test_values_out_of_range_are_refused_by_name(save, sales, field, value):
    before = versions()
    with pytest.raises(PolicyInvalid) as refused:
        save(sales, **{"tells_wait": True, field: value})
    assert (refused.value.field, bool(str(refused.value))) == (field, True)
    assert not RoutingPolicy.objects.exists()
    assert (versions(), AuditEntry.objects.count()) == (before, 0)


# --- Overflow -------------------------------------------------------------------------------------
def test_help_from_itself_is_refused(save, sales):
    with pytest.raises(OverflowToItself) as refused:
        save(sales, overflow_department=sales)
    assert refused.value.field == "overflow_department"
    assert not RoutingPolicy.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"overflow_minutes": 7},
            *("overflow_department", "Choose who helps out after these minutes, or leave the"),
        ),
        (
            {"overflow_department": "BILLING", "overflow_minutes": None},
            *("overflow_minutes", "Enter after how many minutes of waiting Billing helps out."),
        ),
    ],
)
def test_half_an_overflow_is_refused(save, sales, billing, changes, field, sentence):
    given = {name: billing if value == "BILLING" else value for name, value in changes.items()}
    with pytest.raises(OverflowIncomplete) as refused:
        save(sales, **given)
    assert refused.value.field == field
    assert str(refused.value).startswith(sentence)
    assert not RoutingPolicy.objects.exists()


def test_help_from_a_closed_department_is_refused(save, sales):
    closed = DepartmentFactory(name="Kho", is_active=False)
    with pytest.raises(OverflowClosed) as refused:
        save(sales, overflow_department=closed)
    assert refused.value.field == "overflow_department"
    assert str(refused.value) == "Kho is switched off. Choose a department that works."
    assert not RoutingPolicy.objects.exists()


def test_a_circle_of_two_is_refused(save, sales, billing):
    save(sales, overflow_department=billing)
    with pytest.raises(OverflowCircular) as refused:
        save(billing, overflow_department=sales)
    assert refused.value.field == "overflow_department"
    assert "Billing → Sales → Billing" in str(refused.value)
    assert RoutingPolicy.objects.get().department == sales


def test_a_longer_circle_is_refused_and_a_chain_is_not(save, sales, billing):
    third = DepartmentFactory(name="Repair")
    save(sales, overflow_department=billing)
    save(billing, overflow_department=third)
    with pytest.raises(OverflowCircular) as refused:
        save(third, overflow_department=sales)
    assert "Repair → Sales → Billing → Repair" in str(refused.value)
    assert RoutingPolicy.objects.count() == 2
    save(billing, overflow_department=None)
    save(third, overflow_department=sales)
    entry = AuditEntry.objects.order_by("pk").last()
    assert entry.changes == {"overflow_department": [None, "Sales"]}


def test_its_own_old_link_does_not_close_a_circle(save, sales, billing):
    third = DepartmentFactory(name="Repair")
    save(sales, overflow_department=billing)
    save(third, overflow_department=billing)
    save(sales, overflow_department=third)
    assert RoutingPolicy.objects.get(department=sales).overflow_department == third


# --- What follows ---------------------------------------------------------------------------------
def test_claim_lets_staff_take_and_leaving_it_does_not_end_that(save, sales):
    save(sales, method="claim")
    sales.refresh_from_db()
    assert sales.staff_can_claim is True
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["routing_policy_changed", "department_changed"]
    save(sales, method="least_open")
    sales.refresh_from_db()
    assert sales.staff_can_claim is True


@pytest.fixture
def waiting(people, sales, save) -> Conversation:
    """One that waits in a department whose people take by themselves, while they have room."""
    save(sales, method="claim")
    Agent.objects.exclude(user=people["staff"]).update(is_routable=False)
    return ConversationFactory(department=sales, assignee=None, status="open")


@pytest.mark.parametrize(
    ("changes", "has_it"),
    [({"method": "least_open"}, "staff"), ({"tells_wait": True}, None)],
)
def test_what_waits_is_given_out_when_the_change_frees_it(
    commits, save, waiting, sales, people, changes, has_it
):
    save(sales, **changes)
    waiting.refresh_from_db()
    assert waiting.assignee == (people[has_it] if has_it else None)
