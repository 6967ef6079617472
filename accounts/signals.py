"""What accounts tells the rest of the product. Sent after the commit; ids only."""

from django.dispatch import Signal

# kwargs: user_ids: list[int]. Role, department, presence or activity of these people changed.
people_changed = Signal()

# kwargs: department_ids: list[int]. Name, priority or activity of these departments changed.
departments_changed = Signal()
