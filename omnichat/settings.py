"""Settings: one file, every switch an environment variable.

`DEMO=1` (set by `make run`) is for trying OmniChat on one machine: keys are generated into
`var/`, the brief's demo passwords work, the generic webhook accepts unsigned bodies and replies
may be sent to this host. Without it the process refuses to start on missing or short keys.
"""

import sys
from datetime import timedelta
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from omnichat.lib.keys import generated_key, required_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()

DEMO = env.bool("DEMO", default=False)
DEBUG = False
# Behind a reverse proxy that sets X-Forwarded-For and X-Forwarded-Proto itself.
TRUST_PROXY = env.bool("TRUST_PROXY", default=False)
# Plain http is for trying things on one machine; production redirects to https.
HTTPS = env.bool("HTTPS", default=not DEMO)

# Commands that build an image need no secrets; everything that serves or works does.
_BUILDING = len(sys.argv) > 1 and sys.argv[1] in {"collectstatic", "makemigrations", "translations"}


def _key(name: str) -> str:
    if DEMO or _BUILDING:
        return env.str(name, default="") or generated_key(VAR_DIR, name)
    return required_key(name, env.str(name, default=""))


SECRET_KEY = _key("SECRET_KEY")
JWT_KEY = _key("JWT_KEY")
# Newest first; older keys stay listed until every secret is written again.
FIELD_KEYS = [key for key in _key("FIELD_ENCRYPTION_KEY").split(",") if key]
if not (DEMO or _BUILDING) and len({SECRET_KEY, JWT_KEY, *FIELD_KEYS}) < 2 + len(FIELD_KEYS):
    raise ImproperlyConfigured("SECRET_KEY, JWT_KEY and FIELD_ENCRYPTION_KEY must differ.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEMO else [])
if not DEMO and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts; * lets any site in.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/v1/.*$"

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "axes",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "omnichat",
    "accounts",
    "inbox",
    "workforce",
    "routing",
    "reporting",
]

MIDDLEWARE = [
    # First what every answer carries, refusals and static files too.
    "omnichat.middleware.ContentPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "omnichat.middleware.RequestGuardMiddleware",
    "omnichat.middleware.DoorMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "omnichat.middleware.AddressAliasMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "omnichat.middleware.PreferencesMiddleware",
    "omnichat.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "omnichat.urls"
WSGI_APPLICATION = "omnichat.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "omnichat.context_processors.frame",
            ],
        },
    },
]

# --- Database -------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'omnichat.sqlite3'}")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
WEB_THREADS = env.int("WEB_THREADS", default=8)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(exist_ok=True)
    # WAL with IMMEDIATE: writers queue for the lock instead of failing with "locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;",
    }
else:
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            # Per process: the pool must hold every thread and leave max_connections room.
            "pool": {"min_size": 1, "max_size": WEB_THREADS + 2, "timeout": 3},
            # Lets omnichat/lib/sql.py prepare its statements; Django's own are not affected.
            "prepare_threshold": 5,
            "options": (
                "-c statement_timeout=15s -c lock_timeout=3s"
                " -c idle_in_transaction_session_timeout=30s"
            ),
        },
    }
# Reports and exports read a streaming replica where there is one: omnichat/lib/reading.py.
DATABASE_REPLICA_URL = env.str("DATABASE_REPLICA_URL", default="")
REPORT_STATEMENT_SECONDS = 60
if DATABASE_REPLICA_URL:
    _replica = env.db_url_config(DATABASE_REPLICA_URL)
    if {d["ENGINE"] for d in (DATABASES["default"], _replica)} != {"django.db.backends.postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_REPLICA_URL needs PostgreSQL: it and DATABASE_URL must both begin with"
            " postgres://. SQLite has no replica; leave it out."
        )
    _options = DATABASES["default"]["OPTIONS"]
    DATABASES["replica"] = _replica | {
        "CONN_MAX_AGE": 0,
        # The pool asks each connection before it hands it out: a replica may have restarted.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _replica.get("OPTIONS", {})
        | _options
        | {
            # reading.py remembers that it is away; the pool's own patience (300 s, longer and
            # longer between two tries) would keep it away when it is back.
            "pool": _options["pool"] | {"reconnect_timeout": 2},
            "connect_timeout": 2,  # seconds, as the keepalives
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 3000,  # milliseconds without a sign that what was sent arrived
            "options": _options["options"].replace(
                "statement_timeout=15s", f"statement_timeout={REPORT_STATEMENT_SECONDS}s"
            ),
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People and passwords ---------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesBackend", "accounts.backends.NameOrEmailBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "accounts.hashers.TunedArgon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name", "email")},
    },
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
]
# Failures per name and address; accounts.services.sign_in answers 429 on the page and the API.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "accounts.client_ip.client_ip"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False

