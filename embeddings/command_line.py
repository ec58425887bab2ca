"""What every command line of the project does with errors: one line on standard error, exit status 1."""

import sys
from collections.abc import Callable

from embeddings.errors import ArticlesError


def run_command(command: Callable[[], int]) -> int:
    """Run a command; returns its exit status, or 1 after an error that a person can mend."""
    try:
        return command()
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output (head, less) went away
    except (ArticlesError, OSError) as error:
        print(f"error: {explained(error)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return 1


def explained(error: BaseException) -> ArticlesError:
    """Return any error as what a person is told."""
    if isinstance(error, ArticlesError):
        return error
    if isinstance(error, OSError):
        return ArticlesError(f"{error.filename or 'a file'}: {error.strerror}.", "Check permissions and disk space.")
    return ArticlesError(f"The program failed ({type(error).__name__}: {error}).", "Report it with what was printed.")
