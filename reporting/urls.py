from django.urls import path

from reporting.views import dashboards, reports

app_name = "reporting"

urlpatterns = [
    path("dashboard", dashboards.dashboard, name="dashboard"),
    path("dashboard/wall", dashboards.dashboard_wall, name="dashboard_wall"),
    path("reports", reports.report, name="report"),
    path("reports/print", reports.report_print, name="report_print"),
    path("reports/export", reports.report_export, name="report_export"),
    path("reports/rows", reports.report_rows, name="report_rows"),
    path("reports/rows/export", reports.report_rows_export, name="report_rows_export"),
    path("reports/glossary", reports.glossary, name="report_glossary"),
]
