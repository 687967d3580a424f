"""YAML that ships inside the package, read by the fast loader where there is one."""

from importlib.resources.abc import Traversable

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(file: Traversable) -> dict:
    """The mapping that a packaged YAML file holds."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)
