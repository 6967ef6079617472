"""What does not belong into a log."""

import logging
import re

# The end of a private address: whoever knows it reads the calendar.
SECRET_PATH = re.compile(r"(/shifts/calendar/)[^\s?]+(\?\S*)?")


class ShortRefusals(logging.Filter):
    """A request that was refused (4xx) is one line; its trace tells nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True


class HiddenAddresses(logging.Filter):
    """A private address is not written out, whatever tells about it: a refusal, an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if SECRET_PATH.search(text):
            record.msg, record.args = SECRET_PATH.sub(r"\1…", text), None
        return True
