"""Additive sales facts from the mart as small frames (requirement E-05, convention SALES).

Sums are taken over DECIMAL and handed out as float64. Cancelled orders are in none of them; returns count as negative
amounts on the day of the return. An order that consists of returned lines only makes no buying account; it is counted
as an order (requirement D-16: distinct orders), but not among the positive ones.
"""

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from ..errors import SalesReviewError, nearest
from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

NEW, EXISTING = "新客户", "老客户"
"""Members of the dimension ``new_existing`` (convention NEWC)."""

COLUMN_DIMENSIONS = (
    "account_id",
    "account",
    "customer_type",
    "tier",
    "is_strategic",
    "industry",
    "size_band",
    "account_region",
    "region_id",
    "region",
    "rep_id",
    "team_id",
    "team",
    "product_id",
    "product",
    "product_line",
    "product_class",
    "service_type",
    "priority",
    "life_cycle",
    "sales_channel",
    "channel",
)
DIMENSIONS = (*COLUMN_DIMENSIONS, "new_existing")
"""What `by` and `monthly` may group by: columns of sales_facts, and whether the account is new in the window."""

FACTS = (
    "sales",
    "list_sales",
    "listed_sales",
    "cost",
    "costed_sales",
    "return_sales",
    "qty",
    "counted_sales",
    "lines",
    "orders",
    "positive_orders",
    "accounts",
)
COUNTS = ("lines", "orders", "positive_orders", "accounts")

_NEW_EXISTING = f"""CASE WHEN account_id = '{UNCLASSIFIED}' OR first_order_date IS NULL THEN '{UNCLASSIFIED}'
    WHEN first_order_date BETWEEN $start AND $end THEN '{NEW}' ELSE '{EXISTING}' END"""

_LINES = """
    SELECT {keys} order_id, account_id AS buyer, net_amount, qty, list_price, cost_amount, is_return
    FROM sales_facts WHERE order_date BETWEEN $start AND $end
"""

_PER_ORDER = """
    SELECT {names} order_id, buyer,
           sum(net_amount) AS sales,
           sum(qty * list_price) AS list_sales,
           sum(CASE WHEN list_price IS NOT NULL AND qty IS NOT NULL THEN net_amount END) AS listed_sales,
           sum(cost_amount) AS cost,
           sum(CASE WHEN cost_amount IS NOT NULL THEN net_amount END) AS costed_sales,
           sum(CASE WHEN is_return THEN net_amount END) AS return_sales,
           sum(qty) AS qty,
           sum(CASE WHEN qty IS NOT NULL THEN net_amount END) AS counted_sales,
           count(*) AS lines,
           min(CASE WHEN is_return THEN 1 ELSE 0 END) AS only_returns
    FROM lines GROUP BY {names} order_id, buyer
"""

_SUMS = f"""
    coalesce(sum(sales), 0) AS sales,
    coalesce(sum(list_sales), 0) AS list_sales,
    coalesce(sum(listed_sales), 0) AS listed_sales,
    coalesce(sum(cost), 0) AS cost,
    coalesce(sum(costed_sales), 0) AS costed_sales,
    coalesce(sum(return_sales), 0) AS return_sales,
    coalesce(sum(qty), 0) AS qty,
    coalesce(sum(counted_sales), 0) AS counted_sales,
    CAST(coalesce(sum(lines), 0) AS BIGINT) AS lines,
    count(*) AS orders,
    count(CASE WHEN sales > 0 THEN 1 END) AS positive_orders,
    count(DISTINCT CASE WHEN only_returns = 0 AND buyer <> '{UNCLASSIFIED}' THEN buyer END) AS accounts
"""


@dataclass(frozen=True)
class Totals:
    """Facts of one window; amounts in base currency.

    ``list_sales`` is quantity × list price, ``listed_sales`` the sales of the lines that have both; ``costed_sales``
    and ``counted_sales`` the sales of the lines that have a cost or a quantity; ``return_sales`` is zero or negative.
    ``orders`` are distinct orders, ``positive_orders`` those with a net amount above zero, ``accounts`` distinct known
    accounts with an order.
    """

    sales: float
    list_sales: float
    listed_sales: float
    cost: float
    costed_sales: float
    return_sales: float
    qty: float
    counted_sales: float
    lines: int
    orders: int
    positive_orders: int
    accounts: int


