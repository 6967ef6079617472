"""Language and theme: the account's, before sign-in the browser's."""

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import Organisation, User

ADDRESS = "/preferences"


def stored(person: User) -> tuple[str, str]:
    return User.objects.values_list("language", "theme").get(pk=person.pk)


def test_guests_are_sent_to_sign_in(client, people):
    response = client.post(ADDRESS, {"theme": "dark"})
    assert (response.status_code, response["Location"]) == (302, "/login?next=/preferences")
    assert "theme" not in response.cookies
    assert set(User.objects.values_list("language", "theme")) == {("en", "auto")}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"language": "vi"}, ("vi", "auto")),
        ({"theme": "dark"}, ("en", "dark")),
        ({"theme": "light", "language": "vi"}, ("vi", "light")),
        ({"theme": ""}, ("en", "auto")),
        ({}, ("en", "auto")),
        ({"role": "admin", "is_active": "", "theme": "dark"}, ("en", "dark")),
    ],
)
def test_only_what_was_sent_is_stored(client, people, fields, expected):
    client.force_login(people["staff"])
    response = client.post(ADDRESS, fields)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert stored(people["staff"]) == expected
    assert stored(people["colleague"]) == ("en", "auto")
    assert User.objects.get(pk=people["staff"].pk).role == "staff"
    sent = {name: value for name, value in fields.items() if name in ("language", "theme")}
    cookies = {name: cookie.value for name, cookie in response.cookies.items()}
    assert {n: v for n, v in cookies.items() if n in ("language", "theme")} == {
        name: value for name, value in sent.items() if value
    }


def test_the_cookies_are_kept_for_a_year_and_hidden_from_scripts(client, people):
    client.force_login(people["staff"])
    cookie = client.post(ADDRESS, {"theme": "dark"}).cookies["theme"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (31_536_000, True, "Lax")


@pytest.mark.parametrize(
    "fields", [{"language": "fr"}, {"theme": "pink"}, {"theme": "dark", "language": "xx"}]
)
def test_unknown_words_are_400_and_change_nothing(client, people, fields):
    client.force_login(people["staff"])
    response = client.post(ADDRESS, fields)
    assert response.status_code == 400
    assert stored(people["staff"]) == ("en", "auto")
    assert not {"language", "theme"} & set(response.cookies)


@pytest.mark.parametrize(
    ("target", "expected"),
    [("/keywords", "/keywords"), ("//evil.example", "/"), ("https://evil.example", "/"), ("", "/")],
)
def test_back_to_the_page_it_came_from(client, people, target, expected):
    client.force_login(people["staff"])
    assert client.post(ADDRESS, {"theme": "dark", "next": target})["Location"] == expected


def test_get_changes_nothing(client, people):
    client.force_login(people["staff"])
    assert client.get(f"{ADDRESS}?theme=dark").status_code == 405
    assert stored(people["staff"]) == ("en", "auto")


def test_a_form_without_its_csrf_token_is_refused(people):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people["staff"])
    assert strict.post(ADDRESS, {"theme": "dark"}).status_code == 403
    assert stored(people["staff"]) == ("en", "auto")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_are_in_the_accounts_language_whatever_the_browser_says(client, people, language):
    User.objects.filter(pk=people["staff"].pk).update(language=language, theme="dark")
    client.force_login(people["staff"])
    client.cookies["language"] = {"vi": "en", "en": "vi"}[language]
    client.cookies["theme"] = "light"
    response = client.get("/profile", headers={"accept-language": "fr"})
    assert response["Content-Language"] == language
    assert f'<html lang="{language}" data-theme="dark"' in response.text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_before_sign_in_the_cookie_counts_then_the_organisation(organisation, language):
    other = {"vi": "en", "en": "vi"}[language]
    Organisation.objects.update(language=other)
    guest = Client()
    assert guest.get("/login")["Content-Language"] == other
    guest.cookies["language"] = language
    guest.cookies["theme"] = "dark"
    response = guest.get("/login")
    assert response["Content-Language"] == language
    assert 'data-theme="dark"' in response.text


@pytest.mark.parametrize("cookie", ["xx", "", "vi<script>", "../en"])
def test_a_cookie_made_up_by_somebody_is_ignored(organisation, cookie):
    guest = Client()
    guest.cookies["language"] = guest.cookies["theme"] = cookie
    response = guest.get("/login")
    assert (response.status_code, response["Content-Language"]) == (200, "vi")
    assert '<html lang="vi" data-theme="auto"' in response.text


def test_the_sign_in_page_keeps_the_look_after_signing_out(client, people):
    client.force_login(people["staff"])
    client.post(ADDRESS, {"theme": "dark", "language": "vi"})
    client.post("/logout")
    response = client.get("/login")
    assert '<html lang="vi" data-theme="dark"' in response.text


def required_in(language: str) -> dict:
    with translation.override(language):
        return {"status": [translation.gettext("This field is required.")]}


@pytest.mark.parametrize(
    ("header", "account", "language"),
    [
        ({"accept_language": "vi"}, "en", "vi"),
        ({"accept_language": "en-GB,en;q=0.9"}, "vi", "en"),
        ({}, "vi", "vi"),
        ({}, "en", "en"),
    ],
)
def test_the_api_speaks_the_callers_language_else_the_accounts(
    api, people, header, account, language
):
    assert required_in("vi") != required_in("en")
    User.objects.filter(pk=people["manager"].pk).update(language=account)
    address = f"/api/v1/users/{people['staff'].public_id}/status"
    response = api(people["manager"]).put(address, {}, **header)
    assert (response.status_code, response.json()) == (400, required_in(language))
