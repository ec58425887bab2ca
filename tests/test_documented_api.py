"""The examples of docs/api.md work as documented."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from qa_app.serving.mcp_server import PATH
from tests.preloaded import ROOT
from tests.serving import Served

_PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def _examples(language: str, served: Served) -> list[str]:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", _PAGE, re.DOTALL | re.MULTILINE)
    return [block.replace("http://127.0.0.1:7860", served.url) for block in blocks]


def _run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_python(served: Served) -> None:
    (example,) = _examples("python", served)
    assert "\n" in _run(sys.executable, "-c", example)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl(served: Served) -> None:
    api, mcp = _examples("sh", served)
    said = _run("sh", "-ec", api)
    ((answer,), (passages,), (article,)) = (
        json.loads(line.removeprefix("data: ")) for line in said.splitlines() if line.startswith("data: [")
    )
    assert said.count("event: complete") == 3 and article["text"]
    assert "rainwater collection system" in answer["answer"] and len(passages) == 3
    result = json.loads(_run("sh", "-ec", mcp))["result"]
    assert result["structuredContent"]["citations"] == answer["citations"]


def test_the_client_configuration_names_where_mcp_is(served: Served) -> None:
    (example,) = _examples("json", served)
    (server,) = json.loads(example)["mcpServers"].values()
    assert server["url"] == served.url + PATH
