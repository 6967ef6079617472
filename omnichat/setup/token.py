"""The key of the first run: derived, so that all processes agree and nothing is stored."""

from django.utils.crypto import constant_time_compare, salted_hmac

TOKEN_CHARS = 32  # hexadecimal: 128 bits


def setup_token() -> str:
    """Return the token; it follows from SECRET_KEY and opens nothing once somebody exists."""
    return salted_hmac("omnichat.setup", "first run", algorithm="sha256").hexdigest()[:TOKEN_CHARS]


def is_setup_token(value: str) -> bool:
    return constant_time_compare(value, setup_token())
