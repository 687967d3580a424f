"""The command that keeps notebooks in step changes show cells only."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from salesreview.pack.notebooks import fresh, in_step, shown


def sources(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells[3:]]


def test_a_fresh_notebook_gets_a_cell_for_each_exhibit():
    made = in_step(fresh("team"), ("a", "b.c"))
    assert shown(made) == ["a", "b.c"]
    assert [cell.id for cell in made.cells] == ["parameters", "imports", "open", "show-a", "show-b-c"]
    nbformat.validate(made)


def test_own_cells_stay_behind_the_cell_they_followed():
    old = in_step(fresh("team"), ("a", "b"))
    old.cells.insert(4, new_markdown_cell("about a"))
    old.cells.append(new_code_cell("own(b)", metadata={"tags": ["lang-zh"]}))
    made = in_step(old, ("b", "new", "a"))
    assert sources(made) == [
        'review.show("b")',
        "own(b)",
        'review.show("new")',
        'review.show("a")',
        "about a",
    ]
    assert made.cells[4].metadata.tags == ["lang-zh"]


def test_own_cells_outlive_the_exhibit_before_them():
    old = in_step(fresh("team"), ("a", "gone"))
    old.cells.append(new_markdown_cell("kept"))
    assert sources(in_step(old, ("a",))) == ['review.show("a")', "kept"]


def test_outputs_are_stripped_and_a_second_run_changes_nothing():
    old = in_step(fresh("team"), ("a",))
    old.cells[3].outputs = [new_output("stream", text="x")]
    old.cells[3].execution_count = 4
    made = in_step(old, ("a",))
    assert made.cells[3].outputs == [] and made.cells[3].execution_count is None
    assert nbformat.writes(in_step(made, ("a",))) == nbformat.writes(made)
