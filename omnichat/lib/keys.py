"""Secret keys: demanded in production, generated once for a demo."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MIN_KEY_BYTES = 50  # promises: three keys of 50 bytes or more


def required_key(name: str, value: str) -> str:
    """Return `value`, or refuse to start when it is missing, short or an example."""
    for key in value.split(","):
        if len(key.encode()) < MIN_KEY_BYTES or "change-me" in key:
            raise ImproperlyConfigured(
                f"{name} must be set to a secret of {MIN_KEY_BYTES} bytes or more. Make one with: "
                'python -c "import secrets; print(secrets.token_urlsafe(50))"'
            )
    return value


def generated_key(folder: Path, name: str) -> str:
    """Return the key kept in `folder`, making it on the first call.

    The file appears whole or not at all, so processes that start together agree on one key.
    """
    folder.mkdir(exist_ok=True)
    path = folder / f"{name.lower()}.key"
    if not path.exists():
        draft = folder / f".{name.lower()}.{secrets.token_hex(8)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # another process was first; its key is the one
            os.link(draft, path)
        draft.unlink()
    return path.read_text()
