"""/users: how conversations are given out, in words, for the departments one leads."""

import pytest
from django.utils import translation

from routing.models import RoutingPolicy
from routing.people.policies import policies_in_words
from tests.factories import DepartmentFactory


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def page(people, client):
    def get(who: str):
        client.force_login(people[who])
        return client.get("/users", headers={"accept": "text/html"})

    return get


@pytest.mark.parametrize(
    ("who", "sees"),
    [("admin", ["Billing", "Sales"]), ("manager", ["Sales"]), ("other_manager", ["Billing"])],
)
def test_each_sees_the_departments_they_lead(people, billing, who, sees):
    DepartmentFactory(name="Kho", is_active=False)
    assert [one.department.name for one in policies_in_words(people[who])] == sees


def test_the_defaults_are_told_without_a_row(people, sales):
    [told] = policies_in_words(people["manager"])
    assert (told.method, told.how) == ("balanced speed", "whoever should answer soonest")
    assert told.weights == (
        "own speed 50 %, department’s 50 %; an answer being written counts 60 % of a turn"
    )
    assert told.returning == "to the same person while at most 2 turns wait for them"
    assert told.no_reply == "nobody loses a conversation"
    assert (told.backlog, told.helper) == ("", "")
    assert not RoutingPolicy.objects.exists()


def test_what_was_chosen_is_told(people, sales, billing):
    policy = RoutingPolicy.objects.create(
        department=sales,
        method="least_open",
        sticky_turns=None,
        no_reply_minutes=10,
        max_hops=1,
        is_guarded=True,
        overflow_department=billing,
        overflow_minutes=1,
    )
    [told] = policies_in_words(people["manager"])
    assert (told.method, told.weights) == ("fewest open conversations", "")
    assert told.returning == "like new ones"
    assert told.no_reply == "to the next person after 10 minutes; a lead decides after 1 person"
    assert told.backlog == "at most 5 conversations for one person in 10 seconds"
    assert told.helper == "Billing, after a wait of 1 minute"
    # Nobody is assigned, so nobody is assigned twice or too much.
    policy.method = "claim"
    policy.save(update_fields=["method"])
    [told] = policies_in_words(people["manager"])
    assert told.how == "nobody is assigned; people take from the queue"
    assert (told.returning, told.backlog) == ("", "")


def test_administrators_are_led_to_where_it_is_changed(page, sales, billing):
    policy = RoutingPolicy.objects.create(department=sales)
    text = page("admin").text
    assert f"/admin/routing/routingpolicy/{policy.pk}/change/" in text
    assert f"/admin/routing/routingpolicy/add/?department={billing.pk}" in text
    text = page("manager").text
    assert "How conversations are given out" in text
    assert "/admin/" not in text.partition('id="main"')[2]
    assert "Billing" not in text.partition('id="upo"')[2]


def test_live_rows_do_not_ask_for_policies(people, client, django_assert_max_num_queries):
    client.force_login(people["manager"])
    html = {"accept": "text/html"}
    for more, asked in (({"hx-request": "true"}, 0), ({}, 1)):
        with django_assert_max_num_queries(50) as queries:
            client.get("/users", headers=html | more)
        about = [q for q in queries.captured_queries if "routing_routingpolicy" in q["sql"]]
        assert len(about) == asked
