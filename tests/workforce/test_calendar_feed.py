"""The private address at which a calendar program reads somebody's own shifts and leave."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.signing import Signer
from django.utils import timezone
from icalendar import Calendar

from accounts.models import AuditEntry, Organisation
from accounts.services import update_user
from omnichat.lib.logs import HiddenAddresses
from tests.workforce.roster_rows import plan, shift_of
from workforce import services
from workforce.calendar_file import calendar_of, token_of
from workforce.models import CalendarFeed, LeaveType

PAGE = "/shifts/calendar"


@pytest.fixture
def today(organisation) -> date:
    return timezone.localdate(timezone=organisation.zone)


@pytest.fixture
def day_shift(sales):
    return shift_of(sales, "Ca ngày")


def address(user) -> str:
    return f"{PAGE}/{token_of(services.make_calendar_feed(user=user))}.ics"


def events(body: bytes) -> list[tuple]:
    """What a program reads: (UID, summary, start, end)."""
    found = Calendar.from_ical(body).walk("VEVENT")
    return [(str(e["UID"]), str(e["SUMMARY"]), e["DTSTART"].dt, e["DTEND"].dt) for e in found]


def summaries(client, user) -> list[str]:
    return [summary for _uid, summary, *_ in events(client.get(address(user)).content)]


def told() -> list[tuple[str, str, str, dict]]:
    rows = AuditEntry.objects.order_by("pk").values_list(
        "action", "actor_name", "target_label", "changes"
    )
    return list(rows)


# --- The file ---------------------------------------------------------------------------------
def test_everybody_reads_their_own(client, people, sales, day_shift, today):
    night = shift_of(sales, "Ca đêm", "22-06")
    mine = plan(people["staff"], day_shift, today, published=True)
    theirs = plan(people["colleague"], night, today, published=True)
    (first,) = events(client.get(address(people["staff"])).content)
    (second,) = events(client.get(address(people["colleague"])).content)
    assert first == (f"shift-{mine.pk}@omnichat", "Ca ngày · Sales", mine.starts_at, mine.ends_at)
    assert second[:2] == (f"shift-{theirs.pk}@omnichat", "Ca đêm · Sales")
    assert events(client.get(address(people["manager"])).content) == []


def test_the_answer_is_a_calendar_that_nobody_else_keeps(client, people, day_shift, today):
    plan(people["staff"], day_shift, today, published=True)
    path = address(people["staff"])
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private"
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405
    text = answer.content.decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    for person in people.values():
        assert person.display_name not in text


def test_drafts_and_what_is_far_away_are_not_in_it(client, people, sales, day_shift, today):
    def put(shift: str, days: int, *, published: bool = True) -> None:
        on = today + timedelta(days=days)
        plan(people["staff"], shift_of(sales, shift, "08-12"), on, published=published)

    put("draft", 0, published=False)
    put("before", -31)
    put("first", -30)
    put("last", 90)
    put("after", 91)
    assert summaries(client, people["staff"]) == ["first · Sales", "last · Sales"]


def test_leave_of_whole_days_is_days_and_half_a_day_has_times(client, people, today):
    annual = LeaveType.objects.get(symbol="P")
    about = {"user": people["staff"], "type": annual, "actor": people["manager"]}
    whole = services.grant_leave(
        **about, first=today, last=today + timedelta(days=1), note="Đám cưới"
    )
    on = today + timedelta(days=3)
    half = services.grant_leave(**about, first=on, last=on, part="second_half")
    gone = services.grant_leave(**about, first=on + timedelta(days=1), last=on + timedelta(days=1))
    services.withdraw_leave(leave=gone, actor=people["manager"])
    body = client.get(address(people["staff"])).content
    assert events(body) == [
        (
            f"leave-{whole.pk}@omnichat",
            "Annual leave",
            today,
            today + timedelta(days=2),
        ),
        (
            f"leave-{half.pk}@omnichat",
            "Annual leave, second half of the day",
            half.starts_at,
            half.ends_at,
        ),
    ]
    assert "Đám cưới" not in body.decode()
    assert events(client.get(address(people["colleague"])).content) == []


@pytest.mark.parametrize(
    ("zone", "on", "start", "end"),
    [
        ("Asia/Ho_Chi_Minh", "2026-11-23", "2026-11-23 15:00", "2026-11-23 23:00"),
        # Winter time, the night in which summer ends (nine hours), and the one it begins in.
        ("Europe/Berlin", "2026-11-23", "2026-11-23 21:00", "2026-11-24 05:00"),
        ("Europe/Berlin", "2026-10-24", "2026-10-24 20:00", "2026-10-25 05:00"),
        ("Europe/Berlin", "2026-03-28", "2026-03-28 21:00", "2026-03-29 04:00"),
    ],
)
def test_times_are_instants_in_utc(people, sales, zone, on, start, end):
    Organisation.objects.update(time_zone=zone)
    place, on = ZoneInfo(zone), date.fromisoformat(on)
    row = shift_of(sales, "Night", "22-06").plan_for(
        people["staff"], on, place, published_at=timezone.now()
    )
    row.save()
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    body = calendar_of(people["staff"], zone=place, at=at)
    compact = [f"{moment.replace('-', '').replace(':', '')}00Z" for moment in (start, end)]
    starts_at, ends_at = (moment.replace(" ", "T") for moment in compact)
    text = body.decode()
    assert f"DTSTART:{starts_at}\r\n" in text
    assert f"DTEND:{ends_at}\r\n" in text


def test_the_language_is_the_persons(client, people, today):
    update = type(people["staff"]).objects.filter(pk=people["staff"].pk).update
    annual = LeaveType.objects.get(symbol="P")
    services.grant_leave(
        user=people["staff"], type=annual, first=today, last=today, actor=people["manager"]
    )
    for language, words in (("vi", "Phép năm"), ("en", "Annual leave")):
        update(language=language)
        answer = client.get(address(people["staff"]), headers={"accept-language": "de"})
        assert events(answer.content)[0][1] == words
        assert answer.headers["Content-Language"] == language


def test_it_costs_the_same_for_many_rows(
    client, people, sales, day_shift, today, django_assert_num_queries
):
    path = address(people["staff"])
    for days in range(20):
        plan(people["staff"], day_shift, today + timedelta(days=days), published=True)
    with django_assert_num_queries(4):  # organisation, whose address, shifts, leave
        assert len(events(client.get(path).content)) == 20


# --- Who is refused ---------------------------------------------------------------------------
def test_a_changed_address_is_nobodys(client, people):
    token = token_of(services.make_calendar_feed(user=people["staff"]))
    key, signature = token.split(".")
    other = CalendarFeed.objects.create(user=people["colleague"])
    for wrong in (
        key,
        other.key,
        f"{key}.",
        f"{key}.{signature[:-1]}",
        f"{other.key}.{signature}",
        f"{key}:{signature}",
        "x" * 2000,
    ):
        assert client.get(f"{PAGE}/{wrong}.ics").status_code == 404, wrong
    assert client.get(f"{PAGE}/{token}.ics").status_code == 200


def test_a_key_is_not_enough_and_another_salt_neither(client, people):
    """Whoever reads the table has no address yet; what was signed for something else is none."""
    feed = services.make_calendar_feed(user=people["staff"])
    other = Signer(salt="another", sep=".").sign(feed.key)
    assert client.get(f"{PAGE}/{other}.ics").status_code == 404


def test_a_new_address_ends_the_old_one(client, people):
    old = address(people["staff"])
    services.renew_calendar_feed(user=people["staff"])
    assert client.get(old).status_code == 404
    new = address(people["staff"])
    assert new != old
    assert client.get(new).status_code == 200
    services.end_calendar_feed(user=people["staff"])
    assert client.get(new).status_code == 404


def test_the_address_of_somebody_who_left_is_nobodys(client, people):
    path = address(people["staff"])
    update_user(user=people["staff"], actor=people["admin"], changes={"is_active": False})
    assert client.get(path).status_code == 404


# --- The page ---------------------------------------------------------------------------------
def test_the_page_makes_replaces_and_ends_the_address(client, people):
    client.force_login(people["staff"])
    assert b".ics" not in client.get(PAGE).content
    for choice, told_last in (
        ("make", "calendar_made"),
        ("renew", "calendar_renewed"),
        ("end", "calendar_ended"),
    ):
        answer = client.post(PAGE, {"choice": choice})
        assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
        assert told()[-1] == (told_last, "Staff", "Staff", {})
        page = client.get(PAGE)
        feed = CalendarFeed.objects.filter(user=people["staff"]).first()
        if choice == "end":
            assert feed is None
            assert b".ics" not in page.content
        else:
            shown = f"http://testserver{PAGE}/{token_of(feed)}.ics"
            assert page.context["address"] == shown
            assert shown in page.content.decode()
            assert client.get(shown).status_code == 200
    assert len(told()) == 3


def test_pressing_twice_keeps_the_address_and_ends_none(client, people):
    client.force_login(people["staff"])
    client.post(PAGE, {"choice": "make"})
    key = CalendarFeed.objects.get().key
    client.post(PAGE, {"choice": "make"})
    assert CalendarFeed.objects.get().key == key
    for _again in range(2):
        client.post(PAGE, {"choice": "end"})
    assert [action for action, *_ in told()] == ["calendar_made", "calendar_ended"]


def test_a_new_address_where_there_was_none_is_the_first(client, people):
    client.force_login(people["staff"])
    client.post(PAGE, {"choice": "renew"})
    assert CalendarFeed.objects.get().user == people["staff"]
    assert [action for action, *_ in told()] == ["calendar_made"]


def test_nobody_sees_or_ends_the_address_of_another(client, people):
    feed = services.make_calendar_feed(user=people["staff"])
    client.force_login(people["admin"])
    assert feed.key.encode() not in client.get(PAGE).content
    for choice in ("renew", "end"):
        client.post(PAGE, {"choice": choice})
    assert CalendarFeed.objects.get(user=people["staff"]).key == feed.key


@pytest.mark.parametrize("data", [{}, {"choice": ""}, {"choice": "delete"}])
def test_another_choice_is_refused(client, people, data):
    client.force_login(people["staff"])
    assert client.post(PAGE, data).status_code == 400
    assert not CalendarFeed.objects.exists()


@pytest.mark.parametrize("path", ["/shifts", "/profile"])
def test_everybody_finds_the_page(client, people, path):
    for who in ("staff", "manager", "admin"):
        client.force_login(people[who])
        page = client.get(path, headers={"accept": "text/html"})
        assert f'href="{PAGE}"' in page.content.decode()


# --- The log ----------------------------------------------------------------------------------
def test_the_log_does_not_hold_the_address(client, people, caplog):
    path = address(people["staff"])
    caplog.handler.addFilter(HiddenAddresses())
    with caplog.at_level(logging.DEBUG, "django.request"):
        client.post(f"{path}?from=phone")
        services.end_calendar_feed(user=people["staff"])
        client.get(f"{path}?from=phone")
    said = [record.getMessage() for record in caplog.records if "calendar" in record.getMessage()]
    assert said == [
        "Method Not Allowed (POST): /shifts/calendar/…",
        "Not Found: /shifts/calendar/…",
    ]


def test_the_settings_hide_it(production):
    assert "hidden_addresses" in production["LOGGING"]["handlers"]["stderr"]["filters"]
