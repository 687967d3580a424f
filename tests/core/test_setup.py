"""Set-up files agree: pyproject.toml, requirements.lock and environment.yml name the same versions."""

import ast
import importlib.util
import re
import sys
import tomllib

import pytest
import yaml

CONDA_NAMES = {"duckdb": "python-duckdb", "matplotlib": "matplotlib-base", "seaborn": "seaborn-base"}
CONDA_ONLY = {"python", "pip", "quarto"}


IMPORT_NAMES = {
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "PIL": "pillow",
    "pptx": "python-pptx",
    "fontTools": "fonttools",
    "justmytype_intl_cjk": "justmytype-intl-cjk",
}
INDIRECT = {"jupyterlab", "lxml", "scikit-learn", "seaborn", "setuptools", "justmytype-intl-cjk", "ipykernel"}


def pins(requirements):
    found = {}
    for text in requirements:
        name, _, version = text.partition("==")
        assert version, f"{text} is not pinned"
        found[name] = version
    return found


@pytest.fixture(scope="module")
def declared(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return pins(project["dependencies"] + project["optional-dependencies"]["test"])


def test_the_lock_holds_the_declared_versions(repository, declared):
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", lock, re.M))
    assert {item for item in declared.items() if item not in locked} == set()


def test_every_locked_file_has_a_hash(repository):
    blocks = re.split(r"^(?=[a-z0-9])", (repository / "requirements.lock").read_text(encoding="utf-8"), flags=re.M)
    assert [block.split("\n")[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_conda_has_the_declared_versions(repository, declared):
    entries = yaml.safe_load((repository / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = dict(entry.split("=", 1) if "=" in entry else (entry, None) for entry in entries if isinstance(entry, str))
    pip = pins(
        text for entry in entries if isinstance(entry, dict) for text in entry["pip"] if not text.startswith("-e")
    )
    expected = {CONDA_NAMES.get(name, name): version for name, version in declared.items() if name not in pip}
    assert {name: version for name, version in conda.items() if name not in CONDA_ONLY} == expected
    assert pip.items() <= declared.items()


def test_the_build_backend_is_the_pinned_one(repository, declared):
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["build-system"]["requires"] == [f"setuptools=={declared['setuptools']}"]


@pytest.mark.parametrize(
    ("system", "release", "expected"),
    [
        ("Linux", "ID=debian\n", "debian"),
        ("Linux", 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', "debian"),
        ("Linux", 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', "fedora"),
        ("Linux", 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', "suse"),
        ("Linux", "ID=alpine\n", "alpine"),
        ("Linux", "ID=plan9\n", "other"),
        ("Darwin", "", "macos"),
        ("Windows", "", "windows"),
    ],
)
def test_pango_advice_fits_the_system(repository, system, release, expected):
    spec = importlib.util.spec_from_file_location("pango", repository / "scripts" / "pango.py")
    pango = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pango)
    assert pango.family(system, release) == expected
    assert pango.LINES[expected]


def test_imports_and_dependencies_are_the_same_set(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    imported = set()
    for path in (repository / "lib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.split(".")[0])
    outside = {IMPORT_NAMES.get(name, name) for name in imported - set(sys.stdlib_module_names) - {"salesreview"}}
    assert outside - set(pins(project["dependencies"])) == set(), "imported but not declared"
    assert set(pins(project["dependencies"])) - outside - INDIRECT == set(), "declared but not imported"
