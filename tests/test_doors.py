"""A delivery goes straight to its view: no session, account, form or page on the way."""

import pytest
from django.http import HttpResponse
from django.utils import translation

from omnichat.middleware import DoorMiddleware


@pytest.mark.parametrize(("path", "is_door"), [("/webhook", True), ("/webhook/", False)])
def test_only_the_address_itself_is_a_door(rf, path, is_door):
    gone_on = []
    door = DoorMiddleware(lambda request: gone_on.append(request) or HttpResponse())
    request = rf.get(path)
    status = door(request).status_code
    assert (bool(gone_on), status) == ((False, 405) if is_door else (True, 200))
    assert (request.resolver_match is not None) is is_door


def test_what_no_view_answers_is_not_found(client, organisation):
    response = client.get("/integrations/nobody/webhook")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("language", "detail"),
    [("vi", "Thiếu chữ ký hoặc sai chữ ký."), ("en", "The signature is missing or wrong.")],
)
def test_a_refusal_speaks_the_callers_language(client, db, settings, language, detail):
    settings.DEMO = False
    translation.activate("en")
    response = client.post("/webhook", b"{}", "application/json", HTTP_ACCEPT_LANGUAGE=language)
    assert (response.status_code, response.json()["detail"]) == (401, detail)
    assert translation.get_language() == "en"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
