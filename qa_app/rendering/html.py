"""Render the HTML templates. Every value is escaped; for Markdown see `markdown.py`."""

from jinja2 import Environment, PackageLoader, StrictUndefined

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


def render(template: str, **values: object) -> str:
    """Render a template.

    Args:
        template: its path in `templates/`, such as "page/job.html".
        values: the values of its variables.

    Raises:
        jinja2.UndefinedError: the template uses a variable that was not passed.
    """
    return ENVIRONMENT.get_template(template).render(values)
