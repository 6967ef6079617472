from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkforceConfig(AppConfig):
    name = "workforce"
    verbose_name = _("Shifts, timesheets and leave")

    def ready(self) -> None:
        from workforce import receivers  # noqa: F401
