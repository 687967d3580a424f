"""The style sheet of exhibits, with the house's variables."""

from importlib.resources import files

from . import theme


def stylesheet(dark: bool = True) -> str:
    """CSS for exhibits; ``dark`` as in `theme.css`, False where the page around them does not follow it."""
    return theme.css(dark) + files(__package__).joinpath("styles.css").read_text(encoding="utf-8")
