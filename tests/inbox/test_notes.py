"""Private notes and whom they call."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import LiveEvent, Notification
from inbox.mentions import find_mentions
from inbox.models import Conversation, Cycle, Draft, Mention, Message, OutboundPart
from inbox.services import add_note, mentionable_in, save_draft, send_reply
from inbox.services.submissions import SubmissionUsed
from tests.factories import ConversationFactory, MessageFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(people, sales):
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    MessageFactory(conversation=conversation)
    return conversation


def facts(conversation) -> tuple:
    conversation.refresh_from_db()
    names = ("status", "waiting_since", "waiting_reason", "last_message_at", "preview", "seen_at")
    cycle = Cycle.objects.get(conversation=conversation)
    return (*(getattr(conversation, name) for name in names), cycle.first_response_at)


def test_a_note_changes_nothing_but_the_thread(talk, people):
    before = facts(talk)
    note = add_note(conversation=talk, author=people["manager"], text="Khách quen")
    assert (note.direction, note.text, note.author) == ("note", "Khách quen", people["manager"])
    assert facts(talk) == before
    assert OutboundPart.objects.count() == 0
    assert LiveEvent.objects.filter(kind="message.created", object_id=talk.public_id).count() == 1
    assert Mention.objects.count() == Notification.objects.count() == 0


def test_a_finished_conversation_takes_notes_and_stays_finished(people, sales):
    done = ConversationFactory(department=sales, assignee=people["staff"], status="resolved")
    add_note(conversation=done, author=people["staff"], text="Đã hoàn tiền")
    done.refresh_from_db()
    assert done.status == Conversation.Status.RESOLVED


def test_who_is_called_may_read_it_and_is_told(talk, people):
    colleague = people["colleague"]
    assert not Conversation.objects.visible_to(colleague).exists()
    LiveEvent.objects.all().delete()
    note = add_note(conversation=talk, author=people["staff"], text="@Colleague xem giúp @staff")
    assert [m.user for m in Mention.objects.all()] == [colleague]
    assert note.data == {"mentions": [{"start": 0, "end": 10, "username": "colleague"}]}
    assert Conversation.objects.visible_to(colleague).get() == talk
    told = Notification.objects.get()
    assert (told.user, told.kind) == (colleague, "mentioned")
    assert told.path == reverse("inbox:conversation_detail", args=[talk.public_id])
    assert told.params == {
        "contact": talk.contact.name,
        "person": "Staff",
        "text": "@Colleague xem giúp @staff",
    }
    events = list(LiveEvent.objects.order_by("id").values_list("kind", "audience"))
    assert events[0] == ("me.changed", f"user:{colleague.pk}")
    assert events[1][0] == "message.created"
    assert f"mentioned:{talk.pk}" in events[1][1].split()


def test_who_is_called_twice_is_called_once(talk, people):
    add_note(conversation=talk, author=people["staff"], text="@Colleague @colleague")
    assert Mention.objects.count() == Notification.objects.count() == 1


def test_who_wants_no_notification_still_hears_and_reads(talk, people):
    colleague = people["colleague"]
    colleague.notify_mentioned = False
    colleague.save(update_fields=["notify_mentioned"])
    LiveEvent.objects.all().delete()
    add_note(conversation=talk, author=people["staff"], text="@Colleague")
    assert Notification.objects.count() == 0
    assert LiveEvent.objects.filter(kind="me.changed", audience=f"user:{colleague.pk}").exists()
    assert Conversation.objects.visible_to(colleague).count() == 1


def test_the_same_form_is_one_note(talk, people):
    form = uuid.uuid4()
    say = {"conversation": talk, "author": people["staff"], "text": "A", "submission": form}
    assert add_note(**say) == add_note(**say)
    assert Message.objects.filter(direction="note").count() == 1
    with pytest.raises(SubmissionUsed):
        add_note(**say | {"author": people["manager"]})
    with pytest.raises(SubmissionUsed):
        send_reply(**say | {"author": people["manager"]})
    assert Message.objects.exclude(direction="inbound").count() == 1


def test_sending_a_note_forgets_the_draft_of_its_author_only(talk, people):
    for who in ("staff", "manager"):
        save_draft(conversation=talk, author=people[who], text="@", is_note=True)
    add_note(conversation=talk, author=people["staff"], text="A")
    assert [draft.author for draft in Draft.objects.all()] == [people["manager"]]


# --- Names --------------------------------------------------------------------------------------
@pytest.fixture
def named(sales):
    def make(username: str, display_name: str):
        return UserFactory(username=username, display_name=display_name, department=sales)

    return [
        make("lan", "Nguyễn Thị Lan"),
        make("lan.tran", "Trần Lan"),
        make("quan", "Trần Minh Quân"),
        make("an1", "Lê An"),
        make("an2", "Lê An"),
    ]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@Nguyễn Thị Lan ơi", ["lan"]),
        ("@nguyen thi lan", ["lan"]),
        ("@NGUYỄN THỊ LAN!", ["lan"]),
        ("@Nguyên Thi Lán", []),  # marks that disagree
        ("@quan và @Quân", ["quan", "quan"]),
        ("(@Trần Minh Quân)", ["quan"]),
        ("@lan.tran", ["lan.tran"]),
        ("@lan", []),  # a sign-in name, and two given names
        ("@Lê An", []),  # two people
        ("an@quan.vn", []),  # an address
        ("@", []),
        ("@ Quân", []),
        ("@Quânn", []),
        ("@ai đó", []),
    ],
)
def test_names_in_a_text(named, text, who):
    found = find_mentions(text, named)
    assert [mention.person.username for mention in found] == who
    assert all(text[mention.start] == "@" for mention in found)


def test_of_two_of_one_name_the_chosen_one_is_meant(named):
    chosen = {named[4].public_id}
    assert [m.person.username for m in find_mentions("@Lê An", named, chosen=chosen)] == ["an2"]
    # Only what is written counts.
    assert find_mentions("không gọi ai", named, chosen=chosen) == []


def test_only_those_who_can_read_it_afterwards_may_be_called(talk, people):
    everybody = set(mentionable_in(talk, by=people["admin"]))
    assert people["other_manager"] not in everybody
    assert {people["manager"], people["other_staff"], people["colleague"]} <= everybody
    assert people["admin"] not in everybody
    by_staff = {person.username for person in mentionable_in(talk, by=people["staff"])}
    assert by_staff == {"manager", "colleague"}


# --- Page ---------------------------------------------------------------------------------------
def reply_path(talk) -> str:
    return reverse("inbox:conversation_reply", args=[talk.public_id])


def test_the_page_writes_a_note_and_shows_it_escaped(client, talk, people):
    client.force_login(people["staff"])
    text = "<b>@Colleague</b> & <script>"
    response = client.post(reply_path(talk), {"text": text, "kind": "note"})
    assert response.status_code == 302
    page = client.get(response["Location"]).content.decode()
    assert 'value="note" aria-keyshortcuts="N" checked' in page  # the next one is a note again
    assert 'placeholder="Note for colleagues' in page
    assert "&lt;b&gt;<b>@Colleague</b>&lt;/b&gt; &amp; &lt;script&gt;" in page
    assert 'class="msg is-note"' in page
    assert Message.objects.get(direction="note").text == text


def test_who_was_called_gets_notes_only(client, talk, people):
    add_note(conversation=talk, author=people["staff"], text="@Colleague")
    client.force_login(people["colleague"])
    page = client.get(reverse("inbox:conversation_detail", args=[talk.public_id])).content.decode()
    assert 'value="note" aria-keyshortcuts="N" checked' in page
    assert 'value="reply"' not in page
    assert client.post(reply_path(talk), {"text": "Dạ", "kind": "reply"}).status_code == 403
    assert Message.objects.filter(direction="outbound").count() == 0
    assert client.post(reply_path(talk), {"text": "Để em", "kind": "note"}).status_code == 302
    assert Message.objects.filter(direction="note").count() == 2


def test_a_chosen_person_who_may_not_be_called_is_not(client, talk, people):
    client.force_login(people["staff"])
    foreign = people["other_staff"]
    data = {"text": "@Other_Staff", "kind": "note", "mention": [str(foreign.public_id), "x"]}
    assert client.post(reply_path(talk), data).status_code == 302
    assert Mention.objects.count() == 0
    assert not Conversation.objects.visible_to(foreign).exists()


def test_people_to_call_are_found_without_marks(client, talk, people, sales):
    UserFactory(username="q", display_name="Trần Minh Quân", department=sales)
    UserFactory(username="gone", display_name="Quân Cũ", department=sales, is_active=False)
    client.force_login(people["staff"])
    path = reverse("inbox:mention_options", args=[talk.public_id])
    answer = client.get(path, {"q": "minh quan"})
    assert [person.username for person in answer.context["options"]] == ["q"]
    everybody = client.get(path).context["options"]
    assert {person.username for person in everybody} == {"q", "manager", "colleague"}


def test_the_api_writes_a_note_once(api, talk, people):
    path = f"/api/v1/conversations/{talk.public_id}/notes"
    body = {"text": "@Colleague nhé", "submission": str(uuid.uuid4())}
    first = api(people["staff"]).post(path, body)
    assert first.status_code == 201
    assert first.json()["direction"] == "note"
    assert api(people["staff"]).post(path, body).json()["id"] == first.json()["id"]
    assert Message.objects.filter(direction="note").count() == 1
    other = api(people["manager"]).post(path, body)
    assert (other.status_code, other.json()["code"]) == (409, "submission_used")
    assert api(people["other_staff"]).post(path, {"text": "A"}).status_code == 404
    assert api(people["staff"]).post(path, {"text": " "}).status_code == 400
    assert Message.objects.filter(direction="note").count() == 1


def test_a_note_is_no_answer_for_those_who_wait(talk, people):
    at = timezone.now()
    add_note(conversation=talk, author=people["staff"], text="A", at=at)
    send_reply(conversation=talk, author=people["manager"], text="Dạ")
    assert Cycle.objects.get().first_responder == people["manager"]
