"""Read and encode for a sync on a Dask cluster (https://distributed.dask.org); this process alone writes the index.

Files and texts travel with the work, so a worker needs neither the folders nor the index. A worker that dies costs what it was
doing: the scheduler gives that to another one.
"""

import argparse
import logging
import math
import pickle
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from embeddings import cluster_worker
from embeddings.cluster_worker import EncodeWork, LoadEncoder, ReadWork, load_encoder
from embeddings.documents.versions import versions_for
from embeddings.encoders.encoder import EncoderIdentity, Vectors
from embeddings.errors import ArticlesError, ClusterUnavailable
from embeddings.preparing import Outcome, RawFile
from embeddings.signals import without_ctrl_c

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

logger = logging.getLogger(__name__)

_Item = TypeVar("_Item")

_ADDRESS = re.compile(r"(tcp|tls)://([\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}", re.ASCII)
_LOCAL = re.compile(r"local:([1-9]\d{0,2})", re.ASCII)
# A batch of files: so many, or so many bytes. Small enough that a few hundred articles keep several workers busy.
_BATCH_FILES = 16
_BATCH_BYTES = 100_000
# Batches with each thread of the workers: one that it works on, one that waits for it.
_AHEAD = 2
_CONNECT_S = 10.0
_LOOK_S = 5.0
"""Between looks whether there are still workers."""
_NO_WORKERS_S = 60.0
"""Without workers before giving up: one that is started again needs some seconds."""
_CLOSE_S = 2.0
_CONTINUE = "What was indexed is kept; when it is mended, run the same command to continue."


class DaskExecutor:
    """The cluster as an `Executor`; connected to by the first work, and closed at the end of the block."""

    def __init__(self, place: str, identity: EncoderIdentity, load: LoadEncoder = load_encoder) -> None:
        """Prepare to work at a place.

        Args:
            place: from `cluster_place`.
            identity: of the index's encoder.
            load: loads it on a worker, where the function must be importable.
        """
        self._place = place
        self._identity = identity
        self._load = load
        self._opened = ExitStack()
        self._connected: Client | None = None
        self._known_threads, self._looked = 0, -math.inf

    def __enter__(self) -> "DaskExecutor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def prepare(self, files: Iterable[RawFile | Outcome]) -> Iterator[Outcome]:
        """See `Executor`."""

        def packed(batch: Sequence[RawFile | Outcome]) -> bytes | None:
            raw = [file for file in batch if isinstance(file, RawFile)]
            return pickle.dumps(ReadWork(raw, [versions_for(file.path) for file in raw])) if raw else None

        for batch, reply in self._in_order(cluster_worker.read, _batches(files), packed):
            outcomes: Iterator[Outcome] = iter(pickle.loads(reply) if reply else ())
            for file in batch:
                yield next(outcomes) if isinstance(file, RawFile) else file

    def encode(self, groups: Iterable[Sequence[str]]) -> Iterator[Vectors]:
        """See `Executor`."""

        def packed(texts: Sequence[str]) -> bytes | None:
            return pickle.dumps(EncodeWork(texts, self._identity, self._load)) if texts else None

        for _, reply in self._in_order(cluster_worker.encode, groups, packed):
            yield pickle.loads(reply) if reply else np.zeros((0, self._identity.dimension), dtype=np.float32)

    def _in_order(
        self, work: Callable[[bytes], bytes], items: Iterable[_Item], packed: Callable[[_Item], bytes | None]
    ) -> Iterator[tuple[_Item, bytes | None]]:
        """Yield each item with the workers' reply, in order; None for one that is not packed. Items are taken ahead."""
        waiting: deque[tuple[_Item, Future[bytes] | None]] = deque()  # what is let go of is cancelled
        for item in items:
            given = packed(item)
            waiting.append((item, self._client().submit(work, given, pure=False) if given else None))
            while waiting and (waiting[0][1] is None or len(waiting) > _AHEAD * self._threads()):
                yield self._answered(*waiting.popleft())
        while waiting:
            yield self._answered(*waiting.popleft())

    def _answered(self, item: _Item, future: "Future[bytes] | None") -> tuple[_Item, bytes | None]:
        return item, None if future is None else self._reply(future)

    def _reply(self, future: "Future[bytes]") -> bytes:
        """Wait for a reply, as long as there are workers."""
        from distributed import CancelledError, KilledWorker
        from distributed import TimeoutError as NoReplyYet
        from distributed.comm.core import CommClosedError

        last_seen = time.monotonic()
        while True:
            try:
                reply: bytes = future.result(timeout=_LOOK_S)
            except NoReplyYet:
                if self._threads():
                    last_seen = time.monotonic()
                elif time.monotonic() - last_seen > _NO_WORKERS_S:
                    raise ClusterUnavailable(f"The cluster {self._place} has no workers any more.", _CONTINUE) from None
            except (CancelledError, CommClosedError) as error:  # cancelled by the client, when its connection broke
                raise self._lost() from error
            except KilledWorker as error:
                raise ClusterUnavailable(
                    f"{error.allowed_failures + 1} workers died of the same work, the last was {error.last_worker.address}.",
                    "See their logs; often it is too little memory. " + _CONTINUE,
                ) from None
            except ArticlesError:
                raise
            except Exception as error:
                logger.debug("a task failed", exc_info=True)
                raise ClusterUnavailable(
                    f"The cluster {self._place} cannot do its work ({type(error).__name__}: {error}).",
                    "Install this version of the program where the scheduler and the workers run.",
                ) from error
            else:
                return reply

    def _threads(self) -> int:
        """Return how many threads the workers have, which may come and go; as it was at most `_LOOK_S` ago."""
        client, now = self._client(), time.monotonic()
        if now - self._looked > _LOOK_S:
            try:
                self._known_threads = sum(client.nthreads().values())
            except OSError as error:
                raise self._lost() from error
            self._looked = now
        return self._known_threads

    def _lost(self) -> ClusterUnavailable:
        return ClusterUnavailable(f"The scheduler {self._place} does not answer any more.", _CONTINUE)

    def _client(self) -> "Client":
        if self._connected is None:
            self._connected = self._connect()
        return self._connected

    def _connect(self) -> "Client":
        import dask
        from distributed import Client
        from distributed import TimeoutError as NotReached

        if not logging.getLogger().isEnabledFor(logging.DEBUG):
            for name in (
                "distributed",
                "distributed.client",
                "distributed.core",
                "distributed.nanny",
                "tornado.application",
            ):
                logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is said in one line
        settings = dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
        self._opened.enter_context(settings)
        address: Any = self._place
        if local := _LOCAL.fullmatch(self._place):
            address = self._opened.enter_context(_local_cluster(int(local[1])))
        try:
            client = Client(address, timeout=_CONNECT_S, set_as_default=False)
        except (NotReached, OSError) as error:
            raise ClusterUnavailable(
                f"The scheduler {self._place} does not answer.", "Start it (dask scheduler), or mend the address."
            ) from error
        self._opened.callback(client.close, _CLOSE_S)
        try:
            client.wait_for_workers(1, timeout=_CONNECT_S)
        except (NotReached, OSError) as error:
            raise ClusterUnavailable(
                f"The cluster {self._place} has no workers.", f"Start some: dask worker {self._place} --nthreads 1"
            ) from error
        return client


