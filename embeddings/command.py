"""What every command line of the project does with errors: one line on standard error, exit status 1."""

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from embeddings.errors import ArticlesError
from embeddings.store import explain


def run_command(command: Callable[[], int], index: Path) -> int:
    """Run a command over an index; returns its exit status, or 1 after an error that a person can mend."""
    try:
        return command()
    except ArticlesError as error:
        print(f"error: {error}", file=sys.stderr)
    except sqlite3.DatabaseError as error:
        print(f"error: {explain(index, error)}", file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output (head, less) went away
    except OSError as error:
        print(
            f"error: {error.filename or 'a file'}: {error.strerror}. Check permissions and disk space.", file=sys.stderr
        )
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return 1
