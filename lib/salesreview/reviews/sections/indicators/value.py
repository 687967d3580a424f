"""Customer lifetime value and how well the existing base is used (requirements D-38, D-39)."""

from ....metrics import cltv
from ....metrics.growth import ratio
from ....record import (
    UNCLASSIFIED,
    Card,
    Cards,
    Chart,
    Exhibit,
    Figure,
    Heading,
    NotEnough,
    NotProvided,
    Prose,
    Series,
    Table,
    Text,
)
from ...context import Context, change
from ..finding import few
from . import acquisition, base_use
from .value_facts import Facts

COST = "order_lines.cost_amount"
QUANTILES = (("low", "low"), ("q1", "q1"), ("median", "median"), ("q3", "q3"), ("high", "high"))


def _ltv_cac(facts: Facts, cac: Figure) -> Figure:
    new = facts.mean("cltv_new_mean", "cltv", facts.accounts[facts.accounts["is_new"]])
    rest = {"numerator": new.value, "denominator": cac.value, "n": new.n, "flags": facts._few(new.n)}
    return facts.figure("ltv_cac", ratio(new.value, cac.value), **rest)


def exhibits(ctx: Context, cac: Figure | None = None) -> tuple[Exhibit, ...]:
    """The section in reading order; ``cac`` is the span's customer acquisition cost, by default that of D-19."""
    cac = cac or _cac(ctx)
    heading = Heading(id="value_heading", title=Text("value.heading"), level=2)
    facts = Facts(ctx, ctx.current)
    return heading, *_lifetime(ctx, facts, cac), *base_use.exhibits(ctx, facts)


def _cac(ctx: Context) -> Figure | None:
    """The acquisition cost of the current span; None for a window too short for one."""
    long_enough = ctx.current.window.days >= acquisition.SHORTEST_DAYS
    return acquisition.cac_figures(ctx).cac if long_enough else None


def _lifetime(ctx: Context, facts: Facts, cac: Figure | None) -> tuple[Exhibit, ...]:
    fixed = [{"id": f"value_{name}", "requirements": ("D-38",)} for name in ("cards", "text", "cltv", "segments")]
    title, missing = Text("value.cltv_title"), ctx.mart.missing(COST)
    if missing:
        return tuple(NotProvided(title=title, missing=missing, **each) for each in fixed)
    if not facts.is_known or facts.active.empty:
        return tuple(NotEnough(title=title, reason=Text("value.no_churn"), **each) for each in fixed)
    return _cards(ctx, facts, cac), _prose(ctx, facts, cac), _box(facts), _segments(facts)


def _figures(facts: Facts) -> dict[str, Figure]:
    active, (_, overall) = facts.active, facts.churn
    spread = cltv.quartiles(active["cltv"])
    yearly = {"dimension": "window", "member": "trailing_year", "n": overall.n}
    return {
        "mean": facts.mean("cltv_mean", "cltv"),
        "total": facts.figure("cltv", float(active["cltv"].sum()), n=len(active)),
        "median": facts.figure("cltv_quantile", spread.median, dimension="quantile", member="median", n=spread.n),
        "margin": facts.mean("annual_margin_mean", "annual_margin"),
        "historic": facts.mean("cltv_historic_mean", "historic"),
        "churn": facts.figure("churn", overall.churn, flags=few(facts.ctx, overall.n), **yearly),
    }


def _year_ago(ctx: Context) -> Facts | None:
    """Facts of a year ago when the data covers the year before that span's end and the one before it."""
    facts = Facts(ctx, ctx.year_ago)
    return facts if ctx.mart.meta.first_day.replace(day=1) <= facts.year.years_back().start and facts.is_known else None


def _cards(ctx: Context, facts: Facts, cac: Figure | None) -> Cards:
    now, before = _figures(facts), _year_ago(ctx)
    then = _figures(before) if before else {}
    like = ("margin",) if facts.coming else ("mean", "total", "margin")  # the model knows no year ago
    cards = [
        Card(Text(f"metric.{now[name].metric}"), now[name],
             (change(now[name], then.get(name), "yoy"),) if name in like else ())
        for name in ("mean", "total", "margin")
    ]  # fmt: skip
    cards.append(Card(Text("metric.cltv_historic_mean"), now["historic"]))
    if cac is not None and cac.value:
        cards.append(Card(Text("metric.ltv_cac"), _ltv_cac(facts, cac)))
    return Cards(
        id="value_cards",
        title=Text("value.cards", {"mean": now["mean"], "median": now["median"]}),
        requirements=("D-38",),
        cards=tuple(cards),
        notes=(Text("value.note_cltv_model" if facts.coming else "value.note_cltv", {"churn": now["churn"]}),),
    )