def _local_cluster(workers: int) -> "LocalCluster":
    """Start workers on this machine; they end with the returned context."""
    from distributed import LocalCluster, Security

    with without_ctrl_c():  # the program stops between files; until then it needs them
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            # Whoever can connect to a worker can run programs on it, and other users of the machine can reach 127.0.0.1.
            protocol="tls://",
            security=Security.temporary(),
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            memory_limit=0,  # near a limit, a worker would wait for ever
            silence_logs=logging.CRITICAL,
        )


def _batches(files: Iterable[_Item]) -> Iterator[list[_Item]]:
    batch: list[_Item] = []
    size = 0
    for file in files:
        batch.append(file)
        size += len(file.data) if isinstance(file, RawFile) else 0
        if len(batch) == _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def cluster_place(text: str) -> str:
    """Check the place of a cluster, `tcp://HOST:PORT`, `tls://HOST:PORT` or `local:N`, for argparse.

    Raises:
        argparse.ArgumentTypeError: it is none of them.
    """
    if not (_ADDRESS.fullmatch(text) or _LOCAL.fullmatch(text)):
        raise argparse.ArgumentTypeError(
            f"{text} is no cluster; write tcp://SCHEDULER:8786, or local:2 for two workers"
        )
    return text


def add_cluster_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--cluster`."""
    parser.add_argument(
        "--cluster",
        type=cluster_place,
        metavar="PLACE",
        help="read and encode on a Dask cluster: tcp://SCHEDULER:8786, or local:N for N workers on this machine",
    )


def check_installed() -> None:
    """Check that Dask is installed.

    Raises:
        ClusterUnavailable: it is not.
    """
    if find_spec("distributed") is None:
        raise ClusterUnavailable(
            "--cluster needs Dask, which is not installed.", "Run: pip install -r requirements-cluster.txt"
        )
