from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.readers.eml import EmlReader
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.mail_body import plain_blocks, unflow, with_quoted_parts
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.blocks_of import blocks_of, check, words_of

REPLY = """Hi Bo,

the fare is 48 kr. I asked
the office twice:

- adults 48
- children 20

On Mon, 2 Mar 2026 at 10:00, Bo Berg <bo@y.org> wrote:
> What is the fare?
> And for children?
>
> > Ask Ann.

It is valid from April.

--\u0020
Ann Lee
Harbour office
"""


def mail(body: str = REPLY, subtype: str = "plain") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ann Lée <ann@x.org>"
    message["To"] = "Bo Berg <bo@y.org>, Cy <cy@z.org>"
    message["Subject"] = "Re: Fähre — prices"
    message["Date"] = "Tue, 03 Mar 2026 23:30:00 -0800"
    message.set_content(body, subtype=subtype)
    return message


def read(message: EmailMessage | bytes) -> list[Extracted]:
    return EmlReader().read(message if isinstance(message, bytes) else message.as_bytes(), "a.eml")


@pytest.mark.parametrize("data", [mail().as_bytes(), mail().as_bytes(policy=SMTP)], ids=["LF", "CRLF"])
def test_a_mail_is_an_article_with_its_headers_as_fields(data: bytes) -> None:
    (article,) = read(data)
    assert (article.title, article.date, article.author) == ("Re: Fähre — prices", "2026-03-03", "Ann Lée")
    assert blocks_of(article) == [
        ("title", "Re: Fähre — prices"),
        ("field", "From: Ann Lée <ann@x.org>"),
        ("field", "To: Bo Berg <bo@y.org>, Cy <cy@z.org>"),
        ("field", "Date: Tue, 03 Mar 2026 23:30:00 -0800"),
        ("paragraph", "Hi Bo,"),
        ("paragraph", "the fare is 48 kr. I asked\nthe office twice:"),
        ("list item", "- adults 48"),
        ("list item", "- children 20"),
        ("speaker", "On Mon, 2 Mar 2026 at 10:00, Bo Berg <bo@y.org> wrote:"),
        ("quotation", "> What is the fare?\n> And for children?"),
        ("quotation", "> > Ask Ann."),
        ("paragraph", "It is valid from April."),
        ("boilerplate", "-- \nAnn Lee\nHarbour office"),
    ]


def test_the_marks_of_quoted_lines_are_skipped() -> None:
    (article,) = read(mail())
    marks = [[article.text[start:end] for start, end, _ in block.skips] for block in article.blocks if block.skips]
    assert marks == [["> ", "> "], ["> > "]]


@pytest.mark.parametrize(
    "introduction",
    ["Am 2. März 2026 schrieb Bo Berg:", "Le 2 mars 2026, Bo a écrit :", "2 марта 2026 Бо пишет:", "bo@y.org yazdı:"],
)
def test_the_line_before_quoted_text_belongs_to_it_in_any_language(introduction: str) -> None:
    article = read(mail(f"Yes.\n\n{introduction}\n> What?\n"))[0]
    assert (words_of(article, "speaker"), words_of(article, "quotation")) == ([introduction], ["> What?"])


def test_a_sentence_of_the_author_before_quoted_text_does_not() -> None:
    article = read(mail("My answer to this question is yes:\n\n> What?\n"))[0]
    assert words_of(article, "paragraph") == ["My answer to this question is yes:"]


@pytest.mark.parametrize(
    "head",
    [
        "-----Original Message-----\nFrom: Bo <bo@y.org>\nSent: Monday, March 2, 2026\nTo: Ann\nSubject: Fare",
        "________________________________\nVon: Bo <bo@y.org>\nGesendet: Montag, 2. März 2026\nAn: Ann\nBetreff: Preis",
        "От: Бо <bo@y.org>\nДата: 2 марта 2026\nКому: Анна",
        "---------- Forwarded message ---------\n\nFrom: Bo <bo@y.org>\nDate: Mon, Mar 2, 2026\nSubject: Fare",
    ],
)
def test_a_copied_mail_is_quoted_to_its_end(head: str) -> None:
    article = read(mail(f"See below.\n\n{head}\n\nWhat is the fare?\n\nBo\n"))[0]
    assert words_of(article, "paragraph") == ["See below."]
    assert words_of(article, "quotation")[-2:] == ["What is the fare?", "Bo"]


def test_the_plain_text_is_preferred_to_html() -> None:
    message = mail("The fare is 48 kr.")
    message.add_alternative("<p>The fare is <b>48 kr</b>.</p>", subtype="html")
    assert words_of(read(message)[0], "paragraph") == ["The fare is 48 kr."]


def test_html_is_read_where_the_plain_text_is_a_stub() -> None:
    message = mail("Open it in a browser.")
    message.add_alternative("<h2>Fares</h2><p>" + "The fare is 48 kr. " * 20 + "</p>", subtype="html")
    assert words_of(read(message)[0], "heading") == ["Fares"]


