"""The committed page is the one that the declaration gives."""

from pathlib import Path

from salesreview.contract.docs import document
from salesreview.contract.model import contract

PAGE = Path(__file__).parents[2] / "docs" / "data_model.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == document(), "run python -m salesreview.contract.docs"


def test_every_table_and_column_is_on_the_page():
    text = document()
    for spec in contract().values():
        assert f"### {spec.name}\n" in text
        assert all(f"| `{name}` |" in text for name in spec.column_names)
