from contextlib import closing
from pathlib import Path

import pytest

from embeddings.config import IndexConfig
from embeddings.storage.builds import current_build, roll_back
from embeddings.sync import reembed, sync
from qa_app.records.conversations import Conversations, conversations_file
from qa_app.records.conversations_database import ConversationGone
from tests.embeddings.helpers import assert_healthy
from tests.fakes import WordEncoder
from tests.qa_app.records.conversations_made import RECEIPT, TOWER, talked


def test_the_last_used_conversation_stands_first(kept: Conversations) -> None:
    (first, _), turns = talked(kept, "first")
    (second, _), _ = talked(kept, "second")
    assert [entry.id for entry in kept.entries()] == [second, first]
    kept.turns.answered(turns[0], RECEIPT)
    assert [entry.id for entry in kept.entries()] == [first, second]


def test_a_title_is_one_line_of_bounded_length_and_can_be_changed(kept: Conversations) -> None:
    conversation, _ = kept.turns.ask(None, 0, "long " * 100)
    assert len(kept.entries()[0].title) <= 80 and kept.entries()[0].title.endswith("…")
    kept.rename(conversation, "  The\ntower ")
    assert kept.entries()[0].title == "The tower"
    with pytest.raises(ValueError, match="title"):
        kept.rename(conversation, " ")
    with pytest.raises(ConversationGone):
        kept.rename("gone", "x")


def test_all_is_there_when_the_file_is_opened_again(file: Path) -> None:
    with closing(Conversations(file)) as kept:
        (conversation, _), (turn, _) = talked(kept, "a", "b")
        kept.feedback.give(turn, "right", "yes")
        before = kept.entries(), kept.turns.of(conversation), kept.feedback.all()
    with closing(Conversations(file)) as kept:
        assert (kept.entries(), kept.turns.of(conversation), kept.feedback.all()) == before


def test_what_is_done_to_the_index_leaves_the_conversations_alone(tmp_path: Path) -> None:
    folder, index, encoder = tmp_path / "articles", tmp_path / "index", WordEncoder()
    folder.mkdir()
    (folder / "a.txt").write_text(TOWER.text)
    file = conversations_file(index)
    with closing(Conversations(file)) as kept:  # before there is an index, and while all this is done
        (conversation, _), turns = talked(kept, "a", "b")
        kept.feedback.give(turns[0], "right")
        before = kept.turns.of(conversation)
        sync(folder, index, encoder, IndexConfig())
        assert_healthy(index, encoder)
        (folder / "a.txt").write_text("Other words.")
        for _ in range(3):  # the third deletes the first build
            reembed(folder, index, encoder)
        roll_back(index)
        sync(folder, index, encoder, IndexConfig())
        assert_healthy(index, encoder)
        assert kept.turns.of(conversation) == before
    with closing(Conversations(file)) as kept:
        assert kept.turns.of(conversation) == before
    assert current_build(index).store_file.exists()


def test_an_index_within_its_own_articles_takes_no_conversation_for_an_article(tmp_path: Path) -> None:
    encoder = WordEncoder()
    (tmp_path / "a.txt").write_text(TOWER.text)
    with closing(Conversations(conversations_file(tmp_path / "index"))) as kept:
        talked(kept, "a")
        report = sync(tmp_path, tmp_path / "index", encoder)
    assert report.added == ("a.txt",) and report.skipped == ()
