"""Error handling of every command line: one line on standard error, exit status 1."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from embeddings.errors import ArticlesError
from embeddings.terminal import printable


def run_command(command: Callable[[], int]) -> int:
    """Run a command. Return its exit status, or 1 after an error that the user can fix."""
    try:
        return command()
    except BrokenPipeError:
        sys.stderr.close()  # the reader of the output (head, less) has exited
    except (ArticlesError, OSError) as error:
        print(f"error: {printable(str(explained(error)))}", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return 1


def end_process(status: int) -> NoReturn:
    """Exit without waiting for other threads, unlike a normal return from the program.

    One may be encoding a large file or waiting for a language model. Stored data survives this.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # the stream is closed, or its reader has exited
            stream.flush()
    os._exit(status)


def explained(error: BaseException) -> ArticlesError:
    """Return any error as an `ArticlesError` that can be shown to the user."""
    if isinstance(error, ArticlesError):
        return error
    if isinstance(error, OSError):
        return ArticlesError(f"{error.filename or 'a file'}: {error.strerror}.", "Check permissions and disk space.")
    return ArticlesError(f"The program failed ({type(error).__name__}: {error}).", "Report it, and include the output.")
