"""What the environment decides: production refuses bad keys, a demo opens what it must only.

Settings are read in processes of their own.
"""

from __future__ import annotations

import ast
import re
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from omnichat.lib.keys import generated_key, required_key
from tests.factories import ChannelFactory
from tests.production import DEMO, GOOD, KEYS, PRODUCTION, ROOT, run, settings_of

# --- Keys ---------------------------------------------------------------------------------------
BAD_KEYS = {
    "missing": None,
    "empty": "",
    "one byte short": "k" * 49,
    "the example": "change-me-" + "k" * 50,
}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("fault", BAD_KEYS)
def test_production_refuses_to_start_on_a_bad_key(name, fault):
    bad = BAD_KEYS[fault]
    env = {k: v for k, v in PRODUCTION.items() if k != name} | ({name: bad} if bad else {})
    result = run("-c", "import omnichat.settings", env=env)
    assert result.returncode == 1
    assert f"{name} must be set to a secret of 50 bytes or more." in result.stderr
    for value in (*GOOD.values(), bad):
        assert not value or value not in result.stderr


@pytest.mark.parametrize(
    ("one", "other"),
    [("JWT_KEY", "SECRET_KEY"), ("FIELD_ENCRYPTION_KEY", "SECRET_KEY")]
    + [("FIELD_ENCRYPTION_KEY", "JWT_KEY")],
)
def test_production_refuses_equal_keys(one, other):
    result = run("-c", "import omnichat.settings", env=PRODUCTION | {one: GOOD[other]})
    assert result.returncode == 1
    assert "SECRET_KEY, JWT_KEY and FIELD_ENCRYPTION_KEY must differ." in result.stderr
    assert GOOD[other] not in result.stderr


@pytest.mark.parametrize(
    ("value", "is_good"),
    [
        ("n" * 50 + "," + "o" * 50, True),
        ("n" * 50 + ",short", False),
        ("n" * 50 + ",", False),
        ("," + "n" * 50, False),
        ("ê" * 25, True),  # bytes are counted
        ("ê" * 24 + "e", False),
    ],
)
def test_each_of_the_rotated_keys_must_be_long(value, is_good):
    if is_good:
        assert required_key("FIELD_ENCRYPTION_KEY", value) == value
        return
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEY must be set"):
        required_key("FIELD_ENCRYPTION_KEY", value)


def test_the_old_field_key_must_differ_from_the_others_too():
    rotated = f"{GOOD['FIELD_ENCRYPTION_KEY']},{GOOD['JWT_KEY']}"
    env = PRODUCTION | {"FIELD_ENCRYPTION_KEY": rotated}
    assert run("-c", "import omnichat.settings", env=env).returncode == 1


@pytest.mark.parametrize("hosts", ["*", "chat.example.org,*"])
def test_production_refuses_every_host(hosts):
    result = run("-c", "import omnichat.settings", env=PRODUCTION | {"ALLOWED_HOSTS": hosts})
    assert result.returncode == 1
    assert "ALLOWED_HOSTS must name the hosts; * lets any site in." in result.stderr


@pytest.mark.parametrize("command", [["manage.py", "check"], ["-c", "import omnichat.wsgi"]])
def test_neither_the_web_nor_a_command_starts_without_keys(command):
    result = run(*command, env={"DATABASE_URL": "sqlite://:memory:"})
    assert result.returncode == 1
    assert "SECRET_KEY must be set to a secret of 50 bytes or more." in result.stderr
    is_command = command[0] == "manage.py"  # whose reader needs the sentence, not the way to it
    assert (result.stderr.count("\n") == 1) is is_command


