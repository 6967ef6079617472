"""Secret keys: demanded in production, generated once for a demo."""

import os
import secrets
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
    """Return the key kept in `folder`, making it on the first call."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name.lower()}.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    key = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w") as file:
        file.write(key)
    return key
