"""What does not belong into a log."""

import logging


class ShortRefusals(logging.Filter):
    """A request that was refused (4xx) is one line; its trace tells nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True
