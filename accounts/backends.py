"""Who is signing in."""

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.names import normalize_username

# The demo people's; anybody can read these, so they open nothing outside a demo.
DEMO_PASSWORDS = frozenset({"adminpass", "managerpass", "staff1pass", "staff2pass", "saomaipass"})


class NameOrEmailBackend(BaseBackend):
    """Sign in with the sign-in name or the e-mail address, and a password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None
    ) -> User | None:
        """Return the person, or None. Unknown and known names cost the same time."""
        if not username or not password:
            return None
        name = normalize_username(username)
        # A sign-in name has no "@", so it cannot be mistaken for somebody's e-mail address.
        user = User.objects.named(name).select_related("department").first()
        if user is None:
            User().set_password(password)
            return None
        if not user.check_password(password) or not user.is_active:
            return None
        if password in DEMO_PASSWORDS and not settings.DEMO:
            return None
        return user

    def get_user(self, user_id: int) -> User | None:
        found = User.objects.select_related("department")
        return found.filter(pk=user_id, is_active=True).first()
