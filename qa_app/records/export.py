"""Export answers and conversations: as Markdown for people, and as JSON, with the receipts, for programs."""

import json
from collections.abc import Sequence
from typing import Any

from qa_app.generation.writer import NOT_FOUND
from qa_app.records.feedback import Feedback
from qa_app.records.receipts import FORMAT, Receipt, broken, receipt_of, receipt_values
from qa_app.records.turns import KeptTurn
from qa_app.rendering.markdown import emphasised_markdown, escape_markdown
from qa_app.selection import DOUBT
from qa_app.types import Citation, Sentence


def answer_markdown(receipt: Receipt, level: int = 1) -> str:
    """Return an answer with its numbered quotes as Markdown; its question is a heading of `level`."""
    parts = [f"{'#' * level} {escape_markdown(receipt.question)}"]
    if receipt.searched_for != receipt.question:
        parts.append(f"Searched for: {escape_markdown(receipt.searched_for)}")
    if receipt.notice:
        parts.append(f"*{escape_markdown(receipt.notice)}*")
    if receipt.doubtful:
        parts.append(f"*{DOUBT}*")
    if receipt.filter:
        parts.append(f"*From the index: {escape_markdown(receipt.filter)}*")
    parts += _answer(receipt)
    parts += [_quote(quote.citation) for quote in receipt.quotes]
    parts.append(_made(receipt))
    return "\n\n".join(parts) + "\n"


def conversation_markdown(title: str, turns: Sequence[KeptTurn]) -> str:
    """Return a conversation as Markdown."""
    return "\n".join([f"# {escape_markdown(title)}\n", *(_turn_markdown(turn) for turn in turns)])


def conversation_json(title: str, turns: Sequence[KeptTurn]) -> str:
    """Return a conversation as JSON, with the receipt of each answer."""
    return _dumped({"format": FORMAT, **_conversation(title, turns)})


def conversations_json(conversations: Sequence[tuple[str, Sequence[KeptTurn]]]) -> str:
    """Return conversations, each a title and its turns, as JSON, with the receipt of each answer."""
    return _dumped({"format": FORMAT, "conversations": [_conversation(*each) for each in conversations]})


def parse_receipts(text: str, name: str) -> list[Receipt]:
    """Return the receipts in exported JSON: an answer, a conversation or several; `name` is for error messages.

    Raises:
        BrokenReceipt: the text is none of these, or a receipt in it is broken; the message says what and where.
    """
    try:
        return _receipts(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise broken(name, error) from error


def _receipts(values: Any) -> list[Receipt]:
    if isinstance(values, dict) and isinstance(values.get("conversations"), list):
        return [receipt for each in values["conversations"] for receipt in _receipts(each)]
    if not isinstance(values, dict) or not isinstance(values.get("turns"), list):
        return [receipt_of(values)]
    found = []
    for i, turn in enumerate(values["turns"]):
        if not isinstance(turn, dict) or "receipt" not in turn:
            raise ValueError(f"turns[{i}] is not a turn of a conversation")
        try:
            found += [] if turn["receipt"] is None else [receipt_of(turn["receipt"])]
        except ValueError as error:
            raise ValueError(f"turns[{i}]: {error}") from error
    return found


def _answer(receipt: Receipt) -> list[str]:
    """Return the part before the quotes: the writer's text, the abstention, or the short answer if a quote marks it."""
    if receipt.sentences:
        return [" ".join(map(_sentence, receipt.sentences))]
    if receipt.sections or receipt.kind in ("collection", "chat") or not receipt.quotes:
        return [escape_markdown(line) for line in receipt.text.split("\n") if line]
    is_marked = any(quote.citation.short for quote in receipt.quotes)
    return [f"**{escape_markdown(receipt.short_answer)}**"] if receipt.short_answer and is_marked else []


def _sentence(sentence: Sentence) -> str:
    markers = "".join(f" [{n}]" for n in sentence.citations)
    return escape_markdown(sentence.text) + (markers if sentence.supported else f" *{NOT_FOUND}*")


def _quote(citation: Citation) -> str:
    words = escape_markdown(citation.quote)
    if citation.short_in_quote:
        words = emphasised_markdown(citation.quote, *citation.short_in_quote)
    date = f", {escape_markdown(citation.date)}" if citation.date else ""
    page = f", page {citation.page}" if citation.page else ""
    place = f"{escape_markdown(str(citation.address))}, characters {citation.start}–{citation.end}"
    return f"> {words}\n>\n> [{citation.n}] {escape_markdown(citation.title)}{date}{page} ({place})"


def _made(receipt: Receipt) -> str:
    writer = f", written by {escape_markdown(receipt.writer)}" if receipt.writer else ""
    return (
        f"*Answered {receipt.made_at}{writer}; confidence {receipt.confidence:.1%}, an answer needs {receipt.threshold:.1%};"
        f" index {receipt.build}, state {receipt.generation}; encoder {escape_markdown(receipt.encoder)},"
        f" reader {escape_markdown(receipt.reader)}.*"
    )


def _turn_markdown(turn: KeptTurn) -> str:
    if turn.receipt is None:
        why = turn.failure or "No answer was recorded."
        text = f"## {escape_markdown(turn.question)}\n\n*{escape_markdown(why)}*\n"
    else:
        text = answer_markdown(turn.receipt, level=2)
    return text + (f"\n{_feedback_line(turn.feedback)}\n" if turn.feedback else "")


def _feedback_line(feedback: Feedback) -> str:
    note = f": {escape_markdown(feedback.note)}" if feedback.note else ""
    return f"*Feedback: {feedback.verdict}*{note}"


def _conversation(title: str, turns: Sequence[KeptTurn]) -> dict[str, Any]:
    return {"title": title, "turns": [_turn_values(turn) for turn in turns]}


def _turn_values(turn: KeptTurn) -> dict[str, Any]:
    feedback = turn.feedback
    return {
        "question": turn.question,
        "asked_at": turn.asked_at,
        "receipt": receipt_values(turn.receipt) if turn.receipt else None,
        "failure": turn.failure,
        "feedback": {"verdict": feedback.verdict, "note": feedback.note, "given_at": feedback.given_at}
        if feedback
        else None,
    }


def _dumped(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False)