def _prose(ctx: Context, facts: Facts, cac: Figure | None) -> Prose:
    now, active = _figures(facts), facts.active.sort_values(["cltv", "account_id"], ascending=[False, True])
    count = max(1, round(len(active) / 10))
    best, total = float(active["cltv"].head(count).sum()), now["total"].value
    rest = {"dimension": "cltv", "member": "top_tenth", "numerator": best, "denominator": total, "n": count}
    share = facts.figure("share_mix", best / total if total > 0 else None, **rest)
    sentences = [
        Text(
            "value.text_mean_model" if facts.coming else "value.text_mean",
            {name: now[name] for name in ("mean", "margin", "churn")},
        ),
        _spread(now["median"], share),
    ]
    if cac is not None and cac.value:
        multiple = _ltv_cac(facts, cac)
        if multiple.value is not None:
            case = "good" if multiple.value >= ctx.settings.thresholds.ltv_cac else "poor"
            sentences.append(Text(f"value.text_ltv_cac_{case}", {"multiple": multiple, "cac": cac}))
    sentences.append(Text("value.text_limits"))
    return Prose(id="value_text", title=Text("empty"), requirements=("D-38",), sentences=tuple(sentences))


def _spread(median: Figure, share: Figure) -> Text:
    """How uneven value is; a share above one means that the others lose on balance."""
    if share.value is None or share.value > 1 or median.value <= 0:
        return Text("value.text_spread_loss", {"median": median})
    return Text("value.text_spread", {"median": median, "share": share})


def _box(facts: Facts) -> Exhibit:
    """The spread of lifetime values by tier, tiers by mean; tiers below the fewest records are left to the table."""
    fewest = facts.ctx.settings.minimum_n.mean
    groups = {tier: rows for tier, rows in facts.active.groupby("tier", sort=True) if len(rows) >= fewest}
    fixed = {"id": "value_cltv", "requirements": ("D-38",)}
    if not groups:
        return NotEnough(title=Text("value.cltv_title"), reason=Text("value.few_accounts"), **fixed)
    spreads = {tier: cltv.quartiles(rows["cltv"]) for tier, rows in groups.items()}
    order = sorted(spreads, key=lambda tier: (-spreads[tier].median, tier))
    series = tuple(
        Series(
            Text(f"value.quantile_{name}"),
            tuple(
                facts.figure(
                    "cltv_quantile",
                    getattr(spreads[tier], name),
                    dimension="tier×quantile",
                    member=f"{tier} | {name}",
                    n=spreads[tier].n,
                )
                for tier in order
            ),
            role,
        )
        for name, role in QUANTILES
    )
    medians = series[2].figures
    values = {"best": order[0], "high": medians[0], "last": order[-1], "low": medians[-1]}
    return Chart(
        title=Text("value.box_apart", values) if len(order) > 1 else Text("value.box_one", {"high": medians[0]}),
        form="box",
        categories=tuple(order),
        series=series,
        axes={"x": Text("metric.cltv")},
        summary=Text(
            "value.box_alt",
            {
                "medians": tuple(
                    Text("value.named", {"name": tier, "value": median})
                    for tier, median in zip(order, medians, strict=True)
                )
            },
        ),
        notes=(Text("value.note_box"),),
        **fixed,
    )


def _segments(facts: Facts) -> Exhibit:
    """Lifetime value by tier and by acquisition channel, with yearly margin and share of the total."""
    fixed = {"id": "value_segments", "requirements": ("D-38",)}
    columns = {"tier": "accounts.tier", "channel": "accounts.acquisition_channel"}
    missing = facts.ctx.mart.missing(*columns.values())
    if len(missing) == len(columns):
        return NotProvided(title=Text("value.segments_title"), missing=missing, **fixed)
    total = float(facts.active["cltv"].sum())
    rows, highest = [], None
    for dimension in (name for name, column in columns.items() if column not in missing):
        for member, accounts in sorted(
            facts.active.groupby(dimension, sort=True), key=lambda item: (-item[1]["cltv"].sum(), item[0])
        ):
            identity = {"dimension": dimension, "member": member}
            value = float(accounts["cltv"].sum())
            balance = {"dimension": f"{dimension}×balance", "member": f"{member} | closing"}
            count = facts.figure("active_accounts", len(accounts), **balance)
            mean = facts.mean("cltv_mean", "cltv", accounts, **identity)
            margin = facts.mean("annual_margin_mean", "annual_margin", accounts, **identity)
            part = facts.figure(
                "share_mix", value / total if total > 0 else None, dimension=f"cltv_{dimension}", member=member,
                numerator=value, denominator=total,
            )  # fmt: skip
            rows.append((member, count, margin, mean, part))
            if dimension == "channel" and "small_n" not in mean.flags and member != UNCLASSIFIED:
                highest = mean if highest is None or mean.value > highest.value else highest
    title = Text("value.segments_title")
    if highest is not None:
        title = Text(
            "value.segments_best", {"channel": highest.member, "mean": highest, "all": facts.mean("cltv_mean", "cltv")}
        )
    labels = ("segment", "accounts", "margin", "mean", "share")
    return Table(
        title=title,
        header=tuple(Text(f"value.column_{name}") for name in labels),
        rows=tuple(rows),
        notes=(Text("value.note_segments"),),
        **fixed,
    )
