"""The dictionary of a process follows the version in the database."""

from decimal import Decimal

import pytest

from accounts.services import create_department, update_department
from routing import keyword_index
from routing.keyword_index import current_dictionary, stored_version
from routing.models import KeywordVersion
from routing.services import (
    bump_keyword_version,
    create_keyword,
    delete_keyword,
    repair_keyword_version,
    update_keyword,
)
from tests.factories import KeywordFactory

pytestmark = pytest.mark.django_db


def words_in(text: str) -> list[str]:
    return [match.word for match in current_dictionary(stored_version()).match(text)]


def test_the_same_version_is_not_loaded_twice(sales, django_assert_num_queries):
    KeywordFactory(word="mua", department=sales)
    first = current_dictionary(1)
    with django_assert_num_queries(0):
        assert current_dictionary(1) is first
    with django_assert_num_queries(4):  # departments, keywords, word lists, the time zone
        assert current_dictionary(2) is not first
    # A process that is behind goes back as well as forward: the row decides.
    assert current_dictionary(1).version == 1


def test_a_change_behind_the_version_is_not_seen(sales):
    assert words_in("mua") == []
    KeywordFactory(word="mua", department=sales)
    assert words_in("mua") == []
    bump_keyword_version()
    assert words_in("mua") == ["mua"]


def test_every_verb_raises_the_version(people, sales):
    versions = [stored_version()]
    keyword = create_keyword(word="mua", department=sales, actor=people["admin"])
    versions.append(stored_version())
    assert words_in("mua bán") == ["mua"]
    keyword = update_keyword(keyword=keyword, actor=people["admin"], changes={"word": "bán"})
    versions.append(stored_version())
    assert words_in("mua bán") == ["bán"]
    delete_keyword(keyword=keyword, actor=people["admin"])
    versions.append(stored_version())
    assert words_in("mua bán") == []
    assert versions == [versions[0] + n for n in range(4)]


def test_words_out_of_use_are_not_looked_for(sales):
    KeywordFactory(word="mua", department=sales, is_active=False)
    assert words_in("mua") == []


def test_a_closed_departments_words_are_not_looked_for(people, sales, billing, commits):
    KeywordFactory(word="mua", department=sales)
    KeywordFactory(word="mua", department=billing)
    assert [m.department_id for m in current_dictionary(stored_version()).match("mua")] == [
        sales.pk,
        billing.pk,
    ]
    update_department(department=billing, actor=people["admin"], changes={"is_active": False})
    dictionary = current_dictionary(stored_version())
    assert [match.department_id for match in dictionary.match("mua")] == [sales.pk]
    assert dictionary.names == {sales.pk: "Sales"}
    assert dictionary.priorities == {sales.pk: 100}


@pytest.mark.parametrize("changes", [{"name": "Bán hàng"}, {"priority": 5}, {"is_active": False}])
def test_a_change_of_a_department_raises_the_version(people, sales, commits, changes):
    before = stored_version()
    update_department(department=sales, actor=people["admin"], changes=changes)
    assert stored_version() == before + 1


def test_a_new_department_raises_the_version(people, commits):
    before = stored_version()
    department = create_department(name="Kho", actor=people["admin"], priority=7)
    assert stored_version() == before + 1
    assert current_dictionary(stored_version()).priorities[department.pk] == 7


def test_news_of_a_department_that_was_lost_is_made_up_for(people, sales):
    bump_keyword_version()
    before = stored_version()
    assert repair_keyword_version() is False
    assert stored_version() == before
    # Without its signal, as after a crash.
    update_department(department=sales, actor=people["admin"], changes={"priority": 5})
    assert stored_version() == before
    assert repair_keyword_version() is True
    assert stored_version() == before + 1
    assert repair_keyword_version() is False
    assert current_dictionary(stored_version()).priorities[sales.pk] == 5


def test_weights_and_ids_come_with_the_words(sales):
    keyword = KeywordFactory(word="báo giá", folded="bao gia", department=sales, weight="2.50")
    (match,) = current_dictionary(stored_version()).match("cho báo giá")
    assert (match.keyword_id, match.word) == (keyword.pk, "báo giá")
    assert (match.department_id, match.weight) == (sales.pk, Decimal("2.50"))


def test_there_is_one_version_row():
    assert list(KeywordVersion.objects.values_list("pk", flat=True)) == [1]
    assert keyword_index.stored_version() == KeywordVersion.objects.get().version
