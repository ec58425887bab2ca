"""What articles and names hold cannot steer the terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.terminal import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("over\rwritten\x08", r"over\rwritten\x08"),
        ("invoice\u202efdp.exe", r"invoice\u202efdp.exe"),
        ("\u2066a\u2069", r"\u2066a\u2069"),
        ("half \ud800", r"half \ud800"),
        ("Zürich\t東京\nمرحبا", "Zürich\t東京\nمرحبا"),
    ],
)
def test_what_would_steer_it_is_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_all_that_is_left_can_be_printed(text: str) -> None:
    shown = printable(text)
    shown.encode()
    assert not any(ord(character) < 32 and character not in "\t\n" for character in shown)
