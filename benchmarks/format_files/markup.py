"""Write a subject as Markdown, HTML and LaTeX, for the programs that make files from them."""

from html import escape

from benchmarks.format_files.subjects import Subject

# How a page ends in what pandoc passes on as it is to a format.
PAGE_BREAKS = {
    "docx": '```{=openxml}\n<w:p><w:r><w:br w:type="page"/></w:r></w:p>\n```',
    "html": '```{=html}\n<div style="page-break-before: always"></div>\n```',
    "": "",
}


def markdown(subject: Subject, page_break: str = "") -> str:
    """Return Markdown with front matter, headings, a table and a footnote."""
    table = [f"| {a} | {b} |" for a, b in (subject.header, ("---", "---:"), *subject.rows)]
    return "\n\n".join(
        (
            f"---\ntitle: {subject.title}\nauthor: {subject.author}\ndate: {subject.date}\n---",
            subject.prose[0],
            f"{subject.body.says}[^note] {subject.prose[1]}",
            f"[^note]: {subject.footnote.says}",
            f"# {subject.heading.says}",
            *subject.prose[2:4],
            page_break,
            "# Figures",
            subject.prose[4],
            "\n".join(table),
            subject.prose[5],
        )
    )


def slides(subject: Subject) -> str:
    """Return Markdown of slides for pandoc: after the title's, one each for body, heading and table; the first has notes."""
    table = [f"| {a} | {b} |" for a, b in (subject.header, ("---", "---:"), *subject.rows)]
    return "\n\n".join(
        (
            f"---\ntitle: {subject.title}\nauthor: {subject.author}\ndate: {subject.date}\n---",
            f"# Beginnings\n\n- {subject.body.says}\n- Many like it.\n\n::: notes\n{subject.footnote.says}\n:::",
            f"# {subject.heading.says}\n\n{subject.prose[2]}",
            "# Figures\n\n" + "\n".join(table),
        )
    )


def web_page(subject: Subject, columns: bool = False, around: bool = False) -> str:
    """Return an HTML page: printed, its table is on page 2; `columns` sets page 1 in two; `around` adds a site's menu and footer."""
    rows = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in subject.rows)
    second = f'<p style="break-before: column">{subject.prose[6]} {subject.column.says} {subject.prose[7]}</p>'
    first = f"<p>{subject.prose[0]}</p><p>{subject.body.says} {subject.prose[1]}</p><h2>{subject.heading.says}</h2>"
    menu = '<nav><a href="/">Home</a> <a href="/news">News</a> <a href="/about">About us</a></nav>' if around else ""
    foot = "<footer><p>We use cookies. Accept all cookies</p><p>© Village news</p></footer>" if around else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(subject.title)}</title>
<meta name="author" content="{subject.author}"><meta name="date" content="{subject.date}">
<style>.columns {{ columns: 2; column-gap: 1cm; text-align: justify }} td, th {{ border: 1px solid; padding: 4px }}
.next {{ break-before: page }}</style></head><body>{menu}<article><h1>{escape(subject.title)}</h1>
<div class="{"columns" if columns else ""}">{first}<p>{subject.prose[2]}</p><p>{subject.prose[3]}</p>{second if columns else ""}</div>
<div class="next" style="page-break-before: always"><h2>Figures</h2><p>{subject.prose[4]}</p>
<table><tr><th>{subject.header[0]}</th><th>{subject.header[1]}</th></tr>{rows}</table><p>{subject.prose[5]}</p></div>
</article>{foot}</body></html>"""


def latex(subject: Subject, document_class: str, multicol: bool) -> str:
    """Return a LaTeX document in two columns; its table is on page 2."""
    rows = "".join(f"{a} & {b} \\\\\n" for a, b in subject.rows)
    one, other = (r"\begin{multicols}{2}", r"\end{multicols}") if multicol else ("", "")
    options = "a4paper" if multicol else "a4paper,twocolumn"
    column_break = r"\columnbreak" if multicol else r"\newpage"
    return rf"""\documentclass[{options}]{{{document_class}}}
\usepackage[T1]{{fontenc}}
\usepackage{{multicol}}
\usepackage{{booktabs}}
\title{{{subject.title}}}
\author{{{subject.author}}}
\date{{}}
\begin{{document}}
\maketitle
{one}
{subject.prose[0]}

{subject.body.says}\footnote{{{subject.footnote.says}}} {subject.prose[1]}

\section{{{subject.heading.says}}}
{subject.prose[2]}
{column_break}

{subject.prose[6]} {subject.column.says} {subject.prose[7]}
{other}
\clearpage
\section{{Figures}}
{subject.prose[4]}

\begin{{tabular}}{{lr}}
\toprule
{subject.header[0]} & {subject.header[1]} \\
\midrule
{rows}\bottomrule
\end{{tabular}}

{subject.prose[5]}
\end{{document}}
"""
