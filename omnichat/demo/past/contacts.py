"""The customers of the long history: names may be two people's, ids on a platform are not."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from omnichat.demo.customers import FAMILY, FOREIGN, MEN, PLATFORMS, WOMEN
from omnichat.demo.talks import without_marks

FOREIGN_PLATFORMS = ("whatsapp", "instagram", "messenger", "web")
REAL_NAME_SHARE = 0.65  # of those with a name they chose themselves


@dataclass(frozen=True, slots=True)
class Newcomer:
    name: str
    platform: str
    sender: str
    phone: str


class Newcomers:
    """Makes customers whose ids nobody in `taken` has; (platform, id)."""

    def __init__(self, rng: Random, taken: set[tuple[str, str]]) -> None:
        self.rng, self.taken = rng, set(taken)
        self.platforms, self.weights = zip(*PLATFORMS, strict=True)

    def make(self, title: str) -> Newcomer:
        """`title` is how staff address them: chị, anh, or you."""
        rng = self.rng
        if title == "you":
            name, platform = rng.choice(FOREIGN), rng.choice(FOREIGN_PLATFORMS)
        else:
            given = rng.choice(WOMEN if title == "chị" else MEN)
            name = f"{rng.choice(FAMILY)} {given}"
            platform = rng.choices(self.platforms, self.weights)[0]
        sender = self._sender(platform, name)
        while (platform, sender) in self.taken:
            sender = self._sender(platform, name)
        self.taken.add((platform, sender))
        if platform == "web":
            name = f"Khách web {sender[4:8].upper()}"
        elif platform in ("messenger", "instagram") and rng.random() > REAL_NAME_SHARE:
            words = name.split()
            name = f"{words[-1]} {words[0]}"
        return Newcomer(name, platform, sender, sender if sender.startswith("+") else "")

    def _sender(self, platform: str, name: str) -> str:
        rng = self.rng
        if platform in ("zalo", "whatsapp"):
            return f"+84900{rng.randrange(10**6):06}"
        if platform == "messenger":
            return str(rng.randint(4 * 10**15, 8 * 10**15))
        if platform == "instagram":
            return f"1784{rng.randrange(10**13):013}"
        if platform == "telegram":
            return str(rng.randint(5 * 10**9, 8 * 10**9))
        if platform == "web":
            return f"web-{rng.randrange(16**8):08x}"
        words = without_marks(name).lower().split()
        return f"{'.'.join(words[-2:])}{rng.randrange(100, 100_000)}@example.com"
