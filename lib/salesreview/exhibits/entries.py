"""The catalogues' entries as they stand in ``catalogue/<language>/*.yml``: flat keys, one sentence each."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

import yaml

from ..errors import RenderError, nearest
from ..packaged import LOADER
from ..registry import metrics

LANGUAGES = ("zh", "en")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(?::(signed|abs|plain))?\}")
PLURAL = re.compile(r"\{([a-z][a-z0-9_]*)\?([^|{}]*)\|([^|{}]*)\}")
"""``{n?order|orders}``: the first where the value of ``n`` reads "1", else the second."""
EDGE = "\x1e"
HAN = "[\u3400-\u9fff，。；：、（）“”]"
LOOSE = re.compile(f"(?<={HAN})(?:{EDGE}+ {EDGE}*| {EDGE}+)(?={HAN})")
"""A space between Chinese characters at the edge of a value (a name's own spaces have no edge beside them)."""


class _OneEach(LOADER):
    """YAML in which a repeated key is an error instead of the last one winning; ``where`` names the file."""

    where = ""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        repeated = sorted({str(key) for key in keys if keys.count(key) > 1})
        if repeated:
            raise RenderError("a key stands twice in one file", where=self.where, got=", ".join(repeated))
        return super().construct_mapping(node, deep)


def catalogue_files(lang: str) -> dict[str, Mapping[str, str]]:
    """The entries of each file of a language by file name.

    Raises RenderError for an unknown language and for a file that is not flat text.
    """
    if lang not in LANGUAGES:
        raise RenderError("unknown language", expected=" or ".join(LANGUAGES), got=lang)
    folder = files(__package__).joinpath("catalogue", lang)
    found = sorted((path for path in folder.iterdir() if path.name.endswith(".yml")), key=lambda path: path.name)
    return {path.name: _flat(path.read_text(encoding="utf-8"), f"{lang}/{path.name}") for path in found}


def _flat(body: str, where: str) -> Mapping[str, str]:
    loader = _OneEach(body)
    loader.where = where
    try:
        read = loader.get_single_data() or {}
    except yaml.YAMLError as error:
        raise RenderError("not valid YAML", where=where, got=" ".join(str(error).split())) from None
    finally:
        loader.dispose()
    if not isinstance(read, dict):
        raise RenderError("not a mapping of keys to sentences", where=where)
    for key, sentence in read.items():
        if not isinstance(key, str) or not isinstance(sentence, str):
            raise RenderError("keys and sentences are text; quote them", where=where, got=f"{key!r}: {sentence!r}")
        if re.search(r"[{}]", PLURAL.sub("", PLACEHOLDER.sub("", sentence))):
            raise RenderError(
                "a brace that is no placeholder", where=f"{where}: {key}", expected="{name}", got=sentence
            )
    return read


@cache
def entries(lang: str) -> Mapping[str, str]:
    """All entries of a language; ``metric.<id>`` and ``formula.<id>`` come from the registry.

    Raises RenderError when a key stands in two files.
    """
    merged = {f"metric.{name}": getattr(spec, lang) for name, spec in metrics().items()}
    merged |= {f"formula.{name}": getattr(spec, f"formula_{lang}") for name, spec in metrics().items()}
    owner = dict.fromkeys(merged, "the registry")
    for name, body in catalogue_files(lang).items():
        for key, sentence in body.items():
            if key in merged:
                raise RenderError("a key stands in two places", where=key, got=f"{owner[key]} and {lang}/{name}")
            merged[key], owner[key] = sentence, f"{lang}/{name}"
    return merged


def word(key: str, lang: str, **values: str) -> str:
    """The entry ``key`` with ``values`` (already text) put in; raises RenderError when either does not fit."""
    try:
        sentence = entries(lang)[key]
    except KeyError:
        close = nearest(key, entries(lang))
        advice = f"did you mean {close}?" if close else "add it to the catalogues of both languages"
        raise RenderError("no such key in the catalogue", where=lang, got=key, advice=advice) from None
    names = {name for name, _ in PLACEHOLDER.findall(sentence)}
    for name in sorted(names - set(values)):
        raise RenderError("no value for a placeholder", where=f"{lang}: {key}", got="{" + name + "}")
    for name in sorted(set(values) - names):
        raise RenderError("a value that no placeholder uses", where=f"{lang}: {key}", got=name)
    return filled(sentence, lang, lambda match: values[match[1]])


def filled(sentence: str, lang: str, value: Callable[[re.Match], str]) -> str:
    """``sentence`` with ``value`` of each placeholder put in and nouns in the number that fits; in Chinese without the
    spaces around a value where it meets Chinese text.

    >>> filled("{n} {n?order|orders}", "en", lambda match: "1")
    '1 order'
    >>> filled("来自 {name} 的 {n} 单", "zh", lambda match: {"name": "华东", "n": "3"}[match[1]])
    '来自华东的 3 单'
    """
    shown = {match[0]: value(match) for match in PLACEHOLDER.finditer(sentence)}
    sentence = PLURAL.sub(lambda match: match[2] if shown.get("{" + match[1] + "}") == "1" else match[3], sentence)
    if lang != "zh":
        return PLACEHOLDER.sub(lambda match: shown[match[0]], sentence)
    marked = PLACEHOLDER.sub(lambda match: EDGE + shown[match[0]] + EDGE, sentence)
    return LOOSE.sub("", marked).replace(EDGE, "")


def placeholders(sentence: str) -> set[tuple[str, str]]:
    """The names and formats of a sentence's placeholders.

    >>> sorted(placeholders("{a:signed} of {b}"))
    [('a', 'signed'), ('b', '')]
    """
    return set(PLACEHOLDER.findall(sentence))
