"""What a test changes for the whole process is gone before the next."""

import pytest
from django.conf import settings
from django.utils import timezone, translation


@pytest.mark.parametrize("turn", ["first", "second"])
def test_language_and_time_zone_are_those_of_the_settings(turn):
    """Whichever turn comes second sees what the other left."""
    assert translation.get_language() == settings.LANGUAGE_CODE
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE
    translation.activate("en")
    timezone.activate("America/New_York")
    assert translation.get_language() != settings.LANGUAGE_CODE
    assert timezone.get_current_timezone_name() != settings.TIME_ZONE
