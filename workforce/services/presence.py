"""Saying whether one takes work, by oneself or by a lead."""

from accounts.models import User
from accounts.services import set_presence
from workforce.availability import Reason, availability


def choose_presence(
    *, user: User, presence: str, actor: User | None = None, ip: str | None = None
) -> User:
    """Say whether a person takes new work now; after the end of their shift that they go on.

    Raises as `accounts.services.set_presence` does.
    """
    goes_on = presence == User.Presence.AVAILABLE
    goes_on = goes_on and availability(user).reason == Reason.SHIFT_ENDED
    return set_presence(user=user, presence=presence, actor=actor, ip=ip, is_anew=goes_on)
