"""The files of the folder: what makes each, from which subject, and where its facts stand."""

import csv
import json
import mailbox
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.format_files import programs
from benchmarks.format_files.markup import PAGE_BREAKS, latex, markdown, slides, web_page
from benchmarks.format_files.reports import report_pdf, workbook
from benchmarks.format_files.subjects import Fact, Subject, subjects

Make = Callable[[Sequence[Subject], Path], object]
Facts = Callable[[Subject], tuple[Fact, ...]]


@dataclass(frozen=True)
class Recipe:
    """How to make one file."""

    suffix: str
    program: str
    make: Make
    facts: Facts
    articles: int = 1


@dataclass(frozen=True)
class MadeFile:
    """A file in the folder, and what it says."""

    name: str
    program: str
    facts: tuple[Fact, ...]
    missing: str = ""
    """Why it could not be made; empty if it was."""


def make_folder(folder: Path) -> list[MadeFile]:
    """Make the files in `folder` that are not there; what a program that is not installed would make is missing."""
    supply = subjects()
    made = []
    for number, recipe in enumerate(RECIPES, start=1):
        about = [next(supply) for _ in range(recipe.articles)]
        stem = about[0].title if recipe.articles == 1 else "Village news"
        name = f"{number:02} {stem}{recipe.suffix}"
        try:
            if not (folder / name).exists():
                recipe.make(about, folder / name)
        except programs.Missing as error:
            made.append(MadeFile(name, recipe.program, (), str(error)))
        else:
            made.append(MadeFile(name, recipe.program, tuple(fact for one in about for fact in recipe.facts(one))))
    return made


def _pandoc(form: str, *arguments: str, page_break: str = "", source: Callable[[Subject], str] | None = None) -> Make:
    def make(about: Sequence[Subject], file: Path) -> None:
        text = source(about[0]) if source else markdown(about[0], PAGE_BREAKS[page_break])
        programs.pandoc(text, file, form, *arguments)

    return make


def _office(before: str, first: Make, how: str) -> Make:
    """Make a file of the format `before`, and convert it by LibreOffice."""

    def make(about: Sequence[Subject], file: Path) -> None:
        with TemporaryDirectory() as work:
            source = Path(work) / f"source{before}"
            first(about, source)
            programs.office(source, file, how)

    return make


def _page(about: Sequence[Subject], file: Path) -> None:
    file.write_text(web_page(about[0]), encoding="utf-8")


def _written_by_script(about: Sequence[Subject], file: Path) -> None:
    body = json.dumps(web_page(about[0], around=True).partition("<body>")[2].partition("</body>")[0]).replace(
        "</", "<\\/"
    )
    page = f"<html><head><title>{about[0].title}</title></head><body></body><script>document.body.innerHTML = {body}</script></html>"
    programs.rendered(page, file)


def _latex(program: str, document_class: str, multicol: bool) -> Make:
    return lambda about, file: programs.latex(latex(about[0], document_class, multicol), file, program)


def _mail(subject: Subject, html: bool) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f'"{subject.author}" <editor@example.org>'
    mail["To"] = "readers@example.org"
    mail["Subject"] = subject.heading.says
    mail["Date"] = "Fri, 17 May 2024 10:00:00 +0200"
    mail.set_content(
        f"Dear all,\n\n{subject.body.says} {subject.prose[0]}\n\n{subject.footnote.says}\n\n"
        f"On Monday, Oskar wrote:\n> {subject.prose[1]}\n\n-- \nThe village office\n"
    )
    if html:
        mail.set_content(web_page(subject), subtype="html")
        mail.add_attachment(b"%PDF-1.4 none", maintype="application", subtype="pdf", filename="plan.pdf")
    return mail


def _eml(html: bool) -> Make:
    return lambda about, file: file.write_bytes(_mail(about[0], html).as_bytes())


def _mbox(about: Sequence[Subject], file: Path) -> None:
    box = mailbox.mbox(file)
    for each in about:
        box.add(_mail(each, html=False))
    box.close()


