"""What workforce tells the rest of the product. Sent after the commit; ids only."""

from django.dispatch import Signal

# kwargs: user_ids: list[int]. Whether these people can be given work may have changed.
availability_changed = Signal()
