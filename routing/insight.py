"""What a reader may know of the people a choice was made among."""

from __future__ import annotations

from collections.abc import Set

from accounts.models import Department, User


def may_name(reader: User, department_id: int | None) -> bool:
    """Names, loads and expected waits: of one's own department, and of those one leads."""
    if department_id is None:
        return False
    return reader.department_id == department_id or department_id in weighed_by(reader)


def weighed_by(reader: User) -> Set[int | None]:
    """Of whose people each one's pace and KPI may be known: departments one leads.

    Asked of the person's own department, wherever they help: nobody else's are colleagues'
    business. None is who has none, or a record of before it was noted: for administrators.
    """
    found = set(Department.objects.managed_by(reader).values_list("pk", flat=True))
    return found | {None} if reader.is_admin else found
