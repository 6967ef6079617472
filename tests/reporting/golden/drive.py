"""Plays a story of the golden set through the services, as it would have happened.

People come to work when somebody is first given something, so that routing has the one choice the
story tells of.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from inbox import services as inbox
from inbox.models import Conversation
from routing import services as routing
from routing.models import Agent, SlaPolicy
from tests.deliveries import event
from tests.factories import AgentFactory, KeywordFactory
from tests.reporting.golden.load import World, february, happenings

WORDS = {"giá": ("sales", 2), "lỗi": ("care", 1)}


class Driver:
    """One story. `clock` is a traveller of time_machine; what waits for a commit runs at once."""

    def __init__(self, world: World, clock, name: str, story: str) -> None:
        self.world, self.clock, self.name = world, clock, name
        channel, self.events = happenings(story)
        self.channel = world.channels[channel]
        self.channel.default_department = world.departments["sales"]
        self.channel.save()
        clock.move_to(self.events[0][0])
        for word, (department, weight) in WORDS.items():
            KeywordFactory(
                word=word,
                folded=word,
                department=world.departments[department],
                weight=Decimal(weight),
            )
        routing.bump_keyword_version()
        self._make_promises()

    def play(self) -> None:
        for number, (at, verb, rest) in enumerate(self.events):
            got = rest.removeprefix("@") if verb == "in" else ""
            self.clock.move_to(february(got) if got else at)
            following = self.events[number + 1 :]
            getattr(self, f"_on_{verb}")(at, following, *rest.split(" ", 3))
        self.world.conversations[self.name] = self.it

    @property
    def it(self) -> Conversation:
        return Conversation.objects.get(identity__external_id=self.name)

    def _person(self, who: str):
        """Somebody, who is at work from now on at the latest."""
        user = self.world.people[who]
        if user.department_id and not Agent.objects.filter(user=user).exists():
            type(user).objects.filter(pk=user.pk).update(presence="available")
            user.refresh_from_db()
            AgentFactory(user=user)
        return user

    def _make_promises(self) -> None:
        """What the story says was promised; a deadline that was missed says in how long."""
        minutes = {}
        for _at, verb, rest in self.events:
            if verb == "promise":
                metric, _department, since, state, end = rest.split(" ")
                length = (february(end) - february(since)).total_seconds() // 60
                minutes[metric] = length if state == "missed" else max(length, 30)
        if minutes:
            SlaPolicy.objects.create(**{f"{name}_minutes": n for name, n in minutes.items()})

    # --- Verbs ----------------------------------------------------------------------------------
    def _on_in(self, at: datetime, following: list, *_got: str) -> None:
        given = next((rest for _at, verb, rest in following if verb == "give"), "")
        word = next((word for word in WORDS if f" word {word}" in given), "")
        message = event(f"Xin chào {word}", sender=self.name, sent_at=at)
        inbox.receive(channel=self.channel, events=[message])

    def _on_give(self, at: datetime, _following: list, who: str, department: str, *_why) -> None:
        user = self._person(who)
        routing.assign_next(conversation_id=self.it.pk)
        assert (self.it.assignee, self.it.department.name) == (user, department.title())
        assert self.it.assignments.get(ended_at=None).assigned_at == at

    def _on_hand(self, _at, _following, who: str, _department: str, _by: str, by: str) -> None:
        by = self.world.people[by]
        routing.assign_conversation(conversation=self.it, assignee=self._person(who), by=by)

    def _on_move(self, _at, _following, department: str, _by: str, by: str) -> None:
        department = self.world.departments[department]
        routing.move_conversation(
            conversation=self.it, department=department, by=self.world.people[by]
        )

    def _on_out(self, _at, _following, who: str) -> None:
        inbox.send_reply(conversation=self.it, author=self.world.people[who], text="Dạ")

    def _on_note(self, _at, _following, who: str) -> None:
        author = self.world.people["mai"]  # whoever may see it
        inbox.add_note(conversation=self.it, author=author, text=who)

    def _on_auto(self, _at, _following, trigger: str) -> None:
        assert inbox.send_auto_reply(conversation=self.it, trigger=trigger, text="Chào")

    def _on_done(self, _at, _following, who: str) -> None:
        inbox.resolve_conversation(conversation=self.it, by=self.world.people[who])

    def _on_undo(self, _at, _following, who: str) -> None:
        inbox.undo_resolve(conversation=self.it, by=self.world.people[who])

    def _on_snooze(self, _at, _following, until: str, who: str) -> None:
        by = self.world.people[who]
        inbox.snooze_conversation(conversation=self.it, until=february(until), by=by)

    def _on_wake(self, _at, _following, who: str = "") -> None:
        if who:
            inbox.wake_conversation(conversation=self.it, by=self.world.people[who])
        else:
            assert inbox.wake_snoozed() == 1

    def _on_promise(self, *_told) -> None:
        routing.follow_clocks()
        routing.warn_deadlines()
