"""Fixtures for the tests of both packages."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from tests.postgres import Postgres
from tests.serving import Served, serving

# Each process loads its own models and starts its own servers. One more than cores: browser tests wait much of their time.
_PROCESSES_MOST = 4
# Longest first, so that at the end no process is left alone with one of these.
_LONG = (
    "tests/test_browser.py",
    "tests/test_browser_accessibility.py",
    "tests/test_browser_",
    "tests/training/",
    "tests/test_app.py",
    "tests/test_mcp.py",
    "tests/test_requests.py",
    "tests/test_documented_api.py",
    "tests/test_loading.py",
    "tests/qa_app/test_main.py",
    "tests/qa_app/commands/test_eval.py",
    "tests/qa_app/generation/",
    "tests/test_stopping.py",
    "tests/benchmarks/peers/test_main.py",
    "tests/test_seed_questions.py",
)

# Files that share what takes long to set up: a trained reader, a server that suggests questions, a browser and a server.
_GROUPS = (
    ("tests/training/",),
    ("tests/test_browser.py", "tests/test_browser_accessibility.py"),
    (
        "tests/test_browser_",
        "tests/test_app.py",
        "tests/test_mcp.py",
        "tests/test_requests.py",
        "tests/test_documented_api.py",
    ),
)

settings.register_profile(
    "project",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("project")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Run the whole suite in several processes; files named on the command line run in this one, which starts sooner."""
    if any(".py" in argument for argument in config.args):
        return 0
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # workers inherit it; more threads would slow each other
    return min((os.cpu_count() or 1) + 1, _PROCESSES_MOST)


class _Together(LoadScopeScheduling):  # type: ignore[misc]
    """A file's tests run in one process and share what they set up; so do the files of a group, and all that need PostgreSQL."""

    def _split_scope(self, nodeid: str) -> str:
        if "postgres" in nodeid:
            return "postgres"
        file = nodeid.partition("::")[0]
        return next((group[0] for group in _GROUPS if file.startswith(group)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Share the tests out by `_Together`."""
    return _Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests; xdist hands them out in this order."""

    def rank(item: pytest.Item) -> int:
        return next((rank for rank, name in enumerate(_LONG) if item.nodeid.startswith(name)), len(_LONG))

    items.sort(key=rank)


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard() -> None:
    """Let Ctrl-C reach the processes that tests start, even if the suite is a background job of a shell."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """The real, packaged encoder."""
    return SentenceEncoder()


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The packaged folder of example articles."""
    return Path(__file__).resolve().parents[1] / "seeds"


@pytest.fixture(scope="session")
def seed_index(seeds: Path, encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the seeds, made by the real encoder; tests must not change it."""
    index = tmp_path_factory.mktemp("seeds") / "index"
    sync(seeds, index, encoder)
    return index


@pytest.fixture(scope="session")
def assistant(seed_index: Path, encoder: SentenceEncoder) -> Assistant:
    """The assistant over the seeds, with the real encoder and reader."""
    return open_assistant(seed_index, encoder=encoder)


@pytest.fixture(scope="session", autouse=True)
def refused_connections(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Let the processes that tests start connect only to this machine; see tests/loopback_only."""
    file = tmp_path_factory.mktemp("network") / "refused"
    file.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REFUSED_CONNECTIONS", str(file))
        patch.setenv("PYTHONPATH", str(Path(__file__).resolve().parent / "loopback_only"))
        yield file
    assert file.read_text() == "", "a process tried to connect to another machine"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server; a test that kills it starts it again."""
    server = Postgres(tmp_path_factory.mktemp("postgres"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, refused_connections: Path) -> Iterator[Served]:
    """A running server for a copy of the seeds, with API and MCP; a test that changes the corpus restores it."""
    with serving(tmp_path_factory.mktemp("served"), "--mcp") as server:
        yield server


@pytest.fixture(scope="session")
def suggesting(tmp_path_factory: pytest.TempPathFactory, refused_connections: Path) -> Iterator[Served]:
    """A running server for a copy of the seeds that suggests questions."""
    with serving(tmp_path_factory.mktemp("suggesting"), suggests=True) as server:
        yield server
