"""Questions about rows, fields and lists, made up: the network has never seen a table in SQuAD.

A table's rows reach the reader one at a time as "Column: value; Column: value", under the table's heading
(`qa_app.reading.passage_text`). Names come from the article at hand, so that they differ in every draw.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_app.language.dates import MONTHS
from training.structure import Shown

_NO_ANSWER_SHARE = 0.45
_CURRENCIES = ("{} euros", "${}", "€{}", "{} USD", "£{}", "{} manat", "{} tenge")
_LABELS = """Double room|Single room|Adult ticket|Child ticket|Season pass|Main hall|Library|Reception|Swimming pool|Car park|Bus 12|
Tram 4|North gate|East wing|Basic plan|Family plan|Standard delivery|Express delivery|Model A2|Model B7|Room 101|Platform 3|
Morning shift|Night shift|Phase one|Phase two|Lot 7|Section C""".replace("\n", "").split("|")
_HEADINGS = "Overview|Prices|Opening hours|Key figures|Schedule|Staff|Facilities|Projects|Stations|Budget|Results|Contacts|Annex B".split(
    "|"
)


@dataclass(frozen=True)
class _Column:
    """A column: how its values look and how it is asked for."""

    names: tuple[str, ...]
    value: Callable[[random.Random, Sequence[str]], str]
    questions: tuple[str, ...]
    """With {} for the row."""


def _whole(low: int, high: int, step: int = 1) -> Callable[[random.Random, Sequence[str]], str]:
    def value(draw: random.Random, names: Sequence[str]) -> str:
        number = draw.randrange(low, high, step)
        return draw.choice((str(number), f"{number:,}"))

    return value


def _measured(low: int, high: int, units: Sequence[str]) -> Callable[[random.Random, Sequence[str]], str]:
    return lambda draw, names: f"{draw.randrange(low, high)} {draw.choice(units)}"


def _money(draw: random.Random, names: Sequence[str]) -> str:
    return draw.choice(_CURRENCIES).format(draw.choice((draw.randrange(2, 900), f"{draw.randrange(1, 90)}.50")))


def _large_money(draw: random.Random, names: Sequence[str]) -> str:
    return draw.choice(_CURRENCIES).format(
        f"{draw.randrange(2, 900)} {draw.choice(('million', 'billion', 'thousand'))}"
    )


def _date(draw: random.Random, names: Sequence[str]) -> str:
    day, month, year = draw.randint(1, 28), draw.choice(MONTHS), draw.randint(1900, 2026)
    return draw.choice((f"{day} {month} {year}", f"{month} {year}", f"{month} {day}, {year}"))


def _hour(draw: random.Random, names: Sequence[str]) -> str:
    return draw.choice(
        (
            f"{draw.randint(6, 23)}:{draw.choice(('00', '15', '30'))}",
            f"{draw.randint(1, 12)} {draw.choice(('am', 'pm'))}",
        )
    )


def _hours(draw: random.Random, names: Sequence[str]) -> str:
    return draw.choice(("{} to {}", "{}–{}", "from {} till {}")).format(draw.randint(6, 11), draw.randint(12, 23))


def _name(draw: random.Random, names: Sequence[str]) -> str:
    return draw.choice(names)


def _share(draw: random.Random, names: Sequence[str]) -> str:
    return f"{draw.randint(1, 99)}{draw.choice(('%', ' %', ' percent'))}"


_COLUMNS = (
    _Column(
        ("Founded", "Year founded", "Established"),
        _whole(1100, 2026),
        ("When was {} founded?", "In which year was {} established?"),
    ),
    _Column(
        ("Population", "Inhabitants"),
        _whole(500, 900_000),
        ("How many people live in {}?", "What is the population of {}?"),
    ),
    _Column(
        ("Price", "Cost", "Fee", "Rate"),
        _money,
        ("How much does {} cost?", "What is the price of {}?", "What do you pay for {}?"),
    ),
    _Column(
        ("Budget", "Funding", "Revenue"), _large_money, ("What is the budget of {}?", "How much money does {} get?")
    ),
    _Column(
        ("Height", "Length", "Depth"),
        _measured(2, 900, ("m", "metres", "km", "ft")),
        ("How big is {}?", "What does {} measure?"),
    ),
    _Column(
        ("Area", "Size"),
        _measured(2, 9000, ("km²", "hectares", "m2")),
        ("How large is {}?", "What area does {} cover?"),
    ),
    _Column(
        ("Director", "Head", "Manager", "In charge"),
        _name,
        ("Who runs {}?", "Who is the director of {}?", "Who heads {}?"),
    ),
    _Column(("Owner", "Operator"), _name, ("Who owns {}?", "Who operates {}?")),
    _Column(("Architect", "Designer"), _name, ("Who designed {}?", "Who was the architect of {}?")),
    _Column(("Location", "Place", "City"), _name, ("Where is {}?", "Where can {} be found?")),
    _Column(
        ("Opened", "Completed", "Start date"),
        _date,
        ("When did {} open?", "When was {} completed?", "When did {} start?"),
    ),
    _Column(("Deadline", "Due", "Until"), _date, ("By when must {} be done?", "What is the deadline for {}?")),
    _Column(("Opens", "Departure", "Begins"), _hour, ("At what time does {} open?", "When does {} start?")),
    _Column(("Opening hours", "Hours"), _hours, ("When is {} open?", "What are the opening hours of {}?")),
    _Column(
        ("Staff", "Employees", "Members"),
        _whole(2, 9000),
        ("How many people work at {}?", "How many members does {} have?"),
    ),
    _Column(("Capacity", "Seats", "Beds"), _whole(4, 90_000), ("How many fit into {}?", "What is the capacity of {}?")),
    _Column(("Share", "Turnout", "Change"), _share, ("What is the share of {}?", "What percentage does {} have?")),
    _Column(
        ("Phone", "Telephone"),
        lambda draw, names: f"+{draw.randint(1, 99)} {draw.randint(100, 999)} {draw.randint(10000, 99999)}",
        ("What is the phone number of {}?", "How can I call {}?"),
    ),
    _Column(("Weight",), _measured(1, 900, ("kg", "tonnes", "g")), ("How heavy is {}?", "What does {} weigh?")),
    _Column(("Language", "Partner", "Supplier"), _name, ("Who supplies {}?", "With whom does {} work?")),
)
_FIRST_COLUMNS = ("Name", "Item", "Place", "Project", "Site", "Type", "Station", "Department", "Product", "Service")


def table(names: Sequence[str], title: str, draw: random.Random) -> Shown | None:
    """Return a question about one row of a table, with two to four rows; None with fewer than ten names.

    In `_NO_ANSWER_SHARE` of the draws the table lacks the row or the column that is asked for.
    """
    if len(names) < 10:
        return None
    columns = draw.sample(_COLUMNS, draw.randint(2, 4))
    *shown, missing = columns
    rows = draw.sample(_LABELS if draw.random() < 0.35 else names, draw.randint(2, 4) + 1)
    *listed, stranger = rows
    titles = [draw.choice(column.names) for column in shown]
    first = draw.choice(_FIRST_COLUMNS)
    cells = [[column.value(draw, names) for column in shown] for _ in listed]
    heading = draw.choice(_HEADINGS)
    form = draw.choice((_row, _field, _list_item))
    contexts, bodies = zip(
        *(form(title, heading, first, label, titles, row) for label, row in zip(listed, cells, strict=True)),
        strict=True,
    )
    lacks = draw.random()
    if lacks < _NO_ANSWER_SHARE / 2:
        return Shown(_question(draw.choice(shown), None, stranger, draw), contexts, bodies)
    if lacks < _NO_ANSWER_SHARE:
        return Shown(_question(missing, None, listed[0], draw), contexts, bodies)
    asked = 0 if form is _list_item else draw.randrange(len(shown))
    return Shown(_question(shown[asked], titles[asked], listed[0], draw), contexts, bodies, (cells[0][asked],))


def _question(column: _Column, name: str | None, row: str, draw: random.Random) -> str:
    """Ask for a row's column; in four of ten draws by the column's own name."""
    label = row if row[0].isupper() and row not in _LABELS else f"the {row[0].lower()}{row[1:]}"
    if draw.random() < 0.4:
        called = (name or draw.choice(column.names)).lower()
        return draw.choice(("What is the {} of {}?", "{} of {}?", "Which {} is given for {}?")).format(called, label)
    return draw.choice(column.questions).format(label)


def _row(
    title: str, heading: str, first: str, label: str, titles: Sequence[str], row: Sequence[str]
) -> tuple[str, str]:
    """Return the context and the body of a table's row."""
    cells = [f"{first}: {label}", *(f"{name}: {value}" for name, value in zip(titles, row, strict=True))]
    return f"{title} {heading}", "; ".join(cells)


def _field(
    title: str, heading: str, first: str, label: str, titles: Sequence[str], row: Sequence[str]
) -> tuple[str, str]:
    """Return a section about one thing, with a line for each of its fields."""
    return f"{title} {label}", " ".join(f"{name}: {value}" for name, value in zip(titles, row, strict=True))


def _list_item(
    title: str, heading: str, first: str, label: str, titles: Sequence[str], row: Sequence[str]
) -> tuple[str, str]:
    """Return an item of a list whose heading names the column."""
    return f"{title} {titles[0]}", f"{label}: {row[0]}"