def test_the_example_file_is_refused_as_it_stands():
    lines = (ROOT / ".env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    assert set(KEYS) <= set(example)
    for name in KEYS:
        with pytest.raises(ImproperlyConfigured, match=name):
            required_key(name, example[name])


def test_the_check_of_a_deployment_is_silent():
    command = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    result = run(*command, env=PRODUCTION)
    assert (result.returncode, result.stderr) == (0, "")
    assert "no issues (3 silenced)" in result.stdout


def test_the_check_of_a_deployment_can_fail():
    command = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    result = run(*command, env=PRODUCTION | {"HTTPS": "0", "ALLOWED_HOSTS": ""})
    assert result.returncode == 1
    for fault in ("W004", "W008", "W012", "W016", "W020"):
        assert f"security.{fault}" in result.stderr


def test_a_demo_makes_its_keys_once_and_for_itself(tmp_path):
    folder = tmp_path / "var"
    keys = {name: generated_key(folder, name) for name in KEYS}
    assert len(set(keys.values())) == 3
    assert all(len(key) >= 50 for key in keys.values())
    assert {name: generated_key(folder, name) for name in KEYS} == keys
    modes = {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert modes == {0o600}


# --- Exact values -------------------------------------------------------------------------------
def test_production_is_as_promised(production):
    promised = {
        "DEBUG": False,
        "DEMO": False,
        "HTTPS": True,
        "TRUST_PROXY": False,
        "ALLOWED_HOSTS": ["chat.example.org"],
        "CSRF_TRUSTED_ORIGINS": [],
        "CORS_ALLOWED_ORIGINS": [],
        "OUTBOUND_ALLOW": [],
        "APPEND_SLASH": False,
        "USE_X_FORWARDED_HOST": False,
        "SECURE_PROXY_SSL_HEADER": None,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_REDIRECT_EXEMPT": ["^healthz/"],
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_HSTS_PRELOAD": False,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": 43_200,
        "X_FRAME_OPTIONS": "DENY",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 2_621_440,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 500,
        "DATA_UPLOAD_MAX_NUMBER_FILES": 10,
        "FILE_UPLOAD_PERMISSIONS": 0o640,
        "API_MAX_BYTES": 1_048_576,
        "WEBHOOK_MAX_BYTES": 4_194_304,
        "AXES_FAILURE_LIMIT": 10,
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "SILENCED_SYSTEM_CHECKS": ["security.W005", "security.W021", "axes.W002"],
    }
    assert {name: production[name] for name in promised} == promised
    assert production["PASSWORD_HASHERS"][0] == "accounts.hashers.TunedArgon2Hasher"
    tokens = production["SIMPLE_JWT"]
    assert tokens["ACCESS_TOKEN_LIFETIME"] == "datetime.timedelta(seconds=900)"
    assert tokens["REFRESH_TOKEN_LIFETIME"] == "datetime.timedelta(days=7)"
    assert (tokens["ALGORITHM"], tokens["LEEWAY"]) == ("HS256", 30)
    assert tokens["SIGNING_KEY"] == GOOD["JWT_KEY"] != production["SECRET_KEY"]
    rest = production["REST_FRAMEWORK"]
    assert rest["DEFAULT_PERMISSION_CLASSES"] == ["rest_framework.permissions.IsAuthenticated"]
    assert rest["DEFAULT_AUTHENTICATION_CLASSES"] == ["accounts.tokens.BearerAuthentication"]
    assert rest["DEFAULT_RENDERER_CLASSES"] == ["rest_framework.renderers.JSONRenderer"]
    assert rest["DEFAULT_PARSER_CLASSES"] == ["omnichat.lib.api.SafeJSONParser"]
    assert rest["DEFAULT_THROTTLE_RATES"] == {"user": "600/min", "register": "5/hour"}
    assert rest["NUM_PROXIES"] == 0


def test_each_switch_turns_what_it_names(production):
    switched = settings_of(
        PRODUCTION
        | {
            "TRUST_PROXY": "1",
            "HSTS_INCLUDE_SUBDOMAINS": "1",
            "HSTS_PRELOAD": "1",
            "CSRF_TRUSTED_ORIGINS": "https://chat.example.org",
            "CORS_ALLOWED_ORIGINS": "https://app.example",
            "OUTBOUND_ALLOW": "10.0.0.0/8",
        }
    )
    changed = {name for name in production if production[name] != switched[name]}
    assert changed == {
        "TRUST_PROXY",
        "SECURE_PROXY_SSL_HEADER",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
        "SECURE_HSTS_PRELOAD",
        "CSRF_TRUSTED_ORIGINS",
        "CORS_ALLOWED_ORIGINS",
        "OUTBOUND_ALLOW",
        "REST_FRAMEWORK",
    }
    assert switched["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert switched["REST_FRAMEWORK"]["NUM_PROXIES"] == 1


def test_postgresql_waits_for_nobody_for_ever():
    url = "postgres://someone:secret@db.example:5432/omnichat"
    database = settings_of(PRODUCTION | {"DATABASE_URL": url, "WEB_THREADS": "4"})["DATABASES"]
    assert database["default"]["CONN_MAX_AGE"] == 0
    assert database["default"]["OPTIONS"] == {
        "pool": {"min_size": 1, "max_size": 6, "timeout": 3},
        "prepare_threshold": 5,
        "options": (
            "-c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"
        ),
    }


# --- Demo ---------------------------------------------------------------------------------------
def test_a_demo_differs_in_nothing_but_what_it_opens(production):
    plain = settings_of(PRODUCTION | {"HTTPS": "0"})
    demo = settings_of({k: v for k, v in DEMO.items() if k != "ALLOWED_HOSTS"})
    assert {name for name in plain if plain[name] != demo[name]} == {
        "DEMO",
        "ALLOWED_HOSTS",
        "OUTBOUND_ALLOW",
    }
    assert (demo["DEBUG"], demo["ALLOWED_HOSTS"]) == (False, ["*"])
    assert demo["OUTBOUND_ALLOW"] == ["127.0.0.0/8", "::1/128"]
    # On one machine there is no TLS; https is otherwise the only way in.
    assert {name for name in plain if plain[name] != production[name]} == {
        "HTTPS",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SESSION_COOKIE_SECURE",
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_SECURE",
    }


def test_the_doors_a_demo_opens_are_those_named():
    """Whoever reads settings.DEMO opens something: each such place is known."""
    readers = {
        str(path.relative_to(ROOT))
        for app in ("accounts", "inbox", "workforce", "routing", "reporting", "omnichat")
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "DEMO"
    }
    assert readers == {
        "accounts/backends.py",  # the brief's passwords
        "inbox/webhooks.py",  # unsigned deliveries
        "omnichat/management/commands/demo.py",  # refuses without
        "omnichat/management/commands/simulate.py",  # refuses without
        "omnichat/urls.py",  # the demo's own customers
    }


def test_a_demo_has_one_address_more():
    code = (
        "import django; django.setup()\n"
        "from django.urls import get_resolver\n"
        "print(*sorted(str(p.pattern) for p in get_resolver().url_patterns), sep='\\n')"
    )
    module = {"DJANGO_SETTINGS_MODULE": "omnichat.settings"}
    plain, demo = (
        run("-c", code, env=env | module).stdout.split("\n") for env in (PRODUCTION, DEMO)
    )
    assert len(plain) > 8
    assert set(demo) - set(plain) == {"demo/replies"}


def test_the_demo_command_needs_a_demo(db):
    with pytest.raises(CommandError, match="Set DEMO=1"):
        call_command("demo")


@pytest.mark.parametrize(("is_demo", "status"), [(False, 401), (True, 200)])
def test_an_unsigned_delivery_needs_a_demo(client, organisation, settings, is_demo, status):
    settings.DEMO = is_demo
    ChannelFactory()
    body = {"platform": "zalo", "sender": "+84901234567", "content": "xin chào"}
    response = client.post("/webhook", body, content_type="application/json")
    assert response.status_code == status
