"""How sign-in names and e-mail addresses are compared."""

import unicodedata

MAX_NAME_CHARS = 254  # of what is typed at sign-in: a name or an e-mail address


def normalize_username(value: str) -> str:
    """Return the one stored form of a sign-in name: NFKC, case-folded, no outer spaces."""
    return unicodedata.normalize("NFKC", value).casefold().strip()
