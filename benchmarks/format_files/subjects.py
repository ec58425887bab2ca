"""Invent what the files say: subjects that no model has read of, each with facts at known places."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count


@dataclass(frozen=True)
class Fact:
    """Something that a file says, and a question about it."""

    place: str
    """"body", "heading", "table", "footnote", "second column" or "subject line"."""
    says: str
    """The words as they stand in the file; of a row, its cells with " | " between them."""
    question: str
    answer: str
    page: int | None = None
    """Where it stands, from 1; None for formats without pages."""

    def at(self, page: int, place: str | None = None) -> "Fact":
        """Return the fact with its page, and with another place if it is given."""
        return replace(self, page=page, place=place or self.place)


@dataclass(frozen=True)
class Subject:
    """What one article is about."""

    title: str
    author: str
    date: str
    body: Fact
    heading: Fact
    table: Fact
    footnote: Fact
    column: Fact
    """For the second column."""
    header: tuple[str, str]
    rows: tuple[tuple[str, str], ...]
    prose: tuple[str, ...]
    """Paragraphs without facts."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that stand in a format with headings, tables and notes."""
        return self.body, self.heading, self.table, self.footnote


# A kind of subject: title, then pairs of what is said and asked, for body, heading, footnote and second column; the table's
# header, its first cells, and the question about the second row. `{n}`, `{m}` and `{who}` are filled in.
_KINDS = (
    (
        "lighthouse",
        ("The lighthouse of {name} was designed by {who}.", "Who designed the lighthouse of {name}?", "{who}"),
        ("A gale darkens the lighthouse of {name} for {n} nights", "For how many nights did a gale darken the lighthouse of {name}?", "{n}"),
        ("The bell of the lighthouse of {name} weighs {m} kilograms.", "How much does the bell of the lighthouse of {name} weigh?", "{m} kilograms"),
        ("The keeper of the lighthouse of {name} is {other}.", "Who is the keeper of the lighthouse of {name}?", "{other}"),
        ("Ticket", "Price", "Adult", "School class", "Dog"),
        "What is the price of a ticket for a school class at the lighthouse of {name}?",
    ),
    (
        "ferry",
        ("The ferry of {name} was built by {who} in a yard on the river.", "Who built the ferry of {name}?", "{who}"),
        ("Ice stops the ferry of {name} for {n} days", "For how many days did ice stop the ferry of {name}?", "{n}"),
        ("The ferry of {name} carries at most {m} passengers.", "How many passengers does the ferry of {name} carry at most?", "{m}"),
        ("The captain of the ferry of {name} is {other}.", "Who is the captain of the ferry of {name}?", "{other}"),
        ("Load", "Fare", "Bicycle", "Motor car", "Lorry"),
        "What is the fare for a motor car on the ferry of {name}?",
    ),
    (
        "museum",
        ("The museum of {name} was founded by the collector {who}.", "Who founded the museum of {name}?", "{who}"),
        ("Thieves take {n} clocks from the museum of {name}", "How many clocks did thieves take from the museum of {name}?", "{n}"),
        ("The oldest globe of the museum of {name} is {m} years old.", "How old is the oldest globe of the museum of {name}?", "{m} years"),
        ("The roof of the museum of {name} was paid for by {other}.", "Who paid for the roof of the museum of {name}?", "{other}"),
        ("Room", "Visitors", "Map room", "Clock room", "Bird room"),
        "How many visitors did the clock room of the museum of {name} have?",
    ),
    (
        "orchard",
        ("The orchard of {name} was planted by {who} on the southern slope.", "Who planted the orchard of {name}?", "{who}"),
        ("Frost destroys {n} trees in the orchard of {name}", "How many trees did frost destroy in the orchard of {name}?", "{n}"),
        ("The orchard of {name} covers {m} hectares.", "How many hectares does the orchard of {name} cover?", "{m}"),
        ("The cider of the orchard of {name} is pressed by {other}.", "Who presses the cider of the orchard of {name}?", "{other}"),
        ("Apple", "Kilograms", "Grey Rennet", "Winter Queen", "Red Belle"),
        "How many kilograms of Winter Queen apples grew in the orchard of {name}?",
    ),
    (
        "bridge",
        ("The bridge of {name} was planned by the engineer {who}.", "Which engineer planned the bridge of {name}?", "{who}"),
        ("A flood closes the bridge of {name} for {n} weeks", "For how many weeks did a flood close the bridge of {name}?", "{n}"),
        ("The bridge of {name} is {m} metres long.", "How long is the bridge of {name}?", "{m} metres"),
        ("The railing of the bridge of {name} was forged by {other}.", "Who forged the railing of the bridge of {name}?", "{other}"),
        ("Vehicle", "Toll", "Motorcycle", "Bus", "Tractor"),
        "What is the toll for a bus on the bridge of {name}?",
    ),
    (
        "railway",
        ("The railway of {name} was surveyed by {who}.", "Who surveyed the railway of {name}?", "{who}"),
        ("The railway of {name} buys {n} green carriages", "How many green carriages did the railway of {name} buy?", "{n}"),
        ("The tunnel of the railway of {name} is {m} metres long.", "How long is the tunnel of the railway of {name}?", "{m} metres"),
        ("The stationmaster of the railway of {name} is {other}.", "Who is the stationmaster of the railway of {name}?", "{other}"),
        ("Station", "Height in metres", "Mill Lane", "Fox Hill", "Saddle"),
        "What is the height of the station Fox Hill on the railway of {name}?",
    ),
)  # fmt: skip

