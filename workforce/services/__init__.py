"""What happens to working time. Import the verbs from here."""

from workforce.services.attendance import (
    check_in,
    check_out,
    end_time_of_deactivated,
    follow_people,
)

__all__ = ["check_in", "check_out", "end_time_of_deactivated", "follow_people"]
