"""Error handling of every command line: one line on standard error, exit status 1."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from embeddings.errors import ArticlesError


def run_command(command: Callable[[], int]) -> int:
    """Run a command. Return its exit status, or 1 after an error that the user can fix."""
    try:
        return command()
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output (head, less) has exited
    except (ArticlesError, OSError) as error:
        print(f"error: {explained(error)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return 1


def end_process(status: int) -> NoReturn:
    """End the process without waiting for its other threads, as returning from the program would.

    One may be encoding a large file, or waiting for a language model's next word. What is stored withstands it.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # its reader went away, or it is closed
            stream.flush()
    os._exit(status)


def explained(error: BaseException) -> ArticlesError:
    """Return any error as one to show to the user."""
    if isinstance(error, ArticlesError):
        return error
    if isinstance(error, OSError):
        return ArticlesError(f"{error.filename or 'a file'}: {error.strerror}.", "Check permissions and disk space.")
    return ArticlesError(f"The program failed ({type(error).__name__}: {error}).", "Report it with the output.")
