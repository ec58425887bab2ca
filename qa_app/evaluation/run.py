"""Run an evaluation: answer and judge all questions of a file over one index, and record the circumstances."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path

from embeddings.index import Snapshot
from qa_app.assistant import Assistant, encoder_words, reader_words
from qa_app.evaluation.metrics.judging import NotPlaced, judge, places_of, without_abstention
from qa_app.evaluation.question_files import Question
from qa_app.evaluation.results import Circumstances, Outcome, Place
from qa_app.pipeline import AnswerFailed

_WARNED = 20


def judge_all(
    assistant: Assistant,
    questions: Sequence[Question],
    warn: Callable[[str], None],
    progress: Callable[[Sequence[Question]], Iterable[Question]] = iter,
) -> tuple[Outcome, ...]:
    """Answer every question with abstention switched off, and judge the answers.

    Evidence that is not in the corpus is left out, with a warning before the first answer.

    Args:
        assistant: as it answers users.
        questions: of a question file.
        warn: shows a sentence to the user.
        progress: yields the questions, and may show progress.

    Raises:
        AnswerFailed: a question could not be answered; the message has its id.
    """
    asked = without_abstention(assistant)
    with assistant.index.snapshot() as snapshot:
        gold = _gold(questions, snapshot, warn)
        first_state = snapshot.build_name, snapshot.generation
    outcomes = []
    for question, places in zip(progress(questions), gold, strict=True):
        with assistant.index.snapshot() as snapshot:
            try:
                outcomes.append(judge(question, places, asked, snapshot))
            except AnswerFailed as error:
                raise AnswerFailed(f"Question {question.id}: {error.what}", error.next_step) from error
            last_state = snapshot.build_name, snapshot.generation
    if outcomes and last_state != first_state:
        warn("the corpus changed during the evaluation: not all questions were answered from the same articles")
    return tuple(outcomes)


def circumstances(assistant: Assistant, file: Path, threshold: float) -> Circumstances:
    """Describe an evaluation of this question file over this index at this threshold, 0..1."""
    with assistant.index.snapshot() as snapshot:
        return Circumstances(
            made_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            questions_file=file.name,
            questions_sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
            folder=", ".join(str(folder.path) for folder in snapshot.folders()),
            build=snapshot.build_name,
            generation=snapshot.generation,
            encoder=encoder_words(assistant.index.encoder.identity),
            reader=reader_words(assistant.index.encoder.identity.name),
            threshold=threshold,
            documents=snapshot.count_documents(),
            chunks=snapshot.size(),
        )


def _gold(questions: Sequence[Question], snapshot: Snapshot, warn: Callable[[str], None]) -> list[tuple[Place, ...]]:
    """Return the evidence of each question that is in the corpus."""
    placed, lost = [], 0
    for question in questions:
        places: list[Place] = []
        for gold in question.evidence:
            try:
                places += places_of(gold, snapshot)
            except NotPlaced as error:
                lost += 1
                if lost <= _WARNED:
                    warn(f"question {question.id}: evidence left out: {error.what}")
        placed.append(tuple(dict.fromkeys(places)))
    if lost:
        warn(f"{lost} {'piece' if lost == 1 else 'pieces'} of evidence left out of all figures")
    return placed
