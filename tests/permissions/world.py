"""What the world of these tests holds: a secret, sessions, and all rows of the product."""

from django.apps import apps
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import User

SECRET = "Mật khẩu wifi là 4711"
PRODUCT = ("accounts", "inbox", "workforce", "routing")


def everything() -> dict:
    """All rows of the product but the audit, which records refused sign-ins."""
    models = [m for label in PRODUCT for m in apps.get_app_config(label).get_models()]
    return {m.__name__: list(m.objects.order_by("pk").values_list()) for m in models}


def session_of(person: User) -> str:
    """The key of a session as signing in makes it, without the rest of signing in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.NameOrEmailBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return session.session_key
