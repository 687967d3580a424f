"""The one pair of faces for charts, HTML and PDF: Noto Sans SC, made static once a machine.

The variable font of justmytype-intl-cjk is pinned at Regular and Bold with its whole character map and kept in the
user's cache; `SALESREVIEW_CACHE` names another folder. DejaVu Sans, which matplotlib carries, serves what it lacks.
"""

import base64
import hashlib
import io
import os
import tempfile
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import uharfbuzz as hb
from fontTools.ttLib import TTFont

from .. import cache as user_cache
from ..errors import RenderError

FAMILY = "SalesReview Sans"
FALLBACK = "SalesReview Fallback"
NARROW = "SalesReview Quotes"
WEIGHTS = {"Regular": 400, "Bold": 700}
RECIPE = "1"
SOURCE = ("justmytype_intl_cjk", "fonts/ofl/notosanssc/NotoSansSC[wght].ttf")
QUOTES = "‘’“”"
"""Signs that English and Chinese share but set in different widths; English pages take the narrow ones."""
SPACES = frozenset("\t\n\r\f\v\u200b\ufeff")


def cache_folder() -> Path:
    """Where the static faces lie: ``SALESREVIEW_CACHE`` or the user's cache, by version and digest of the font."""
    return user_cache.home() / "fonts" / f"{version('justmytype-intl-cjk')}-{_digest()}-{RECIPE}"


def _source() -> Path:
    try:
        path = Path(str(files(SOURCE[0]).joinpath(SOURCE[1])))
    except ModuleNotFoundError:
        path = None
    if path is None or not path.exists():
        raise RenderError("the Chinese font is not installed", expected=SOURCE[1], advice="run make setup")
    return path


@cache
def _digest() -> str:
    return hashlib.sha256(_source().read_bytes()).hexdigest()[:12]


@cache
def prepare() -> dict[str, Path]:
    """The static faces by weight name, made when they are not there yet (under a second).

    Written beside and renamed, so that several processes may prepare at once.
    """
    folder = cache_folder()
    paths = {name: folder / f"SalesReviewSans-{name}.ttf" for name in WEIGHTS}
    if not all(path.exists() for path in paths.values()):
        folder.mkdir(parents=True, exist_ok=True)
        face = hb.Face(hb.Blob.from_file_path(str(_source())))
        for name, path in paths.items():
            _instance(face, name, path)
    return paths


def _instance(face: hb.Face, weight: str, path: Path) -> None:
    plan = hb.SubsetInput()
    plan.keep_everything()
    plan.pin_axis_location(face, "wght", WEIGHTS[weight])
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        pinned, named = Path(folder, "pinned.ttf"), Path(folder, "named.ttf")
        pinned.write_bytes(hb.subset(face, plan).blob.data)
        with TTFont(pinned, lazy=True, recalcTimestamp=False, recalcBBoxes=False) as font:
            _name(font, weight)
            font.save(named, reorderTables=None)
        os.replace(named, path)


def _name(font: TTFont, weight: str) -> None:
    """Give the face a family of its own: a Noto Sans that happens to be installed must never be taken for it."""
    bold = weight == "Bold"
    font["OS/2"].usWeightClass = WEIGHTS[weight]
    font["OS/2"].fsSelection = 0x20 if bold else 0x40
    font["head"].macStyle = int(bold)
    names = {1: FAMILY, 2: weight, 3: f"{FAMILY} {weight}", 4: f"{FAMILY} {weight}", 6: f"SalesReviewSans-{weight}"}
    licence = [record for record in font["name"].names if record.nameID in (0, 5, 13, 14)]
    font["name"].names = licence
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    if "STAT" in font:
        del font["STAT"]


def fallback() -> dict[str, Path]:
    """DejaVu Sans by weight name, from matplotlib."""
    from matplotlib import get_data_path

    folder = Path(get_data_path(), "fonts", "ttf")
    return {"Regular": folder / "DejaVuSans.ttf", "Bold": folder / "DejaVuSans-Bold.ttf"}


@cache
def _characters(path: Path) -> frozenset[str]:
    return frozenset(map(chr, hb.Face(hb.Blob.from_file_path(str(path))).unicodes))


