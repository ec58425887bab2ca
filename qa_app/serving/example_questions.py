"""Generate example questions that the corpus can answer."""

from collections import Counter

from embeddings.index import Snapshot
from qa_app.assistant import Assistant
from qa_app.language.names import names_inside
from qa_app.pipeline import answer

_SAMPLED_DOCUMENTS = 12


def example_questions(assistant: Assistant, count: int) -> list[str]:
    """Return at most `count` questions about names that recur in the articles; each is answered by the corpus."""
    with assistant.index.snapshot() as snapshot:
        names = _names(snapshot)
    questions = []
    for name in names:
        question = f"What do we know about {name}?"
        if not answer(assistant, question).abstained:
            questions.append(question)
        if len(questions) == count:
            break
    return questions


def _names(snapshot: Snapshot) -> list[str]:
    """Return the names of sampled articles: the most frequent of each article, then the second of each, and so on."""
    addresses = snapshot.addresses()
    step = max(1, len(addresses) // _SAMPLED_DOCUMENTS)
    ranked = []
    for address in addresses[::step][:_SAMPLED_DOCUMENTS]:
        counts: Counter[str] = Counter()
        for chunk in snapshot.chunks_of(*address):
            counts.update(match[0] for match in names_inside(chunk.text))
        ranked.append([name for name, _ in counts.most_common(_SAMPLED_DOCUMENTS)])
    in_turn = [names[i] for i in range(_SAMPLED_DOCUMENTS) for names in ranked if i < len(names)]
    return list(dict.fromkeys(in_turn))
