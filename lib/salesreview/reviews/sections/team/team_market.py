"""What the team's work adds in the market: reach into target customers, share, the brand (requirements T-12, T-13)."""

from ....queries import retention
from ....queries import team_market as queries
from ....queries.satisfaction import survey_answers
from ....record import Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from ..finding import few
from ..market import satisfaction
from ..market.share import whole_share

IDS = {"team_market_reach": ("T-12",), "team_market_brand": ("T-13",), "team_market_text": ("T-12", "T-13")}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, penetration by industry, the brand's numbers, paragraph."""
    whole, reach = _reach(ctx)
    rows = _brand_rows(ctx)
    return (
        Heading(id="team_market_heading", title=Text("team_market.heading")),
        reach,
        _brand(ctx, rows),
        _text(ctx, whole, rows),
    )


def _reach(ctx: Context) -> tuple[Figure | None, Exhibit]:
    fixed = {"id": "team_market_reach", "requirements": IDS["team_market_reach"]}
    title = Text("team_market.reach_title")
    missing = ctx.mart.missing("accounts.industry", "orders.account_id")
    if missing:
        return None, NotProvided(title=title, missing=missing, **fixed)
    wanted = ctx.settings.target_customers
    known = queries.universe(ctx.mart, wanted.industries, wanted.size_bands, wanted.regions)
    base = retention.base(ctx.mart, ctx.settings, ctx.current.window)
    active = set(base.loc[base["is_active_after"].astype(bool), "account_id"])
    known["active"] = known["account_id"].isin(active)
    if ctx.mart.missing("accounts.status") and known["active"].mean() > 0.95:
        return None, NotEnough(title=title, reason=Text("team_market.only_buyers"), **fixed)
    if len(known) < ctx.settings.minimum_n.rate:
        return None, NotEnough(title=title, reason=Text("team_market.few_targets"), **fixed)
    whole = _penetration(ctx, known["active"])
    figures = [_penetration(ctx, part["active"], dimension="industry", member=name)
               for name, part in known.groupby("industry")]  # fmt: skip
    figures.sort(key=lambda figure: (-figure.value, figure.member))
    usable = [figure for figure in figures if "small_n" not in figure.flags] or figures
    values = {"whole": whole, "best": usable[0].member, "high": usable[0], "worst": usable[-1].member,
              "low": usable[-1]}  # fmt: skip
    chosen = any((wanted.industries, wanted.size_bands, wanted.regions))
    note = Text("team_market.note_wanted", {"source": wanted.source or "—", "day": wanted.date or "—"})
    return whole, Chart(
        title=Text("team_market.reach" if len(usable) > 1 else "team_market.reach_one", values if len(usable) > 1
                   else {"whole": whole}),
        form="barh",
        categories=tuple(figure.member for figure in figures),
        series=(Series(Text("metric.penetration"), tuple(figures)),),
        axes={"x": Text("metric.penetration")},
        summary=Text("team_market.reach_alt", {"whole": whole, "n": str(len(known))}),
        notes=(note if chosen else Text("team_market.note_all"),),
        **fixed,
    )  # fmt: skip


def _penetration(ctx: Context, active, **where) -> Figure:
    n, hits = len(active), int(active.sum())
    rest = {"numerator": hits, "denominator": n, "n": n, "flags": few(ctx, n)}
    return ctx.figure("penetration", hits / n if n else None, ctx.current, **rest, **where)


