"""Who may import whom inside the package: a staircase, each step only knows lower ones."""

import ast
from pathlib import Path

import salesreview

PACKAGE = Path(salesreview.__file__).parent
VOCABULARY = {
    "errors",
    "periods",
    "record",
    "registry",
    "settings",
    "progress",
    "packaged",
    "cache",
    "serial",
    "__init__",
}
ALLOWED = {
    "errors": set(),
    "periods": {"errors"},
    "record": {"errors"},
    "serial": {"errors", "record"},
    "packaged": set(),
    "cache": set(),
    "registry": {"errors", "packaged"},
    "settings": {"errors"},
    "progress": set(),
    "doctor": {"errors", "quarto"},
    "contract": VOCABULARY,
    "sources": VOCABULARY | {"contract"},
    "sample": VOCABULARY | {"contract"},
    "mart": VOCABULARY | {"contract"},
    "queries": VOCABULARY | {"mart"},
    "metrics": VOCABULARY,
    "models": VOCABULARY | {"sources", "mart", "queries", "metrics"},
    "reviews": VOCABULARY | {"mart", "queries", "metrics", "models"},
    "exhibits": VOCABULARY,
    "prepare": VOCABULARY | {"sources", "sample", "contract", "mart"},
    "notebook": VOCABULARY | {"prepare", "mart", "reviews", "exhibits"},
    "render": VOCABULARY | {"contract", "exhibits", "notebook"},
    "quarto": VOCABULARY | {"exhibits", "notebook", "render"},
    "gate": VOCABULARY | {"exhibits", "render"},
    "pack": VOCABULARY
    | {"prepare", "contract", "mart", "models", "reviews", "exhibits", "notebook", "render", "quarto", "gate"},
    "cli": VOCABULARY | {"pack", "gate", "models", "sample", "doctor", "reviews"},
}
ONLY = {
    "duckdb": {"sources", "contract", "mart"},
    "sklearn": {"models"},
    "matplotlib": {"exhibits", "notebook"},
    "seaborn": {"exhibits"},
    "papermill": {"pack"},
    "nbconvert": {"render"},
    "weasyprint": {"render"},
    "xlsxwriter": {"render"},
    "pptx": {"render", "gate"},
    "typer": {"cli"},
    "fastexcel": {"sources"},
}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield path, parts[0], parts


def imported(path: Path, parts: tuple[str, ...]):
    """Absolute dotted names that a module imports, with relative imports resolved."""
    own = ("salesreview", *(parts[:-1]))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(own[: len(own) - node.level + 1]) if node.level else ""
            target = ".".join(filter(None, (base, node.module)))
            yield target
            yield from (f"{target}.{alias.name}" for alias in node.names)


def inner(name: str, steps: set[str]) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "salesreview" and len(parts) > 1 and parts[1] in steps else None


def test_each_step_imports_only_lower_steps():
    steps = {parts[0] for _, _, parts in modules()}
    wrong = []
    for path, step, parts in modules():
        for name in imported(path, parts):
            target = inner(name, steps)
            if target and target != step and target not in ALLOWED.get(step, set()):
                wrong.append(f"{'.'.join(parts)} imports {name}")
    assert wrong == []


def test_each_step_is_in_the_map():
    steps = {step for _, step, _ in modules()} - {"__init__"}
    assert steps - set(ALLOWED) == set()


def test_outside_libraries_stay_in_their_place():
    wrong = []
    for path, step, parts in modules():
        for name in imported(path, parts):
            owners = ONLY.get(name.split(".")[0])
            if owners and step not in owners:
                wrong.append(f"{'.'.join(parts)} imports {name}")
    assert wrong == []


def test_nothing_below_the_command_line_reads_the_clock():
    forbidden = ("date.today", "datetime.now", "datetime.today", "utcnow", "current_date", "now()")
    wrong = []
    for path, step, parts in modules():
        if step not in {"cli", "pack", "doctor"}:
            text = path.read_text(encoding="utf-8")
            wrong += [f"{'.'.join(parts)}: {word}" for word in forbidden if word in text]
    assert wrong == []
