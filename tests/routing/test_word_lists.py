"""Word lists: what is kept, what is refused, and that every process has a change at once."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils.translation import override

from accounts.models import AuditEntry
from routing.keyword_index import current_dictionary, stored_version, word_lists
from routing.models import ListedWord
from routing.services import create_listed_word, delete_listed_word, update_listed_word
from routing.services.word_lists import ListedWordExists, ListedWordRefused
from tests.admin.conftest import IP, address
from tests.factories import KeywordFactory
from tests.snapshot import snapshot

pytestmark = pytest.mark.django_db

IGNORE, SHORT = ListedWord.Kind.IGNORE, ListedWord.Kind.ABBREVIATION


@pytest.fixture(autouse=True)
def english():
    """The sentences are compared as they are written."""
    with override("en"):
        yield


@pytest.fixture
def admin(people):
    return people["admin"]


def words_in(text: str) -> list[str]:
    return [match.word for match in current_dictionary(stored_version()).match(text)]


def test_a_change_of_a_list_counts_from_the_next_message_on(admin, sales):
    KeywordFactory(word="kế toán", folded="ke toan", department=sales)
    KeywordFactory(word="áo", folded="ao", department=sales)
    assert words_in("kt ơi, áo mưa") == ["áo"]
    before = stored_version()
    short = create_listed_word(kind=SHORT, word="KT", meaning=" kế  toán ", actor=admin, ip=IP)
    ignored = create_listed_word(kind=IGNORE, word="áo mưa", actor=admin)
    assert (short.word, short.key, short.meaning) == ("KT", "kt", "kế toán")
    assert words_in("kt ơi, áo mưa") == ["kế toán"]
    update_listed_word(listed=short, actor=admin, changes={"is_active": False})
    delete_listed_word(listed=ignored, actor=admin)
    assert words_in("kt ơi, áo mưa") == ["áo"]
    assert stored_version() == before + 4
    first = AuditEntry.objects.get(action="listed_word_created", target_label="KT")
    assert (first.actor, first.ip) == (admin, IP)
    assert first.changes == {
        "list": [None, "abbreviation"],
        "word": [None, "KT"],
        "meaning": [None, "kế toán"],
        "is_active": [None, True],
    }
    changed = AuditEntry.objects.get(action="listed_word_changed")
    assert changed.changes == {"is_active": [True, False]}
    assert AuditEntry.objects.get(action="listed_word_deleted").target_label == "áo mưa"


def test_the_same_again_changes_nothing(admin):
    listed = create_listed_word(kind=SHORT, word="kt", meaning="kế toán", actor=admin)
    before = snapshot()
    update_listed_word(listed=listed, actor=admin, changes={"word": " kt "})
    assert snapshot() == before


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"kind": "other"}, "kind", "There is no such list."),
        ({"word": "?!"}, "word", "Write at least one letter or digit."),
        ({"word": "x" * 81}, "word", "Write 80 characters at most."),
        ({"word": "a b c d e"}, "word", "Write 4 words at most."),
        ({"meaning": ""}, "meaning", "Write what it is short for."),
        ({"meaning": "…"}, "meaning", "Write what it is short for."),
        ({"meaning": "KT"}, "meaning", "That is the word itself."),
        ({"meaning": "x" * 81}, "meaning", "Write 80 characters at most."),
        ({"meaning": "a b c d e f g h i"}, "meaning", "Write 8 words at most."),
        ({"kind": IGNORE}, "meaning", "A phrase to ignore is not read as anything."),
    ],
)
def test_what_matching_could_not_use_is_refused(admin, given, field, told):
    good = {"kind": SHORT, "word": "kt", "meaning": "kế toán"}
    listed = create_listed_word(**good, actor=admin)
    before = snapshot()
    with pytest.raises(ListedWordRefused) as refusal:
        create_listed_word(**good | given, actor=admin)
    assert (refusal.value.field, str(refusal.value).startswith(told)) == (field, True)
    with pytest.raises(ListedWordRefused):
        update_listed_word(listed=listed, actor=admin, changes=given)
    assert snapshot() == before


def test_one_entry_once_and_six_meanings(admin):
    for n in range(6):
        create_listed_word(kind=SHORT, word="zz", meaning=f"nghĩa {n}", actor=admin)
    before = snapshot()
    with pytest.raises(ListedWordExists):
        create_listed_word(kind=SHORT, word="ZZ", meaning="nghĩa 0", is_active=False, actor=admin)
    with pytest.raises(ListedWordRefused, match="has 6 meanings already"):
        create_listed_word(kind=SHORT, word="zz", meaning="nghĩa 7", actor=admin)
    assert snapshot() == before


def test_a_dictionary_without_lists(sales):
    ListedWord.objects.all().delete()
    KeywordFactory(word="giao", department=sales)
    assert word_lists().ignored == word_lists().abbreviations == ()
    assert words_in("giao dịch") == ["giao"]


# --- The first lists ----------------------------------------------------------------------------
def test_the_first_lists_come_by_migration_once_and_go_again():
    migration = import_module("routing.migrations.0010_starter_word_lists")
    rows = set(ListedWord.objects.values_list("kind", "word", "meaning"))
    assert ("ignore", "giao dịch", "") in rows
    assert ("abbreviation", "ck", "chuyển khoản") in rows
    assert not {word for _kind, word, meaning in rows if word == meaning}
    count = len(rows)
    migration.add(apps, None)
    assert ListedWord.objects.count() == count
    ListedWord.objects.filter(word="ck").update(is_active=False)
    ListedWord.objects.create(kind="ignore", word="áo mưa", key="áo mưa")
    migration.remove(apps, None)
    assert set(ListedWord.objects.values_list("word", flat=True)) == {"ck", "áo mưa"}
    migration.add(apps, None)
    assert ListedWord.objects.count() == count + 1
    assert ListedWord.objects.get(word="ck").is_active is False


# --- The back office ----------------------------------------------------------------------------
def test_the_back_office_saves_through_the_service(client, admin):
    client.force_login(admin)
    page = address("routing.listedword", "add")
    typed = {"kind": "abbreviation", "word": "kt", "meaning": "kế toán", "is_active": "on"}
    before = stored_version()
    assert client.post(page, typed, REMOTE_ADDR=IP).status_code == 302
    listed = ListedWord.objects.get(word="kt")
    assert (listed.key, stored_version()) == ("kt", before + 1)
    refused = client.post(page, typed | {"word": "kk", "meaning": ""})
    assert refused.context["adminform"].form.errors == {"meaning": ["Write what it is short for."]}
    change = address("routing.listedword", "change", listed.pk)
    assert client.post(change, typed | {"meaning": "kiểm tra"}).status_code == 302
    listed.refresh_from_db()
    assert listed.meaning == "kiểm tra"
    gone = address("routing.listedword", "delete", listed.pk)
    assert client.post(gone, {"post": "yes"}).status_code == 302
    assert not ListedWord.objects.filter(word="kt").exists()


@pytest.mark.parametrize("who", ["staff", "manager"])
def test_only_administrators_change_the_lists(client, people, who):
    client.force_login(people[who])
    answer = client.get(address("routing.listedword", "changelist"))
    assert answer.status_code in (302, 403)
