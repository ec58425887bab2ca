"""A small collection with dates, sources and authors, for questions of every kind."""

import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant

ARTICLES = {
    "harbour.txt": """title: The harbour of Lund reopens
date: 2024-05-02
source: Evening Herald

After two winters of work the harbour of Lund is open again. The new pier is 140 metres long. A berth costs twelve crowns a night.

The harbour master Greta Holm expects ninety boats in July. The café on the pier opens in June.
""",
    "whales.txt": """title: Whales return to the bay
date: 2023-01-31
author: Ida Dahl

Eleven whales were counted in the bay in January. Fishermen saw them first near the lighthouse.

The biologist Sven Aker says that they follow the herring. They will leave in March.
""",
    "mill.md": """# The old mill turns again

*12 May 2024, Valley Letter*

The mill on the Rote has been repaired after a fire. Its wheel weighs four tons. The miller Anton Berg grinds rye on Saturdays.
""",
}


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Assistant:
    """An assistant over the articles, with the real models."""
    place = tmp_path_factory.mktemp("town")
    (place / "files").mkdir()
    for name, text in ARTICLES.items():
        (place / "files" / name).write_text(text, encoding="utf-8")
    sync(place / "files", place / "index", encoder)
    return open_assistant(place / "index", encoder=encoder)
