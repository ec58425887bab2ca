"""Where an index is searched: in its own folder, or on a Milvus server; recorded in the index's folder as `search.json`."""

import argparse
import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from embeddings.errors import ArticlesError, IndexDamaged
from embeddings.storage.index_files import index_files

LOCAL = "local"
"""The name of the index's own folder as a place."""
SEARCH_RECORD = "search.json"
_PLACE = re.compile(
    r"milvus://(?P<host>[\w.-]+|\[[0-9a-fA-F:]+\]):(?P<port>\d{1,5})/(?P<name>[A-Za-z_]\w{0,60})", re.ASCII
)


class BadPlace(ArticlesError):
    """A place to search cannot be understood, or is not the index's."""


@dataclass(frozen=True)
class MilvusPlace:
    """A Milvus server, and what the names of an index's collections on it begin with."""

    host: str
    port: int
    name: str

    def __str__(self) -> str:
        return f"milvus://{self.host}:{self.port}/{self.name}"

    @property
    def address(self) -> str:
        """The server's address, for its client."""
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True)
class MadeCollection:
    """A collection that was made for an index."""

    place: MilvusPlace
    name: str


@dataclass(frozen=True)
class SearchRecord:
    """Where an index is searched, and the collections that were made for it and not dropped yet."""

    place: MilvusPlace | None = None
    """None is the index's own folder."""
    collections: tuple[MadeCollection, ...] = ()


def parse_place(text: str) -> MilvusPlace | None:
    """Return the place that a person names; None for "local".

    Raises:
        BadPlace: it cannot be understood.
    """
    if text == LOCAL:
        return None
    found = _PLACE.fullmatch(text)
    if found is None:
        raise BadPlace(
            f"{text} is not a place to search.",
            "Write milvus://HOST:19530/NAME, or local. To keep the database in PostgreSQL: python -m qa_app move-database",
        )
    return MilvusPlace(found["host"], int(found["port"]), found["name"])


def read_search_record(index: Path) -> SearchRecord:
    """Return where an index is searched; in its own folder if nothing is recorded.

    Raises:
        IndexDamaged: the record cannot be read.
    """
    try:
        text = index_files(index).read(SEARCH_RECORD)
        if text is None:
            return SearchRecord()
        values = json.loads(text)
        place = values["place"]
        made = (MadeCollection(MilvusPlace(**each["place"]), each["name"]) for each in values["collections"])
        return SearchRecord(place and MilvusPlace(**place), tuple(made))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexDamaged(
            f"{index / SEARCH_RECORD} cannot be read ({error}).",
            f"Delete it: the index is then searched in {index} itself.",
        ) from error


def write_search_record(index: Path, record: SearchRecord) -> None:
    """Record where an index is searched. Only for the writer."""
    index_files(index).write(SEARCH_RECORD, json.dumps(asdict(record)))


def note_collection(index: Path, place: MilvusPlace, collection: str) -> None:
    """Record a collection before it is made, so that it can be dropped whatever happens. Only for the writer."""
    record = read_search_record(index)
    made = MadeCollection(place, collection)
    write_search_record(index, replace(record, collections=(*record.collections, made)))


def add_store_argument(parser: argparse._ActionsContainer) -> None:
    """Add --store to a command line."""
    parser.add_argument(
        "--store",
        metavar="PLACE",
        help="where the index is searched: milvus://HOST:19530/NAME, or local (default: where it is; a new index: local)",
    )


def settle_place(index: Path, given: str | None, *, is_new: bool) -> None:
    """Record where a new index will be searched, or check that it is searched where `--store` says; None says nothing.

    Raises:
        BadPlace: it is searched elsewhere, or the place cannot be understood.
    """
    if given is None:
        return
    wanted, place = parse_place(given), read_search_record(index).place
    if is_new and wanted:
        index.mkdir(parents=True, exist_ok=True)
        write_search_record(index, SearchRecord(wanted))
    elif wanted != place:
        raise BadPlace(
            f"The index in {index} is searched on {place or LOCAL}, not on {given}.",
            f"Move it: python -m embeddings move --to {given} --index {index}",
        )
