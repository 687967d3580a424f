"""A connection with the cleaning macros, and a way to stage small tables by hand."""

import duckdb
import pytest

from salesreview.sources.cleaning import install


class Stage:
    """Puts rows of text into ``staged.<table>``: a header line and lines of cells split by ``|``; blank is null."""

    def __init__(self):
        self.con = duckdb.connect()
        install(self.con)
        self.con.execute("CREATE SCHEMA staged")

    def put(self, table, *lines, file=None):
        header = lines[0].split("|")
        columns = ", ".join(f'"{name}" VARCHAR' for name in header)
        self.con.execute(f"CREATE TABLE staged.{table} (_row BIGINT, _file VARCHAR, {columns})")
        for number, line in enumerate(lines[1:], start=2):
            cells = [cell or None for cell in line.split("|")]
            marks = ", ".join("?" for _ in range(len(header) + 2))
            self.con.execute(f"INSERT INTO staged.{table} VALUES ({marks})", [number, file, *cells])
        return self

    def rows(self, sql):
        return self.con.execute(sql).fetchall()


@pytest.fixture
def stage():
    return Stage()


@pytest.fixture
def two_orders(stage):
    """Two orders of 100 and 250 with three lines, nothing else."""
    stage.put("orders", "order_id|order_date", "A|2026-01-05", "B|2026-02-06")
    stage.put("order_lines", "order_id|line_no|net_amount", "A|1|60", "A|2|40.00", "B|1|250")
    return stage
