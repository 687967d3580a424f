"""What is known before any work starts: Quarto is there, new enough, and renders."""

from collections.abc import Container
from pathlib import Path

from ..errors import OptionError, RenderError
from . import command, source
from .binary import GET, Quarto, find

PROBE = "title: probe\n"
DAY = "2026-01-01"
PROBE_SECONDS = 120


def ready(given: str | None, formats: Container[str]) -> Quarto:
    """The command to use for ``formats`` (html, pdf), after one small render: its version alone proves nothing.

    Raises OptionError in one line when it cannot be used.
    """
    quarto = find(given)
    try:
        with command.private_folder() as folder:
            notebook = Path(folder, "probe.ipynb")
            source.write(["A line."], PROBE, None, notebook)
            to = "typst" if "pdf" in formats else "html"
            command.render(quarto, notebook, to, day=DAY, seconds=PROBE_SECONDS)
    except RenderError as error:
        what = "Quarto is installed but does not render"
        raise OptionError(what, where=str(quarto.path), got=error, advice=GET) from None
    return quarto
