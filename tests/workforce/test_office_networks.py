"""Checking in outside the networks of the office: allowed, marked or refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from accounts.models import Organisation, User
from tests.workforce.timesheet_rows import moment
from workforce.models import LeaveType, OfficeNetwork, TimeEntry
from workforce.services import check_in, grant_leave, withdraw_leave
from workforce.services.attendance import OutsideOffice

HOME, OFFICE = "198.51.100.7", "203.0.113.40"
HTML = {"accept": "text/html"}
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 08:00 in Ho Chi Minh City


@pytest.fixture
def office(organisation) -> OfficeNetwork:
    return OfficeNetwork.objects.create(name="Main building", network="203.0.113.0/24")


@pytest.fixture
def user(people) -> User:
    """Somebody of Sales who is not in."""
    person = people["staff"]
    TimeEntry.objects.filter(user=person).delete()
    User.objects.filter(pk=person.pk).update(presence=User.Presence.OFFLINE)
    person.refresh_from_db()
    return person


def choose(rule: str) -> None:
    Organisation.objects.update(off_site_check_in=rule)


def refused(user, **about) -> str:
    """The sentence of the refusal; nothing may have happened."""
    with translation.override("en"), pytest.raises(OutsideOffice) as caught:
        check_in(user=user, **about)
    assert (caught.value.code, caught.value.status) == ("outside_office", 409)
    assert not TimeEntry.objects.filter(user=user).exists()
    user.refresh_from_db()
    assert user.presence == User.Presence.OFFLINE
    return str(caught.value)


# --- The rule ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "address", "is_marked"),
    [
        ("allowed", HOME, False),
        ("marked", HOME, True),
        ("marked", OFFICE, False),
        ("marked", None, False),
        ("refused", OFFICE, False),
        ("refused", None, False),
    ],
)
def test_where_somebody_checks_in_from(user, office, rule, address, is_marked):
    choose(rule)
    entry, is_new = check_in(user=user, at=AT, address=address)
    entry.refresh_from_db()
    assert (is_new, entry.is_off_site, entry.checked_in_at) == (True, is_marked, AT)


def test_a_refusal_says_what_to_do(user, office):
    choose("refused")
    assert refused(user, at=AT, address=HOME) == (
        "Check in from the network of the office; you are at 198.51.100.7. If you work elsewhere "
        "today, ask your manager to enter remote work or a business trip."
    )


@pytest.mark.parametrize("rule", ["marked", "refused"])
def test_without_active_networks_every_place_is_the_office(user, office, rule):
    choose(rule)
    OfficeNetwork.objects.update(is_active=False)
    assert check_in(user=user, at=AT, address=HOME)[0].is_off_site is False


@pytest.mark.parametrize(
    ("network", "address", "is_inside"),
    [
        ("203.0.113.0/24", "203.0.113.255", True),
        ("203.0.113.0/24", "203.0.114.0", False),
        ("203.0.113.7/32", "203.0.113.7", True),
        ("2001:db8:7::/48", "2001:db8:7:1::5", True),
        ("2001:db8:7::/48", "2001:db8:8::5", False),
        ("2001:db8:7::/48", OFFICE, False),
        ("203.0.113.0/24", "2001:db8:7::5", False),
        # An IPv4 caller as a server that listens on IPv6 sees it.
        ("203.0.113.0/24", "::ffff:203.0.113.7", True),
        ("203.0.113.0/24", "::ffff:198.51.100.7", False),
        ("0.0.0.0/0", HOME, True),
    ],
)
def test_both_families_of_addresses(user, organisation, network, address, is_inside):
    choose("marked")
    OfficeNetwork.objects.create(name="Office", network=network)
    assert check_in(user=user, at=AT, address=address)[0].is_off_site is not is_inside


def test_one_of_several_networks_is_enough(user, office):
    OfficeNetwork.objects.create(name="Second floor", network="2001:db8:7::/48")
    choose("refused")
    assert check_in(user=user, at=AT, address="2001:db8:7::9")[1] is True


# --- Who works elsewhere ----------------------------------------------------------------------
@pytest.mark.parametrize(("symbol", "is_exempt"), [("R", True), ("CT", True), ("P", False)])
def test_remote_work_and_trips_are_exempt_leave_is_not(user, people, office, symbol, is_exempt):
    choose("marked")
    day = date(2026, 11, 23)
    type = LeaveType.objects.get(symbol=symbol)
    leave = grant_leave(user=user, type=type, first=day, last=day, actor=people["manager"])
    entry, _is_new = check_in(user=user, at=AT, address=HOME)
    assert entry.is_off_site is not is_exempt
    TimeEntry.objects.all().delete()
    withdraw_leave(leave=leave, actor=people["manager"])
    assert check_in(user=user, at=AT, address=HOME)[0].is_off_site is True


def test_leave_of_another_day_or_person_exempts_nobody(user, people, office):
    choose("refused")
    remote = LeaveType.objects.get(symbol="R")
    day = date(2026, 11, 24)
    for who, on in (("staff", day), ("colleague", day - timedelta(days=1))):
        grant_leave(user=people[who], type=remote, first=on, last=on, actor=people["manager"])
    refused(user, at=AT, address=HOME)
    # Tomorrow's begins at midnight; who starts two hours before it means that day.
    refused(user, at=moment("2026-11-23 21:59"), address=HOME)
    assert check_in(user=user, at=moment("2026-11-23 22:00"), address=HOME)[1] is True
    TimeEntry.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(presence=User.Presence.OFFLINE)
    refused(user, at=moment("2026-11-25 00:00"), address=HOME)


# --- Pressing twice ---------------------------------------------------------------------------
@pytest.mark.parametrize("rule", ["allowed", "marked", "refused"])
def test_who_is_in_already_stays_as_they_came(user, office, rule):
    choose(rule)
    first, _new = check_in(user=user, at=AT, address=OFFICE)
    second, is_new = check_in(user=user, at=AT + timedelta(minutes=5), address=HOME)
    assert (second.pk, is_new, second.is_off_site) == (first.pk, False, False)
    assert TimeEntry.objects.filter(user=user).count() == 1


# --- Both doors -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "ip", "is_in", "is_marked"),
    [
        ("marked", OFFICE, True, False),
        ("marked", HOME, True, True),
        ("refused", OFFICE, True, False),
        ("refused", HOME, False, None),
    ],
)
def test_the_top_bar(client, user, office, rule, ip, is_in, is_marked):
    choose(rule)
    client.force_login(user)
    page = client.post(
        "/presence", {"choice": "checkin"}, follow=True, headers=HTML, REMOTE_ADDR=ip
    )
    found = list(TimeEntry.objects.filter(user=user).values_list("is_off_site", flat=True))
    assert found == ([is_marked] if is_in else [])
    assert (f"you are at {HOME}" in page.text) is not is_in


@pytest.mark.parametrize(
    ("rule", "ip", "status", "is_marked"),
    [
        ("marked", OFFICE, 201, False),
        ("marked", HOME, 201, True),
        ("refused", OFFICE, 201, False),
        ("refused", HOME, 409, None),
    ],
)
def test_the_api(api, client, user, office, rule, ip, status, is_marked):
    choose(rule)
    client.defaults["REMOTE_ADDR"] = ip
    answer = api(user).post("/shifts/checkin")
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["code"] == "outside_office"
        assert not TimeEntry.objects.filter(user=user).exists()
    else:
        assert answer.json()["is_off_site"] is is_marked
        assert TimeEntry.objects.get(user=user).is_off_site is is_marked


def test_only_the_proxy_is_believed(client, user, office, settings):
    """Whoever writes the header themselves stays where they are."""
    choose("refused")
    client.force_login(user)
    claim = {"x-forwarded-for": OFFICE}
    about = {"headers": HTML | claim, "REMOTE_ADDR": HOME}
    client.post("/presence", {"choice": "checkin"}, **about)
    assert not TimeEntry.objects.filter(user=user).exists()
    settings.TRUST_PROXY = True
    client.post("/presence", {"choice": "checkin"}, **about)
    assert TimeEntry.objects.get(user=user).is_off_site is False


# --- The timesheet ----------------------------------------------------------------------------
def test_the_timesheet_marks_the_day(client, api, user, office):
    choose("marked")
    today = timezone.localdate(timezone=Organisation.objects.get().zone)
    check_in(user=user, address=HOME)
    client.force_login(user)
    page = client.get("/shifts/timesheet", headers=HTML)
    assert page.text.count("Outside the office") == 1
    days = api(user).get("/api/v1/shifts/timesheet").json()["days"]
    marked = {day["date"] for day in days for entry in day["entries"] if entry["is_off_site"]}
    assert marked == {today.isoformat()}


def test_a_day_in_the_office_has_no_mark(client, api, user, office):
    check_in(user=user, address=OFFICE)
    client.force_login(user)
    assert "Outside the office" not in client.get("/shifts/timesheet", headers=HTML).text


# --- What a network is ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 203.0.113.77/24 ", "203.0.113.0/24"),
        ("203.0.113.7", "203.0.113.7/32"),
        ("2001:DB8:7:0::/48", "2001:db8:7::/48"),
    ],
)
def test_a_network_is_written_one_way(db, typed, kept):
    network = OfficeNetwork(name="Office", network=typed)
    network.full_clean()
    assert network.network == kept


@pytest.mark.parametrize("typed", ["", "office", "203.0.113.0/33", "203.0.113", "::/129"])
def test_what_is_no_network_is_refused(db, typed):
    with pytest.raises(ValidationError) as caught:
        OfficeNetwork(name="Office", network=typed).full_clean()
    assert set(caught.value.message_dict) == {"network"}
