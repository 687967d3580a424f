"""docs/mappings.md says what is true: its tables of forms and its worked example run here."""

import re
from decimal import Decimal

import duckdb
import pytest

from salesreview.contract.validate import validate
from salesreview.sources import MappingSettings, cleaning


@pytest.fixture(scope="module")
def document(repository):
    return (repository / "docs" / "mappings.md").read_text(encoding="utf-8")


def forms(document):
    """(macro, date order, text, value) of each row below a macro's heading."""
    for section in document.split("\n### ")[1:]:
        macro, _, order = section.partition("\n")[0].partition(" with date_order ")
        for text, value in re.findall(r"^\| `(.*)` \| (.*) \|$", section, flags=re.MULTILINE):
            yield macro, order or None, text, value


def test_each_documented_form_has_its_value(document):
    wrong, macros, cons = [], set(), {}
    for order in (None, "DMY", "MDY"):
        cons[order] = duckdb.connect()
        cleaning.install(cons[order], order)
    for macro, order, text, value in forms(document):
        macros.add(macro)
        (found,) = cons[order].execute(f"SELECT CAST({macro}(?) AS VARCHAR)", [text]).fetchall()[0]
        if macro in ("to_number", "to_fraction") and found is not None and value != "null":
            found, value = Decimal(found), Decimal(value)
        if (found or "null") != value and found != value:
            wrong.append((macro, order, text, found, value))
    assert wrong == []
    assert macros == set(cleaning.MACROS)


def test_each_key_of_the_settings_is_documented(document):
    table = document.partition("\n## mapping.yml")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)) == set(MappingSettings.model_fields)


def test_the_worked_example_gives_the_figures_it_states(document, folder):
    for name, text in re.findall(r"^```\w+ (\S+)\n(.*?)^```$", document, flags=re.MULTILINE | re.DOTALL):
        target = folder.source if name.endswith(".csv") else folder.mapping
        (target / name).write_text(text, encoding="utf-8")
    staged = folder.stage()
    quality = validate(staged.connection)
    assert (quality.issues, staged.warnings) == ((), ())
    assert quality.table("order_lines").rows_kept == 4
    assert quality.table("order_lines").amount_kept == 10500
    sales = (
        "SELECT count(DISTINCT order_id), sum(net_amount) FILTER (WHERE status <> 'cancelled'), sum(cost_amount) "
        "FROM typed.orders JOIN typed.order_lines USING (order_id)"
    )
    assert staged.connection.execute(sales).fetchall() == [(3, 9000, 7000)]
    regions = staged.connection.execute("SELECT region_id FROM typed.regions ORDER BY region_id").fetchall()
    assert regions == [("NA",), ("华东",)]
