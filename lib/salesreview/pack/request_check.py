"""What can be known to be wrong with a request before any data is read or any kernel starts."""

import json
from collections.abc import Mapping
from pathlib import Path

from .. import periods
from .. import settings as settings_module
from ..errors import OptionError
from ..prepare import params_folder, settings_for
from ..quarto.binary import Quarto
from ..quarto.ready import ready
from ..settings import Settings
from . import parameters

ANY_YEAR = 2000
LONGEST = 60
"""Characters up to which a setting is printed in the colophon."""
RESERVED = ("period", "year", "as_of", "source", "mapping", "lang", "params", "mart")


def notebooks_folder(request) -> Path:
    """The folder with the notebooks; raises OptionError when it is not there."""
    folder = request.notebooks or params_folder().parent / "notebooks"
    if not folder.is_dir():
        raise OptionError("no notebooks", expected=f"the folder {folder}", advice="run the build in its checkout")
    return folder.resolve()


def resolve(request) -> tuple[Settings, Mapping[str, Mapping[str, object]]]:
    """The settings of a pack, and by variant the values for parameters that only its notebook declares.

    Raises PeriodError for a period that cannot be read, OptionError for a key of ``-p`` that neither the settings nor
    a notebook knows, a value of the wrong type, and a notebook that is missing or takes no parameters.
    """
    periods.parse(request.period, year=ANY_YEAR)
    declared = {variant: parameters.accepted(_notebook(request, variant)) for variant in request.variants}
    own, extras = {}, {variant: {} for variant in request.variants}
    for name, value in request.overrides.items():
        takers = [variant for variant in request.variants if name in declared[variant]]
        if name in RESERVED:
            raise OptionError("not a parameter to set with -p", where=f"-p {name}", advice=_instead(name))
        if name.split(".")[0] in Settings.model_fields:
            own[name] = value
        elif takers:
            for variant in takers:
                extras[variant][name] = value
        else:
            also = {key for found in declared.values() for key in found} - set(RESERVED)
            raise settings_module.unknown_key(name, f"-p {name}", also=also)
    for variant, values in extras.items():
        standard = {"period": request.period, "lang": ",".join(request.langs), "mart": "", "as_of": "", "params": {}}
        parameters.check(_notebook(request, variant), standard | values)
    return settings_for(request.source, file=request.params_file, overrides=own), extras


def check_output(out: Path) -> None:
    """Raise OptionError when no folder can be made at ``out``."""
    place = out.resolve()
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        raise OptionError("not a folder", where="--out", got=str(place))


def engine(request) -> Quarto | None:
    """The Quarto that is to make the pages, None for the first engine; raises OptionError when it cannot be used."""
    if request.engine != "quarto":
        return None
    return ready(request.quarto_path, request.formats)


def unusual(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Settings that differ from the defaults, by dotted key, as text."""
    chosen, usual = settings.model_dump(mode="json"), Settings().model_dump(mode="json")
    names = settings_module.keys()
    return tuple((name, _as_text(_at(chosen, name))) for name in names if _at(chosen, name) != _at(usual, name))


def _at(values: Mapping, key: str) -> object:
    for part in key.split("."):
        values = values[part]
    return values


def _as_text(value: object) -> str:
    """A setting on one line; of longer lists and maps, such as notes on the market, only how many entries they have."""
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return f"[{len(value)}]" if isinstance(value, list | dict) and len(text) > LONGEST else text


def _notebook(request, variant: str) -> Path:
    path = notebooks_folder(request) / f"{variant}.ipynb"
    if not path.exists():
        raise OptionError("no such notebook", where=variant, expected=str(path))
    return path


def _instead(name: str) -> str:
    return "the build sets it" if name in ("params", "mart") else f"use --{name.replace('_', '-')}"
