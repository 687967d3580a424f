"""Contract templates, signing times and what follows (requirements P-13, P-14, S3-40)."""

import pandas as pd

from ....metrics.durations import differ, spread
from ....metrics.funnel import ratio
from ....queries import offers as queries
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from .slot import Slot, shaky

FIELDS = ("contracts.drafted_at", "contracts.signed_at")
SLOTS = {
    "cards": Slot("contract_cards", Text("contracting.heading"), ("P-13", "P-14")),
    "kinds": Slot("contract_kinds", Text("contracting.kinds"), ("P-13", "P-34")),
    "steps": Slot("contract_steps", Text("contracting.steps"), ("P-14",)),
    "orders": Slot("contract_orders", Text("contracting.orders"), ("S3-40",)),
    "prose": Slot("contract_text", Text("contracting.heading"), ("P-13", "P-14", "S3-40")),
}
STEPS = (("drafted_at", "submitted_at"), ("submitted_at", "approved_at"), ("approved_at", "sent_at"),
         ("sent_at", "signed_at"))  # fmt: skip
ROLES = (("low", "p10"), ("q1", "p25"), ("median", "median"), ("q3", "p75"), ("high", "p90"))


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, kinds of contract, steps to the signature, orders under contract, paragraph."""
    heading = Heading(id="contract_heading", title=Text("contracting.heading"))
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(slot.absent(missing) for slot in SLOTS.values())
    now = queries.contracts(ctx.mart, ctx.current.window)
    if len(now) < ctx.settings.minimum_n.rate:
        return heading, *(slot.few(Text("contracting.few")) for slot in SLOTS.values())
    return heading, _cards(ctx), _kinds(ctx, now), _steps(ctx, now), _orders(ctx), _prose(ctx)


def figures(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    """Days from draft to signature, on time and within the goal, standard contracts, signed electronically."""
    span, flow = span or ctx.current, ctx.settings.process_flow
    found = queries.contracts(ctx.mart, span.window)
    days, n = found["days"].dropna(), len(found)
    methods = found["sign_method"].dropna()

    def share(name: str, hits: int, of: int, **at) -> Figure:
        at = {"numerator": hits, "denominator": of, "n": of, "flags": shaky(ctx, of)} | at
        return ctx.figure(name, ratio(hits, of), span, **at)

    at = {"n": len(days), "flags": shaky(ctx, len(days), "mean")}
    return {
        "signing_days": ctx.figure("signing_days", float(days.median()) if len(days) else None, span, **at),
        "signing_on_time": share("signing_on_time", int((days <= flow.signing_limit_days).sum()), len(days)),
        "signing_in_goal": share("signing_in_goal", int((days <= flow.signing_goal_days).sum()), len(days)),
        "template_rate": share(
            "template_rate", int(found["standard"].sum()), n, dimension="document", member="contract"
        ),
        "signed_online": share("signed_online", int((methods == "电子").sum()), len(methods)),
    }


def _cards(ctx: Context) -> Cards:
    base, now = base_span(ctx, ctx.year_ago), figures(ctx)
    then = figures(ctx, base) if base else {}
    flow = ctx.settings.process_flow
    limits = {
        name: ctx.figure("limit_days", value, ctx.current, dimension="limit", member=name)
        for name, value in (("limit", flow.signing_limit_days), ("goal", flow.signing_goal_days))
    }
    return Cards(
        title=Text("contracting.title", {"days": now["signing_days"], "rate": now["signing_on_time"]} | limits),
        cards=tuple(Card(Text(f"metric.{name}"), f, (change(f, then.get(name), "yoy"),)) for name, f in now.items()),
        notes=(Text("contracting.note", limits),),
        **SLOTS["cards"].at,
    )


def _kinds(ctx: Context, now: pd.DataFrame) -> Exhibit:
    """Days to the signature: standard or not, electronic or paper."""
    slot = SLOTS["kinds"]
    groups = {
        "standard": now[now["standard"]],
        "special": now[~now["standard"]],
        "electronic": now[now["sign_method"] == "电子"],
        "paper": now[now["sign_method"] == "纸质"],
    }
    solid = {name: part for name, part in groups.items() if part["days"].notna().sum() >= ctx.settings.minimum_n.mean}
    if len(solid) < 2:
        return slot.few(Text("contracting.few"))
    shown = {}
    for name, part in solid.items():
        times, at = (
            spread(part["days"].dropna().to_numpy()),
            {"dimension": "contract_kind", "member": name, "n": len(part)},
        )
        shown[name] = {
            role: ctx.figure("signing_days" if measure == "median" else f"signing_{measure}", getattr(times, measure),
                             ctx.current, **at)
            for role, measure in ROLES
        }  # fmt: skip
    pairs = [pair for pair in (("standard", "special"), ("electronic", "paper")) if set(pair) <= set(solid)]
    title = slot.title
    if pairs:
        one, two = pairs[0]
        apart = differ(*(solid[name]["days"].dropna().to_numpy() for name in pairs[0]))
        quicker = shown[one]["median"].value < shown[two]["median"].value
        case = "even" if not apart else "faster" if quicker else "slower"
        title = Text(f"contracting.{one}_{case}", {"one": shown[one]["median"], "two": shown[two]["median"]})
    values = {"first": shown[next(iter(shown))]["median"]}
    return Chart(
        title=title,
        form="box",
        categories=tuple(Text(f"contracting.kind_{name}") for name in shown),
        series=tuple(
            Series(Text(f"cycle.box_{role}"), tuple(shown[n][role] for n in shown), role) for role, _ in ROLES
        ),
        axes={"x": Text("contracting.axis")},
        summary=Text("contracting.kinds_alt", values),
        notes=(Text("cycle.note_box"), *_second(solid, shown, pairs)),
        **slot.at,
    )


def _second(solid: dict, shown: dict, pairs: list) -> tuple[Text, ...]:
    """What electronic signing goes with, where both kinds are there."""
    if ("electronic", "paper") not in pairs:
        return ()
    apart = differ(solid["electronic"]["days"].dropna().to_numpy(), solid["paper"]["days"].dropna().to_numpy())
    quicker = shown["electronic"]["median"].value < shown["paper"]["median"].value
    case = "even" if not apart else "faster" if quicker else "slower"
    values = {"one": shown["electronic"]["median"], "two": shown["paper"]["median"]}
    return (Text(f"contracting.note_electronic_{case}", values),)


def _steps(ctx: Context, now: pd.DataFrame) -> Exhibit:
    rows = []
    for begin, end in STEPS:
        days = ((now[end] - now[begin]).dt.total_seconds() / 86400).dropna()
        if len(days) < ctx.settings.minimum_n.mean:
            continue
        times, at = (
            spread(days.to_numpy()),
            {"dimension": "contract_step", "member": end.removesuffix("_at"), "n": len(days)},
        )
        rows.append(
            (
                Text(f"contracting.step_{end}"),
                ctx.figure("contract_step_days", times.median, ctx.current, **at),
                ctx.figure("contract_step_p90", times.p90, ctx.current, **at),
                ctx.figure("contract_step_mean", times.mean, ctx.current, **at),
            )
        )
    if not rows:
        return SLOTS["steps"].few()
    worst = max(rows, key=lambda row: row[3].value)
    names = ("contract_step_days", "contract_step_p90", "contract_step_mean")
    return Table(
        title=Text("contracting.steps_title", {"step": worst[0], "days": worst[3]}),
        header=(Text("contracting.step"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows),
        notes=(Text("contracting.note_days"),),
        **SLOTS["steps"].at,
    )


def _orders(ctx: Context) -> Exhibit:
    slot = SLOTS["orders"]
    missing = ctx.mart.missing("orders.contract_id", "orders.status")
    if missing:
        return slot.absent(missing)
    found = queries.fulfilment(ctx.mart, ctx.current.window)
    total = int(found["n"].sum())
    if total < ctx.settings.minimum_n.rate:
        return slot.few()
    known = not ctx.mart.missing("orders.promised_date")
    rows, late_all = [], int(found["late"].sum())
    for row in found.itertuples():
        n, at = int(row.n), {"dimension": "order_status", "member": row.status}
        share = ctx.figure(
            "contract_order_share", n / total, ctx.current, numerator=n, denominator=total, n=total, **at
        )
        late = ctx.figure("contract_orders_late", int(row.late), ctx.current, n=n, **at) if known else None
        rows.append((row.status, ctx.figure("contract_orders", n, ctx.current, **at), share, late))
    whole = ctx.figure("contract_orders", total, ctx.current)
    late = ctx.figure("contract_orders_late", late_all, ctx.current, n=total)
    names = ("contract_orders", "contract_order_share", "contract_orders_late")
    return Table(
        title=Text("contracting.orders_late", {"n": whole, "late": late})
        if known
        else Text("contracting.orders_title", {"n": whole}),
        header=(Text("contracting.status"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows),
        total=(Text("label.total"), whole, None, late if known else None),
        notes=(Text("contracting.note_orders"),),
        **slot.at,
    )


def _prose(ctx: Context) -> Prose:
    now, flow = figures(ctx), ctx.settings.process_flow
    goal = ctx.figure("limit_days", flow.signing_goal_days, ctx.current, dimension="limit", member="goal")
    sentences = [
        Text("contracting.say_days", {"days": now["signing_days"], "goal": goal, "share": now["signing_in_goal"]})
    ]
    sentences.append(Text("contracting.say_standard", {"rate": now["template_rate"]}))
    if now["signed_online"].value is not None:
        sentences.append(Text("contracting.say_online", {"share": now["signed_online"]}))
    return Prose(title=Text("empty"), sentences=tuple(sentences), **SLOTS["prose"].at)
