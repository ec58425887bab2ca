"""Scripts of random changes over two folders end in the index that is made at once of what is there then."""

import random
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from embeddings.documents.document import Address
from embeddings.folder_changes import add_folder
from embeddings.folders import Folder
from embeddings.index import Index
from embeddings.labels import set_label
from embeddings.sync import create_index, sync
from tests.embeddings.helpers import SMALL, assert_healthy, contents, titled, write
from tests.fakes import WordEncoder

# A second each; run more of them after a change to what is synced or moved.
_SCRIPTS = 20
_STEPS = 12
_FOLDERS = ("news", "notes")
_NAMES = ("a.txt", "b.md", "sub/a.txt", "sub/c.md")
_LABELS = ("harbour", "boats")
_SUBJECTS = ("bridge", "canal", "dam", "mill")


@dataclass
class Script:
    """A series of random changes, with the labels that each file should have at the end."""

    place: Path
    chance: random.Random
    encoder: WordEncoder = field(default_factory=WordEncoder)
    labels: dict[Address, set[str]] = field(default_factory=dict)
    texts: int = 0

    def __post_init__(self) -> None:
        for name in _FOLDERS:
            (self.place / name).mkdir()
        create_index(self.place / "news", self.index, self.encoder, SMALL)
        add_folder(self.index, "notes", self.place / "notes")

    @property
    def index(self) -> Path:
        return self.place / "index"

    def sync(self) -> None:
        sync(None, self.index, self.encoder, SMALL, allow_mass_deletion=True)

    def file(self, address: Address) -> Path:
        return self.place / str(address.folder) / address.path

    def some_address(self) -> Address:
        return Address(self.chance.choice(_NAMES), self.chance.choice(_FOLDERS))

    def files(self) -> list[Address]:
        return [
            Address(name, folder) for folder in _FOLDERS for name in _NAMES if (self.place / folder / name).exists()
        ]

    def step(self) -> None:
        do = self.chance.choice((self.write, self.write, self.move, self.move, self.delete, self.take_away, self.label))
        do()
        if self.chance.random() < 0.7:
            self.sync()

    def write(self) -> None:
        """Write a text that no other file has, so that a move is always one of that file."""
        self.texts += 1
        text = titled(f"Report {self.texts}", self.chance.choice(_SUBJECTS), self.chance.randint(1, 3))
        write(self.place, f"{(address := self.some_address()).folder}/{address.path}", text)

    def move(self) -> None:
        """Move a file to a place that is free, in the same folder or the other; its labels move too."""
        self.sync()  # a file is followed between two syncs
        files, free = self.files(), self.some_address()
        if not files or free in files:
            return
        moved = self.chance.choice(files)
        self.file(free).parent.mkdir(exist_ok=True)
        shutil.move(self.file(moved), self.file(free))
        self.labels[free] = self.labels.pop(moved, set()) | self.labels.get(free, set())
        self.sync()

    def delete(self) -> None:
        if files := self.files():
            self.file(self.chance.choice(files)).unlink()

    def take_away(self) -> None:
        """Sync while a folder is away; it keeps its articles, and comes back."""
        folder = self.place / self.chance.choice(_FOLDERS)
        away = folder.rename(self.place / "away")
        self.sync()
        away.rename(folder)

    def label(self) -> None:
        self.sync()
        if files := self.files():
            address, label = self.chance.choice(files), self.chance.choice(_LABELS)
            is_set = self.chance.random() < 0.7
            set_label(self.index, label, [str(address)], is_set=is_set)
            own = self.labels.setdefault(address, set())
            own.add(label) if is_set else own.discard(label)


@pytest.mark.parametrize("seed", range(_SCRIPTS))
def test_a_script_of_changes_ends_equal_to_a_fresh_index(seed: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        script = Script(Path(place), random.Random(seed))
        for _ in range(_STEPS):
            script.step()
        script.sync()
        assert_healthy(script.index, script.encoder)
        fresh = Path(place) / "fresh"
        create_index(script.place / "news", fresh, script.encoder, SMALL, own=Folder("news", script.place / "news"))
        add_folder(fresh, "notes", script.place / "notes")
        sync(None, fresh, script.encoder, SMALL)
        assert contents(script.index) == contents(fresh)
        with Index(script.index, script.encoder).snapshot() as snapshot:
            found = {entry.address: set(entry.labels) for entry in snapshot.documents()}
        assert found == {address: script.labels.get(address, set()) for address in script.files()}
