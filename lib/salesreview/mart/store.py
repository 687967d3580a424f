"""The mart as the rest of the package sees it: read-only, closed to the outside, safe in many processes at once."""

import os
import tempfile
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Self

import duckdb
import pandas as pd

from ..contract.quality import Quality
from ..errors import SalesReviewError, nearest
from . import kept_quality
from .meta import Meta
from .naming import Naming, apply

MEMORY_LIMIT = "2GB"


class Mart:
    """A mart file opened for reading.

    >>> with Mart.open(path) as mart:  # doctest: +SKIP
    ...     mart.query("SELECT sum(net_amount) AS sales FROM sales_facts WHERE order_date >= $start", start=day)
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, path: Path, meta: Meta, naming: Naming | None = None):
        self._con, self.path, self.meta, self.naming = con, path, meta, naming

    @classmethod
    def open(cls, path: Path | str, memory_limit: str = MEMORY_LIMIT) -> Self:
        """Open ``path``; any number of processes may do so at once.

        Raises SalesReviewError when there is no file, or it is not a mart of this version.
        """
        path = Path(path)
        if not path.is_file():
            raise SalesReviewError("there is no mart", where=str(path), advice="build the pack first")
        spill = Path(tempfile.gettempdir()) / f"salesreview-{os.getpid()}"
        config = {"enable_external_access": False, "memory_limit": memory_limit, "temp_directory": str(spill)}
        try:
            con = duckdb.connect(str(path), read_only=True, config=config)
            columns = ", ".join(field.name for field in fields(Meta))
            (row,) = con.execute(f"SELECT {columns} FROM _meta").fetchall()
        except (duckdb.Error, ValueError) as error:
            raise SalesReviewError(
                "cannot be read as a mart",
                where=str(path),
                expected="a DuckDB file that this version of salesreview wrote",
                got=str(error).splitlines()[0],
                advice="delete it and build the pack again",
            ) from error
        return cls(con, path, Meta(*row))

    def named(self, naming: Naming) -> "Mart":
        """The same data with people and customers under the labels of ``naming``, whatever is asked."""
        con = self._con.cursor()
        apply(con, naming)
        return Mart(con, self.path, self.meta, naming)

    def query(self, sql: str, **params: object) -> pd.DataFrame:
        """The rows of ``sql``, in which ``$name`` stands for a keyword argument.

        DECIMAL columns come as float64 (sum them in SQL, where they are exact), DATE and TIMESTAMP as datetime64.
        Raises SalesReviewError when the result does not fit into memory.
        """
        try:
            return self._con.execute(sql, params or None).df()
        except duckdb.OutOfMemoryException as error:
            raise SalesReviewError(
                "a query needs more memory than it may take",
                where=str(self.path),
                got=str(error).splitlines()[0],
                advice="run fewer reviews at once (--jobs 1) or free disk space in the temporary folder",
            ) from error

    def missing(self, *names: str) -> tuple[str, ...]:
        """Those of ``names`` ("payments" or "orders.opp_id") that hold nothing: absent, empty or all null.

        Raises SalesReviewError for a name that no mart has.
        """
        return tuple(name for name in names if not self._filled(name))

    def quality(self) -> Quality:
        """The quality record of the data in the mart."""
        return kept_quality.read(self._con.cursor(), self.meta.sales_affected)

    def close(self) -> None:
        self._con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def _columns(self) -> dict[str, tuple[str, ...]]:
        sql = """SELECT table_name, column_name FROM duckdb_columns()
                 WHERE NOT internal AND database_name = current_database() ORDER BY table_oid, column_index"""
        found: dict[str, tuple[str, ...]] = {}
        for table, column in self._con.cursor().execute(sql).fetchall():
            found[table] = (*found.get(table, ()), column)
        return found

    @cached_property
    def _seen(self) -> dict[str, bool]:
        return {}

    def _filled(self, name: str) -> bool:
        if name not in self._seen:
            table, _, column = name.partition(".")
            known = self._columns
            if table not in known or (column and column not in known[table]):
                names = [*known, *(f"{table}.{column}" for table, columns in known.items() for column in columns)]
                raise SalesReviewError("not in the data model", got=name, expected=nearest(name, names))
            where = f'WHERE "{column}" IS NOT NULL' if column else ""
            found = self._con.cursor().execute(f'SELECT 1 FROM "{table}" {where} LIMIT 1').fetchall()
            self._seen[name] = bool(found)
        return self._seen[name]
