"""Find the sentences that tell of a day in the articles of the days after it: "yesterday", "on Monday"."""

from embeddings.catalogue import Wanted
from embeddings.documents.document import Address
from embeddings.index import Snapshot
from qa_app.answering.article_sentences import Sentence, sentences_of
from qa_app.answering.relative_dates import days_meant
from qa_app.routing.periods import Period, limited, shifted

# A weekday without a date is one of the last seven days.
_LATER_DAYS = 7
_ARTICLES_MOST = 200


def sentences_of_day(day: str, snapshot: Snapshot) -> dict[Address, list[Sentence]]:
    """Return the sentences that mean this day, ISO 8601, by article, the newest first."""
    scope = limited(snapshot.scope, Period(day, shifted(day, _LATER_DAYS)))
    found = {}
    for entry in snapshot.catalogue(Wanted(scope), "newest", _ARTICLES_MOST):
        sentences = sentences_of(snapshot.chunks_of(*entry.address), fewest=1)
        meant = [each for each in sentences if day in days_meant(each.text, entry.date or "")]
        if meant:
            found[entry.address] = meant
    return found