_NAMES = (
    "Velmora", "Tarnwick", "Oskeld", "Brunnavik", "Lysterton", "Quarnholm", "Pellamar", "Hestvale", "Drovika", "Ambersey",
    "Kolmarth", "Wexenby", "Zorvale", "Ilmenrode", "Farrowmere", "Gristholm", "Undervik", "Nollbury", "Jarrowen", "Mossenay",
    "Stavrig", "Crellin", "Ebberoth", "Vintolm", "Harkness Bay", "Soltrane", "Dunmarra", "Tesselby", "Orvand", "Lunderay",
    "Pikkola", "Brathmoor", "Colvane", "Yssendorf", "Skarvold", "Meltham Row", "Aldergast", "Fennoway", "Rustavia", "Thornquay",
    "Galvenor", "Windle Sound", "Kestrova", "Baskerby", "Novalund", "Ostrelle", "Heddermark", "Tullavey", "Ravensund", "Elmstrath",
    "Dorvale", "Marrowick", "Sandelby", "Corrinth", "Vosskar", "Petherlin", "Lammerhof", "Hollin Wick", "Ostmere", "Trevanna",
)  # fmt: skip
_FIRST = ("Ilse", "Marten", "Oona", "Ruben", "Tilda", "Casimir", "Signe", "Leopold", "Yara", "Anselm", "Bettina")
_LAST = ("Thornwick", "Okonjo", "Halvard", "Brandl", "Quist", "Sarrazin", "Velasco", "Imrie", "Novotny", "Abendroth", "Lund",
         "Castellan", "Fenwick")  # fmt: skip
_WHO = ("the older neighbours", "most of the guests", "a few of the children", "the people of the upper village",
        "two teachers from the coast", "the members of the choir", "visitors from abroad", "the carpenters")  # fmt: skip
_DID = ("remember", "like to describe", "often write about", "still talk about", "have photographed", "prefer", "praise",
        "would not do without")  # fmt: skip
_WHAT = ("the narrow path behind the {kind}", "the quiet evenings near the {kind}", "the bench in front of the {kind}",
         "the smell of tar and wet leaves", "the long shadows on the grass", "the old stories about the {kind}",
         "the view over the roofs", "the music on summer nights")  # fmt: skip
_TAIL = ("even when it rains", "because nobody hurries there", "although the way is steep", "as their parents did",
         "when the wind turns to the north", "while the dogs sleep in the sun", "whatever the newspapers say",
         "and nobody wants to change that")  # fmt: skip


def subjects() -> Iterator[Subject]:
    """Yield subjects, all different."""
    return (_subject(number) for number in count())


def _subject(number: int) -> Subject:
    kind, body, heading, footnote, column, table, asked = _KINDS[number % len(_KINDS)]
    dice = random.Random(number)
    values = {
        "name": _NAMES[number],
        "who": f"{_FIRST[number % 11]} {_LAST[number % 13]}",
        "other": f"{_FIRST[(number + 5) % 11]} {_LAST[(number + 7) % 13]}",
        "n": str(17 + number),
        "m": str(203 + 7 * number),
    }

    def fact(place: str, texts: tuple[str, str, str]) -> Fact:
        says, question, answer = (text.format(**values) for text in texts)
        return Fact(place, says, question, answer)

    rows = tuple((cell, str(dice.randrange(120, 990))) for cell in table[2:])
    return Subject(
        title=f"The {kind} of {values['name']}",
        author=f"{dice.choice(_FIRST)} {dice.choice(_LAST)}",
        date=f"2021-{1 + number % 12:02}-{1 + number % 28:02}",
        body=fact("body", body),
        heading=fact("heading", heading),
        table=Fact("table", " | ".join(rows[1]), asked.format(**values), rows[1][1]),
        footnote=fact("footnote", footnote),
        column=fact("second column", column),
        header=(table[0], table[1]),
        rows=rows,
        prose=tuple(_paragraph(dice, kind) for _ in range(8)),
    )


def _paragraph(dice: random.Random, kind: str) -> str:
    sentences = []
    for _ in range(3):
        who, did, what, tail = (dice.choice(words) for words in (_WHO, _DID, _WHAT, _TAIL))
        sentences.append(f"{who[0].upper()}{who[1:]} {did} {what.format(kind=kind)}, {tail}.")
    return " ".join(sentences)
