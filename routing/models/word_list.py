"""Words that change how keywords are found: phrases to ignore, and abbreviations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class ListedWordQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ListedWordQuerySet:
        """Everybody may read how words are understood."""
        return self

    def active(self) -> ListedWordQuerySet:
        return self.filter(is_active=True)


class ListedWord(models.Model):
    """One entry of a word list.

    A phrase to ignore swallows its words, so that no keyword is found in them. An abbreviation
    may also be read as its `meaning`; what was written still counts.
    """

    class Kind(models.TextChoices):
        IGNORE = "ignore", _("phrase to ignore")
        ABBREVIATION = "abbreviation", _("abbreviation")

    kind = models.CharField(_("list"), max_length=12, choices=Kind.choices)
    word = models.CharField(_("word"), max_length=80)
    # The keys of its words, so that "hđ" and "hd" are two entries and "hoà" and "hòa" one.
    key = models.CharField(max_length=480, editable=False)
    meaning = models.CharField(
        _("also read as"), max_length=80, blank=True, help_text=_("Of an abbreviation only.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = ListedWordQuerySet.as_manager()

    class Meta:
        verbose_name = _("listed word")
        verbose_name_plural = _("word lists")
        ordering = ["kind", "key", "meaning"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key", "meaning"], name="routing_listed_word_once"
            ),
        ]

    def __str__(self) -> str:
        return self.word