# --- Language, time, theme --------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "omnichat.formats"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# --- Static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "omnichat.storage.StaticStorage"},
}
# Source maps are read by developers only; compressing them takes most of the first start.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    "jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "tgz", "bz2", "tbz", "xz", "br",
    "swf", "flv", "woff", "woff2", "3gp", "3gpp", "asf", "avi", "m4v", "mov", "mp4",
    "mpeg", "mpg", "webm", "wmv", "map",
)  # fmt: skip

# --- Live updates: the socket's address, when it is not /ws/events of the page's own origin ---
# Same host name, because of the session cookie; wss://chat.example.org:8443/ws/events
LIVE_URL = env.str("LIVE_URL", default="/ws/events")
IS_LIVE_ELSEWHERE = LIVE_URL.startswith(("ws://", "wss://"))
_live_origin = ["/".join(LIVE_URL.split("/")[:3])] if IS_LIVE_ELSEWHERE else []

# --- Browser security -------------------------------------------------------------------------
USE_X_FORWARDED_HOST = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
# W005, W021: sub-domains and preload bind hosts that are not ours to decide; both are switches.
# axes.W002: its middleware answers lock-outs; accounts.services.sign_in does that here.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "axes.W002"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 43_200
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "omnichat.error_pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'", *_live_origin],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

# --- Sizes ------------------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS = 0o640
API_MAX_BYTES = 1_048_576
WEBHOOK_MAX_BYTES = 4_194_304
UPLOAD_MAX_BYTES = 20_971_520

# --- API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.tokens.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["omnichat.lib.api.SafeJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "omnichat.lib.api.JSONOnlyNegotiation",
    "DEFAULT_PAGINATION_CLASS": "omnichat.lib.api.SmallListPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min", "register": "5/hour"},
    "NUM_PROXIES": 1 if TRUST_PROXY else 0,
    "EXCEPTION_HANDLER": "omnichat.lib.api.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_KEY,
    "ISSUER": "omnichat",
    "AUDIENCE": "omnichat",
    "LEEWAY": 30,
    "CHECK_USER_IS_ACTIVE": True,
    "CHECK_REVOKE_TOKEN": True,
    "USER_ID_FIELD": "public_id",
    "USER_ID_CLAIM": "sub",
    "UPDATE_LAST_LOGIN": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "OmniChat API",
    "DESCRIPTION": "The support desk that knows who is really at work.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "PresenceEnum": "accounts.models.User.Presence",
        "RoleEnum": "accounts.models.User.Role",
        "LanguageEnum": "accounts.models.User.Language",
        "ConversationStatusEnum": "inbox.models.Conversation.Status",
        "RequestKindEnum": "workforce.models.Request.Kind",
        "RequestStatusEnum": "workforce.models.Request.Status",
    },
}

# Throttle counters are shared by all web processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "omnichat_cache",
        # One counter per caller; the default of 300 would forget counters that still count.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- Outgoing calls ---------------------------------------------------------------------------
# Local networks that replies may be sent to, as CIDR; only public https addresses otherwise.
OUTBOUND_ALLOW = env.list("OUTBOUND_ALLOW", default=["127.0.0.0/8", "::1/128"] if DEMO else [])

# --- Logs: one event one line, ids and counts, never message text or tokens --------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        "short_refusals": {"()": "omnichat.lib.logs.ShortRefusals"},
        "hidden_addresses": {"()": "omnichat.lib.logs.HiddenAddresses"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["short_refusals", "hidden_addresses"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
    },
}
