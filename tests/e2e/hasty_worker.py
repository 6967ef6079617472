"""A worker whose claims run out after 4 seconds, so that a test need not wait for 30."""

import os
from datetime import timedelta

import django
from django.core.management import call_command

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omnichat.settings")
    django.setup()
    from inbox.services import delivery

    delivery.LEASE = timedelta(seconds=4)
    call_command("run_worker")
