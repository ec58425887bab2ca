"""Values as HTML, by the templates beside it. Every word that a template is given is escaped; for Markdown see `markdown.py`."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from qa_app.rendering.readable import counted, day, figure, minute, percent

ENVIRONMENT = Environment(
    loader=PackageLoader("qa_app.rendering"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
ENVIRONMENT.filters |= {each.__name__: each for each in (counted, day, figure, minute, percent)}


def render(template: str, **values: object) -> str:
    """Return a template filled with values.

    Args:
        template: its place below `templates/`, such as "page/job.html".
        values: what its names stand for.

    Raises:
        jinja2.UndefinedError: the template uses a name that it was not given.
    """
    return ENVIRONMENT.get_template(template).render(values)
