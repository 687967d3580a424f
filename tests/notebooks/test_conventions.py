"""The notebooks in git are thin and in step with their reviews."""

import ast

import nbformat
import pytest

from salesreview.notebook import open_review
from salesreview.pack.notebooks import shown
from salesreview.pack.parameters import accepted
from salesreview.reviews import VARIANTS

FORBIDDEN = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ClassDef,
    ast.For,
    ast.While,
    ast.If,
    ast.IfExp,
    ast.Try,
    ast.With,
    ast.comprehension,
)
STANDARD = {"period", "year", "as_of", "source", "mapping", "lang", "params", "mart"}


@pytest.fixture(params=VARIANTS)
def path(request, repository):
    return repository / "notebooks" / f"{request.param}.ipynb"


@pytest.fixture
def content(path):
    return nbformat.read(path, as_version=4)


def code(content):
    return [cell for cell in content.cells if cell.cell_type == "code"]


def test_it_is_a_valid_notebook_for_any_python_kernel(content):
    nbformat.validate(content)
    assert content.metadata.kernelspec.name == "python3"
    assert set(content.metadata) == {"kernelspec", "language_info"}


def test_outputs_are_stripped(content):
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code(content))


def test_the_first_cells_are_parameters_imports_and_the_review(path, content):
    cells = code(content)
    assert [cell.id for cell in cells[:3]] == ["parameters", "imports", "open"]
    assert set(accepted(path)) >= STANDARD
    assert cells[1].source == "from salesreview import notebook as nb"
    assert cells[2].source.startswith(f'review = nb.open_review(\n    "{path.stem}"')
    assert cells[2].source.endswith("\nreview")


def test_no_cell_defines_loops_or_branches(content):
    for cell in code(content):
        found = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, FORBIDDEN)]
        assert found == [], cell.source


def test_each_exhibit_of_the_review_has_one_cell_in_its_order(path, content):
    assert tuple(shown(content)) == open_review(path.stem).ids