def _brand_rows(ctx: Context) -> list[tuple]:
    """(label, now, before, change, source) of what is known of the brand."""
    base, rows = base_span(ctx, ctx.year_ago), []
    if not ctx.mart.missing("leads.source_channel", "channels.group4"):
        now = referral_share(ctx, ctx.current)
        rows.append(_row(now, referral_share(ctx, base) if base else None, "leads"))
    if not satisfaction.missing(ctx, "NPS"):
        now = satisfaction.nps(ctx)
        before = satisfaction.nps(ctx, base) if base else None
        if now.known:
            then = before.figure if before and before.known else None
            rows.append(
                (Text("metric.nps"), now.figure, then, satisfaction.moved(now, before), Text("team_market.own"))
            )
    if not ctx.mart.missing("surveys.score", "surveys.scale_max"):
        now = awareness(ctx, ctx.current)
        if now.value is not None:
            rows.append(_row(now, awareness(ctx, base) if base else None, "own"))
    brand = ctx.settings.brand
    for name, given in (("aided_awareness", brand.aided_awareness), ("share_of_voice", brand.share_of_voice)):
        if given is not None:
            figure = ctx.figure(name, given.value, ctx.current, flags=("external",))
            source = Text("team_market.source", {"source": given.source, "day": given.date})
            rows.append((Text(f"metric.{name}"), figure, None, None, source))
    return rows


def _row(now: Figure, before: Figure | None, source: str) -> tuple:
    then = before if before is not None and before.value is not None else None
    return Text(f"metric.{now.metric}"), now, then, change(now, then, "yoy"), Text(f"team_market.{source}")


def referral_share(ctx: Context, span: Span) -> Figure:
    """Leads that came by recommendation over all leads of the span."""
    referred, n = queries.referred_leads(ctx.mart, span.window)
    rest = {"numerator": referred, "denominator": n, "n": n, "flags": few(ctx, n)}
    return ctx.figure("referral_share", referred / n if n else None, span, **rest)


def awareness(ctx: Context, span: Span) -> Figure:
    """Mean answer of customers asked how well they know the new products, 0-100."""
    found = survey_answers(ctx.mart, "awareness", span.window)
    index = 100 * (found["score"] - found["low"]) / (found["high"] - found["low"])
    flags = ("small_n",) if len(index) < ctx.settings.minimum_n.rate else ()
    return ctx.figure("product_awareness", float(index.mean()) if len(index) else None, span, n=len(index), flags=flags)


def _brand(ctx: Context, rows: list[tuple]) -> Exhibit:
    fixed = {"id": "team_market_brand", "requirements": IDS["team_market_brand"]}
    title = Text("team_market.brand_title")
    if not rows:
        missing = ("leads.source_channel", "surveys.score", "params/brand.yml")
        return NotProvided(title=title, missing=missing, **fixed)
    absent = tuple(
        Text(f"metric.{name}") for name in ("aided_awareness", "share_of_voice")
        if getattr(ctx.settings.brand, name) is None
    )  # fmt: skip
    notes = tuple(Text("team_market.quote", {"quote": quote}) for quote in ctx.settings.brand.testimonials[:3])
    notes += (Text("team_market.note_absent", {"what": absent}),) if absent else ()
    return Table(
        title=title,
        header=tuple(Text(f"team_market.column_{name}") for name in ("what", "now", "prior", "yoy", "source")),
        rows=tuple(rows),
        notes=(*notes, Text("team_market.note_indirect")),
        **fixed,
    )


def _text(ctx: Context, whole: Figure | None, rows: list[tuple]) -> Prose:
    sentences = []
    if whole is not None:
        counts = {"active": str(int(whole.numerator)), "n": str(whole.n), "rate": whole}
        sentences.append(Text("team_market.text_reach", counts))
    found = None if ctx.mart.missing("market_size.market_amount", "market_size.period") else whole_share(ctx)
    if found:
        share, moved = found
        case = "moved" if moved.value is not None else "alone"
        sentences.append(Text(f"team_market.text_share_{case}", {"share": share} | ({"change": moved} if moved.value
                                                                                    is not None else {})))  # fmt: skip
    else:
        sentences.append(Text("team_market.text_no_share"))
    referral = next((row for row in rows if row[1].metric == "referral_share" and row[1].value is not None), None)
    if referral:
        moved = referral[3]
        case = "no_base" if moved.value is None else "chance" if "within_chance" in moved.flags else "moved"
        sentences.append(Text(f"team_market.text_referral_{case}",
                              {"share": referral[1]} | ({"change": moved} if case == "moved" else {})))  # fmt: skip
    return Prose(
        id="team_market_text", title=Text("empty"), requirements=IDS["team_market_text"], sentences=tuple(sentences)
    )
