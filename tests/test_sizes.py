"""What a page costs on the wire, compressed with gzip -9 and with brotli; both must fit."""

import gzip
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories import ContactFactory, ContactIdentityFactory, ConversationFactory

MAX_CSS_BYTES = 12 * 1024
MAX_SCRIPT_BYTES = 25 * 1024
MAX_PAGE_BYTES = 60 * 1024
STATIC = Path(settings.BASE_DIR) / "static"


def compressed(parts: list[bytes]) -> dict[str, int]:
    """Sum of the parts, each compressed on its own as it is sent."""
    return {
        "gzip": sum(len(gzip.compress(part, 9)) for part in parts),
        "brotli": sum(len(brotli.compress(part, quality=11)) for part in parts),
    }


@pytest.mark.parametrize(
    ("folder", "pattern", "most"),
    [("css", "*.css", MAX_CSS_BYTES), ("js", "*.js", MAX_SCRIPT_BYTES)],
)
def test_styles_and_own_script_stay_small(folder, pattern, most):
    files = sorted((STATIC / folder).rglob(pattern))
    assert files
    sizes = compressed([file.read_bytes() for file in files])
    assert max(sizes.values()) <= most, sizes


@pytest.mark.django_db
def test_a_full_inbox_page_stays_small(client, people):
    for number in range(60):
        identity = ContactIdentityFactory(contact=ContactFactory(name=f"Nguyễn Thị Hoa {number}"))
        ConversationFactory(
            identity=identity,
            contact=identity.contact,
            department=people["staff"].department,
            assignee=people["staff"],
            preview=f"Dạ máy rò ở khớp nối phía sau, em gửi hình số {number} ạ",
        )
    client.force_login(people["staff"])
    page = client.get(reverse("inbox:conversation_list"), headers={"accept": "text/html"})
    assert page.status_code == 200
    sizes = compressed([page.content])
    assert max(sizes.values()) <= MAX_PAGE_BYTES, sizes
