"""What happens to people and departments. Import the verbs from here."""

from accounts.services.audit import record
from accounts.services.departments import (
    NotYourDepartment,
    create_department,
    require_managed,
    update_department,
)
from accounts.services.notifications import (
    mark_notifications_read,
    notice_step,
    notify,
    prune_notifications,
)
from accounts.services.people import (
    approve_registration,
    change_password,
    create_user,
    is_first_run,
    may_lead,
    refuse_registration,
    register,
    rename_self,
    require_may_lead,
    require_may_set_presence,
    set_preferences,
    set_presence,
    update_user,
)
from accounts.services.sign_in import begin_session, sign_in

__all__ = [
    "NotYourDepartment",
    "approve_registration",
    "begin_session",
    "change_password",
    "create_department",
    "create_user",
    "is_first_run",
    "mark_notifications_read",
    "may_lead",
    "notice_step",
    "notify",
    "prune_notifications",
    "record",
    "refuse_registration",
    "register",
    "rename_self",
    "may_lead",
    "require_managed",
    "require_may_lead",
    "require_may_set_presence",
    "set_preferences",
    "set_presence",
    "sign_in",
    "update_department",
    "update_user",
]
