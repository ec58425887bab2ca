import pytest

from embeddings.documents.readers import READERS, LazyReader

_LAZY = sorted({reader for reader in READERS.values() if isinstance(reader, LazyReader)}, key=lambda each: each.name)


@pytest.mark.parametrize("registered", _LAZY, ids=lambda each: each.name)
def test_a_reader_is_registered_under_its_own_name_and_version(registered: LazyReader) -> None:
    """The registry states both, so that a program that reads no such file need not import the format's library."""
    reader = registered.load()
    assert (registered.name, registered.version) == (reader.name, reader.version)


def test_no_two_formats_have_one_name() -> None:
    names = {id(reader): reader.name for reader in READERS.values()}
    assert len(_LAZY) == len({reader.name for reader in _LAZY})
    assert {"plain text", "Markdown", "ZIP"} <= set(names.values())
