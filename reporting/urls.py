from django.urls import path

from reporting.views import dashboards, kpi, reports

app_name = "reporting"

urlpatterns = [
    path("dashboard", dashboards.dashboard, name="dashboard"),
    path("dashboard/wall", dashboards.dashboard_wall, name="dashboard_wall"),
    path("kpi", kpi.kpi, name="kpi"),
    path("kpi/dispute", kpi.kpi_dispute, name="kpi_dispute"),
    path("kpi/people/<uuid:public_id>", kpi.kpi_person, name="kpi_person"),
    path("reports", reports.report, name="report"),
    path("reports/print", reports.report_print, name="report_print"),
    path("reports/export", reports.report_export, name="report_export"),
    path("reports/rows", reports.report_rows, name="report_rows"),
    path("reports/rows/export", reports.report_rows_export, name="report_rows_export"),
    path("reports/glossary", reports.glossary, name="report_glossary"),
]
