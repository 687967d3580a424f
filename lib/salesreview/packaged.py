"""What ships inside the package: YAML, read by the fast loader where there is one, and the code itself as a digest."""

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(file: Traversable) -> dict:
    """The mapping that a packaged YAML file holds."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)


@cache
def code_digest(*packages: str) -> str:
    """A digest of the code of these subpackages: what was computed by other code is computed anew."""
    digest = hashlib.sha256()
    for package in packages:
        root = Path(str(files(__package__).joinpath(package)))
        for path in sorted(root.rglob("*")):
            if path.suffix in (".py", ".sql", ".yml"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
