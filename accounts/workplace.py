"""Where the work is done: the zone in which dates, nights and weeks are counted."""

from zoneinfo import ZoneInfo

from accounts.models import Organisation


def workplace_zone() -> ZoneInfo:
    """Return the zone of the organisation; a request has it as the current one."""
    organisation = Organisation.objects.first() or Organisation()
    return organisation.zone
