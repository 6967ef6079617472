"""Deputies: who may name one, what is refused, what they decide meanwhile, how it ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from accounts.audit_words import action_words
from accounts.models import AuditEntry, User
from omnichat.lib.errors import DomainError
from tests.factories import UserFactory
from tests.workforce.roster_rows import HTML
from workforce.models import Delegation, Request
from workforce.services import end_delegation, may_end_delegation, name_deputy

PAGE = "/requests/deputies"
DAY = timedelta(days=1)
TODAY, TOMORROW, FRIDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 27)
pytestmark = pytest.mark.usefixtures("on_monday")


@pytest.fixture
def on_monday(time_machine):
    time_machine.move_to("2026-11-23T02:00:00+00:00", tick=False)


def name(people, first=TODAY, last=FRIDAY, *, user="manager", deputy="other_manager", by=""):
    who = {"user": people[user], "deputy": people[deputy], "actor": people[by or user]}
    return name_deputy(first=first, last=last, **who)


def state() -> list:
    rows = Delegation.objects.order_by("pk").values_list("user__username", "first", "last")
    return [*rows, AuditEntry.objects.count()]


def refused(act, *args, **about) -> tuple[str, str | None]:
    """Code and field of the refusal; nothing may have been written."""
    before = state()
    with pytest.raises(DomainError) as caught:
        act(*args, **about)
    assert state() == before
    return caught.value.code, caught.value.field


# --- Naming ------------------------------------------------------------------------------------
def test_a_manager_names_a_manager_of_another_department(people):
    row = name(people, TODAY, FRIDAY)
    assert (row.user, row.deputy) == (people["manager"], people["other_manager"])
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_label) == (
        "deputy_named",
        people["manager"],
        "Manager",
    )
    assert entry.changes == {
        "deputy": "Other_Manager",
        "first": "2026-11-23",
        "last": "2026-11-27",
    }
    with translation.override("en"):
        assert action_words(entry.action) == "named a deputy of"


def test_an_administrator_is_a_deputy_and_names_one_for_any_manager(people):
    name(people, deputy="admin", by="admin")
    name(people, user="other_manager", deputy="manager", by="admin")
    assert Delegation.objects.count() == 2


@pytest.mark.parametrize("by", ["other_manager", "staff"])
def test_nobody_names_one_for_another_manager(people, by):
    assert refused(name, people, deputy="admin", by=by) == ("not_yours", None)


def test_staff_name_nobody_for_themselves(people):
    assert refused(name, people, user="staff") == ("not_yours", None)


@pytest.mark.parametrize("user", ["staff", "admin"])
def test_only_managers_have_deputies(people, user):
    assert refused(name, people, user=user, by="admin") == ("bad_delegation", "user")


@pytest.mark.parametrize("deputy", ["manager", "staff", "other_staff"])
def test_staff_and_oneself_are_no_deputies(people, deputy):
    assert refused(name, people, deputy=deputy) == ("bad_delegation", "deputy")


@pytest.mark.parametrize(("left", "field"), [("manager", "user"), ("other_manager", "deputy")])
def test_whoever_has_left_is_neither(people, left, field):
    User.objects.filter(pk=people[left].pk).update(is_active=False)
    assert refused(name, people, by="admin") == ("bad_delegation", field)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (TODAY - DAY, FRIDAY, "first"),
        (TODAY - 9 * DAY, TODAY - 5 * DAY, "first"),
        (FRIDAY, TOMORROW, "last"),
        (TODAY, TODAY + 366 * DAY, "last"),
    ],
)
def test_bad_days_are_refused_with_their_field(people, first, last, field):
    assert refused(name, people, first, last) == ("bad_delegation", field)


def test_a_year_is_the_longest(people):
    name(people, TODAY, TODAY + 365 * DAY)
    assert Delegation.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "last"), [(TODAY, TOMORROW), (FRIDAY, FRIDAY + DAY), (TODAY, FRIDAY + 9 * DAY)]
)
def test_a_manager_has_one_deputy_at_a_time(people, first, last):
    name(people, TOMORROW, FRIDAY)
    assert refused(name, people, first, last, deputy="admin") == ("deputy_overlaps", "first")
    name(people, TODAY, TODAY, deputy="admin")
    name(people, FRIDAY + DAY, FRIDAY + DAY, deputy="admin")
    name(people, TOMORROW, FRIDAY, user="other_manager", deputy="manager")
    assert Delegation.objects.count() == 4


# --- What a deputy decides ---------------------------------------------------------------------
def decides(deputy: User) -> set[tuple[str, str]]:
    rows = Request.objects.decidable_by(deputy)
    return set(rows.values_list("user__username", "kind"))


@pytest.fixture
def asked(people, sales, billing) -> None:
    UserFactory(username="second", role=User.Role.MANAGER, department=sales)
    for person in User.objects.exclude(role=User.Role.ADMIN):
        for kind in ("leave", "raise", "transfer"):
            Request.objects.create(user=person, kind=kind)


OWN = {("other_staff", "leave"), ("other_staff", "raise")}
DEPUTISED = {("staff", "leave"), ("colleague", "leave")}


def test_a_deputy_decides_within_the_dates_and_no_raises_or_transfers(people, asked, time_machine):
    name(people, TOMORROW, FRIDAY)
    deputy = people["other_manager"]
    for day, found in (
        (TODAY, OWN),
        (TOMORROW, OWN | DEPUTISED),
        (FRIDAY, OWN | DEPUTISED),
        (FRIDAY + DAY, OWN),
    ):
        time_machine.move_to(f"{day}T02:00:00+00:00", tick=False)
        assert (day, decides(deputy)) == (day, found)
    time_machine.move_to("2026-11-25T02:00:00+00:00", tick=False)
    own = {("staff", "leave"), ("staff", "raise"), ("colleague", "leave"), ("colleague", "raise")}
    assert decides(people["manager"]) == own


def test_a_deputy_of_the_same_department_gains_nothing_about_pay(people, sales, asked):
    second = User.objects.get(username="second")
    before = decides(second)
    name_deputy(
        user=people["manager"],
        deputy=second,
        first=TODAY,
        last=FRIDAY,
        actor=people["manager"],
    )
    assert decides(second) == before


@pytest.mark.parametrize("changed", [{"is_active": False}, {"role": "staff"}])
def test_who_is_no_manager_any_more_has_nothing_to_give(people, asked, changed):
    name(people)
    User.objects.filter(pk=people["manager"].pk).update(**changed)
    assert not decides(people["other_manager"]) & DEPUTISED


def test_a_deputy_who_became_staff_decides_nothing(people, asked):
    name(people)
    User.objects.filter(pk=people["other_manager"].pk).update(role="staff")
    assert decides(User.objects.get(username="other_manager")) == set()


# --- Ending ------------------------------------------------------------------------------------
def test_ended_before_it_began_it_never_was(people):
    for first in (TOMORROW, TODAY):
        row = name(people, first, FRIDAY)
        assert end_delegation(delegation=row, actor=people["manager"]) is None
        assert not Delegation.objects.exists()
    assert AuditEntry.objects.latest("pk").action == "deputy_ended"


def test_ended_within_it_yesterday_was_the_last_day(people, time_machine, asked):
    row = name(people)
    time_machine.move_to("2026-11-25T02:00:00+00:00", tick=False)
    end_delegation(delegation=row, actor=people["admin"])
    row.refresh_from_db()
    assert (row.first, row.last) == (TODAY, TOMORROW)
    assert decides(people["other_manager"]) == OWN
    assert refused(end_delegation, delegation=row, actor=people["admin"]) == (
        "delegation_over",
        None,
    )
    name(people, date(2026, 11, 25), FRIDAY, deputy="admin")


def test_what_is_gone_cannot_be_ended_twice(people):
    row = name(people)
    end_delegation(delegation=Delegation.objects.get(pk=row.pk), actor=people["manager"])
    assert refused(end_delegation, delegation=row, actor=people["manager"]) == (
        "delegation_over",
        None,
    )


@pytest.mark.parametrize("by", ["other_manager", "staff"])
def test_neither_the_deputy_nor_anybody_else_ends_it(people, by):
    row = name(people)
    assert not may_end_delegation(delegation=row, actor=people[by])
    assert refused(end_delegation, delegation=row, actor=people[by]) == ("not_yours", None)


# --- The pages ---------------------------------------------------------------------------------
def form_of(people, deputy: str = "other_manager", **changed) -> dict:
    fields = {"deputy": people[deputy].public_id, "first": "2026-11-24", "last": "2026-11-27"}
    return fields | changed


def send(client, person, status: int, address: str = PAGE, **fields):
    client.force_login(person)
    response = client.post(address, fields, headers=HTML)
    assert response.status_code == status
    return response


def test_the_form_of_a_manager_is_about_themselves(client, people):
    fields = form_of(people, user=people["other_manager"].public_id)
    send(client, people["manager"], 302, **fields)
    assert state()[0] == ("manager", TOMORROW, FRIDAY)
    page = client.get(PAGE, headers=HTML)
    assert "Other_Manager decides for Manager from Tue 24/11 to Fri 27/11." in page.text
    assert "user" not in page.context["form"].fields


def test_an_administrator_says_for_whom(client, people):
    page = send(client, people["admin"], 400, **form_of(people))
    assert set(page.context["form"].errors) == {"user"}
    send(client, people["admin"], 302, **form_of(people, user=people["manager"].public_id))
    assert state()[0] == ("manager", TOMORROW, FRIDAY)


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"first": "2026-02-30"}, 400, "first"),
        ({"first": "2026-11-22"}, 400, "first"),
        ({"last": ""}, 400, "last"),
        ({"last": "2026-11-23"}, 400, "last"),
        ({"deputy": "x"}, 400, "deputy"),
        ({"first": "2026-12-01", "last": "2026-12-02"}, 409, "first"),
    ],
)
def test_a_bad_form_comes_back_with_the_field(client, people, changed, status, field):
    name(people, date(2026, 12, 2), date(2026, 12, 3))
    before = state()
    page = send(client, people["manager"], status, **form_of(people) | changed)
    assert set(page.context["form"].errors) == {field}
    assert state() == before


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("manager", {"admin", "other_manager"}),
        ("admin", {"admin", "manager", "other_manager"}),
    ],
)
def test_who_can_be_chosen(client, people, who, offered):
    UserFactory(username="gone", role=User.Role.MANAGER, is_active=False)
    client.force_login(people[who])
    fields = client.get(PAGE, headers=HTML).context["form"].fields
    assert {person.username for person in fields["deputy"].queryset} == offered
    page = send(client, people[who], 400, **form_of(people, "staff"))
    assert "deputy" in page.context["form"].errors


@pytest.mark.parametrize(
    ("who", "sees", "ends"),
    [
        ("admin", {"manager", "other_manager"}, {"manager", "other_manager"}),
        ("manager", {"manager"}, {"manager"}),
        ("other_manager", {"manager", "other_manager"}, {"other_manager"}),
        ("third", set(), set()),
    ],
)
def test_the_list_is_of_those_named_and_deputised(client, people, billing, who, sees, ends):
    third = UserFactory(username="third", role=User.Role.MANAGER, department=billing)
    name(people)
    name(people, user="other_manager", deputy="admin")
    client.force_login((people | {"third": third})[who])
    page = client.get(PAGE, headers=HTML).context["page"]
    assert {row.user.username for row in page} == sees
    assert {row.user.username for row in page if row.may_end} == ends


@pytest.mark.parametrize(
    ("who", "status"),
    [("admin", 302), ("manager", 302), ("other_manager", 403), ("staff", 403), ("third", 404)],
)
def test_who_ends_it_on_the_page(client, people, billing, who, status):
    third = UserFactory(username="third", role=User.Role.MANAGER, department=billing)
    row = name(people)
    send(client, (people | {"third": third})[who], status, f"{PAGE}/{row.pk}/end")
    assert Delegation.objects.exists() == (status != 302)


def test_what_is_over_says_so(client, people, time_machine):
    row = name(people)
    time_machine.move_to("2026-12-01T02:00:00+00:00", tick=False)
    page = send(client, people["manager"], 409, f"{PAGE}/{row.pk}/end")
    assert "time is over already" in page.text
    assert f"{PAGE}/{row.pk}/end" not in page.text


def test_names_are_text(client, people):
    User.objects.filter(pk=people["other_manager"].pk).update(display_name="<i>X</i>")
    people["other_manager"].refresh_from_db()
    name(people)
    client.force_login(people["manager"])
    page = client.get(PAGE, headers=HTML).text
    assert "<i>X" not in page
    assert "&lt;i&gt;X" in page


def test_staff_have_no_page_of_deputies(client, people):
    client.force_login(people["staff"])
    assert client.get(PAGE, headers=HTML).status_code == 403