def totals(mart: Mart, window: Window) -> Totals:
    """All facts of ``window``; zeros where nothing was sold."""
    row = _facts(mart, window, ()).iloc[0]
    return Totals(**{name: int(row[name]) if name in COUNTS else float(row[name]) for name in FACTS})


def by(mart: Mart, window: Window, *dimensions: str) -> pd.DataFrame:
    """Facts of ``window``, one row per combination of ``dimensions`` that occurs, ordered by them.

    Columns: the dimensions (text), then `FACTS` as in `Totals`. An order counts in each member that it has lines of,
    so ``orders`` and ``accounts`` add up only over dimensions that an order has one of. Nothing sold gives no rows.
    Raises SalesReviewError for a dimension that is not in `DIMENSIONS`.
    """
    _checked(dimensions)
    return _facts(mart, window, tuple((name, _expression(name)) for name in dimensions)).copy()


def monthly(mart: Mart, window: Window, *dimensions: str) -> pd.DataFrame:
    """As `by`, with a first column ``month`` (first day of the calendar month); months without sales have no row."""
    _checked(dimensions)
    month = ("month", "CAST(date_trunc('month', order_date) AS DATE)")
    return _facts(mart, window, (month, *((name, _expression(name)) for name in dimensions))).copy()


def cancelled_orders(mart: Mart, window: Window) -> int:
    """Orders of ``window`` that were cancelled (requirement D-16)."""
    sql = "SELECT count(*) AS n FROM orders WHERE status = 'cancelled' AND order_date BETWEEN $start AND $end"
    return int(mart.query(sql, start=window.start, end=window.end)["n"].iloc[0])


BASES = {
    "signed": ("contracts", "amount", "signed_at"),
    "billed": ("invoices", "amount", "issue_date"),
    "collected": ("payments", "amount", "paid_at"),
}
"""The bases beside orders (convention SALES): table, amount and date of each."""


@dataclass(frozen=True)
class Basis:
    amount: float
    records: int


def basis(mart: Mart, window: Window, name: str) -> Basis:
    """Amount and number of records of ``window`` on a basis other than orders: signed, billed or collected."""
    table, amount, day = BASES[name]
    sql = f"""SELECT coalesce(sum({amount}), 0) AS amount, count({amount}) AS records FROM {table}
              WHERE CAST({day} AS DATE) BETWEEN $start AND $end"""
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    return Basis(float(row["amount"]), int(row["records"]))


def basis_missing(mart: Mart, name: str) -> tuple[str, ...]:
    """The table.column names that the basis needs and the data does not have; empty when it can be computed."""
    if name == "orders":
        return ()
    table, amount, day = BASES[name]
    return mart.missing(f"{table}.{amount}", f"{table}.{day}")


@lru_cache(maxsize=256)
def _facts(mart: Mart, window: Window, keys: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """Kept, because a mart is read-only and sections ask for the same totals many times; hand out copies only."""
    columns = [name for name, _ in keys]
    names = "".join(f"{name}, " for name in columns)
    lines = _LINES.format(keys="".join(f"{expression} AS {name}, " for name, expression in keys))
    tail = f"GROUP BY {', '.join(columns)} ORDER BY {', '.join(columns)}" if columns else ""
    per_order = _PER_ORDER.format(names=names)
    sql = f"WITH lines AS ({lines}), per_order AS ({per_order}) SELECT {names} {_SUMS} FROM per_order {tail}"
    return mart.query(sql, start=window.start, end=window.end)


def _expression(dimension: str) -> str:
    if dimension == "new_existing":
        return _NEW_EXISTING
    return f"coalesce(CAST({dimension} AS VARCHAR), '{UNCLASSIFIED}')"


def _checked(dimensions: tuple[str, ...]) -> None:
    for name in dimensions:
        if name not in DIMENSIONS:
            close = nearest(name, DIMENSIONS)
            raise SalesReviewError(
                "not a dimension of sales",
                expected=", ".join(DIMENSIONS),
                got=name,
                advice=f"did you mean {close}?" if close else None,
            )
