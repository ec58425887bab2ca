"""Move the databases of an index to a PostgreSQL server, to another one, or back into its folder; nothing is encoded."""

import json
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import ArticlesError, IndexBusy, IndexDamaged, IndexUnwritable, repair_step
from embeddings.move import Moved
from embeddings.storage.builds import POINTER, Build, builds_at, current_build, read_record, writer_lock_at
from embeddings.storage.database import Database
from embeddings.storage.database_place import BadDatabase, DatabasePlace, PostgresServer, index_server, record_server
from embeddings.storage.index_files import DatabaseBeside, IndexFiles, delete_database, files_at, is_made
from embeddings.storage.search_cache import cache_at
from embeddings.storage.search_place import SEARCH_RECORD, read_search_record
from embeddings.storage.store import Store
from embeddings.storage.table_copies import copy_tables, differences

# Among the small files of a place that is not in use: what is there was left by a move from or to it that was killed.
_MARK = "moving.json"
_STAMPS = "builds/*/milvus.json"


@dataclass(frozen=True)
class Holdings:
    """What an index holds besides its articles; their commands know it."""

    databases: Sequence[DatabaseBeside]
    files: Sequence[str]
    """Names of small files."""


def move_database(index: Path, target: PostgresServer | None, holdings: Holdings) -> Moved:
    """Keep all databases of an index on `target` from now on, None being the index's folder.

    Everything is copied, with its ids, generations and times, and compared row by row, before the switch; until then the old
    place is in use, and what a killed move has left at the new one is replaced by the next. Afterwards the old place is
    emptied. Whoever reads the articles goes on at the new place with the next question. Conversations and accounts can't
    be changed while they are copied; a server that has them open is told, from then on, to be started again.

    Raises:
        BadDatabase: they are there already, or something else is.
        IndexDamaged: the index is damaged, or the copy differs from it; it is used where it was.
        IndexMissing, IndexBusy, DatabaseUnavailable: see `embeddings.errors`; likewise.
    """
    old, new = _Place(index, index_server(index), holdings), _Place(index, target, holdings)
    current_build(index)
    if old.server == new.server:
        raise BadDatabase(f"The index in {index} has its database in {new.name} already.", "Nothing was changed.")
    with (
        writer_lock_at(index, old.server),
        writer_lock_at(index, new.server),
        ExitStack() as locks,
    ):
        build = current_build(index)
        if build.server != old.server:
            raise IndexBusy(f"The index in {index} has just been moved.", "Try again, if it is to be moved again.")
        with closing(Store(build.database)) as store:
            chunks = store.count_chunks()
            mark = json.dumps({"index": str(index.absolute()), "identity": store.identity()})
        _prepare(new, mark)
        try:
            locked = _copy(old, new, locks)
            if new.server is None:
                _refresh_search(index, new.build(build.folder.name))
            _copy_files(old, new)
        except BaseException:
            with suppress(ArticlesError, OSError):
                new.clear()
            raise
        old.files.write(_MARK, mark)
        record_server(index, new.server)  # the switch
        new.files.delete(_MARK)
        return Moved(chunks, _leave(old, locked, locks))


@dataclass(frozen=True)
class _Place:
    """The databases and small files of an index, on a server or in its folder."""

    index: Path
    server: PostgresServer | None
    holdings: Holdings

    @property
    def name(self) -> str:
        return str(self.server or "its own folder")

    @property
    def files(self) -> IndexFiles:
        return files_at(self.index, self.server)

    def build(self, name: str) -> Build:
        return Build(self.index / "builds" / name, self.server)

    def builds(self) -> list[Build]:
        return [build for build in builds_at(self.index, self.server) if build.exists()]

    def beside(self) -> list[tuple[DatabaseBeside, DatabasePlace]]:
        places = ((each, each.place_at(self.index, self.server)) for each in self.holdings.databases)
        return [(each, place) for each, place in places if is_made(place)]

    def file_names(self) -> list[str]:
        """Return the names of the small files; the one that says which build is served comes last."""
        patterns = (SEARCH_RECORD, _STAMPS, *self.holdings.files, POINTER)
        return [name for pattern in patterns for name in self.files.names(pattern)]

    def contents(self) -> list[str]:
        """Return what is there, in words."""
        databases = [build.database for build in self.builds()] + [place for _, place in self.beside()]
        return [*map(str, databases), *self.file_names()]

    def clear(self) -> None:
        """Delete what is there. Caches of this machine stay."""
        for build in self.builds():
            delete_database(build.database)
        for _, place in self.beside():
            delete_database(place)
        for name in (*self.file_names(), _MARK):
            self.files.delete(name)


def _prepare(place: _Place, mark: str) -> None:
    """Empty a place that has what is left of a move of this index.

    Raises:
        BadDatabase: it has something else.
    """
    if place.files.read(_MARK) == mark:
        place.clear()
    if found := place.contents():
        raise BadDatabase(
            f"Something is in {place.server or place.index} already: {', '.join(found)}.",
            "Name an empty database." if place.server else "Move these files away, and try again.",
        )
    place.files.write(_MARK, mark)


def _copy(old: _Place, new: _Place, locks: ExitStack) -> list[Database]:
    """Copy and compare all databases. Return those beside the articles', in transactions, so that nobody changes them."""
    for build in old.builds():
        made = new.build(build.folder.name)
        made.folder.mkdir(parents=True, exist_ok=True)
        with closing(Store(build.database)) as before, closing(Store(made.database, create=True)) as after:
            if problem := next(before.file_problems(), None):
                raise IndexDamaged(f"The index in {old.index} is damaged: {problem.what}.", repair_step(old.index))
            before.copy_to(after)
            _check(before.differences(after), new)
    locked = []
    for each, place in old.beside():
        source = locks.enter_context(locks.enter_context(closing(each.opened(place))).changing())
        with closing(each.opened(each.place_at(new.index, new.server))) as target:
            with target.changing() as database:
                copy_tables(source, database)
            with target.reading() as database:
                _check(differences(source, database), new)
        locked.append(source)
    return locked


def _check(problems: list[str], new: _Place) -> None:
    if problems:
        raise IndexDamaged(f"The copy in {new.name} is not as the original: {problems[0]}.", "Move again.")


def _copy_files(old: _Place, new: _Place) -> None:
    for name in old.file_names():
        new.files.write(name, old.files.read(name) or "")


def _refresh_search(index: Path, build: Build) -> None:
    """Make the vector cache of an index that comes into its folder, if it is searched there and hasn't got a recent one."""
    if read_search_record(index).place is None:
        cache = cache_at(None, build)
        with closing(Store(build.database)) as store:
            if cache.is_stale(store):
                cache.refresh(store, read_record(store, index).encoder.dimension)


def _leave(old: _Place, locked: Sequence[Database], locks: ExitStack) -> ArticlesError | None:
    """Empty the place that is not in use any more; return why something is left there, if so."""
    try:
        for database in locked:
            database.delete()
        locks.close()
        old.clear()
    except ArticlesError as error:
        return error
    except OSError as error:
        return IndexUnwritable(f"{error.filename} cannot be deleted ({error.strerror}).", "Delete it yourself.")
    return None
