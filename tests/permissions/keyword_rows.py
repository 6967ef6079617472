"""Who may do what with the keywords of Sales."""

from __future__ import annotations

from tests.permissions.calls import (
    EVERY_PAGE,
    EVERYBODY,
    LOGIN,
    Row,
    keyword,
    keyword_file,
    keyword_form,
    new_keyword,
    prepared,
)

KEYWORD_ROWS = {
    # API                                        guest staff colleague manager other admin leaver
    ("get", "api:keyword-list"): Row(EVERYBODY),
    ("post", "api:keyword-list"): Row((401, 403, 403, 201, 403, 201, 401), new_keyword),
    ("put", "api:keyword-detail"): Row(
        (401, 403, 403, 200, 404, 200, 401), lambda world, who: {"weight": 2}, keyword
    ),
    ("delete", "api:keyword-detail"): Row((401, 403, 403, 204, 404, 204, 401), path=keyword),
    # Pages
    ("get", "routing:keyword_list"): Row(EVERY_PAGE),
    # The other manager's form does not offer Sales, so it is a field error there.
    ("post", "routing:keyword_list"): Row((LOGIN, 403, 403, 302, 400, 302, LOGIN), keyword_form),
    ("get", "routing:keyword_edit"): Row((LOGIN, 403, 403, 200, 404, 200, LOGIN), path=keyword),
    ("post", "routing:keyword_edit"): Row(
        (LOGIN, 403, 403, 302, 404, 302, LOGIN), keyword_form, keyword
    ),
    ("post", "routing:keyword_delete"): Row((LOGIN, 403, 403, 302, 404, 302, LOGIN), path=keyword),
    ("get", "routing:keyword_delete"): Row((LOGIN, 403, 403, 200, 404, 200, LOGIN), path=keyword),
    ("post", "routing:keyword_switch"): Row(
        (LOGIN, 403, 403, 302, 404, 302, LOGIN), lambda world, who: {"state": "off"}, keyword
    ),
    ("post", "routing:keyword_try"): Row(
        (LOGIN, 403, 403, 200, 200, 200, LOGIN), lambda world, who: {"text": "mua"}
    ),
    ("get", "routing:keyword_conflicts"): Row(EVERY_PAGE),
    ("post", "routing:keyword_conflicts"): Row(
        (LOGIN, 403, 403, 302, 404, 302, LOGIN), lambda world, who: {"off": world.keyword.pk}
    ),
    ("get", "routing:keyword_export"): Row(EVERY_PAGE),
    ("get", "routing:keyword_import"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    ("post", "routing:keyword_import"): Row((LOGIN, 403, 403, 302, 302, 302, LOGIN), keyword_file),
    # A checked file is the manager's who sent it, and nobody else's.
    ("get", "routing:keyword_import_check"): Row(
        (LOGIN, 403, 403, 200, 404, 404, LOGIN), path=prepared
    ),
    ("post", "routing:keyword_import_check"): Row(
        (LOGIN, 403, 403, 302, 404, 404, LOGIN), path=prepared
    ),
    ("get", "routing:keyword_import_errors"): Row(
        (LOGIN, 403, 403, 200, 404, 404, LOGIN), path=prepared
    ),
}