def _records(about: Sequence[Subject]) -> Iterator[dict[str, str]]:
    for each in about:
        text = f"{each.prose[0]}\n\n{each.body.says} {each.prose[1]}\n\n{each.footnote.says}"
        yield {"title": each.title, "date": each.date, "author": each.author, "text": text}


def _csv_articles(about: Sequence[Subject], file: Path) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, ["title", "date", "author", "text"])
        writer.writeheader()
        writer.writerows(_records(about))


def _table(delimiter: str) -> Make:
    def make(about: Sequence[Subject], file: Path) -> None:
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows((about[0].header, *about[0].rows))

    return make


def _json(about: Sequence[Subject], file: Path) -> None:
    file.write_text(json.dumps({"articles": list(_records(about))}, indent=1), encoding="utf-8")


def _jsonl(about: Sequence[Subject], file: Path) -> None:
    file.write_text("".join(json.dumps(each) + "\n" for each in _records(about)), encoding="utf-8")


def _zip(about: Sequence[Subject], file: Path) -> None:
    with TemporaryDirectory() as work:
        text, word, page = (
            Path(work) / f"{each.title}{suffix}" for each, suffix in zip(about, (".md", ".docx", ".html"), strict=True)
        )
        text.write_text(markdown(about[0]), encoding="utf-8")
        programs.pandoc(markdown(about[1]), word, "docx")
        page.write_text(web_page(about[2]), encoding="utf-8")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in (text, word, page):
                archive.write(member, f"papers/{member.name}")


def _all(subject: Subject) -> tuple[Fact, ...]:
    return subject.facts


def _without_note(subject: Subject) -> tuple[Fact, ...]:
    return subject.body, subject.heading, subject.table


def _words(subject: Subject) -> tuple[Fact, ...]:
    """Return the facts that LibreOffice keeps in plain text: it leaves out notes and writes each cell on a line."""
    return subject.body, subject.heading


def _table_only(subject: Subject) -> tuple[Fact, ...]:
    return (subject.table,)


def _printed(note: int | None = None, column: bool = False) -> Facts:
    """Return the facts of a printed page: the table is on page 2, the footnote on page `note`."""

    def facts(subject: Subject) -> tuple[Fact, ...]:
        found = [subject.body.at(1), subject.heading.at(1), subject.table.at(2)]
        found += [subject.footnote.at(note)] if note else []
        return (*found, *([subject.column.at(1)] if column else []))

    return facts


def _slides(subject: Subject) -> tuple[Fact, ...]:
    return subject.body.at(2), subject.heading.at(3), subject.table.at(4), subject.footnote.at(2, "note")


def _slides_seen(subject: Subject) -> tuple[Fact, ...]:
    return _slides(subject)[:3]


def _sheets(subject: Subject) -> tuple[Fact, ...]:
    return subject.body.at(1), subject.heading.at(2), subject.table.at(2), subject.footnote.at(2, "text box")


def _letter(subject: Subject) -> tuple[Fact, ...]:
    return subject.body, subject.heading.at(0, "subject line")


def _html_letter(subject: Subject) -> tuple[Fact, ...]:
    return *_letter(subject), subject.table


def _article(subject: Subject) -> tuple[Fact, ...]:
    return subject.body, subject.footnote.at(0, "body")


_docx, _odt = _pandoc("docx", page_break="docx"), _pandoc("odt")
_pptx = _pandoc("pptx", source=slides)

