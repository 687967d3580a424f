"""Interactive charts of an analyst as still pictures, where the library that can draw them is installed."""

import json
import re
import struct
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module

from ..exhibits import fonts

VEGA = re.compile(r"application/vnd\.vega(lite)?\.v(\d+)(?:\.\d+)?\+json")
PLOTLY = "application/vnd.plotly.v1+json"
SCALE = 2
INTERACTIVE = re.compile(r"widget-view|vnd\.plotly|vnd\.vega|vnd\.bokeh|javascript")
EMBEDDED = re.compile(r"vegaEmbed\(.*?\}\)\((?=\{)", re.S)


@dataclass(frozen=True)
class Still:
    """A PNG drawn at SCALE times the size that it has on a page."""

    png: bytes

    @property
    def data(self) -> dict[str, str]:
        return {"image/png": b64encode(self.png).decode()}

    @property
    def metadata(self) -> dict[str, dict[str, int]]:
        (width,) = struct.unpack(">I", self.png[16:20])  # of the header chunk, which comes first
        return {"image/png": {"width": width // SCALE}}


def still(data: Mapping[str, object]) -> Still | None:
    """The output as a picture, or None when nothing here can draw it.

    Altair's charts need vl-convert-python, plotly's need plotly with kaleido and a Chrome.
    """
    for kind, content in (*data.items(), *_embedded(data.get("text/html"))):
        draw = _vega if VEGA.fullmatch(kind) else _plotly if kind == PLOTLY else None
        if draw:
            try:
                return Still(draw(kind, content))
            except Exception:  # whatever an optional library stumbles over, the page says that it is not shown
                return None
    return None


def interactive(data: Mapping[str, object]) -> bool:
    """Whether an output is more than a page can hold."""
    return any(INTERACTIVE.search(kind) for kind in data) or bool(EMBEDDED.search(str(data.get("text/html", ""))))


def _embedded(html: object) -> Iterator[tuple[str, object]]:
    """The chart that a script of vega-embed in an HTML output draws."""
    found = EMBEDDED.search(str(html or ""))
    if found:
        try:
            spec, _ = json.JSONDecoder().raw_decode(html[found.end() :])
        except ValueError:
            return
        yield "application/vnd.vegalite.v6+json", spec


def _vega(kind: str, content: object) -> bytes:
    converter = import_module("vl_convert")
    converter.register_font_directory(str(next(iter(fonts.prepare().values())).parent))
    lite = VEGA.fullmatch(kind)[1]
    config = {"font": fonts.FAMILY, "title": {"font": fonts.FAMILY}}
    config |= {part: {"labelFont": fonts.FAMILY, "titleFont": fonts.FAMILY} for part in ("axis", "legend", "header")}
    draw = converter.vegalite_to_png if lite else converter.vega_to_png
    return draw(content, scale=SCALE, **({"config": config} if lite else {}))


def _plotly(_kind: str, content: object) -> bytes:
    figures = import_module("plotly.graph_objects")
    figure = figures.Figure({name: content[name] for name in ("data", "layout") if name in content})
    return figure.to_image(format="png", scale=SCALE)
