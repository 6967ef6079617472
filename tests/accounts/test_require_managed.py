"""Who may change what belongs to a department."""

import pytest

from accounts.services import NotYourDepartment, require_managed


@pytest.mark.parametrize(
    ("who", "own", "other", "common"),
    [
        ("admin", True, True, True),
        ("manager", True, False, False),
        ("staff", False, False, False),
    ],
)
def test_leads_change_their_own_and_administrators_everything(
    people, sales, billing, who, own, other, common
):
    asked = {
        (sales.pk,): own,
        (billing.pk,): other,
        (sales.pk, billing.pk): other,
        (None,): common,
        (sales.pk, None): common,
    }
    for ids, may in asked.items():
        if may:
            require_managed(ids, people[who], "Not yours.")
            continue
        with pytest.raises(NotYourDepartment) as caught:
            require_managed(ids, people[who], "Not yours.", field="department")
        refusal = caught.value
        assert (refusal.code, refusal.status) == ("not_your_department", 403)
        assert (str(refusal), refusal.field) == ("Not yours.", "department")
