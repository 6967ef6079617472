"""Secondary skills: who may give them, what they bring and what their end takes away."""

import pytest

from accounts.models import AuditEntry
from accounts.services import NotYourDepartment
from accounts.services.people import NotStaff
from routing.models import Agent, AgentSkill
from routing.services import remove_skill, set_skill
from routing.services.skills import (
    SkillLevelUnknown,
    SkillOfClosedDepartment,
    SkillOfOwnDepartment,
)
from tests.factories import ConversationFactory, DepartmentFactory

IP = "203.0.113.9"


@pytest.fixture
def agent(people) -> Agent:
    return people["staff"].agent


@pytest.fixture
def by(people):
    return lambda who: {"actor": people[who], "ip": IP}


def skills() -> list[tuple]:
    return list(
        AgentSkill.objects.values_list("agent__user__username", "department__name", "level")
    )


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_a_skill_is_given_changed_and_taken(agent, billing, people, by, who):
    set_skill(agent=agent, department=billing, level=2, **by(who))
    assert skills() == [("staff", "Billing", 2)]
    set_skill(agent=agent, department=billing, level=3, **by(who))
    assert skills() == [("staff", "Billing", 3)]
    assert remove_skill(agent=agent, department=billing, **by(who)) is True
    assert skills() == []
    entries = AuditEntry.objects.order_by("pk")
    assert [entry.changes["level"] for entry in entries] == [[None, 2], [2, 3], [3, None]]
    for entry in entries:
        assert (entry.action, entry.actor, entry.ip) == ("skill_changed", people[who], IP)
        assert (entry.target_type, entry.target_label) == ("user", str(agent.user))
        assert entry.changes["skill"] == "Billing"


def test_nothing_is_written_where_nothing_changes(agent, billing, by):
    set_skill(agent=agent, department=billing, level=2, **by("manager"))
    set_skill(agent=agent, department=billing, level=2, **by("manager"))
    assert AuditEntry.objects.count() == 1
    other = DepartmentFactory(name="Repair")
    assert remove_skill(agent=agent, department=other, **by("manager")) is False
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("staff", NotStaff), ("colleague", NotStaff), ("other_manager", NotYourDepartment)],
)
def test_only_who_leads_them_may(agent, billing, by, who, refusal):
    AgentSkill.objects.create(agent=agent, department=billing, level=1)
    other = DepartmentFactory(name="Repair")
    with pytest.raises(refusal):
        set_skill(agent=agent, department=other, level=2, **by(who))
    with pytest.raises(refusal):
        set_skill(agent=agent, department=billing, level=3, **by(who))
    with pytest.raises(refusal):
        remove_skill(agent=agent, department=billing, **by(who))
    assert skills() == [("staff", "Billing", 1)]
    assert not AuditEntry.objects.exists()


def test_a_manager_decides_for_staff_only(people, billing, by):
    agent, _created = Agent.objects.get_or_create(user=people["manager"], defaults={"capacity": 4})
    with pytest.raises(NotStaff):
        set_skill(agent=agent, department=billing, level=2, **by("manager"))
    assert skills() == []


@pytest.mark.parametrize(
    ("department", "level", "refusal", "field"),
    [
        ("own", 2, SkillOfOwnDepartment, "department"),
        ("closed", 2, SkillOfClosedDepartment, "department"),
        ("other", 0, SkillLevelUnknown, "level"),
        ("other", 4, SkillLevelUnknown, "level"),
    ],
)
def test_what_makes_no_sense_is_refused(
    agent, sales, billing, by, department, level, refusal, field
):
    closed = DepartmentFactory(name="Kho", is_active=False)
    chosen = {"own": sales, "closed": closed, "other": billing}[department]
    with pytest.raises(refusal) as refused:
        set_skill(agent=agent, department=chosen, level=level, **by("admin"))
    assert (refused.value.field, bool(str(refused.value))) == (field, True)
    assert skills() == []
    assert not AuditEntry.objects.exists()


# --- What follows ---------------------------------------------------------------------------------
def test_what_waits_there_is_theirs_at_once(commits, agent, billing, people, by):
    Agent.objects.exclude(pk=agent.pk).update(is_routable=False)
    waiting = ConversationFactory(department=billing, assignee=None, status="open")
    set_skill(agent=agent, department=billing, level=2, **by("manager"))
    waiting.refresh_from_db()
    assert waiting.assignee == people["staff"]


def test_what_they_have_of_it_goes_back_with_the_skill(commits, agent, sales, billing, people, by):
    AgentSkill.objects.create(agent=agent, department=billing)
    own = ConversationFactory(department=sales, assignee=people["staff"], status="open")
    theirs = ConversationFactory(department=billing, assignee=people["staff"], status="open")
    remove_skill(agent=agent, department=billing, **by("manager"))
    own.refresh_from_db()
    theirs.refresh_from_db()
    assert own.assignee == people["staff"]
    assert theirs.assignee == people["other_staff"]


# --- The page -------------------------------------------------------------------------------------
@pytest.fixture
def visit(people, client):
    """`visit(who, part, data)`: the page of `staff`, or one of its forms."""

    def send(who: str, part: str = "", **data):
        client.force_login(people[who])
        path = f"/users/{people['staff'].public_id}"
        html = {"accept": "text/html"}
        return (
            client.post(f"{path}/{part}", data, headers=html)
            if part
            else client.get(path, headers=html)
        )

    return send


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_the_page_adds_and_removes(visit, billing, people, who):
    assert visit(who, "skills", department=billing.pk, level="3").status_code == 302
    assert skills() == [("staff", "Billing", 3)]
    text = visit(who).text
    assert "Remove the skill Billing" in text
    assert visit(who, "skills/remove", department=billing.pk).status_code == 302
    assert skills() == []
    assert "Remove the skill Billing" not in visit(who).text


@pytest.mark.parametrize("data", [{}, {"department": "0"}, {"level": "9"}, {"department": "x"}])
def test_a_wrong_form_comes_back(visit, billing, data):
    given = {"department": billing.pk, "level": "2"} | data
    if not data:
        given = {}
    response = visit("manager", "skills", **given)
    assert response.status_code == 400
    assert response.context["skill_form"].errors
    assert 'class="error"' in response.text
    assert skills() == []


def test_the_own_and_closed_departments_are_no_choice(visit, sales, billing):
    DepartmentFactory(name="Kho", is_active=False)
    choices = visit("manager").context["skill_form"].fields["department"].queryset
    assert list(choices) == [billing]
    assert visit("manager", "skills", department=sales.pk, level="2").status_code == 400


def test_only_skills_they_have_can_be_removed(visit, agent, billing):
    assert visit("manager", "skills/remove", department=billing.pk).status_code == 400
    # Also that of a department which was switched off since.
    AgentSkill.objects.create(agent=agent, department=billing)
    billing.is_active = False
    billing.save(update_fields=["is_active"])
    assert visit("manager", "skills/remove", department=billing.pk).status_code == 302
    assert skills() == []


def test_rows_of_the_list_have_them_as_tags(client, people, agent, billing):
    AgentSkill.objects.create(agent=agent, department=billing)
    client.force_login(people["manager"])
    response = client.get("/users", headers={"accept": "text/html"})
    found = {
        m.person.username: [s.department.name for s in m.skills]
        for m in response.context["members"]
    }
    assert found == {"manager": [], "staff": ["Billing"], "colleague": []}
    assert response.text.count('<span class="tag">Billing</span>') == 1
