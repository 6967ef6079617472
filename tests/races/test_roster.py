"""Two who plan the same person at once: what is published never overlaps."""

from __future__ import annotations

from datetime import date, time
from functools import partial

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from tests.races.company import bearer, call
from tests.races.company import person as new_person
from tests.races.together import at_once, words
from workforce.models import Shift, ShiftAssignment
from workforce.services import (
    RotationOrder,
    assign_shift,
    copy_week,
    plan_rotation,
    publish_week,
)
from workforce.services.roster import OverlappingShift, overlap_refused

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

MONDAY = date(2026, 11, 23)


@pytest.fixture
def here(company):
    return company()


def shift_of(here, number: int) -> Shift:
    """Shifts of nine hours, each an hour after the one before: all of them overlap."""
    return Shift.objects.create(
        name=f"Shift {number}",
        department=here.departments[0],
        starts_at=time(6 + number),
        ends_at=time(15 + number),
    )


def test_of_overlapping_shifts_assigned_at_once_one_is_published(rounds, company):
    for _round in rounds:
        here = company()
        person, header = here.staff[0], bearer(here.managers[0])
        shifts = [shift_of(here, number) for number in range(8)]
        body = {"user_id": str(person.public_id), "date": str(MONDAY)}
        came = at_once(
            [partial(call, "shifts/assign", header, **body, shift_id=s.pk) for s in shifts * 2]
        )
        answers = [(outcome.value.status, outcome.value.body.get("code")) for outcome in came]
        assert answers.count((201, None)) == 1
        assert {code for status, code in answers if status != 201} <= {
            "overlapping_shift",
            "already_planned",
        }
        assert ShiftAssignment.objects.published().filter(user=person).count() == 1


def test_a_week_is_published_once_and_told_once(rounds, company):
    for _round in rounds:
        here = company()
        shift = shift_of(here, 0)
        assign_shift(user=here.staff[0], shift=shift, on=MONDAY, actor=here.managers[0])
        about = {"departments": here.departments, "week": MONDAY, "actor": here.managers[0]}
        came = at_once([partial(publish_week, **about)] * 16)
        assert words(came) == {1: 1, "nothing_to_publish": 15}


def test_a_week_is_copied_once(rounds, company):
    for _round in rounds:
        here = company(people=4)
        shift = shift_of(here, 0)
        for person in here.staff:
            assign_shift(user=person, shift=shift, on=date(2026, 11, 16), actor=here.managers[0])
        about = {"departments": here.departments, "week": MONDAY, "actor": here.managers[0]}
        came = at_once([partial(copy_week, **about)] * 8)
        assert sorted(outcome.value.added for outcome in came) == [0] * 7 + [4]
        rows = ShiftAssignment.objects.filter(user__in=here.staff)
        assert rows.between(MONDAY, MONDAY).count() == 4


def test_a_rotation_is_planned_once(rounds, company):
    """Two leads plan the same rotation at once: each shift once, and the other adds nothing."""
    for _round in rounds:
        here = company(people=4)
        shift = shift_of(here, 0)
        order = RotationOrder(
            here.departments[0], here.staff, [*[shift] * 5, None, None], MONDAY, weeks=2
        )
        leads = [here.managers[0], new_person(here.departments[0], role=User.Role.MANAGER)]
        came = at_once([partial(plan_rotation, order=order, actor=lead) for lead in leads * 2])
        counts = sorted((outcome.value.added, outcome.value.skipped) for outcome in came)
        assert counts == [(0, 40)] * 3 + [(40, 0)]
        rows = ShiftAssignment.objects.filter(user__in=here.staff)
        assert rows.between(MONDAY, date(2026, 12, 6)).count() == 40


def test_publishing_meets_what_is_assigned_at_the_same_moment(rounds, company):
    """Either the week was published first, or the shift was: never both over each other."""
    for _round in rounds:
        here = company()
        person, manager = here.staff[0], here.managers[0]
        early, late = shift_of(here, 0), shift_of(here, 4)
        assign_shift(user=person, shift=early, on=MONDAY, actor=manager)
        publish = partial(publish_week, departments=here.departments, week=MONDAY, actor=manager)
        assign = partial(
            assign_shift, user=person, shift=late, on=MONDAY, actor=manager, publish=True
        )
        came = at_once([publish, assign])
        refused = [outcome.refusal.code for outcome in came if outcome.refusal]
        assert refused in (["roster_conflicts"], ["overlapping_shift"])
        assert ShiftAssignment.objects.published().filter(user=person).count() == 1


def test_the_constraint_becomes_the_same_refusal(here):
    """Where no lock is shared, as of somebody who changes departments, the table decides."""
    person, shifts = here.staff[0], [shift_of(here, 0), shift_of(here, 4)]
    for shift in shifts:
        assign_shift(user=person, shift=shift, on=MONDAY, actor=here.managers[0])
    with pytest.raises(OverlappingShift) as caught, overlap_refused():
        ShiftAssignment.objects.filter(user=person).update(published_at=timezone.now())
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert not ShiftAssignment.objects.published().exists()
