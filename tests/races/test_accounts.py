"""People: names, the last administrator, tokens that are good once."""

from functools import partial

import pytest

from accounts.models import AuditEntry, Department, User
from accounts.services import change_password, create_department, create_user, update_user
from accounts.tokens import issue_tokens, rotate_tokens
from tests.races.together import at_once, words

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

GOOD_PASSWORD = "kéo gỗ lim về sáng"


def _done(step, **arguments) -> str:
    step(**arguments)
    return "done"


def test_two_administrators_deactivate_each_other(rounds, new_admin):
    for _round in rounds:
        one, other = new_admin(), new_admin()
        gone = {"is_active": False}
        outcomes = at_once(
            [
                partial(_done, update_user, user=one, actor=other, changes=gone),
                partial(_done, update_user, user=other, actor=one, changes=gone),
            ]
        )
        assert words(outcomes) == {"done": 1, "last_admin": 1}
        assert User.objects.active_admins().count() == 1
        User.objects.filter(is_active=True).update(is_active=False)


def test_eight_administrators_step_down_together(rounds, new_admin):
    """Some are deactivated, some change their role: one of them stays."""
    for _round in rounds:
        admins = [new_admin() for _who in range(8)]
        changes = [{"is_active": False}, {"role": User.Role.STAFF, "is_active": False}]
        outcomes = at_once(
            partial(_done, update_user, user=admin, actor=admin, changes=changes[number % 2])
            for number, admin in enumerate(admins)
        )
        assert words(outcomes) == {"done": 7, "last_admin": 1}
        assert User.objects.active_admins().count() == 1
        User.objects.filter(is_active=True).update(is_active=False)


def test_one_refresh_token_used_16_times(rounds, new_admin):
    for _round in rounds:
        token = issue_tokens(new_admin())["refresh_token"]
        pairs = at_once([partial(rotate_tokens, token)] * 16)
        refused = [outcome.refusal.code for outcome in pairs if outcome.refusal]
        assert refused == ["token_not_valid"] * 15
        pair = next(outcome.value for outcome in pairs if outcome.value)
        assert rotate_tokens(pair["refresh_token"])["access_token"]


def test_tokens_end_although_they_are_being_renewed(rounds, new_admin):
    """A deactivation and 8 renewals at once: nothing that came out of them is good."""
    for _round in rounds:
        admin, leaver = new_admin(), new_admin()
        renewals = [
            partial(rotate_tokens, issue_tokens(leaver)["refresh_token"]) for _n in range(8)
        ]
        leave = partial(update_user, user=leaver, actor=admin, changes={"is_active": False})
        outcomes = at_once([*renewals, leave])
        User.objects.filter(pk=leaver.pk).update(is_active=True)  # even if they come back
        for outcome in outcomes[:-1]:
            if outcome.value:
                again = at_once([partial(rotate_tokens, outcome.value["refresh_token"])])
                assert words(again) == {"token_not_valid": 1}


def test_8_password_changes_each_end_what_was_before(rounds, new_admin):
    for _round in rounds:
        admin = new_admin()
        at_once([partial(change_password, user=admin, password=GOOD_PASSWORD)] * 8)
        assert User.objects.get(pk=admin.pk).credentials_epoch == 8


def test_16_people_want_one_name(rounds, new_admin):
    for number in rounds:
        want = partial(
            _done,
            create_user,
            username=f"lan{number}",
            password=GOOD_PASSWORD,
            display_name="Lan",
            role=User.Role.ADMIN,
            department=None,
            actor=new_admin(),
        )
        assert words(at_once([want] * 16)) == {"done": 1, "person_exists": 15}
        assert User.objects.filter(username=f"lan{number}").count() == 1
        told = AuditEntry.objects.filter(action="person_created", target_label="Lan")
        assert told.count() == number + 1


def test_16_departments_of_one_name(rounds, new_admin):
    for number in rounds:
        admin = new_admin()
        made = at_once(
            partial(_done, create_department, name=name, actor=admin)
            for name in [f"Kho {number}", f"KHO {number}"] * 8
        )
        assert words(made) == {"done": 1, "department_exists": 15}
        assert Department.objects.filter(name__iexact=f"kho {number}").count() == 1
