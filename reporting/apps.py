from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("Reporting")

    def ready(self) -> None:
        from reporting.kpi_people import score_by_month
        from workforce.services import request_evidence

        request_evidence.PROVIDERS.append(score_by_month)
