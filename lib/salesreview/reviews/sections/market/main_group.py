"""Who the main customers are, whether they are the wanted ones, and which group is worth most (M-17, S3-16, S2-18)."""

from datetime import timedelta

import pandas as pd

from ....metrics.association import rates_p
from ....metrics.comparison import holm
from ....metrics.segments import carrying, distinct, profile_index
from ....periods import Window
from ....queries import sales
from ....queries.satisfaction import account_traits
from ....record import UNCLASSIFIED, Exhibit, Heading, NotEnough, Prose, Table, Text
from ...context import Context
from .boxes import absent, together, too_few
from .wanted import inside, share_of, value, wanted

CUTS = ("industry", "size_band")
TRAITS = ("region", "customer_type", "tier")
"""What the segments are not made of: industry and size set the main group apart by construction."""
FIELDS = ("accounts.industry", "accounts.size_band")
BOXES = {
    "main_group_text": ("M-17", "S3-16"),
    "main_group_table": ("M-17",),
    "main_group_profile": ("M-17", "S3-16"),
}
SHOWN = 10


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, segments that carry the sales, their profile, fit to the wanted customers, value by group."""
    heading = Heading(id="main_group_heading", title=Text("main_group.heading"))
    fields = ctx.mart.missing(*FIELDS)
    if len(fields) == len(FIELDS) or ctx.mart.missing("orders.account_id"):
        boxes = (*absent(BOXES, Text("main_group.heading"), fields), wanted(ctx, None), value(ctx))
        return heading, *together(Text("main_group.heading"), boxes)
    base = buyers(ctx)
    if len(base) < ctx.settings.minimum_n.rate or base["sales"].sum() <= 0:
        reason = Text("main_group.few", {"n": str(len(base))})
        return heading, *too_few(BOXES, Text("main_group.heading"), reason), wanted(ctx, base), value(ctx)
    group = base[base["segment"].isin(carrying(base.groupby("segment")["sales"].sum().to_dict()))]
    return (
        heading,
        _text(ctx, base, group),
        _segments(ctx, base, group),
        _profile(ctx, base, group),
        wanted(ctx, base),
        value(ctx),
    )


def buyers(ctx: Context) -> pd.DataFrame:
    """Accounts with sales in the twelve months up to the period's end: `account_traits`, sales, segment (industry and
    size joined by `` · ``)."""
    end = ctx.current.window.end
    year = Window(Window(end, end).years_back().end + timedelta(days=1), end)
    bought = sales.by(ctx.mart, year, "account_id")[["account_id", "sales"]]
    found = account_traits(ctx.mart, end).merge(bought, on="account_id")
    cuts = [cut for cut in CUTS if (found[cut] != UNCLASSIFIED).any()] or list(CUTS[:1])
    return found.assign(segment=found[cuts].agg(" · ".join, axis=1))


def _label(part: pd.DataFrame) -> Text | str:
    first = part.iloc[0]
    if " · " not in first["segment"]:
        return first["segment"]
    return Text("main_group.segment", {"industry": first["industry"], "size": first["size_band"]})


def _segments(ctx: Context, base: pd.DataFrame, group: pd.DataFrame) -> Table:
    ranked = group.groupby("segment").agg(sales=("sales", "sum"), n=("account_id", "size")).reset_index()
    ranked = ranked.sort_values(["sales", "segment"], ascending=[False, True])
    rows, running = [], 0.0
    whole = float(base["sales"].sum())
    for row in ranked.head(SHOWN).itertuples():
        where = {"dimension": "customer_segment", "member": row.segment}
        running += row.sales
        flags = ("small_n",) if row.n < ctx.settings.minimum_n.mean else ()
        part = base[base["segment"] == row.segment]
        rows.append(
            (
                _label(part),
                ctx.figure("year_buyers", row.n, ctx.current, n=row.n, **where),
                share_of(ctx, "segment_accounts_share", part, base, row.segment, "account_id"),
                ctx.figure("year_sales", row.sales, ctx.current, n=row.n, **where),
                share_of(ctx, "segment_sales_share", part, base, row.segment, "sales"),
                ctx.figure("segment_cumulative", running / whole, ctx.current, **where),
                ctx.figure("year_arpa", row.sales / row.n, ctx.current, numerator=row.sales, denominator=row.n, n=row.n,
                           flags=flags, **where),
            )
        )  # fmt: skip
    columns = ("segment", "accounts", "account_share", "sales", "sales_share", "cumulative", "arpa")
    hidden = len(ranked) - len(rows)
    return Table(
        id="main_group_table",
        title=Text("main_group.table_title", {"segment": rows[0][0], "share": rows[0][4], "accounts": rows[0][2]}),
        requirements=BOXES["main_group_table"],
        header=tuple(Text(f"main_group.column_{name}") for name in columns),
        rows=tuple(rows),
        notes=(Text("main_group.note_rest", {"n": str(hidden)}),) if hidden else (),
    )


def _profile(ctx: Context, base: pd.DataFrame, group: pd.DataFrame) -> Exhibit:
    box = {"id": "main_group_profile", "requirements": BOXES["main_group_profile"]}
    found = {}
    for trait in TRAITS:
        for name, part in base.groupby(trait, sort=True):
            inside = int((group[trait] == name).sum())
            index = profile_index(inside, len(group), len(part), len(base))
            if name != UNCLASSIFIED and index is not None and len(part) >= ctx.settings.minimum_n.mean:
                found[(trait, name)] = (inside, len(part), index)
    if len(found) < 2 or len(group) == len(base):
        return NotEnough(title=Text("main_group.profile"), reason=Text("main_group.profile_none"), **box)
    chosen = distinct([(key, value[2]) for key, value in found.items()], SHOWN)
    ordered = sorted(chosen, key=lambda key: (-found[key][2], key))
    rows = []
    for trait, name in ordered:
        inside, outside, index = found[(trait, name)]
        where = {"dimension": trait, "member": name}
        counts = {"numerator": inside, "denominator": len(group), "n": inside}
        all_counts = {"numerator": outside, "denominator": len(base), "n": outside}
        rows.append(
            (
                name,
                Text(f"main_group.trait_{trait}"),
                ctx.figure("trait_in_group", inside / len(group), ctx.current, **counts, **where),
                ctx.figure("trait_in_base", outside / len(base), ctx.current, **all_counts, **where),
                ctx.figure("profile_index", index, ctx.current, n=inside, **where),
            )
        )
    apart = _apart(ctx, found, ordered, len(group), len(base))
    if apart is None:
        title = Text("main_group.profile_alike")
    else:
        row = rows[ordered.index(apart)]
        case = "more" if row[4].value > 100 else "less"
        title = Text(f"main_group.profile_{case}", {"trait": row[0], "share": row[2], "base": row[3]})
    return Table(
        title=title,
        header=tuple(Text(f"main_group.column_{name}") for name in ("trait", "cut", "in_group", "in_base", "index")),
        rows=tuple(rows),
        notes=(Text("main_group.note_index"),),
        **box,
    )


def _apart(ctx: Context, found: dict, order: list, inside: int, everybody: int) -> tuple[str, str] | None:
    """The trait whose share in the group differs most from that of the other customers, at 5 % over all (Holm)."""
    judged = [key for key in order if found[key][1] >= ctx.settings.minimum_n.rate]
    chances = holm(
        [rates_p(found[key][0], inside, found[key][1] - found[key][0], everybody - inside) for key in judged]
    )
    certain = [key for key, p in zip(judged, chances, strict=True) if p < 0.05]
    return max(certain, key=lambda key: (abs(found[key][2] - 100), key), default=None)


def _text(ctx: Context, base: pd.DataFrame, group: pd.DataFrame) -> Prose:
    share = share_of(ctx, "segment_sales_share", group, base, "main", "sales")
    accounts = share_of(ctx, "segment_accounts_share", group, base, "main", "account_id")
    values = {"segments": str(group["segment"].nunique()), "all": str(base["segment"].nunique())}
    cut = "main_group.sentence" if base["segment"].str.contains(" · ", regex=False).any() else "main_group.sentence_one"
    sentences = [Text(cut, values | {"share": share, "accounts": accounts})]
    case = "spread" if accounts.value >= 0.7 else "focused"
    sentences.append(Text(f"main_group.sentence_{case}"))
    fit = inside(ctx, base)
    if fit is not None:
        part = share_of(ctx, "segment_sales_share", fit, base, "wanted", "sales")
        sentences.append(Text("main_group.sentence_wanted", {"share": part}))
    return Prose(
        id="main_group_text", title=Text("empty"), requirements=BOXES["main_group_text"], sentences=tuple(sentences)
    )
