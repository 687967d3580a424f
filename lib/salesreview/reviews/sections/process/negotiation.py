"""How long negotiations take and how they end (requirements P-12, S3-38, S3-39)."""

import pandas as pd

from ....metrics.durations import differ, spread
from ....metrics.funnel import ratio
from ....queries import offers as queries
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, Prose, Series, Text
from ...context import Context, Span, change
from ..cases import base_span
from .slot import Slot, shaky

FIELDS = ("stage_history.exited_at", "opportunities.amount")
SLOTS = {
    "cards": Slot("negotiation_cards", Text("negotiation.heading"), ("P-12", "S3-39", "S3-38")),
    "amount": Slot("negotiation_by_amount", Text("negotiation.by_amount"), ("P-12",)),
    "discount": Slot("negotiation_by_discount", Text("negotiation.by_discount"), ("P-12",)),
    "prose": Slot("negotiation_text", Text("negotiation.heading"), ("P-12", "S3-38")),
}
ROLES = (("low", "p10"), ("q1", "p25"), ("median", "median"), ("q3", "p75"), ("high", "p90"))
QUARTERS = ("q1", "q2", "q3", "q4")
DISCOUNTS = ("0", "5", "10", "15", "20")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, days by amount and by discount, paragraph."""
    heading = Heading(id="negotiation_heading", title=Text("negotiation.heading"))
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(slot.absent(missing) for slot in SLOTS.values())
    now = queries.negotiations(ctx.mart, ctx.settings.funnel, ctx.current.window)
    if len(now) < ctx.settings.minimum_n.rate:
        return heading, *(slot.few(Text("negotiation.few")) for slot in SLOTS.values())
    by_amount = _box(ctx, now, "amount", _quarters(now["amount"].astype(float)))
    if ctx.mart.missing("quotes.discount_pct"):
        by_discount = SLOTS["discount"].absent(("quotes.discount_pct",))
    else:
        bands = pd.cut(now["discount"].astype(float), [-1, 0.05, 0.1, 0.15, 0.2, 1], labels=DISCOUNTS)
        by_discount = _box(ctx, now, "discount", bands)
    return heading, _cards(ctx), by_amount, by_discount, _prose(ctx)


def figures(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    """Days in negotiation (median, P90), share that moved on, last against first price of the won deals."""
    span = span or ctx.current
    found = queries.negotiations(ctx.mart, ctx.settings.funnel, span.window)
    times, n = spread(found["days"].to_numpy()), len(found)
    passed = int(found["passed"].astype(bool).sum())
    closed = queries.closed_quotes(ctx.mart, span.window)
    won = closed[closed["won"].astype(bool) & (closed["first_amount"] > 0)]
    first, last = float(won["first_amount"].sum()), float(won["last_amount"].sum())
    mean = {"n": n, "flags": shaky(ctx, n, "mean")}
    at = {"numerator": passed, "denominator": n, "n": n, "flags": shaky(ctx, n)}
    cut = {"numerator": last, "denominator": first, "n": len(won), "flags": shaky(ctx, len(won), "mean")}
    return {
        "negotiation_days": ctx.figure("negotiation_days", times.median, span, **mean),
        "negotiation_p90": ctx.figure("negotiation_p90", times.p90, span, **mean),
        "negotiation_passed": ctx.figure("negotiation_passed", ratio(passed, n), span, **at),
        "price_kept": ctx.figure("price_kept", ratio(last, first), span, **cut),
    }


def floor_figures(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    """Of the large deals closed: with a written target and floor; of the won ones with a floor: below it (S3-38)."""
    span = span or ctx.current
    closed = queries.closed_quotes(ctx.mart, span.window)
    limit = ctx.settings.large_deal_threshold or float(closed["amount"].quantile(0.9)) if len(closed) else 0.0
    large = closed[closed["amount"] >= limit]
    written = int((large["price_target"].notna() & large["price_floor"].notna()).sum())
    floored = closed[closed["won"].astype(bool) & closed["price_floor"].notna()]
    below = int((floored["amount"] < floored["price_floor"]).sum())

    def share(name: str, hits: int, n: int) -> Figure:
        at = {"numerator": hits, "denominator": n, "n": n, "flags": shaky(ctx, n)}
        return ctx.figure(name, ratio(hits, n), span, **at)

    return {
        "floor_written": share("floor_written", written, len(large)),
        "floor_broken": share("floor_broken", below, len(floored)),
    }


def _all(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    floors = {} if ctx.mart.missing("opportunities.price_floor") else floor_figures(ctx, span)
    return figures(ctx, span) | floors


def _cards(ctx: Context) -> Cards:
    base, now = base_span(ctx, ctx.year_ago), _all(ctx)
    then = _all(ctx, base) if base else {}
    values = {"days": now["negotiation_days"], "p90": now["negotiation_p90"]}
    notes = [Text("negotiation.note")]
    notes += [Text("negotiation.note_floor")] if "floor_written" in now else []
    return Cards(
        title=Text("negotiation.title", values),
        cards=tuple(Card(Text(f"metric.{name}"), f, (change(f, then.get(name), "yoy"),)) for name, f in now.items()),
        notes=tuple(notes),
        **SLOTS["cards"].at,
    )


def _quarters(amounts: pd.Series) -> pd.Series:
    """Each amount's quarter by rank, so that the groups are of equal size."""
    return pd.qcut(amounts.rank(method="first"), 4, labels=QUARTERS)


