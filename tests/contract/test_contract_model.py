"""The declaration itself: complete, consistent, and of one meaning for each name."""

import pytest

from salesreview.contract.model import contract

TABLES = contract().values()
MINIMUM = {"products", "regions", "reps", "accounts", "orders", "order_lines", "targets"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_names_in_the_declaration_exist(table):
    names = set(table.column_names)
    assert set(table.key) <= names
    assert {table.exists_from, table.amount} - {None} <= names
    for column in table.columns:
        assert column.fk is None or column.fk in contract()
        assert column.known_at is None or table.column(column.known_at).type in ("date", "datetime")
        assert not column.values or column.type == "enum"
    for rule in table.invariants:
        assert set(rule.clears) <= names
        assert not any(table.column(name).required for name in rule.clears)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_reference_points_to_a_table_with_a_single_key(table):
    for column in table.columns:
        if column.fk:
            assert len(contract()[column.fk].key) == 1
            assert column.type == "id"


def test_the_minimum_set_is_declared_as_such():
    assert {table.name for table in TABLES if table.level != "optional"} == MINIMUM
    assert {table.name for table in TABLES if table.level == "required"} == {"orders", "order_lines"}


@pytest.mark.parametrize("table", [table for table in TABLES if table.exists_from], ids=lambda table: table.name)
def test_the_date_from_which_a_row_exists_is_an_event(table):
    for column in map(table.column, (table.exists_from, *table.exists_else)):
        assert column.type in ("date", "datetime")
        assert not column.future
