"""Would customers recommend the firm, and for whom do the answers speak (requirements M-18, M-19)."""

from datetime import timedelta

import pandas as pd

from ....metrics.growth import ratio
from ....metrics.satisfaction import promoter_score
from ....periods import Window
from ....queries import sales
from ....queries import satisfaction as queries
from ....record import Card, Cards, Exhibit, Figure, Heading, Prose, Table, Text
from ...context import Context
from . import scores
from .boxes import absent, too_few
from .satisfaction import Rated, Scope, missing, moved, nps, response_rate, scopes

BOXES = {
    "nps_text": ("M-18",),
    "nps_cards": ("M-18",),
    "nps_trend": ("M-18",),
    "nps_groups": ("M-18",),
    "nps_sample": ("M-19",),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, trend by quarter, tiers and regions, whom the answers speak for."""
    heading = Heading(id="nps_heading", title=Text("nps.heading"))
    fields = missing(ctx, "NPS")
    if fields:
        return heading, *absent(BOXES, Text("metric.nps"), fields)
    now = nps(ctx)
    if not now.known:
        return heading, *too_few(BOXES, Text("metric.nps"), Text("nps.no_answers"))
    base, goal = scores.year_ago(ctx, nps), scores.target(ctx, "nps")
    found = scores.groups(ctx, nps)
    return (
        heading,
        _text(ctx, now, base, goal, found),
        _cards(ctx, now, base, goal),
        scores.trend(ctx, nps, "nps", _box("nps_trend"), goal),
        scores.group_chart(ctx, found, now, "nps", _box("nps_groups")),
        _sample(ctx),
    )


def _box(name: str) -> dict:
    return {"id": name, "requirements": BOXES[name]}


def _parts(ctx: Context, now: Rated) -> tuple[Figure, Figure]:
    """Shares of promoters and of detractors."""
    answers = queries.promoter_answers(ctx.mart, ctx.current.window)["score"].tolist()
    found = promoter_score(answers)
    counts = {"denominator": found.n, "n": found.n, "flags": tuple(f for f in now.figure.flags if f == "small_n")}
    return tuple(
        ctx.figure(name, ratio(number, found.n), ctx.current, numerator=number, **counts)
        for name, number in (("promoter_share", found.promoters), ("detractor_share", found.detractors))
    )


def _cards(ctx: Context, now: Rated, base: Rated | None, goal: Figure | None) -> Cards:
    change = moved(now, base)
    promoters, detractors = _parts(ctx, now)
    cards = [Card(Text("metric.nps"), now.figure, (change,))]
    cards += [Card(Text("metric.nps_target"), goal)] if goal else []
    cards += [Card(Text("metric.promoter_share"), promoters), Card(Text("metric.detractor_share"), detractors)]
    values = {"nps": now.figure, "low": now.low, "high": now.high}
    title = scores.with_values("nps.title", scores.case(now, change), change, **values)
    return Cards(title=title, cards=tuple(cards), **_box("nps_cards"))


def _text(ctx: Context, now: Rated, base: Rated | None, goal: Figure | None, found: tuple[scores.Group, ...]) -> Prose:
    change = moved(now, base)
    promoters, detractors = _parts(ctx, now)
    values = {"nps": now.figure, "low": now.low, "high": now.high, "n": str(now.figure.n)}
    sentences = [Text("nps.sentence", values | {"promoters": promoters, "detractors": detractors})]
    which = scores.case(now, change)
    sentences.append(scores.with_values("nps.sentence", which, change))
    if goal:
        sentences.append(Text(f"nps.sentence_target_{scores.against_target(now, goal)}", {"goal": goal}))
    apart = [group for group in found if group.differs and group.gap.value < 0]
    if apart:
        worst = min(apart, key=lambda group: group.gap.value)
        values = {"group": worst.scope.member, "score": worst.rated.figure, "gap": worst.gap}
        sentences.append(Text("nps.sentence_group", values))
    rate = response_rate(ctx, "NPS")
    key = "nps.sentence_rate" if rate.value is not None else "nps.sentence_no_rate"
    sentences.append(Text(key, {"rate": rate, "asked": str(rate.n)} if rate.value is not None else {}))
    return Prose(title=Text("empty"), sentences=tuple(sentences), **_box("nps_text"))


def _sample(ctx: Context) -> Exhibit:
    """By tier: customers, respondents, response rate, and how much of the sales the respondents stand for."""
    box = _box("nps_sample")
    end = ctx.current.window.end
    year = Window(Window(end, end).years_back().end + timedelta(days=1), end)
    bought = sales.by(ctx.mart, year, "account_id").set_index("account_id")["sales"]
    answers = queries.promoter_answers(ctx.mart, ctx.current.window)
    spoke = set(answers["account_id"].dropna())
    if ctx.mart.missing("surveys.account_id") or not spoke:
        return too_few({box["id"]: box["requirements"]}, Text("nps.sample"), Text("nps.sample_none"))[0]
    rows = [_row(ctx, bought, spoke, scope) for scope in scopes(ctx, "tier")]
    rows = [row for row in rows if row[1].value]
    rows.sort(key=lambda row: (-row[1].value, row[0]))
    total = _row(ctx, bought, spoke, Scope())
    off = [row for row in rows if row[4].value is not None and row[2].value is not None]
    widest = max(off, key=lambda row: abs(row[4].value - row[2].value), default=None)
    values = {"coverage": total[6]}
    title = Text("nps.sample_title", values)
    if widest and abs(widest[4].value - widest[2].value) > 0.05:
        side = "over" if widest[4].value > widest[2].value else "under"
        title = Text(f"nps.sample_{side}", values | {"tier": widest[0], "base": widest[2], "share": widest[4]})
    return Table(
        title=title,
        header=tuple(
            Text(f"nps.column_{name}")
            for name in ("tier", "customers", "customer_share", "respondents", "respondent_share", "rate", "coverage")
        ),
        rows=tuple(rows),
        total=(Text("label.total"), *total[1:]),
        notes=(Text("nps.note_sample"),),
        **box,
    )


def _row(ctx: Context, bought: pd.Series, spoke: set[str], scope: Scope) -> tuple:
    inside = bought.index if scope.accounts is None else bought.index.intersection(list(scope.accounts))
    heard = [account for account in inside if account in spoke]
    where = {"dimension": scope.dimension, "member": scope.member}
    buyers, voices = len(inside), len(heard)
    everybody, all_heard = len(bought), len(spoke & set(bought.index))
    worth, covered = float(bought.loc[inside].sum()), float(bought.loc[heard].sum())
    share = _part(ctx, scope, "customers", buyers, everybody)
    part = _part(ctx, scope, "respondents", voices, all_heard)
    counts = {"numerator": covered, "denominator": worth, "n": voices}
    return (
        scope.member,
        ctx.figure("year_buyers", buyers, ctx.current, n=buyers, **where),
        share,
        ctx.figure("respondent_accounts", voices, ctx.current, n=voices, **where),
        part,
        response_rate(ctx, "NPS", None, scope),
        ctx.figure("answer_coverage", ratio(covered, worth), ctx.current, **counts, **where),
    )


def _part(ctx: Context, scope: Scope, of: str, number: int, whole: int) -> Figure:
    """The share of a tier's accounts among all ``of`` (customers or respondents)."""
    dimension = f"{of}×{scope.dimension}" if scope.dimension else of
    where = {"dimension": dimension, "member": scope.member, "numerator": number, "denominator": whole}
    return ctx.figure("share_mix", ratio(number, whole), ctx.current, n=number, **where)
