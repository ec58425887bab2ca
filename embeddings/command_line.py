"""Error handling of every command line: one line on standard error, exit status 1."""

import sys
from collections.abc import Callable

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


def explained(error: BaseException) -> ArticlesError:
    """Return any error as one to show to the user."""
    if isinstance(error, ArticlesError):
        return error
    if isinstance(error, OSError):
        return ArticlesError(f"{error.filename or 'a file'}: {error.strerror}.", "Check permissions and disk space.")
    return ArticlesError(f"The program failed ({type(error).__name__}: {error}).", "Report it with the output.")
