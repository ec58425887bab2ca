"""Render the HTML templates. Every value is escaped, and invisible characters are shown; for Markdown see `markdown.py`."""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined

from embeddings.invisible import INVISIBLE, code_of
from qa_app.rendering.readable import counted, day, day_in_words, figure, minute, percent, when

ENVIRONMENT = Environment(
    loader=PackageLoader("qa_app.rendering"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
ENVIRONMENT.filters |= {each.__name__: each for each in (counted, day, day_in_words, figure, minute, percent, when)}

# In values, < and > are escaped: what stands between them is a tag.
_TAG_OR_INVISIBLE = re.compile(f"<[^>]*>|{INVISIBLE.pattern}")
_SHOWN_ATTRIBUTE = re.compile(r'(?<=\s)(?:title|aria-label|placeholder)="[^"]*"')


def render(template: str, **values: object) -> str:
    """Render a template.

    An invisible character in the text is kept, for exact copies, in an element of its own that the style sheet makes visible, and
    beyond which it turns nothing round. Of attributes only those that are shown are changed.

    Args:
        template: its path in `templates/`, such as "page/job.html".
        values: the values of its variables.

    Raises:
        jinja2.UndefinedError: the template uses a variable that was not passed.
    """
    html = ENVIRONMENT.get_template(template).render(values)
    return _TAG_OR_INVISIBLE.sub(_with_invisible_shown, html) if INVISIBLE.search(html) else html


def _with_invisible_shown(found: re.Match[str]) -> str:
    words = found[0]
    if not words.startswith("<"):
        return f'<bdi class="invisible" data-code="{code_of(words)}">{words}</bdi>'
    return _SHOWN_ATTRIBUTE.sub(lambda shown: INVISIBLE.sub(lambda each: code_of(each[0]), shown[0]), words)
