"""The departments a person can answer for beside their own."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services import record, require_managed, require_may_lead
from accounts.services.live import tell_department, tell_people
from omnichat.lib.errors import DomainError
from routing.models import Agent, AgentSkill
from routing.services.draining import drain_department
from routing.services.refresh import refresh_agents


class SkillOfOwnDepartment(DomainError):
    code = "skill_of_own_department"


class SkillOfClosedDepartment(DomainError):
    code = "skill_of_closed_department"


class SkillLevelUnknown(DomainError):
    code = "skill_level_unknown"
    status = 400


@transaction.atomic
def set_skill(
    *, agent: Agent, department: Department, level: int, actor: User, ip: str | None = None
) -> AgentSkill:
    """Say that a person can answer for another department, and how well.

    What waits there may be given to them after the commit. Locks the agent. Raises NotStaff,
    NotYourDepartment, SkillOfOwnDepartment, SkillOfClosedDepartment, SkillLevelUnknown.
    """
    agent = _locked(agent, actor)
    if department.pk == agent.user.department_id:
        text = _("Everybody answers for their own department anyway. Choose another one.")
        raise SkillOfOwnDepartment(text, field="department")
    if not department.is_active:
        text = _("%(department)s is switched off. Choose a department that works.")
        raise SkillOfClosedDepartment(text % {"department": department}, field="department")
    if level not in AgentSkill.Level.values:
        raise SkillLevelUnknown(_("Choose a level from the list."), field="level")
    before = AgentSkill.objects.filter(agent=agent, department=department).first()
    if before is not None and before.level == level:
        return before
    skill, _created = AgentSkill.objects.update_or_create(
        agent=agent, department=department, defaults={"level": level}
    )
    _follow(agent, department, [before.level if before else None, level], actor, ip)
    return skill


@transaction.atomic
def remove_skill(
    *, agent: Agent, department: Department, actor: User, ip: str | None = None
) -> bool:
    """End that a person answers for another department; False when they did not.

    What they have open of it goes back to its queue. Locks the agent. Raises NotStaff,
    NotYourDepartment.
    """
    agent = _locked(agent, actor)
    skill = AgentSkill.objects.filter(agent=agent, department=department).first()
    if skill is None:
        return False
    skill.delete()
    _follow(agent, department, [skill.level, None], actor, ip)
    return True


def _locked(agent: Agent, actor: User) -> Agent:
    people = Agent.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    agent = people.get(pk=agent.pk)
    require_may_lead(actor=actor, user=agent.user)
    text = _("You can change this for people of your own department only.")
    require_managed([agent.user.department_id], actor, text)
    return agent


def _follow(
    agent: Agent, department: Department, levels: list, actor: User, ip: str | None
) -> None:
    """Write it down, tell open pages, and let work follow after the commit."""
    changes = {"skill": department.name, "level": levels}
    record("skill_changed", actor=actor, target=agent.user, changes=changes, ip=ip)
    tell_people([agent.user_id])
    tell_department(agent.user.department_id)
    transaction.on_commit(partial(refresh_agents, user_ids=[agent.user_id]))
    transaction.on_commit(partial(drain_department, department.pk))
