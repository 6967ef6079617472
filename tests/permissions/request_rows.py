"""Who may do what with requests: those of `staff`, and one in which `staff` are asked."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.permissions.calls import (
    EVERY_PAGE,
    EVERY_POST,
    EVERYBODY,
    LEADS_POST,
    LOGIN,
    OWN,
    OWN_PAGE,
    OWN_POST,
    Row,
)


def request(world) -> dict:
    return {"pk": world.request.pk}


def errand(world) -> dict:
    return {"pk": world.errand.pk}


def swap(world) -> dict:
    return {"pk": world.swap.pk}


def paper(world) -> dict:
    return {"public_id": world.paper.public_id}


def request_form(world, who: str) -> dict:
    return {"kind": "other", "description": "Xin đổi ghế"}


def new_request(world, who: str) -> dict:
    owner = world.people["other_staff"]
    named = {"user": owner.pk, "user_id": str(owner.public_id), "status": "approved"}
    return named | {"request_type": "other", "description": "Xin đổi ghế"}


def new_paper(world, who: str) -> dict:
    return {"files": SimpleUploadedFile("giay.pdf", b"%PDF-1.7 x")}


REQUEST_ROWS = {
    # API                                        guest staff colleague manager other admin leaver
    ("get", "api:request-list"): Row(EVERYBODY),
    ("post", "api:request-list"): Row((401, 201, 201, 201, 201, 201, 401), new_request),
    ("get", "api:request-pending"): Row((401, 403, 403, 200, 200, 200, 401)),
    ("get", "api:request-detail"): Row(OWN, path=request),
    ("post", "api:request-review"): Row(
        (401, 403, 403, 200, 404, 200, 401), lambda world, who: {"status": "approved"}, request
    ),
    # Nobody but the person, until it is decided.
    ("post", "api:request-cancel"): Row((401, 200, 404, 403, 404, 403, 401), path=request),
    # Nobody but who is asked.
    ("post", "api:request-answer"): Row(
        (401, 200, 403, 403, 404, 403, 401), lambda world, who: {"agrees": True}, swap
    ),
    ("post", "api:request-comments"): Row(
        (401, 201, 404, 201, 404, 201, 401), lambda world, who: {"text": "Dạ"}, request
    ),
    # Pages
    ("get", "workforce:request_list"): Row(EVERY_PAGE),
    ("post", "workforce:request_list"): Row(EVERY_POST, request_form),
    ("get", "workforce:request_new"): Row(EVERY_PAGE),
    ("post", "workforce:request_new"): Row(EVERY_POST, request_form),
    ("get", "workforce:request_detail"): Row(OWN_PAGE, path=request),
    ("post", "workforce:request_review"): Row(
        LEADS_POST, lambda world, who: {"decision": "approve"}, request
    ),
    ("post", "workforce:request_cancel"): Row((LOGIN, 302, 404, 403, 404, 403, LOGIN), path=errand),
    ("post", "workforce:request_answer"): Row(
        (LOGIN, 302, 403, 403, 404, 403, LOGIN), lambda world, who: {"answer": "yes"}, swap
    ),
    ("post", "workforce:request_comment"): Row(
        OWN_POST, lambda world, who: {"text": "Dạ"}, request
    ),
    # Only the person hands in papers.
    ("post", "workforce:request_files"): Row(
        (LOGIN, 302, 404, 409, 404, 409, LOGIN), new_paper, errand
    ),
    ("get", "workforce:request_file"): Row(OWN_PAGE, path=paper),
}
