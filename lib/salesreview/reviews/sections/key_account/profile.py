"""In which industries strategic accounts concentrate, how they buy and pay, what they ask for (requirement K-14)."""

import pandas as pd

from ....metrics.account_profile import location_quotient, month_shares, over_represented
from ....metrics.growth import ratio
from ....periods import Window
from ....queries import sales
from ....queries.account_needs import needs
from ....queries.account_profile import customers
from ....record import UNCLASSIFIED, Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, Prose, Series, Table, Text
from ...context import Context
from . import strategic
from .contribution import Group

BOXES = (
    ("profile_cards", "profile.heading", ("K-14",)),
    ("profile_industries", "profile.industries_title", ("K-14",)),
    ("profile_table", "profile.table_title", ("K-14",)),
    ("profile_season", "profile.season_title", ("K-14",)),
    ("profile_text", "profile.heading", ("K-14",)),
)
YEARS = 2
MONTHS = 12


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, industries against the base, industry table, seasonality, paragraph."""
    heading = Heading(id="profile_heading", title=Text("profile.heading"))
    silent = strategic.silent(ctx, BOXES, "accounts.industry", "orders.account_id")
    if silent:
        return heading, *silent
    frame = industries(ctx)
    cards = _cards(ctx)
    season, peak = _season(ctx)
    return heading, cards, _chart(ctx, frame), _table(ctx, frame), season, _text(ctx, frame, peak)


def industries(ctx: Context) -> pd.DataFrame:
    """One row per industry with a strategic account, most accounts first: industry, n, whole, base_n, base_whole,
    quotient, apart (whether the share differs from the rest of the base by more than chance explains)."""
    mine, base = strategic.accounts(ctx), customers(ctx.mart)
    counts, all_counts = mine.groupby("industry").size(), base.groupby("industry").size()
    pairs = {name: (int(counts.get(name, 0)), int(n - counts.get(name, 0))) for name, n in all_counts.items()}
    apart = set(over_represented(pairs)) - {UNCLASSIFIED}
    rows = []
    for name, n in counts.items():
        rows.append(
            {
                "industry": name,
                "n": int(n),
                "whole": len(mine),
                "base_n": int(all_counts[name]),
                "base_whole": len(base),
                "quotient": location_quotient(int(n), len(mine), int(all_counts[name]), len(base)),
                "apart": name in apart,
            }
        )
    return pd.DataFrame(rows).sort_values(["n", "quotient", "industry"], ascending=[False, False, True])


def _share(ctx: Context, group: str, industry: str, n: int, whole: int) -> Figure:
    flags = ("small_n",) if whole < ctx.settings.minimum_n.rate else ()
    where = {"dimension": "customer_group×industry", "member": f"{group} | {industry}"}
    return ctx.figure(
        "account_share", ratio(n, whole), ctx.current, numerator=n, denominator=whole, n=whole, flags=flags, **where
    )


def _chart(ctx: Context, frame: pd.DataFrame) -> Chart:
    mine = [_share(ctx, "strategic", row.industry, row.n, row.whole) for row in frame.itertuples()]
    base = [_share(ctx, "all", row.industry, row.base_n, row.base_whole) for row in frame.itertuples()]
    apart = frame[frame["apart"]]
    few = frame["whole"].iloc[0] < ctx.settings.minimum_n.rate
    first = frame.index[0] if apart.empty else apart.index[0]
    at = list(frame.index).index(first)
    values = {"industry": frame.loc[first, "industry"], "share": mine[at], "base": base[at]}
    case = "few" if few else "apart" if len(apart) else "alike"
    return Chart(
        id="profile_industries",
        title=Text(f"profile.industries_{case}", values),
        requirements=("K-14",),
        form="barh",
        categories=tuple(frame["industry"]),
        series=(Series(Text("profile.mine"), tuple(mine)), Series(Text("profile.base"), tuple(base), "prior")),
        summary=Text("profile.industries_alt", values),
        notes=(Text("profile.note_base"),),
    )


def _terms(ctx: Context, part: pd.DataFrame, where: dict) -> Figure:
    known = part["payment_terms_days"].dropna()
    flags = ("small_n",) if len(known) < ctx.settings.minimum_n.mean else ()
    value = float(known.median()) if len(known) else None
    return ctx.figure("payment_terms", value, ctx.current, n=len(known), flags=flags, **where)


def _cards(ctx: Context) -> Cards:
    group = Group(ctx, ctx.current)
    mine, base = strategic.accounts(ctx), customers(ctx.mart)
    others = base[~base["account_id"].isin(mine["account_id"])]
    count = ctx.figure("strategic_accounts", len(mine), ctx.current, n=len(mine), **strategic.SCOPE)
    cards = [Card(Text("metric.strategic_accounts"), count)]
    values = {"count": count}
    aov = [group.aov(), group.aov(False)]
    if aov[0].value is not None:
        cards += [Card(Text("profile.aov_mine"), aov[0])]
    if aov[1].value is not None:
        cards += [Card(Text("profile.aov_others"), aov[1])]
    terms = [_terms(ctx, mine, strategic.SCOPE), _terms(ctx, others, strategic.OTHERS)]
    if terms[0].value is not None:
        cards += [Card(Text("profile.terms_mine"), terms[0])]
    both = all(figure.value is not None for figure in terms)
    longer = both and terms[0].value - terms[1].value
    case = "plain" if not both else "longer" if longer > 0 else "shorter" if longer < 0 else "same"
    named = {} if case == "plain" else {"mine": terms[0]} if case == "same" else {"mine": terms[0], "others": terms[1]}
    return Cards(
        id="profile_cards",
        title=Text(f"profile.cards_{case}", values | named),
        requirements=("K-14",),
        cards=tuple(cards),
    )


def _table(ctx: Context, frame: pd.DataFrame) -> Table:
    mine = strategic.accounts(ctx)
    sold = sales.by(ctx.mart, ctx.current.window, "is_strategic", "account_id")
    sold = sold[sold["is_strategic"] == "true"].merge(mine[["account_id", "industry"]], on="account_id")
    facts = sold.groupby("industry")[["sales", "positive_orders"]].sum()
    asked = needs(ctx.mart, strategic.trailing(ctx, MONTHS).window).merge(mine[["account_id", "industry"]])
    rows = [_row(ctx, row, facts, mine, asked) for row in frame.head(ctx.settings.top_n).itertuples()]
    columns = ("label.industry", "metric.strategic_accounts", "metric.location_quotient", "metric.sales")
    columns += ("metric.aov", "metric.payment_terms", "profile.need")
    top = max((row for row in rows if row[2].value is not None), key=lambda row: row[2].value)
    return Table(
        id="profile_table",
        title=Text("profile.table_found", {"industry": top[0], "quotient": top[2]}),
        requirements=("K-14",),
        header=tuple(Text(name) for name in columns),
        rows=tuple(rows),
        notes=(Text("profile.note_table"),),
    )


def _row(ctx: Context, row, facts: pd.DataFrame, mine: pd.DataFrame, asked: pd.DataFrame) -> tuple:
    where = {"dimension": "customer_group×industry", "member": f"strategic | {row.industry}"}
    amount, orders = facts.loc[row.industry] if row.industry in facts.index else (0.0, 0)
    few = ("small_n",) if orders < ctx.settings.minimum_n.mean else ()
    rest = {"numerator": float(amount), "denominator": int(orders), "n": int(orders), "flags": few}
    themes = asked[asked["industry"] == row.industry].groupby("theme")["account_id"].nunique()
    best = sorted(themes[themes == themes.max()].index)[0] if len(themes) else None
    small = ("small_n",) if row.whole < ctx.settings.minimum_n.rate else ()
    return (
        row.industry,
        ctx.figure("strategic_accounts", row.n, ctx.current, n=row.n, **where),
        ctx.figure("location_quotient", row.quotient, ctx.current, n=row.whole, flags=small, **where),
        ctx.figure("sales", round(float(amount), 2), ctx.current, n=int(orders), **where),
        ctx.figure("aov", ratio(float(amount), int(orders)), ctx.current, **rest, **where),
        _terms(ctx, mine[mine["industry"] == row.industry], where),
        best,
    )


def _season(ctx: Context) -> tuple[Exhibit, dict]:
    """Share of each calendar month in two years' sales, strategic accounts beside the others."""
    box = {"id": "profile_season", "requirements": ("K-14",)}
    span = strategic.trailing(ctx, MONTHS * YEARS)
    first = max(span.window.start, ctx.mart.meta.first_day)
    found = sales.monthly(ctx.mart, Window(first, span.window.end), "is_strategic")
    found["mine"] = found["is_strategic"] == "true"
    shares = {}
    for name, part in (("strategic", found[found["mine"]]), ("others", found[~found["mine"]])):
        monthly = {
            row.month.date(): row.sales for row in part.groupby("month")["sales"].sum().reset_index().itertuples()
        }
        shares[name] = month_shares(monthly, YEARS)
    if not shares["strategic"]:
        return NotEnough(title=Text("profile.season_title"), reason=Text("profile.season_short"), **box), {}
    series, figures = [], {}
    for name, role in (("strategic", "actual"), ("others", "prior")):
        if shares[name]:
            figures[name] = [_month(ctx, span, name, month, value) for month, value in shares[name].items()]
            series.append(Series(Text(f"profile.group_{name}"), tuple(figures[name]), role))
    at = max(range(12), key=lambda i: figures["strategic"][i].value)
    quarter = [sum(f.value for f in figures["strategic"][3 * q : 3 * q + 3]) for q in range(4)]
    best = max(range(4), key=lambda q: quarter[q])
    where = {"dimension": "customer_group×quarter", "member": f"strategic | Q{best + 1}"}
    values = {
        "month": Text(f"profile.month_{at + 1}"),
        "share": figures["strategic"][at],
        "quarter": Text(f"profile.quarter_{best + 1}"),
        "part": ctx.figure("month_share", quarter[best], span, **where),
    }
    chart = Chart(
        title=Text("profile.season_found", values),
        form="bars",
        categories=tuple(Text(f"profile.month_{month}") for month in range(1, 13)),
        series=tuple(series),
        axes={"x": Text("label.month")},
        summary=Text("profile.season_alt", values),
        notes=(Text("profile.note_season"),),
        **box,
    )
    return chart, values


