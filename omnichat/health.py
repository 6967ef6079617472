"""Is this process alive, and is the installation able to work? No secrets in either answer."""

import shutil
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from inbox.models import Message, OutboundPart, WebhookEvent
from omnichat.lib import reading

QUEUE_ALERT = timedelta(seconds=60)  # promises P-I9
MIN_FREE_DISK_SHARE = 0.05  # promises P-D4


@require_safe
@login_not_required
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_safe
@login_not_required
def ready(request: HttpRequest) -> JsonResponse:
    """Database, migrations, age of the oldest waiting work, disk: 200 or 503 with each check.

    A report replica that is away is told and changes nothing else: the primary answers for it.
    """
    checks: dict[str, object] = {"disk": _has_disk(), **_replica()}
    try:
        checks["database"] = True
        checks["migrations"] = not _pending_migrations()
        checks["queue_age_seconds"] = _queue_age_seconds()
    except DatabaseError:
        checks["database"] = False
    is_ready = all(checks.get(name) for name in ("disk", "database", "migrations"))
    is_late = checks.get("queue_age_seconds", 0) > QUEUE_ALERT.total_seconds()
    status = "late" if is_ready and is_late else "ok" if is_ready else "unavailable"
    return JsonResponse({"status": status, "checks": checks}, status=200 if is_ready else 503)


def _has_disk() -> bool:
    usage = shutil.disk_usage(settings.BASE_DIR)
    return usage.free / usage.total >= MIN_FREE_DISK_SHARE


def _replica() -> dict[str, object]:
    if not reading.has_replica():
        return {}
    lag = reading.replica_lag()
    if lag is None:
        return {"replica": False}
    return {"replica": True, "replica_lag_seconds": int(lag.total_seconds())}


def _pending_migrations() -> list:
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def _queue_age_seconds() -> int:
    """Seconds since the oldest work became due that nobody has done."""
    now = timezone.now()
    due = [
        OutboundPart.objects.filter(state__in=OutboundPart.UNDONE, run_after__lte=now)
        .order_by("run_after")
        .values_list("run_after", flat=True)
        .first(),
        WebhookEvent.objects.filter(state=WebhookEvent.State.FAILED, run_after__lte=now)
        .order_by("run_after")
        .values_list("run_after", flat=True)
        .first(),
        Message.objects.unrouted().values_list("received_at", flat=True).first(),
    ]
    oldest = min((moment for moment in due if moment), default=now)
    return max(0, int((now - oldest).total_seconds()))
