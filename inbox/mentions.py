"""Who is named with @ in a note. Pure: people in, places in the text out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from omnichat.lib.text import Token, fold, tokenize


@dataclass(frozen=True, slots=True)
class Found:
    """One name in the text; `start` is at the @, `end` behind the name."""

    person: User
    start: int
    end: int

    @property
    def offsets(self) -> dict[str, int | str]:
        return {"start": self.start, "end": self.end, "username": self.person.username}


def find_mentions(text: str, people: list[User], *, chosen: Collection[UUID] = ()) -> list[Found]:
    """Return whom each @ means: the longest name behind it, with or without its marks.

    Display name, sign-in name, and the given name (the last word) if only one person has it. Of
    several people with one name it is the one `chosen`; else nobody.
    """
    found, tokens = [], tokenize(text)
    names = [(name, person) for person in people for name in _names(person)]
    for index, token in enumerate(tokens):
        at = token.start - 1
        if at < 0 or text[at] != "@" or (at > 0 and text[at - 1].isalnum()):
            continue
        if best := _longest(tokens[index:], names):
            length, meant = best
            one = _the_one(meant, chosen)
            if one is not None:
                found.append(Found(one, at, tokens[index + length - 1].end))
    return found


def _names(person: User) -> Iterator[list[Token]]:
    words = tokenize(person.display_name)
    yield words
    yield tokenize(person.username)
    if len(words) > 1:
        yield words[-1:]


def _longest(
    tokens: list[Token], names: list[tuple[list[Token], User]]
) -> tuple[int, dict[int, tuple[User, bool]]] | None:
    """The length of the longest name here and who bears it, each with whether marks agree too."""
    length, meant = 0, {}
    for name, person in names:
        if len(name) < max(length, 1) or not _begins(tokens, name):
            continue
        if len(name) > length:
            length, meant = len(name), {}
        is_exact = all(t.key == n.key for t, n in zip(tokens, name, strict=False))
        _person, was_exact = meant.get(person.pk, (person, False))
        meant[person.pk] = (person, is_exact or was_exact)
    return (length, meant) if meant else None


def _begins(tokens: list[Token], name: list[Token]) -> bool:
    if len(tokens) < len(name):
        return False
    return all(
        t.key == n.key or (not t.is_marked and t.fold == n.fold)
        for t, n in zip(tokens, name, strict=False)
    )


def _the_one(meant: dict[int, tuple[User, bool]], chosen: Collection[UUID]) -> User | None:
    exact = [person for person, is_exact in meant.values() if is_exact]
    several = exact or [person for person, _is_exact in meant.values()]
    if len(several) > 1:
        several = [person for person in several if person.public_id in chosen]
    return several[0] if len(several) == 1 else None


def search_people(people: Iterable[User], query: str) -> list[User]:
    """Those whose name holds every word of the query, marks or not."""
    wanted = fold(query).split()
    return [
        person
        for person in people
        if all(word in fold(f"{person.display_name} {person.username}") for word in wanted)
    ]
