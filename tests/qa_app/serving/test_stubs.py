"""The server imports gradio without its stub writer, and its components are whole all the same."""

from pathlib import Path

from tests.preloaded import run

# In a program whose first import was that of the server.
_WRITER = """
import inspect, sys
import gradio
from gradio import component_meta
print(component_meta.create_or_modify_pyi.__module__)
print("create_or_modify_pyi(" in inspect.getsource(component_meta.ComponentMeta))  # there is something to leave out
print(callable(gradio.Textbox.submit), any("stubs" in type(finder).__module__ for finder in sys.meta_path))
"""


def test_gradio_imported_through_the_server_writes_no_stub(tmp_path: Path) -> None:
    script = tmp_path / "writer.py"
    script.write_text(_WRITER)
    assert run([str(script)]).stdout.split() == ["qa_app.serving.stubs", "True", "True", "False"]
