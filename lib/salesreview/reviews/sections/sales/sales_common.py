"""What the sales sections share: like-for-like spans, the dimensions of sales, member tables and gaps in the data."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pandas as pd

from ....metrics import mix
from ....periods import Period, Window
from ....queries import sales
from ....record import Exhibit, Figure, NotEnough, NotProvided, Table, Text
from ...context import Context, Span, change

MOST_ROWS = 12
"""Rows of a table that a page can hold well."""


@dataclass(frozen=True)
class Dimension:
    """A cut of sales. ``fields`` are the columns of which at least one must be there; ``target`` the targets' name."""

    name: str
    id_column: str
    label_column: str
    fields: tuple[str, ...]
    target: str | None = None


DIMENSIONS = {
    dimension.name: dimension
    for dimension in (
        Dimension("product_line", "product_line", "product_line", ("products.product_line",), "product_line"),
        Dimension("product", "product_id", "product", ("order_lines.product_id",), "product"),
        Dimension("service_type", "service_type", "service_type", ("products.service_type",), "service_type"),
        Dimension("region", "region_id", "region", ("orders.region_id", "accounts.region_id"), "region"),
        Dimension("customer_type", "customer_type", "customer_type", ("accounts.customer_type",), "customer_type"),
        Dimension("tier", "tier", "tier", ("accounts.tier", "account_tier_history.tier"), "tier"),
        Dimension("new_existing", "new_existing", "new_existing", ("orders.account_id",)),
        Dimension("industry", "industry", "industry", ("accounts.industry",)),
        Dimension("team", "team_id", "team", ("reps.team_id",), "team"),
        Dimension("account", "account_id", "account", ("orders.account_id",)),
    )
}


def missing(ctx: Context, dimension: Dimension) -> tuple[str, ...]:
    """The fields that the dimension would need, when none of them is there; else empty."""
    absent = ctx.mart.missing(*dimension.fields)
    return absent if len(absent) == len(dimension.fields) else ()


def not_provided(ids: Iterable[str], title: str, requirement: str, fields: tuple[str, ...]) -> tuple[Exhibit, ...]:
    """One box per id that names the missing fields (convention X-NODATA)."""
    return tuple(NotProvided(id=i, title=Text(title), requirements=(requirement,), missing=fields) for i in ids)


def not_enough(ids: Iterable[str], title: str, requirement: str, reason: Text) -> tuple[Exhibit, ...]:
    """One box per id that says why there are too few records (convention X-SMALL)."""
    return tuple(NotEnough(id=i, title=Text(title), requirements=(requirement,), reason=reason) for i in ids)


def started(ctx: Context, periods: Iterable[Period]) -> tuple[Period, ...]:
    """Those of ``periods`` that began on or before as_of."""
    return tuple(period for period in periods if period.start <= ctx.mart.meta.as_of)


def unknown(ctx: Context, span: Span) -> bool:
    """Whether the span lies before the review period and is not fully covered, so that its sales are not known."""
    return span.window.start < ctx.period.start and not ctx.covers(span)


def sales_figure(ctx: Context, span: Span) -> Figure:
    """Sales of a span with the number of orders behind them; no value for a base that the data does not reach."""
    if unknown(ctx, span):
        return ctx.figure("sales", None, span, flags=("no_base",))
    found = sales.totals(ctx.mart, span.window)
    return ctx.figure("sales", found.sales, span, n=found.orders)


def grown(ctx: Context, now: Figure, base: Figure, span: Span, comparison: str) -> Figure:
    """The change against ``base``, a figure of ``span``; no base where the data does not reach back to it."""
    return change(now, base if ctx.covers(span) else None, comparison)


def twelve_months_before(window: Window) -> Window:
    """The year that ends on the day before ``window``."""
    end = window.start - timedelta(days=1)
    return Window(Window(window.start, window.start).years_back().start, end)


