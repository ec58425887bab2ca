import pytest

from embeddings.documents.blocks import Block
from embeddings.documents.markdown_blocks import markdown_blocks
from embeddings.documents.plain_text_blocks import plain_text_blocks
from embeddings.documents.quoted_mail import with_quoted_authors
from embeddings.documents.sections import sections_of
from tests.embeddings.documents.structure import Find

REPLY = """The piano stays.

On 3 May 2025, Bo Li wrote:
> Shall the piano go?
> It is heavy.
>
> On 1 May 2025, Cy Dorn wrote:
>> The hall is let in June.
>
> I think so too.

Best wishes"""


def read(text: str, find: Find = plain_text_blocks) -> list[str]:
    blocks: tuple[Block, ...] = tuple(with_quoted_authors(text, find(text)))
    found = sections_of(text, blocks, 1000)
    return [unit.text for section in found for group in section.groups for unit in group.units]


def test_what_is_quoted_is_read_with_the_name_of_who_wrote_it() -> None:
    bo, cy = "On 3 May 2025, Bo Li wrote:", "On 1 May 2025, Cy Dorn wrote:"
    assert read(REPLY) == [
        "The piano stays.",
        f"{bo} Shall the piano go?",
        f"{bo} It is heavy.",
        f"{cy} The hall is let in June.",
        f"{bo} I think so too.",
        "Best wishes",
    ]


@pytest.mark.parametrize("find", [plain_text_blocks, markdown_blocks])
def test_what_stands_below_a_quotation_is_not_the_quoted_ones(find: Find) -> None:
    assert read("In 1840 Ann Lee wrote:\n\n> The well is dry.\n\nNobody knows why.", find) == [
        "In 1840 Ann Lee wrote: The well is dry.",
        "Nobody knows why.",
    ]


def test_a_line_that_names_no_time_or_address_is_the_authors_own() -> None:
    assert read("My answer is yes:\n\n> Shall the piano go?")[0] == "My answer is yes:"
