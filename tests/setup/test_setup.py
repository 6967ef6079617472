"""/setup: founding an installation, once, with the server's token."""

from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from accounts.models import AuditEntry, Department, Organisation, User
from accounts.services import register
from inbox.models import Channel
from omnichat.setup.token import setup_token
from routing.models import Keyword
from tests.factories import DepartmentFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "kéo gỗ lim về sáng"


@pytest.fixture(autouse=True)
def no_counters() -> None:
    cache.clear()


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept": "text/html"})


def form(**changes) -> dict:
    return {
        "token": setup_token(),
        "organisation": "Điện máy Sao Mai",
        "time_zone": "Asia/Bangkok",
        "language": "en",
        "display_name": "Phan Đức Anh",
        "username": " Anh.Phan ",
        "password": PASSWORD,
        "repeat": PASSWORD,
        "department": "CSKH",
        "first_channel": "later",
    } | changes


def counts() -> tuple[int, ...]:
    models = (Organisation, User, Department, Channel, Keyword, AuditEntry)
    return tuple(model.objects.count() for model in models)


NOTHING = (0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_speaks_the_browsers_language(visitor, language):
    page = visitor.get("/setup", {"token": setup_token()}, HTTP_ACCEPT_LANGUAGE=language)
    assert f'<html lang="{language}"' in page.text
    assert page.context["form"].initial == {"language": language}


def test_the_page_asks_what_it_needs(visitor):
    page = visitor.get("/setup", {"token": setup_token()})
    assert page.status_code == 200
    assert "INVALID" not in page.text
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    for name in form():
        assert f'name="{name}"' in page.text


def test_everything_is_made_and_the_administrator_is_inside(visitor):
    done = visitor.post("/setup", form())
    assert (done.status_code, done["Location"]) == (302, "/")
    admin = User.objects.get()
    assert (admin.username, admin.display_name, admin.role, admin.is_active, admin.language) == (
        "anh.phan",
        "Phan Đức Anh",
        "admin",
        True,
        "en",
    )
    assert admin.check_password(PASSWORD)
    company = Organisation.objects.get()
    assert (company.name, company.time_zone, company.language) == (
        "Điện máy Sao Mai",
        "Asia/Bangkok",
        "en",
    )
    assert [d.name for d in Department.objects.all()] == ["CSKH"]
    assert (Channel.objects.count(), Keyword.objects.count()) == (0, 0)
    assert visitor.get("/admin/").status_code == 200
    told = AuditEntry.objects.order_by("pk").values_list("action", "actor__username")
    assert list(told) == [
        ("person_created", None),
        ("set_up", "anh.phan"),
        ("department_created", "anh.phan"),
    ]


def test_a_channel_shows_its_secret_once(visitor):
    given = {"first_channel": "webhook", "channel": "Web shop", "starter_keywords": "on"}
    done = visitor.post("/setup", form(**given))
    channel = Channel.objects.get()
    assert (channel.name, channel.default_department) == ("Web shop", Department.objects.get())
    assert len(channel.secret) >= 40
    assert (done.status_code, channel.secret in done.text) == (200, True)
    assert "<code>POST http://testserver/webhook</code>" in done.text
    assert "INVALID" not in done.text
    assert Keyword.objects.count() > 10
    assert PASSWORD not in done.text
    assert channel.secret not in str(AuditEntry.objects.values_list("changes"))


def test_afterwards_the_page_is_gone(visitor):
    visitor.post("/setup", form())
    before = counts()
    for client in (visitor, Client()):
        assert client.get("/setup", {"token": setup_token()}).status_code == 404
        assert client.post("/setup", form(username="second")).status_code == 404
    assert counts() == before


def test_it_is_gone_too_when_the_administrator_came_otherwise(visitor):
    User.objects.create_superuser("admin", PASSWORD, display_name="Admin")
    assert visitor.get("/setup", {"token": setup_token()}).status_code == 404
    User.objects.update(is_active=False)
    assert visitor.get("/setup", {"token": setup_token()}).status_code == 404


def test_a_strangers_registration_does_not_close_it(visitor):
    register(username="stranger", password=PASSWORD)
    assert visitor.post("/setup", form()).status_code == 302
    assert set(User.objects.filter(is_active=True).values_list("username", flat=True)) == {
        "anh.phan"
    }


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "ặ" * 32])
def test_without_the_token_it_says_where_to_find_it(visitor, token):
    for answer in (
        visitor.get("/setup", {"token": token}),
        visitor.post("/setup", form(token=token)),
    ):
        assert answer.status_code == 403
        assert "manage.py setup_token" in answer.text
        assert setup_token() not in answer.text
        assert 'name="organisation"' not in answer.text
    assert counts() == NOTHING


def test_ten_wrong_tokens_close_it_to_that_address_only(visitor):
    for _try in range(10):
        assert visitor.get("/setup", {"token": "x"}).status_code == 403
    assert visitor.get("/setup", {"token": setup_token()}).status_code == 429
    assert visitor.post("/setup", form()).status_code == 429
    assert counts() == NOTHING
    other = Client(REMOTE_ADDR="203.0.113.9")
    assert other.get("/setup", {"token": setup_token()}).status_code == 200


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"organisation": " "}, "Hãy nhập tên tổ chức."),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"username": "lan@x.example"}, "a-z"),
        ({"repeat": PASSWORD + " "}, "Hai mật khẩu không giống nhau."),
        ({"password": "1234567890", "repeat": "1234567890"}, "quá dễ đoán"),
        ({"department": ""}, "Hãy nhập tên phòng."),
        ({"first_channel": "webhook"}, "Đặt tên cho kênh"),
        ({"first_channel": "pigeon"}, "pigeon"),
        (
            {"first_channel": "webhook", "channel": "Web", "reply_url": "http://10.0.0.1/x"},
            "mạng nội bộ",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(visitor, changes, sentence):
    answer = visitor.post("/setup", form(**changes))
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "INVALID" not in answer.text
    assert PASSWORD not in answer.text
    assert 'value="Phan Đức Anh"' in answer.text
    assert counts() == NOTHING
    assert not visitor.session.keys()


def test_a_form_without_its_csrf_token_is_refused():
    assert Client(enforce_csrf_checks=True).post("/setup", form()).status_code == 403
    assert counts() == NOTHING


def test_the_sign_in_page_says_so_before(visitor):
    assert "setup_token" in visitor.get("/login").text
    UserFactory(department=DepartmentFactory())
    assert "setup_token" not in visitor.get("/login").text


def test_the_command_prints_the_address_while_it_is_good(settings):
    def told(*options) -> str:
        call_command("setup_token", *options, stdout=(out := StringIO()))
        return out.getvalue()

    assert f"/setup?token={setup_token()}" in told("--if-needed")
    before = setup_token()
    assert len(before) == 32
    UserFactory(department=DepartmentFactory())
    assert told("--if-needed") == ""
    assert before not in told()
    settings.SECRET_KEY = "another key " * 5
    assert setup_token() != before