def test_a_mail_in_html_has_its_quotation_and_its_copied_mail_apart() -> None:
    body = """<p>Yes, 48 kr.</p><div>On 2 Mar 2026, Bo &lt;bo@y.org&gt; wrote:</div><blockquote>What is it?</blockquote>
    <p>Bye</p><div><b>From:</b> Bo &lt;b@y&gt;<br><b>Sent:</b> 2 March 2026<br><b>To:</b> Ann</div><p>Old.</p>"""
    article = read(mail(body, "html"))[0]
    assert words_of(article, "paragraph") == ["Yes, 48 kr.", "Bye"]
    assert words_of(article, "speaker") == ["On 2 Mar 2026, Bo <bo@y.org> wrote:"]
    assert words_of(article, "quotation") == [
        "What is it?",
        "From: Bo <b@y>\nSent: 2 March 2026\nTo: Ann",
        "Old.",
    ]


def test_attachments_are_named_and_attached_mails_are_articles() -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "Zed <z@z>", "Inner"
    inner.set_content("Inner words.")
    message = mail("Outer words.")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Preisübersicht.pdf")
    message.add_attachment(inner)
    outer, attached = read(message)
    assert "Attachment: Preisübersicht.pdf" in words_of(outer, "field")
    assert (attached.member, attached.title, attached.author) == ("attached mail 1", "Inner", "Zed")
    assert words_of(attached, "paragraph") == ["Inner words."]


def test_wrapped_lines_of_flowed_text_are_joined() -> None:
    assert unflow("A long \nline.\n> quoted \n> line\n> end\n-- \nAnn", delete_space=False) == (
        "A long line.\n> quoted line\n> end\n-- \nAnn"
    )
    assert unflow("日本 \n語", delete_space=True) == "日本語"


def test_headers_in_any_encoding() -> None:
    data = b"Subject: =?koi8-r?B?8NLJ18XU?= =?utf-8?Q?_=E2=80=94_48?=\nFrom: =?unknown?Q?a?= <a@b>\n\nWords."
    (article,) = read(data)
    assert article.title == "Привет — 48"
    raw = "Subject: Паром подорожал\nContent-Type: text/plain; charset=koi8-r\n\nПаром стоит 48 крон.".encode("koi8-r")
    (article,) = read(raw)
    assert article.text == "Паром подорожал\n\nПаром стоит 48 крон."


def test_a_guessed_encoding_is_told_if_its_part_is_what_is_read() -> None:
    words = "Паром в Ломвик подорожал, и жители недовольны новой ценой. " * 3
    (article,) = read(f"Subject: 1\n\n{words}".encode("cp1251"))
    assert article.notes == ("read as windows-1251 (guessed)",) and words.strip() in article.text
    (article,) = read(f"Subject: 1\nContent-Type: text/plain; charset=windows-1251\n\n{words}".encode("cp1251"))
    assert article.notes == ()
    other = f"--x\nContent-Type: text/html; charset=utf-8\n\n<p>{'Other words. ' * 200}\n--x--\n".encode()
    head = b"Subject: 1\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\n"
    (article,) = read(head + words.encode("cp1251") + b"\n" + other)
    assert article.notes == () and "Other words." in article.text


@pytest.mark.parametrize(
    "date", ["yesterday", f"Fri, 17 May {2024:0<40} 10:00:00 +0200", "Fri, 17 May 2024 10:00:00 +9999999999999999"]
)
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    (article,) = read(f"Subject: Harbour\nDate: {date}\n\nThe pier is closed.\n".encode())
    assert article.date is None


@pytest.mark.parametrize("charset", ["us\0ascii", "no such", "=?"])
def test_a_charset_that_is_no_name_of_any_is_detected(charset: str) -> None:
    data = (
        f'Subject: Harbour\nContent-Type: text/plain; charset="{charset}"\n\nThe pier is \u201cclosed\u201d.\n'.encode()
    )
    assert "The pier is \u201cclosed\u201d." in read(data)[0].text


@pytest.mark.parametrize("data", [b"", b"\n\n", b"only words\n", b"\x00\x01\x02", b"Subject:\n\n"])
def test_what_is_no_mail_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"^a\.eml "):
        read(data)


def test_a_mail_of_parts_in_parts_without_end_is_refused() -> None:
    parts = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(500))
    with pytest.raises(UnreadableFile, match="nested too deeply"):
        read(("Subject: deep\n" + parts).encode())


def test_a_truncated_mail_gives_what_is_there() -> None:
    message = mail("The fare is 48 kr.\n" * 20)
    message.add_alternative("<p>The fare</p>", subtype="html")
    (article,) = read(message.as_bytes()[:700])
    assert "The fare is 48 kr." in article.text


@given(st.lists(st.sampled_from(["> ", ">", " ", "-- ", "- ", "word", "at 9:", "\n", "\n\n", "From: a@b 2026", "é"])))
def test_nothing_is_lost_and_offsets_hold_for_any_body(pieces: list[str]) -> None:
    body = "".join(pieces)
    blocks = with_quoted_parts(plain_blocks(body))
    kept = "".join("".join(block.words for block in blocks).split())
    assert kept.replace(">", "") == "".join(body.split()).replace(">", "")
    for article in read(b"Subject: x\nContent-Type: text/plain; charset=utf-8\n\n" + body.encode()):
        check(article)


def test_lines_of_a_key_and_a_value_are_fields_in_a_mail_too() -> None:
    (article,) = read(mail("Hello,\n\nin short:\n\nPrice: 20 kr\nPort: Skagen\nBye\n"))
    assert [(kind, words) for kind, words in blocks_of(article) if kind == "field"][-2:] == [
        ("field", "Price: 20 kr"),
        ("field", "Port: Skagen"),
    ]
