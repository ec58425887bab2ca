"""The server's log as JSON, a line a record, with the id of the request that it belongs to."""

import json
import logging
import sys
from datetime import datetime, timezone

from qa_app.serving.asking import request_id

_OWN = ("qa_app", "embeddings")


class JsonLines(logging.Formatter):
    """Formats a record as a JSON object; its `fields`, a dict, become fields of the object."""

    def __init__(self, with_questions: bool = False) -> None:
        """With `with_questions`, the text of questions is logged."""
        super().__init__()
        self._with_questions = with_questions

    def format(self, record: logging.LogRecord) -> str:
        values: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (request := request_id()) is not None:
            values["request"] = request
        values |= getattr(record, "fields", {})
        if not self._with_questions:
            values.pop("question", None)
        if record.exc_info:
            values["exception"] = self.formatException(record.exc_info)
        return json.dumps(values, ensure_ascii=True, default=str)  # in ASCII: no character can disguise a line


def log_as_json(with_questions: bool = False) -> None:
    """Log to standard error as JSON: requests, answers and jobs, and warnings of all libraries.

    Args:
        with_questions: whether the text of questions is logged.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(with_questions))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in _OWN:
        logging.getLogger(name).setLevel(logging.INFO)
