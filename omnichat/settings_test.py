"""Settings of the test suite: the product's own, with fast passwords and fixed keys."""

import os
import tempfile
from pathlib import Path

# The browser tests keep an event loop in the main thread until the suite ends.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
os.environ["DEMO"] = "0"
os.environ["HTTPS"] = "0"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["SECRET_KEY"] = "test-secret-" + "s" * 50
os.environ["JWT_KEY"] = "test-jwt-" + "j" * 50
os.environ["FIELD_ENCRYPTION_KEY"] = "test-field-" + "f" * 50
# A test reads what it has written; tests/live/test_replica.py has a replica of its own.
os.environ.pop("DATABASE_REPLICA_URL", None)

from omnichat.settings import *  # noqa: E402, F403
from omnichat.settings import DATABASES, REST_FRAMEWORK, STORAGES, TEMPLATES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "INVALID:%s"
REST_FRAMEWORK = REST_FRAMEWORK | {"DEFAULT_THROTTLE_CLASSES": []}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in the product: threads of one in-memory database lock each other's tables. The
    # name is this run's own, and nothing has to outlive a crash.
    name = Path(tempfile.gettempdir(), f"omnichat-test-{os.getpid()}.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(name)}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    # A race starts 64 threads at a barrier: a pool smaller than that would deadlock it.
    DATABASES["default"]["OPTIONS"].pop("pool")