def _box(ctx: Context, now: pd.DataFrame, by: str, groups: pd.Series) -> Exhibit:
    slot, found = SLOTS[by], {}
    for name in QUARTERS if by == "amount" else DISCOUNTS:
        part = now[groups == name]
        if len(part) >= ctx.settings.minimum_n.rate:
            found[name] = part
    if len(found) < 2:
        return slot.few(Text("negotiation.few"))
    shown = {}
    for name, part in found.items():
        times, at = spread(part["days"].to_numpy()), {"dimension": f"negotiation_{by}", "member": name, "n": len(part)}
        shown[name] = {
            role: ctx.figure(f"negotiation_{'days' if measure == 'median' else measure}", getattr(times, measure),
                             ctx.current, **at)
            for role, measure in ROLES
        }  # fmt: skip
    apart = differ(*(part["days"].to_numpy() for part in found.values()))
    ends = list(found)
    values = {"small": shown[ends[0]]["median"], "large": shown[ends[-1]]["median"]}
    longer = values["large"].value > values["small"].value
    case = "even" if not apart else "longer" if longer else "mixed"
    return Chart(
        title=Text(f"negotiation.{by}_{case}", values),
        form="box",
        categories=tuple(Text(f"negotiation.{by}_band_{name}", _range(ctx, found[name], by, name)) for name in found),
        series=tuple(
            Series(Text(f"cycle.box_{role}"), tuple(shown[n][role] for n in found), role) for role, _ in ROLES
        ),
        axes={"x": Text("negotiation.axis")},
        summary=Text(f"negotiation.{by}_alt", values),
        notes=(Text("cycle.note_box"), Text(f"negotiation.note_{by}")),
        **slot.at,
    )


def _range(ctx: Context, part: pd.DataFrame, by: str, name: str) -> dict[str, Figure]:
    """What names a group: the largest amount in it, or nothing for a discount band."""
    if by != "amount":
        return {}
    at = {"dimension": "negotiation_amount", "member": name, "n": len(part)}
    return {"most": ctx.figure("band_ceiling", float(part["amount"].astype(float).max()), ctx.current, **at)}


def _prose(ctx: Context) -> Prose:
    now = _all(ctx)
    sentences = [Text("negotiation.say_days", {"days": now["negotiation_days"], "passed": now["negotiation_passed"]})]
    if now["price_kept"].value is not None:
        sentences.append(Text("negotiation.say_price", {"kept": now["price_kept"]}))
    if now.get("floor_written") is not None and now["floor_written"].value is not None:
        sentences.append(
            Text("negotiation.say_floor", {"written": now["floor_written"], "broken": now["floor_broken"]})
        )
    return Prose(title=Text("empty"), sentences=tuple(sentences), **SLOTS["prose"].at)
