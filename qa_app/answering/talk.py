"""Answer what is said about the conversation itself: a greeting, thanks, "are you sure?", "where did you find that?", "shorter"."""

from collections.abc import Callable, Collection
from dataclasses import replace

from embeddings.catalogue import Wanted
from embeddings.index import Snapshot
from qa_app.answering.reply import LastAnswer, Reply
from qa_app.citations import citations_of, cite
from qa_app.question_language import named
from qa_app.rendering.readable import counted, listed, percent
from qa_app.routing.acts import BEYOND
from qa_app.routing.route import Talk
from qa_app.types import Answer, Candidate, Citation

_NOTHING_YET = "There is no answer yet that this could be about. Ask a question first."
# Further sentences shown for "more".
_MORE_MOST = 4


def talk_reply(talk: Talk, snapshot: Snapshot, last: LastAnswer, read: Collection[str]) -> Reply:
    """Return the reply: a few words of the program's own, or, where it is about the last answer, what that rests on.

    Questions are `read` in these languages, ISO 639-1.
    """
    own = _own_words(talk.act, snapshot, read)
    if own is not None:
        return Reply(kind="chat", text=own)
    answer = last()
    if answer is None:
        return Reply(kind="chat", text=_NOTHING_YET)
    if answer.abstained:
        closest = f" The closest passage is in “{answer.passages[0].chunk.title}”." if answer.passages else ""
        return Reply(kind="chat", text=f"To “{answer.question}” I found no answer in the articles.{closest}")
    return _ABOUT_LAST[talk.act](answer, snapshot)


def perhaps_talk_notice(snapshot: Snapshot) -> str:
    """Return what an abstention adds to a message that is perhaps no question to the articles."""
    return f"If this was no question about the articles: I can only find, quote and summarize what the {_articles(snapshot)} here say."


def _articles(snapshot: Snapshot) -> str:
    """Return how many articles can be asked, in words."""
    return counted(snapshot.count_catalogue(Wanted(snapshot.scope)), "article")


def _own_words(act: str, snapshot: Snapshot, read: Collection[str]) -> str | None:
    """Return what the program says of itself; None if the act is about the last answer."""
    articles = _articles(snapshot)
    return {
        "greeting": f"Hello! Ask me something about the {articles} here; every answer quotes their exact words.",
        "thanks": "You're welcome. Is there anything else that you would like to ask the articles?",
        "acknowledgement": f"All right. Ask on whenever you like, about anything that the {articles} here say.",
        "farewell": "Goodbye! The articles will be here.",
        "identity": f"I am a program that answers questions from the {articles} in this collection and shows, for every statement, the exact words that it rests on. I know nothing else.",
        "help": f"Ask me about what the {articles} say, in your own words: every answer quotes them and opens the place. I can also list the articles (“which articles mention …?”, “what was published in March 2025?”, “what is the newest?”), summarize one or all of them, compare two things, and answer several questions at once. I write nothing of my own, and don't translate, draw or search the web. After an answer, ask “are you sure?”, “where did you find that?”, “shorter” or “more”.",
        "language": f"I understand questions in {named(read)}, and don't translate: every answer quotes the articles in their own words. Ask me about the {articles} here.",
        BEYOND: f"I can't do that: I only find and quote what the {articles} here say. Ask me what they say about it, or for a summary: “summarize the article about …”.",
        "smalltalk": f"I can't help with that: I only know what the {articles} here say. Ask me something about them.",
        "unclear": "I don't understand that. Ask me a question about the articles, or type “help”.",
    }.get(act)


def _sure(answer: Answer, snapshot: Snapshot) -> Reply:
    if answer.kind in ("collection", "chat"):
        return _again(answer, snapshot)
    doubt = " That is little: read the passage itself." if answer.doubtful else ""
    said = f"I answered “{answer.question}” with a confidence of {percent(answer.confidence)} %.{doubt} It rests on these words:"
    return _with_quotes(said, answer, answer.citations)


def _wrong(answer: Answer, snapshot: Snapshot) -> Reply:
    said = "Sorry. I can only repeat what the articles say, and the answer rested on these words. Open the article to check them, or ask again in other words:"
    return _with_quotes(said, answer, answer.citations)


def _source(answer: Answer, snapshot: Snapshot) -> Reply:
    if not answer.citations:
        return Reply(
            kind="chat",
            text="That came from the index's own tables, not from an article's words.",
            articles=answer.articles,
        )
    places = dict.fromkeys(
        f"“{c.title}” ({', '.join(filter(None, (c.date, str(c.address), f'page {c.page}' if c.page else None)))})"
        for c in answer.citations
    )
    return _with_quotes(f"In {listed(list(places))}:", answer, answer.citations)


def _shorter(answer: Answer, snapshot: Snapshot) -> Reply:
    best = next((c for c in answer.citations if c.short), None) or next(iter(answer.citations), None)
    if best is None:
        return Reply(kind="chat", text=answer.text.split("\n")[0], short_answer=answer.short_answer)
    cited = replace(best, n=1)
    words = answer.short_answer or best.readable
    return Reply(
        kind="chat",
        text=f"{words} [1]",
        short_answer=answer.short_answer,
        confidence=answer.confidence,
        citations=(cited,),
    )


def _more(answer: Answer, snapshot: Snapshot) -> Reply:
    """Return what the cited article says beside the quotes: the sentences after them and before."""
    if not answer.citations:
        return _again(answer, snapshot)
    shown = {(c.address, c.start) for c in answer.citations}
    first = answer.citations[0]
    units = [
        Candidate(passage, unit.start, unit.end, None, 0.0)
        for passage in sorted(
            (p for p in answer.passages if p.chunk.address == first.address), key=lambda p: p.chunk.start
        )
        for unit in passage.chunk.units
    ]
    further = {unit.start: unit for unit in units if (first.address, unit.start) not in shown}
    nearest = sorted(further.values(), key=lambda unit: (unit.start < first.start, abs(unit.start - first.start)))
    cited = cite(sorted(nearest[:_MORE_MOST], key=lambda unit: unit.start), snapshot)
    if not cited:
        return Reply(
            kind="chat", text=f"“{first.title}” says no more about it than this.", citations=(replace(first, n=1),)
        )
    said = f"“{first.title}” also says:"
    return _with_quotes(said, answer, citations_of(cited))


def _again(answer: Answer, snapshot: Snapshot) -> Reply:
    return Reply(
        kind="chat",
        text=answer.text,
        short_answer=answer.short_answer,
        confidence=answer.confidence,
        doubtful=answer.doubtful,
        citations=answer.citations,
        passages=answer.passages,
        sections=answer.sections,
        articles=answer.articles,
        filter=answer.filter,
    )


def _with_quotes(said: str, answer: Answer, citations: tuple[Citation, ...]) -> Reply:
    """Return the program's words and below them the articles'."""
    return Reply(
        kind="chat",
        text="\n\n".join([said, *(citation.numbered for citation in citations)]),
        short_answer=answer.short_answer,
        confidence=answer.confidence,
        citations=citations,
        passages=answer.passages,
    )


_ABOUT_LAST: dict[str, Callable[[Answer, Snapshot], Reply]] = {
    "sure": _sure,
    "wrong": _wrong,
    "source": _source,
    "shorter": _shorter,
    "more": _more,
    "repeat": _again,
}