def parts(ctx: Context, dimension: Dimension, now: Span, base: Span) -> pd.DataFrame:
    """Members of a dimension now and in the base span, by id, from the largest to the smallest now.

    Columns: label (the name; with the id where two members share it), the facts of `queries.sales.FACTS` now and with
    the suffix ``_base``; zero where a member sold nothing, and zero base facts when the data does not reach back.
    """
    frames = [_members(ctx, dimension, now.window), _members(ctx, dimension, base.window)]
    if not ctx.covers(base):
        frames[1] = frames[1].iloc[:0]
    labels = pd.concat([frame["label"] for frame in frames])
    labels = labels[~labels.index.duplicated()]
    now_facts, base_facts = (frame.drop(columns="label") for frame in frames)
    joined = now_facts.join(base_facts.add_suffix("_base"), how="outer")
    joined = joined.fillna(0.0).sort_index()
    joined.insert(0, "label", _distinct(labels).reindex(joined.index))
    return joined.sort_values("sales", ascending=False, kind="stable")


def _members(ctx: Context, dimension: Dimension, window: Window) -> pd.DataFrame:
    columns = dict.fromkeys((dimension.id_column, dimension.label_column))
    found = sales.by(ctx.mart, window, *columns).set_index(dimension.id_column, drop=False)
    return found.assign(label=found[dimension.label_column])[["label", *sales.FACTS]]


def _distinct(labels: pd.Series) -> pd.Series:
    shared = labels.duplicated(keep=False) & (labels.index != labels)
    return labels.where(~shared, labels + " (" + labels.index.astype(str) + ")")


def shortened(rows: Sequence[tuple], key: Callable[[tuple], float]) -> tuple[tuple[tuple, ...], tuple[Text, ...]]:
    """At most `MOST_ROWS` rows, those with the largest ``key``, in their order, and a note on how many are left out."""
    if len(rows) <= MOST_ROWS:
        return tuple(rows), ()
    kept = set(sorted(range(len(rows)), key=lambda i: (-key(rows[i]), i))[:MOST_ROWS])
    counts = {"shown": str(MOST_ROWS), "hidden": str(len(rows) - MOST_ROWS)}
    return tuple(row for i, row in enumerate(rows) if i in kept), (Text("common_sales.shown", counts),)


def told_columns(table: Table) -> Table:
    """``table`` without the columns that have no value in any row, which a note names; the first two always stay."""
    kept = [i for i in range(len(table.header)) if i < 2 or any(_told(row[i]) for row in table.rows)]
    left = tuple(label for i, label in enumerate(table.header) if i not in kept)
    if not left or not table.rows:
        return table

    def cut(cells: tuple) -> tuple:
        return tuple(cells[i] for i in kept)

    return replace(
        table,
        header=cut(table.header),
        rows=tuple(cut(row) for row in table.rows),
        total=cut(table.total) if table.total else table.total,
        notes=(*table.notes, Text("common_sales.columns_left", {"columns": left})),
    )


def _told(cell: object) -> bool:
    return cell is not None and not (isinstance(cell, Figure) and cell.value is None)


def whole_share(ctx: Context, total: float) -> Figure:
    """The share of the total row: 1, without value when nothing was sold."""
    value = 1.0 if total > 0 else None
    return ctx.figure("share_mix", value, ctx.current, numerator=total, denominator=total if total > 0 else 0.0)


def share_of_largest(ctx: Context, values: Sequence[float], n: int, total: float, dimension: str) -> Figure:
    """CRn: the ``n`` largest ``values`` over ``total`` sales."""
    largest = round(sum(sorted(values, reverse=True)[:n]), 2)
    where = {"dimension": dimension, "member": f"CR{n}", "n": len(values)}
    value = mix.top_share(values, n, total)
    return ctx.figure("crn", value, ctx.current, numerator=largest, denominator=max(total, 0.0), **where)


def as_target(actual: Figure, attainment: Figure) -> Figure:
    """The comparison ``target`` of a card: the actual over its target, as a ratio."""
    return replace(
        actual,
        value=attainment.value,
        unit="ratio",
        comparison="target",
        numerator=attainment.numerator,
        denominator=attainment.denominator,
        flags=attainment.flags,
    )
