"""Gradio is imported without its stub writer, and its components are whole all the same."""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[4]
_COUNT_WRITTEN = """
import inspect, sys
looked_at = []
get_file = inspect.getfile
inspect.getfile = lambda thing: (looked_at.append(thing), get_file(thing))[1]
if sys.argv[1] == "page":
    import qa_app.serving.page
import gradio
from gradio.component_meta import ComponentMeta
written = sum(isinstance(thing, ComponentMeta) for thing in looked_at)
print(written, callable(gradio.Textbox.submit), any("stubs" in type(f).__module__ for f in sys.meta_path))
"""


def _written(how: str) -> list[str]:
    command = [sys.executable, "-c", _COUNT_WRITTEN, how]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True).stdout.split()


def test_gradio_imported_through_the_page_writes_no_stub() -> None:
    assert _written("page") == ["0", "True", "False"]


def test_gradio_by_itself_writes_stubs_so_that_the_other_test_can_fail() -> None:
    count, *_ = _written("alone")
    assert int(count) > 50
