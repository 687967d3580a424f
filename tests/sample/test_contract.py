"""The generated tables keep the contract: columns, types, keys, foreign keys, enums, ranges, invariants, no future."""

import json

import duckdb
import pandas as pd
import pytest

from salesreview.contract.model import contract
from salesreview.sample import generate

AS_OF = pd.Timestamp("2026-06-30 23:59:59")
TABLES = list(contract())


@pytest.fixture(scope="module", params=[(1.0, 7), (0.2, 3), (3.0, 5)], ids=["default", "small", "large"])
def tables(request, company) -> dict[str, pd.DataFrame]:
    scale, seed = request.param
    return company if scale == 1.0 else generate(scale, seed)


def test_every_table_of_the_contract_is_there_in_order_and_filled(tables):
    assert list(tables) == TABLES
    assert all(len(table) for table in tables.values())


def test_columns_are_those_of_the_contract_and_none_is_all_missing(tables):
    for name, table in tables.items():
        assert tuple(table.columns) == contract()[name].column_names
        empty = [column for column in table if table[column].isna().all()]
        assert empty in ([], ["parent_id"], ["initiative"], ["region"]), (name, empty)


def test_required_columns_are_filled_and_keys_are_unique(tables):
    for name, table in tables.items():
        spec = contract()[name]
        required = [column.name for column in spec.columns if column.required]
        assert not table[required].isna().any().any(), name
        assert not table.duplicated(list(spec.key)).any(), name


def test_enums_hold_only_known_values(tables):
    for name, table in tables.items():
        for column in contract()[name].columns:
            if column.values:
                assert set(table[column.name].dropna()) <= set(column.values), (name, column.name)


def test_foreign_keys_exist(tables):
    for name, table in tables.items():
        for column in contract()[name].columns:
            if column.fk:
                target = tables[column.fk][contract()[column.fk].key[0]]
                assert table[column.name].dropna().isin(target).all(), (name, column.name)


def test_numbers_lie_in_their_range(tables):
    for name, table in tables.items():
        for column in contract()[name].columns:
            if column.min is not None:
                assert (table[column.name].dropna() >= column.min).all(), (name, column.name)
            if column.max is not None:
                assert (table[column.name].dropna() <= column.max).all(), (name, column.name)


def test_invariants_hold(tables):
    with duckdb.connect() as connection:
        for name, table in tables.items():
            rules = contract()[name].invariants
            if not rules:
                continue
            connection.register("rows", table)
            for column in contract()[name].columns:
                if column.type == "date":
                    assert table[column.name].dropna().dt.normalize().equals(table[column.name].dropna()), (
                        name,
                        column.name,
                    )
            cast = ", ".join(
                f'CAST("{column.name}" AS {column.sql_type}) AS "{column.name}"' for column in contract()[name].columns
            )
            for rule in rules:
                query = f"SELECT count(*) FROM (SELECT {cast} FROM rows) WHERE NOT ({rule.sql})"
                assert connection.execute(query).fetchall() == [(0,)], (name, rule.name)


def test_events_do_not_lie_after_the_last_day(tables):
    for name, table in tables.items():
        for column in contract()[name].columns:
            if column.type in ("date", "datetime") and not column.future:
                assert (table[column.name].dropna() <= AS_OF).all(), (name, column.name)


def test_what_becomes_known_with_an_event_is_missing_without_it(tables):
    for name, table in tables.items():
        for column in contract()[name].columns:
            if column.known_at:
                before = table.loc[table[column.known_at].isna(), column.name].dropna().astype(str).str.lower()
                fallback = {"accounts.status": {"active", "prospect"}, "contacts.valid": {"true"}}
                allowed = fallback.get(f"{name}.{column.name}", {column.before} if column.before else set())
                assert name in ("projects",) or set(before) <= allowed, (name, column.name)


def test_json_columns_are_json(tables):
    for name, table in tables.items():
        for column in contract()[name].columns:
            if column.type == "json":
                for text in table[column.name].dropna().unique():
                    json.loads(text)


def test_money_is_in_whole_cents(tables):
    for name, table in tables.items():
        for column in contract()[name].columns:
            if column.type == "money":
                values = table[column.name].dropna()
                assert ((values * 100).round() - values * 100).abs().max() < 1e-3, (name, column.name)
