"""The audit: what is entered, who reads it, and that nobody changes it."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import services
from accounts.models import AuditEntry, Department
from accounts.services import NotYourDepartment
from routing import services as routing
from routing.models import Agent
from tests.factories import ConversationFactory, KeywordFactory

IP = "203.0.113.7"
REFUSAL = "audit entries cannot be changed"


@pytest.fixture
def entry(people) -> AuditEntry:
    return services.record(
        "person_changed", actor=people["admin"], target=people["staff"], changes={"a": [1, 2]}
    )


def entries() -> list[tuple]:
    rows = AuditEntry.objects.order_by("pk")
    return list(rows.values_list("action", "actor__username", "target_label", "changes", "ip"))


# --- Append-only --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "changes",
    [{"action": "x"}, {"actor": None}, {"changes": {}}, {"ip": None}, {"target_label": "x"}],
)
def test_the_database_refuses_a_change(entry, changes):
    before = AuditEntry.objects.values().get()
    with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic():
        AuditEntry.objects.update(**changes)
    assert AuditEntry.objects.values().get() == before


def test_the_database_refuses_sql_by_hand_too(entry):
    sql = "UPDATE accounts_auditentry SET actor_name = 'somebody else'"
    with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic():
        connection.cursor().execute(sql)
    assert AuditEntry.objects.get().actor_name == "Admin"


def test_saving_an_entry_again_is_refused(entry):
    entry.action = "nothing_happened"
    with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic():
        entry.save()
    assert AuditEntry.objects.get().action == "person_changed"


def test_an_entry_keeps_the_name_of_that_time(entry, people):
    admin = people["admin"]
    admin.display_name = "Somebody else"
    admin.save(update_fields=["display_name"])
    stored = AuditEntry.objects.get()
    assert (stored.actor_name, stored.target_label) == ("Admin", "Staff")
    assert str(stored).endswith("person_changed Staff")


@pytest.mark.parametrize(
    ("who", "sees"), [("admin", 1), ("manager", 0), ("staff", 0), ("other_manager", 0)]
)
def test_only_administrators_read_it(entry, people, who, sees):
    assert AuditEntry.objects.visible_to(people[who]).count() == sees


def test_an_act_that_fails_leaves_no_entry(people):
    act = transaction.atomic(_change_and_fail)
    with pytest.raises(ZeroDivisionError):
        act(people)
    assert entries() == []


def _change_and_fail(people) -> None:
    services.update_user(user=people["staff"], actor=people["admin"], changes={"display_name": "x"})
    assert AuditEntry.objects.count() == 1
    raise ZeroDivisionError


# --- What is entered ----------------------------------------------------------------------------
def test_roles_and_people(people, sales, billing):
    admin, staff = people["admin"], people["staff"]
    services.update_user(user=staff, actor=admin, changes={"role": "manager"}, ip=IP)
    services.update_user(user=staff, actor=admin, changes={"department": billing}, ip=IP)
    services.update_user(user=staff, actor=admin, changes={"is_active": False}, ip=IP)
    assert entries() == [
        ("person_changed", "admin", "Staff", {"role": ["staff", "manager"]}, IP),
        ("person_changed", "admin", "Staff", {"department": ["Sales", "Billing"]}, IP),
        ("person_changed", "admin", "Staff", {"is_active": [True, False]}, IP),
    ]


def test_departments(people):
    admin = people["admin"]
    made = services.create_department(name="Kho", actor=admin, ip=IP)
    services.update_department(
        department=made, actor=admin, changes={"name": "Kho vận", "priority": 100}, ip=IP
    )
    services.update_department(department=made, actor=admin, changes={"is_active": False}, ip=IP)
    assert entries() == [
        ("department_created", "admin", "Kho", {}, IP),
        ("department_changed", "admin", "Kho", {"name": ["Kho", "Kho vận"]}, IP),
        ("department_changed", "admin", "Kho vận", {"is_active": [True, False]}, IP),
    ]
    assert Department.objects.get(pk=made.pk).is_active is False


def test_keywords(people, sales):
    manager = people["manager"]
    made = routing.create_keyword(
        word="mua", department=sales, weight=Decimal("2.5"), actor=manager, ip=IP
    )
    routing.update_keyword(
        keyword=made, actor=manager, changes={"weight": Decimal(3), "word": "mua hàng"}, ip=IP
    )
    made.refresh_from_db()
    routing.delete_keyword(keyword=made, actor=manager, ip=IP)
    created, changed, deleted = entries()
    assert created == (
        "keyword_created",
        "manager",
        "mua",
        {
            "word": [None, "mua"],
            "department": [None, "Sales"],
            "weight": [None, "2.5"],
            "is_active": [None, True],
        },
        IP,
    )
    assert changed[:2] == ("keyword_changed", "manager")
    assert changed[3]["word"] == ["mua", "mua hàng"]
    assert set(changed[3]) == {"word", "weight"}
    assert [Decimal(value) for value in changed[3]["weight"]] == [Decimal("2.5"), Decimal(3)]
    assert deleted[:3] == ("keyword_deleted", "manager", "mua hàng")
    assert deleted[3]["department"] == ["Sales", None]


def test_a_refused_keyword_leaves_no_entry(people, billing):
    keyword = KeywordFactory(department=billing)
    manager = people["manager"]
    for act in (
        lambda: routing.create_keyword(word="x", department=billing, actor=manager),
        lambda: routing.update_keyword(keyword=keyword, actor=manager, changes={"word": "x"}),
        lambda: routing.delete_keyword(keyword=keyword, actor=manager),
    ):
        with pytest.raises(NotYourDepartment):
            act()
    assert entries() == []


def test_assignments_by_hand(people, sales):
    conversation = ConversationFactory(department=sales)
    routing.assign_conversation(
        conversation=conversation, assignee=people["staff"], by=people["manager"], ip=IP
    )
    routing.assign_conversation(
        conversation=conversation, assignee=people["colleague"], by=people["admin"], ip=IP
    )
    label = str(conversation)
    assert entries() == [
        ("conversation_assigned", "manager", label, {"assignee": [None, "Staff"]}, IP),
        ("conversation_assigned", "admin", label, {"assignee": ["Staff", "Colleague"]}, IP),
    ]
    assert AuditEntry.objects.order_by("pk")[0].target_id == str(conversation.public_id)


def test_taking_is_entered(people, sales):
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=True)
    people["staff"].department.refresh_from_db()
    conversation = ConversationFactory(department=sales)
    routing.take_conversation(conversation=conversation, by=people["staff"], ip=IP)
    assert entries() == [
        ("conversation_assigned", "staff", str(conversation), {"assignee": [None, "Staff"]}, IP)
    ]


def test_capacity(people):
    agent = Agent.objects.get(user=people["staff"])
    routing.set_capacity(agent=agent, capacity=3, actor=people["admin"], ip=IP)
    assert entries() == [("capacity_changed", "admin", "Staff", {"capacity": [8, 3]}, IP)]
