"""Rows for tests: only what validity needs; the test states what it is about."""

import factory
from django.utils import timezone

from accounts.models import Department, Organisation, User
from inbox.models import (
    CannedReply,
    Channel,
    Contact,
    ContactIdentity,
    Conversation,
    Cycle,
    Message,
)
from routing.models import Agent, Keyword
from workforce.models import TimeEntry

PASSWORD = "correct horse battery"


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    pk = 1
    name = "Sao Mai"


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"Department {n}")


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    display_name = factory.LazyAttribute(lambda person: person.username.title())
    role = User.Role.STAFF
    department = factory.SubFactory(DepartmentFactory)
    language = User.Language.ENGLISH
    is_active = True
    approved_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def password(self, create, value, **kwargs):
        self.set_password(value or PASSWORD)
        if create:
            self.save(update_fields=["password"])


class AgentFactory(factory.django.DjangoModelFactory):
    """A person at work who takes conversations."""

    class Meta:
        model = Agent
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory, presence=User.Presence.AVAILABLE)
    capacity = 8
    is_routable = True
    reason = "taking_work"

    @factory.post_generation
    def time_entry(self, create, value, **kwargs):
        if create and self.is_routable:
            entry = TimeEntry.objects.create(user=self.user)
            since = max(entry.checked_in_at, self.user.presence_since)
            Agent.objects.filter(pk=self.pk).update(since=since)
            self.since = since


class ChannelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Channel

    name = factory.Sequence(lambda n: f"Channel {n}")
    secret = factory.Sequence(lambda n: f"whsec_{n}")


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    name = factory.Sequence(lambda n: f"Contact {n}")


class ContactIdentityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactIdentity

    contact = factory.SubFactory(ContactFactory)
    channel = factory.SubFactory(ChannelFactory)
    platform = "zalo"
    external_id = factory.Sequence(lambda n: f"+8490000{n:04}")


class ConversationFactory(factory.django.DjangoModelFactory):
    """Open since now, with its first cycle; no message yet."""

    class Meta:
        model = Conversation
        skip_postgeneration_save = True

    identity = factory.SubFactory(ContactIdentityFactory)
    contact = factory.SelfAttribute("identity.contact")
    channel = factory.SelfAttribute("identity.channel")
    waiting_since = factory.LazyFunction(timezone.now)
    last_inbound_at = factory.SelfAttribute("waiting_since")

    @factory.post_generation
    def cycle(self, create, value, **kwargs):
        if create:
            at = self.waiting_since or timezone.now()
            is_done = self.status == Conversation.Status.RESOLVED
            Cycle.objects.create(
                conversation=self, number=1, started_at=at, resolved_at=at if is_done else None
            )


class MessageFactory(factory.django.DjangoModelFactory):
    """A customer's message that routing has looked at."""

    class Meta:
        model = Message

    conversation = factory.SubFactory(ConversationFactory)
    cycle = factory.LazyAttribute(lambda o: o.conversation.cycles.order_by("-number").first())
    channel = factory.SelfAttribute("conversation.channel")
    direction = Message.Direction.INBOUND
    text = "Xin chào"
    sent_at = factory.LazyFunction(timezone.now)
    keywords = factory.LazyFunction(list)


class KeywordFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Keyword

    word = factory.Sequence(lambda n: f"word{n}")
    folded = factory.LazyAttribute(lambda keyword: keyword.word)
    department = factory.SubFactory(DepartmentFactory)


class CannedReplyFactory(factory.django.DjangoModelFactory):
    """In use, for every department."""

    class Meta:
        model = CannedReply

    shortcut = factory.Sequence(lambda n: f"c-{n}")
    title = "Chào"
    text = "Chào {customer}"
