"""What a reader may know of the people a choice was made among."""

from __future__ import annotations

from accounts.models import Department, User


def may_name(reader: User, department_id: int | None) -> bool:
    """Names, loads and expected waits: of one's own department, and of those one leads."""
    if department_id is None:
        return False
    return reader.department_id == department_id or may_weigh(reader, department_id)


def may_weigh(reader: User, department_id: int | None) -> bool:
    """Each one's pace and KPI: of departments one leads; nobody else's are colleagues' business."""
    if department_id is None:
        return False
    return Department.objects.managed_by(reader).filter(pk=department_id).exists()
