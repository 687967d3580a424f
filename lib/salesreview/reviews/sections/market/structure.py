"""New and old customers by industry, size and region (requirement M-16)."""

import pandas as pd

from ....metrics.growth import ratio
from ....queries import sales
from ....queries.sales import EXISTING, NEW
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context, Span, change
from ..cases import newcomer_base
from ..team.team_customer_facts import Customers
from .boxes import absent, too_few

CUTS = {"industry": "accounts.industry", "size_band": "accounts.size_band", "account_region": "accounts.region_id"}
GROUPS = (NEW, EXISTING)
BOXES = {
    "structure_text": ("M-16",),
    "structure_industry": ("M-16",),
    "structure_table": ("M-16",),
}
SIZES = ("大", "中", "小", "微")
MOST = 8
TOP = 5
FLAT = 0.01


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, industries as a stacked chart, cross table of all cuts."""
    heading = Heading(id="structure_heading", title=Text("structure.heading"))
    fields = ctx.mart.missing("orders.account_id")
    if fields:
        return heading, *absent(BOXES, Text("structure.heading"), fields)
    whole = _groups(ctx, ctx.current, "new_existing")
    if whole["accounts"].sum() == 0:
        return heading, *too_few(BOXES, Text("structure.heading"), Text("structure.none"))
    if newcomer_base(ctx, ctx.current) is None:
        return heading, *too_few(BOXES, Text("structure.heading"), Text("structure.no_past"))
    frames = {cut: _cross(ctx, ctx.current, cut) for cut in CUTS if not ctx.mart.missing(CUTS[cut])}
    chart = (
        _chart(ctx, frames["industry"])
        if "industry" in frames
        else absent({"structure_industry": ("M-16",)}, Text("structure.industry"), (CUTS["industry"],))[0]
    )
    return heading, _text(ctx, whole, frames), chart, _table(ctx, whole, frames)


def _groups(ctx: Context, span: Span, *dimensions: str) -> pd.DataFrame:
    return sales.by(ctx.mart, span.window, *dimensions).set_index(list(dimensions))[["sales", "accounts"]]


def _cross(ctx: Context, span: Span, cut: str) -> pd.DataFrame:
    """Sales and accounts by member (rows) and group (columns level 1), members by sales; unknown ones last."""
    wide = _groups(ctx, span, cut, "new_existing").unstack("new_existing", fill_value=0)
    wide = wide.reindex(columns=[(fact, group) for fact in ("sales", "accounts") for group in GROUPS], fill_value=0)
    order = sorted(wide.index, key=lambda name: (name == UNCLASSIFIED, -wide.loc[name, "sales"].sum(), name))
    if cut == "size_band":
        order = [name for name in SIZES if name in wide.index] + [name for name in order if name not in SIZES]
    return wide.loc[order]


def sold(ctx: Context, cut: str, member: str, group: str, amount: float, n: int, span: Span | None = None) -> Figure:
    """Sales to the new or the old customers of one member."""
    where = {"dimension": f"{cut}×new_existing", "member": f"{member} | {group}"}
    return ctx.figure("sales", float(amount), span or ctx.current, n=int(n), **where)


def _new_share(ctx: Context, cut: str, member: str, row: pd.Series) -> Figure:
    new, whole = float(row["sales", NEW]), float(row["sales"].sum())
    n = int(row["accounts"].sum())
    return ctx.figure(
        "new_sales_share",
        ratio(new, whole),
        ctx.current,
        dimension=cut,
        member=member,
        numerator=new,
        denominator=whole,
        n=n,
        flags=("small_n",) if n < ctx.settings.minimum_n.mean else (),
    )


def _chart(ctx: Context, frame: pd.DataFrame) -> Chart:
    cut, shown = "industry", frame.head(MOST)
    series = tuple(
        Series(
            Text(f"structure.{'new' if group == NEW else 'old'}"),
            tuple(
                sold(ctx, cut, name, group, row["sales", group], row["accounts", group])
                for name, row in shown.iterrows()
            ),
            "part",
        )
        for group in reversed(GROUPS)
    )
    shares = {name: _new_share(ctx, cut, name, row) for name, row in frame.iterrows() if name != UNCLASSIFIED}
    known = {name: share for name, share in shares.items() if share.value is not None and not share.flags}
    if len(known) > 1:
        high = max(known, key=lambda name: (known[name].value, name))
        low = min(known, key=lambda name: (known[name].value, name))
        values = {"high": high, "most": known[high], "low": low}
        if known[low].value:
            title = Text("structure.industry_title", values | {"least": known[low]})
        else:
            title = Text("structure.industry_none", values) if known[high].value else Text("structure.industry")
    else:
        title = Text("structure.industry")
    listed = tuple(Text("structure.named", {"name": name, "value": share}) for name, share in shares.items())
    cut_off = len(frame) - len(shown)
    return Chart(
        id="structure_industry",
        title=title,
        requirements=("M-16",),
        form="stacked",
        categories=tuple(shown.index),
        series=series,
        axes={"y": Text("metric.sales")},
        summary=Text("structure.alt", {"shares": listed}) if listed else Text("structure.alt_none"),
        notes=(Text("structure.note_rest", {"n": str(cut_off)}),) if cut_off > 0 else (),
    )


def _table(ctx: Context, whole: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> Exhibit:
    if not frames:
        return absent({"structure_table": ("M-16",)}, Text("structure.table"), tuple(CUTS.values()))[0]
    rows = []
    for cut, frame in frames.items():
        amounts = _amounts(ctx, cut, ctx.current), _amounts(ctx, cut, ctx.year_ago)
        rows += [_row(ctx, cut, name, row, *amounts) for name, row in frame.head(TOP).iterrows()]
    wide = any(len(frame) > TOP for frame in frames.values())
    cut_off = (Text("structure.note_top", {"n": str(TOP)}),) if wide else ()
    columns = ("group", "cut", "new_n", "new_arpa", "old_n", "old_arpa", "share", "yoy")
    return Table(
        id="structure_table",
        title=_table_title(ctx, whole),
        requirements=("M-16",),
        header=tuple(Text(f"structure.column_{name}") for name in columns),
        rows=tuple(rows),
        notes=(Text("structure.note_new"), *cut_off),
    )


def _table_title(ctx: Context, whole: pd.DataFrame) -> Text:
    """What a new and an existing customer bought on average; the bare title where either group is small."""
    means = []
    for group in GROUPS:
        n = int(whole["accounts"].get(group, 0))
        if n < ctx.settings.minimum_n.mean:
            return Text("structure.table")
        amount = float(whole.loc[group, "sales"])
        where = {"dimension": "new_existing", "member": group, "numerator": amount, "denominator": n, "n": n}
        means.append(ctx.figure("arpa", amount / n, ctx.current, **where))
    return Text("structure.table_title", {"new": means[0], "old": means[1]})


def _amounts(ctx: Context, cut: str, span: Span) -> dict[str, Figure]:
    """Sales of each member; empty where the data does not reach back to ``span``."""
    if span is not ctx.current and not ctx.covers(span):
        return {}
    found = sales.by(ctx.mart, span.window, cut)
    return {
        row[0]: ctx.figure("sales", row.sales, span, dimension=cut, member=row[0], n=row.orders)
        for row in found.itertuples(index=False)
    }


def _row(ctx: Context, cut: str, name: str, row: pd.Series, now: dict[str, Figure], before: dict[str, Figure]) -> tuple:
    cells = [name, Text(f"structure.cut_{cut}")]
    for group in GROUPS:
        n, amount = int(row["accounts", group]), float(row["sales", group])
        where = {"dimension": f"{cut}×new_existing", "member": f"{name} | {group}"}
        flags = ("small_n",) if n < ctx.settings.minimum_n.mean else ()
        cells += [
            ctx.figure("buying_accounts", n, ctx.current, n=n, **where),
            ctx.figure(
                "arpa", ratio(amount, n), ctx.current, numerator=amount, denominator=n, n=n, flags=flags, **where
            ),
        ]
    return *cells, _new_share(ctx, cut, name, row), change(now[name], before.get(name), "yoy")


def _text(ctx: Context, whole: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> Prose:
    new, old = (
        whole.loc[group] if group in whole.index else pd.Series({"sales": 0.0, "accounts": 0}) for group in GROUPS
    )
    share = Customers(ctx, ctx.current).new_share()
    values = {"new": str(int(new["accounts"])), "old": str(int(old["accounts"])), "share": share}
    sentences = [Text("structure.sentence", values)]
    before = _new_share_before(ctx)
    if before is not None and share.value is not None and before.value is not None:
        moved = change(share, before, "yoy")
        case = "same" if abs(moved.value) < FLAT else "up" if moved.value > 0 else "down"
        sentences.append(Text(f"structure.sentence_{case}", {"change": moved}))
    elif before is None:
        sentences.append(Text("structure.sentence_no_base"))
    if "industry" in frames:
        amounts = frames["industry"]["sales"].sum(axis=1).drop(UNCLASSIFIED, errors="ignore")
        total = sales.totals(ctx.mart, ctx.current.window).sales
        if len(amounts) > 1 and total > 0:
            first = amounts.idxmax()
            amount = float(_amounts(ctx, "industry", ctx.current)[first].value)
            where = {"dimension": "industry", "member": first, "numerator": amount, "denominator": total}
            part = ctx.figure("share_mix", amount / total, ctx.current, **where)
            sentences.append(Text("structure.sentence_industry", {"industry": first, "share": part}))
    return Prose(id="structure_text", title=Text("empty"), requirements=("M-16",), sentences=tuple(sentences))


def _new_share_before(ctx: Context) -> Figure | None:
    base = newcomer_base(ctx, ctx.year_ago)
    return Customers(ctx, base).new_share() if base else None
