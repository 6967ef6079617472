from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutingConfig(AppConfig):
    name = "routing"
    verbose_name = _("Routing")

    def ready(self) -> None:
        from routing import receivers  # noqa: F401
        from routing.request_facts import conversation_lines, volume_by_month
        from workforce import request_consequence
        from workforce.services import request_evidence

        request_consequence.PROVIDERS.append(conversation_lines)
        request_evidence.PROVIDERS.append(volume_by_month)
