"""What workforce hears from accounts."""

from django.dispatch import receiver

from accounts.signals import people_changed
from workforce import services


@receiver(people_changed, dispatch_uid="workforce.availability_on_people")
def availability_on_people(sender, *, user_ids: list[int], **kwargs) -> None:
    services.follow_people(user_ids=user_ids)
