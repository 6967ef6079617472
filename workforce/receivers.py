"""What workforce hears: people changed, and whether they can be given work."""

from django.dispatch import receiver

from accounts.signals import people_changed
from workforce import services
from workforce.signals import availability_changed


@receiver(people_changed, dispatch_uid="workforce.availability_on_people")
def availability_on_people(sender, *, user_ids: list[int], **kwargs) -> None:
    services.follow_people(user_ids=user_ids)


@receiver(availability_changed, dispatch_uid="workforce.history_on_availability")
def history_on_availability(sender, *, user_ids: list[int], **kwargs) -> None:
    services.record_availability(user_ids)
