"""The functions that the API and MCP offer to other programs: ask, search and read an article."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from embeddings.documents.document import Address
from embeddings.errors import ArticlesError
from embeddings.scope import BadScope, Scope
from qa_app.assistant import Assistant
from qa_app.citations import page_of
from qa_app.evaluation.question_files import parse_turn
from qa_app.pipeline import answer
from qa_app.rendering.answer_json import AnswerJson, ArticleJson, LimitsJson, PassageJson, answer_json, passage_json
from qa_app.retrieval import search as find
from qa_app.rewriting import exchanges
from qa_app.typed_limits import typed_limits
from qa_app.types import UnfinishedSync

_T = TypeVar("_T")

MOST_PASSAGES = 100
# Characters returned at once by default; a longer article is read in several calls.
_CHARACTERS = 20_000


class BadCall(ArticlesError):
    """A call has invalid arguments."""


def ask(
    assistant: Assistant,
    question: str,
    history: Sequence[Mapping[str, Any]] = (),
    unfinished: UnfinishedSync | None = None,
    limits: LimitsJson | None = None,
) -> AnswerJson:
    """Answer a question from the articles; `history` is the conversation so far, as in a question file.

    `unfinished` is as in `answer_events`: while a sync runs, no answer claims that the articles do not say.

    Raises:
        BadCall: the question, a turn of the history or a limit is invalid; the message names it.
        AnswerFailed: the question could not be answered.
    """
    question = _checked("question", question, _QUESTION)
    given, turns = _checked("history", history, _HISTORY), []
    for number, values in enumerate(given, start=1):
        try:
            turns.append(parse_turn(values))
        except (TypeError, ValueError, KeyError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else error
            raise BadCall(f"Turn {number} of the history: {reason}.", _TURN) from error
    found = answer(assistant, question, exchanges(turns), unfinished=unfinished, scope=_scope(limits))
    return answer_json(found)


def search(assistant: Assistant, query: str, k: int = 5, limits: LimitsJson | None = None) -> list[PassageJson]:
    """Return the `k` best passages for a query, best first.

    Raises:
        BadCall: `k` is not from 1 to `MOST_PASSAGES`, or the query or a limit is invalid.
    """
    query, k, scope = _checked("query", query, _QUESTION), _checked("k", k, _NUMBER), _scope(limits)
    if not 1 <= k <= MOST_PASSAGES:
        raise BadCall(f"k must be from 1 to {MOST_PASSAGES}.", f"It was {k}.")
    with assistant.index.snapshot() as snapshot:
        query, scope = typed_limits(query, snapshot, scope)
        found = find(snapshot.limited(scope), query, k, assistant.config.retrieval)
    return [passage_json(passage) for passage in found]


def read_article(
    assistant: Assistant, document: str, start: int = 0, end: int | None = None, folder: str | None = None
) -> ArticleJson:
    """Return the characters [start, end) of an article's canonical text; `end` defaults to `start` + 20,000.

    `folder` is that of the citation or passage; without it, the first folder that has the path is read.

    Raises:
        BadCall: there is no such article, or the range is outside its text.
    """
    document = _checked("document", document, _NAME)
    start, end = _checked("start", start, _NUMBER), _checked("end", end, _NUMBER_OR_NONE)
    folder = _checked("folder", folder, _NAME_OR_NONE)
    with assistant.index.snapshot() as snapshot:
        found = snapshot.document(document, folder)
    if found is None:
        named = Address(document, folder)
        raise BadCall(f"There is no article {named}.", "Use `document` and `folder` of a citation or a passage.")
    length = len(found.text)
    stop = min(start + _CHARACTERS, length) if end is None else end
    if not 0 <= start <= stop <= length:
        raise BadCall(f"{document} has no characters [{start}, {stop}).", f"It has {length}, counted from 0.")
    return {
        "document": found.path,
        "folder": found.folder,
        "title": found.title,
        "date": found.date,
        "source": found.source,
        "start": start,
        "end": stop,
        "text": found.text[start:stop],
        "page": page_of(found, start),
        "length": length,
    }


def _scope(limits: LimitsJson | None) -> Scope:
    try:
        json.dumps(
            limits, ensure_ascii=False, default=str
        ).encode()  # half a character, which JSON can write, cannot be searched for
        return _SCOPE.validate_python(limits or {})
    except UnicodeEncodeError as error:
        raise BadCall("A limit has half a character.", _LIMITS) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise BadCall(f"The limit {'.'.join(map(str, first['loc']))}: {first['msg']}.", _LIMITS) from error
    except BadScope as error:
        raise BadCall(error.what, error.next_step) from error


def _checked(name: str, value: object, kind: "TypeAdapter[_T]") -> _T:
    """Return an argument if it is of its type: callers send any JSON."""
    try:
        return kind.validate_python(value)
    except ValidationError as error:
        raise BadCall(
            f"{name}: {error.errors()[0]['msg']}.", "docs/api.md has the parameters and their types."
        ) from error


QUESTION_CHARACTERS = 20_000
"""The longest question."""

_QUESTION = TypeAdapter(Annotated[str, Field(strict=True, max_length=QUESTION_CHARACTERS)])
_NAME = TypeAdapter(Annotated[str, Field(strict=True, max_length=4096)])
_NAME_OR_NONE = TypeAdapter(Annotated[str, Field(strict=True, max_length=4096)] | None)
_NUMBER = TypeAdapter(Annotated[int, Field(strict=True)])
_NUMBER_OR_NONE = TypeAdapter(Annotated[int | None, Field(strict=True)])
_HISTORY: TypeAdapter[list[Any]] = TypeAdapter(Annotated[list[Any], Field(max_length=2000)])
_SCOPE = TypeAdapter(Scope)
_LIMITS = 'Limits are {"within": […], "authors": […], "languages": […], "after": "2025-03-01", "before": "2025-03-31", "folders": […], "labels": […]}, each optional.'
_TURN = 'A turn is {"role": "user" or "assistant", "content": "…"}.'
