"""What people of a lower role are told: that they cannot change the articles, and errors without places on this machine."""

import logging
import re

from embeddings.errors import ArticlesError

logger = logging.getLogger(__name__)

READ_ONLY = "You can read the articles here. Editors add and remove them."

# An absolute path (POSIX or Windows) at the start of a word, or a server.
_PLACE = re.compile(r"(?<![\w.:/\\])(/|~/|[A-Za-z]:[\\/]|\\\\|(postgresql|milvus)://)\w")


def without_places(error: ArticlesError) -> ArticlesError:
    """Return a general error if this one names a local path or a server, for visitors on other machines; log the original."""
    if not _PLACE.search(str(error)):
        return error
    logger.warning("%s", error)
    return ArticlesError("The server cannot do that right now.", "Tell its administrator; the server's log says why.")