def _lacking(text: Iterable[str], faces: dict[str, Path]) -> set[str]:
    held = frozenset.intersection(*(_characters(path) for path in faces.values()))
    return set(text) - held - SPACES


def missing(text: Iterable[str]) -> set[str]:
    """The characters of ``text`` that neither face can print; white space never is."""
    return _lacking(_lacking(text, prepare()), fallback())


def require(text: Iterable[str], where: str | None = None) -> None:
    """Raises RenderError naming the characters that no face has: a box on a page is an error of the build."""
    absent = missing(text)
    if absent:
        shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in sorted(absent))
        raise RenderError("characters that no font has", where=where, got=shown, advice="replace them in the source")


@cache
def register() -> tuple[str, str]:
    """The families for matplotlib's ``font.family``, registered with it once a process."""
    from matplotlib import font_manager

    for path in prepare().values():
        font_manager.fontManager.addfont(path)
    return FAMILY, "DejaVu Sans"


def use() -> None:
    """Let matplotlib draw with these faces whatever a notebook plots: labels may be Chinese."""
    import matplotlib

    matplotlib.rcParams["font.family"] = list(register())


def embedded_css(text: str, *, lang: str) -> str:
    """``@font-face`` rules that carry just the characters of ``text``, in both weights, as base64 TrueType.

    The custom property ``--font`` names the families for style sheets: ``font-family: var(--font), sans-serif``.
    The same text gives the same bytes. ``lang`` names the page in the error. Raises RenderError naming characters
    that neither face has.
    """
    wanted = set(text) | set(" 0123456789—…−•")
    require(wanted, where=f"page in {lang}")
    own, others = prepare(), fallback()
    strange = _lacking(wanted, own)
    rules = [_rule(FAMILY, name, _subset(own[name], wanted - strange)) for name in WEIGHTS]
    if strange:
        rules += [_rule(FALLBACK, name, _subset(others[name], strange)) for name in WEIGHTS]
    first = ""
    if lang == "en" and wanted & set(QUOTES):
        rules += [_rule(NARROW, name, _narrow(own[name])) for name in WEIGHTS]
        first = f'"{NARROW}", '
    return "\n".join([*rules, f':root {{ --font: {first}"{FAMILY}", "{FALLBACK}"; }}'])


def _rule(family: str, weight: str, face: bytes) -> str:
    data = base64.b64encode(face).decode("ascii")
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {WEIGHTS[weight]}; font-style: normal; '
        f'src: url("data:font/ttf;base64,{data}") format("truetype"); }}'
    )


def _subset(path: Path, characters: Iterable[str], *features: str) -> bytes:
    face = hb.Face(hb.Blob.from_file_path(str(path)))
    plan = hb.SubsetInput()
    plan.unicode_set.update(sorted(map(ord, characters)))
    for feature in features:
        plan.layout_feature_tag_set.add(int.from_bytes(feature.encode(), "big"))
    plan.flags = hb.SubsetFlags.NO_HINTING
    return bytes(hb.subset(face, plan).blob.data)


@cache
def _narrow(path: Path) -> bytes:
    """A face of the narrow quotation marks, which the font keeps as alternates of its wide ones, and of the space: it
    is set in its neighbour's face."""
    written = io.BytesIO()
    with TTFont(io.BytesIO(_subset(path, QUOTES + " ", "pwid")), recalcTimestamp=False) as font:
        lists = font["GSUB"].table
        (proportional,) = (one.Feature for one in lists.FeatureList.FeatureRecord if one.FeatureTag == "pwid")
        tables = [lists.LookupList.Lookup[index].SubTable[0] for index in proportional.LookupListIndex]
        narrow = {wide: slim for table in tables for wide, slim in getattr(table, "ExtSubTable", table).mapping.items()}
        for table in font["cmap"].tables:
            table.cmap = {code: narrow.get(name, name) for code, name in getattr(table, "cmap", {}).items()}
        del font["GSUB"]
        font.save(written)
    return written.getvalue()


if __name__ == "__main__":
    for prepared in prepare().values():
        print(prepared)