def _month(ctx: Context, span, name: str, month: int, value: float) -> Figure:
    where = {"dimension": "customer_group×month", "member": f"{name} | {month:02d}"}
    return ctx.figure("month_share", value, span, **where)


def _text(ctx: Context, frame: pd.DataFrame, peak: dict) -> Prose:
    apart = frame[frame["apart"]]
    few = frame["whole"].iloc[0] < ctx.settings.minimum_n.rate
    sentences = []
    whole = int(frame["whole"].iloc[0])
    count = ctx.figure("strategic_accounts", whole, ctx.current, n=whole, **strategic.SCOPE)
    named = {"count": count, "industries": tuple(frame["industry"].head(3))}
    sentences.append(Text("profile.sentence", named))
    if few:
        sentences.append(Text("profile.sentence_few"))
    elif len(apart):
        told = tuple(apart["industry"])
        sentences.append(Text("profile.sentence_apart", {"industries": told}))
    else:
        sentences.append(Text("profile.sentence_alike"))
    group = Group(ctx, ctx.current)
    if group.aov_ratio().value is not None:
        sentences.append(Text("profile.sentence_aov", {"mine": group.aov(), "ratio": group.aov_ratio()}))
    if peak:
        named = {name: peak[name] for name in ("quarter", "part")}
        sentences.append(Text("profile.sentence_season", named))
    return Prose(id="profile_text", title=Text("empty"), requirements=("K-14",), sentences=tuple(sentences))
