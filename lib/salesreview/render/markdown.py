"""An analyst's Markdown as HTML: tables, footnotes, and formulas as pictures."""

from base64 import b64encode
from html import escape

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, import_plugin

from ..errors import RenderError
from ..exhibits.maths import formula

PLUGINS = (*MarkdownWithMath.DEFAULT_PLUGINS, "footnotes")


class Renderer(IPythonRenderer):
    """Formulas become pictures with their LaTeX as alternative text; what cannot be drawn stays as it is written."""

    def inline_math(self, body: str) -> str:
        return picture(body)

    def block_math(self, body: str) -> str:
        return f'<p class="formula">{picture(body)}</p>'

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math("\\begin{" + name + "}" + body + "\\end{" + name + "}")


def html(source: str, attachments: dict | None = None) -> str:
    """``source`` as HTML; ``attachments`` are the images that a cell carries."""
    renderer = Renderer(escape=False, attachments=attachments or {}, embed_images=True, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer, plugins=[import_plugin(name) for name in PLUGINS]).render(source)


def picture(latex: str) -> str:
    """The formula as an image that stands on the line of its text, else its source."""
    try:
        drawn = formula(latex.strip())
    except RenderError:
        return f"<code>{escape(latex.strip())}</code>"
    data = b64encode(drawn.svg.encode()).decode()
    size = f"width:{drawn.width:.2f}pt;height:{drawn.height:.2f}pt;vertical-align:-{drawn.depth:.2f}pt"
    return f'<img class="formula" style="{size}" alt="{escape(latex.strip())}" src="data:image/svg+xml;base64,{data}">'
