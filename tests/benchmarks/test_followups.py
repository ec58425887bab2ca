from collections import Counter
from pathlib import Path

from benchmarks.followups import _difference, _share, read_conversations


def test_sixty_conversations_a_third_end_with_a_question_that_is_no_follow_up() -> None:
    conversations = read_conversations()
    kinds = Counter(conversation.kind for conversation in conversations)
    assert kinds == {"follow-up": 40, "stand-alone": 10, "topic change": 10}
    assert Counter(conversation.split for conversation in conversations) == {"fit": 20, "measure": 40}
    assert {len(conversation.earlier) for conversation in conversations} == {1, 2}
    assert len({conversation.last.id for conversation in conversations}) == 60
    assert all(conversation.last.answers and conversation.last.evidence for conversation in conversations)


def test_evidence_quotes_from_the_seeds_occur_exactly_once(seeds: Path) -> None:
    gold = [piece for conversation in read_conversations() for piece in conversation.last.evidence]
    own = [piece for piece in gold if (seeds / piece.document).exists()]
    assert len(own) >= 5
    assert all((seeds / piece.document).read_text("utf-8").count(piece.quote or "") == 1 for piece in own)


def test_shares_and_their_difference_with_an_interval() -> None:
    assert _share([True, False, False]) == "33"
    assert _difference([True, False], [True, False]) == "+0 (+0 to +0), p 1.000"
    assert _difference([True] * 20, [False] * 20) == "+100 (+100 to +100), p 0.001"
