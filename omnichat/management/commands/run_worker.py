"""Run the worker in the foreground."""

import signal

from django.core.management.base import BaseCommand

from omnichat.worker import Worker


class Command(BaseCommand):
    help = "Send replies, retry events, assign what waits. Stops cleanly on SIGTERM and Ctrl-C."

    def handle(self, *args, **options) -> None:
        worker = Worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()
        self.stdout.write("worker stopped")
