"""Keywords imported and counted by several at once: one wins, nothing is counted twice."""

from functools import partial

import pytest

from accounts.models import AuditEntry
from routing.keyword_files import read_keyword_file
from routing.models import Keyword, KeywordHits, KeywordVersion
from routing.services import (
    apply_keyword_import,
    count_keyword_hits,
    create_keyword,
    prepare_keyword_import,
)
from tests.factories import ConversationFactory, KeywordFactory, MessageFactory
from tests.races.together import at_once, words

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def _prepared(here, number: int):
    lines = [f"từ {number} {row},{here.departments[0].name}" for row in range(200)]
    file = read_keyword_file("\n".join(["word,department", *lines]).encode())
    return prepare_keyword_import(file=file, actor=here.managers[0])


def _apply(prepared, actor) -> str:
    apply_keyword_import(prepared=prepared, actor=actor)
    return "written"


def test_of_8_files_checked_against_one_dictionary_one_is_written(rounds, company):
    for _round in rounds:
        here = company()
        before = KeywordVersion.objects.get().version
        files = [_prepared(here, number) for number in range(8)]
        done = at_once(partial(_apply, file, here.managers[0]) for file in files)
        assert words(done) == {"written": 1, "dictionary_changed": 7}
        assert Keyword.objects.filter(word__startswith="từ").count() == 200
        assert KeywordVersion.objects.get().version == before + 1
        Keyword.objects.filter(word__startswith="từ").delete()


def test_one_file_is_written_once_by_8_presses(rounds, company):
    for _round in rounds:
        here = company()
        told = AuditEntry.objects.filter(action="keywords_imported").count()
        file = _prepared(here, 1)
        done = at_once(partial(_apply, file, here.managers[0]) for _press in range(8))
        assert words(done) == {"written": 1, "already_imported": 7}
        assert AuditEntry.objects.filter(action="keywords_imported").count() == told + 1
        Keyword.objects.filter(word__startswith="từ").delete()


def test_an_import_and_the_same_word_by_hand(rounds, company):
    """Whoever is second is refused; nobody meets a deadlock."""
    for _round in rounds:
        here = company()
        file = _prepared(here, 2)
        add = partial(create_keyword, department=here.departments[0], actor=here.managers[0])
        calls = [partial(_apply, file, here.managers[0])]
        calls += [partial(add, word=f"từ 2 {number}") for number in range(8)]
        done = at_once(calls)
        refused = {outcome.word for outcome in done if outcome.refusal}
        assert refused <= {"dictionary_changed", "keyword_exists"}
        count = Keyword.objects.filter(word__startswith="từ").count()
        assert count == (200 if done[0].word == "written" else 8)
        Keyword.objects.filter(word__startswith="từ").delete()


def test_4_workers_count_each_message_once(rounds, company, monkeypatch):
    monkeypatch.setattr("routing.services.hits.BATCH", 7)
    # Other databases of the server have transactions too; here the lock is what counts.
    monkeypatch.setattr("omnichat.lib.settled_ids._transactions", lambda: (0, 0))
    for _round in rounds:
        here = company()
        keyword = KeywordFactory(department=here.departments[0])
        found = {"keyword": keyword.pk, "word": "x", "department": 1}
        conversation = ConversationFactory()
        for _number in range(50):
            MessageFactory(conversation=conversation, keywords=[found])
        for _run in range(3):
            at_once([count_keyword_hits] * 4)
        assert KeywordHits.objects.get(keyword=keyword).hits == 50