RECIPES = (
    Recipe(".pdf", "pdflatex, two columns", _latex("pdflatex", "article", multicol=False), _printed(1, column=True)),
    Recipe(".pdf", "lualatex, two columns", _latex("lualatex", "scrartcl", multicol=True), _printed(1, column=True)),
    Recipe(".pdf", "Chromium's print, two columns", lambda about, file: programs.printed(web_page(about[0], columns=True), file), _printed(column=True)),
    Recipe(".pdf", "Chromium's print", lambda about, file: programs.printed(web_page(about[0]), file), _printed()),
    Recipe(".pdf", "ReportLab, two columns", lambda about, file: report_pdf(about[0], file), _printed(column=True)),
    Recipe(".pdf", "LibreOffice Writer", _office(".docx", _docx, "pdf"), _printed(1)),
    Recipe(".pdf", "LibreOffice Writer", _office(".html", _page, "pdf:writer_web_pdf_Export"), _without_note),
    Recipe(".pdf", "LibreOffice Impress", _office(".pptx", _pptx, "pdf"), _slides_seen),
    Recipe(".docx", "pandoc", _docx, _all),
    Recipe(".docx", "LibreOffice", _office(".odt", _odt, "docx"), _all),
    Recipe(".docx", "LibreOffice", _office(".html", _page, "docx:MS Word 2007 XML"), _without_note),
    Recipe(".odt", "pandoc", _odt, _all),
    Recipe(".odt", "LibreOffice", _office(".docx", _docx, "odt"), _all),
    Recipe(".odt", "LibreOffice", _office(".html", _page, "odt"), _without_note),
    Recipe(".rtf", "pandoc", _pandoc("rtf"), _all),
    Recipe(".rtf", "LibreOffice", _office(".docx", _docx, "rtf"), _all),
    Recipe(".epub", "pandoc, EPUB 3", _pandoc("epub3"), _all),
    Recipe(".epub", "pandoc, EPUB 2", _pandoc("epub2"), _all),
    Recipe(".epub", "LibreOffice", _office(".odt", _odt, "epub"), _all),
    Recipe(".pptx", "pandoc", _pptx, _slides),
    Recipe(".pptx", "LibreOffice", _office(".odp", _office(".pptx", _pptx, "odp"), "pptx"), _slides),
    Recipe(".xlsx", "XlsxWriter", lambda about, file: workbook(about[0], file), _sheets),
    Recipe(".xlsx", "LibreOffice", _office(".ods", _office(".xlsx", lambda about, file: workbook(about[0], file), "ods"), "xlsx"), _sheets),
    Recipe(".xlsx", "LibreOffice", _office(".csv", _table(","), "xlsx"), lambda each: (each.table.at(1),)),
    Recipe(".html", "pandoc", _pandoc("html5"), _all),
    Recipe(".html", "LibreOffice", _office(".odt", _odt, "html:XHTML Writer File"), _all),
    Recipe(".htm", "LibreOffice", _office(".docx", _docx, "html:HTML (StarWriter)"), _all),
    Recipe(".html", "Chromium, a page written by a script", _written_by_script, _without_note),
    Recipe(".xhtml", "pandoc", _pandoc("html4"), _all),
    Recipe(".mhtml", "Chromium", lambda about, file: programs.saved(web_page(about[0], around=True), file), _without_note),
    Recipe(".eml", "email, text", _eml(html=False), _letter),
    Recipe(".eml", "email, HTML", _eml(html=True), _html_letter),
    Recipe(".mbox", "mailbox", _mbox, _letter, 3),
    Recipe(".csv", "LibreOffice", _office(".xlsx", _office(".csv", _table(","), "xlsx"), "csv"), _table_only),
    Recipe(".csv", "csv, articles", _csv_articles, _article, 3),
    Recipe(".tsv", "csv", _table("\t"), _table_only),
    Recipe(".json", "json", _json, _article, 3),
    Recipe(".jsonl", "json", _jsonl, _article, 3),
    Recipe(".zip", "zipfile, pandoc", _zip, _without_note, 3),
    Recipe(".txt", "pandoc", _pandoc("plain"), _all),
    Recipe(".txt", "LibreOffice", _office(".docx", _docx, "txt:Text"), _words),
    Recipe(".md", "pandoc", _pandoc("gfm"), _all),
    Recipe(".md", "by hand", lambda about, file: file.write_text(markdown(about[0]), encoding="utf-8"), _all),
)  # fmt: skip
