"""Who asks: a change is made for this page alone."""

import gradio as gr


def refuse_other_sites(request: gr.Request) -> None:
    """Refuse a change that another web site's page asks for through the browser of the person.

    Raises:
        gr.Error: the request's origin is not this page's.
    """
    origin = request.headers.get("origin")
    if origin and origin.split("://")[-1] != request.headers.get("host"):
        raise gr.Error("Only this page may change that.", print_exception=False)
