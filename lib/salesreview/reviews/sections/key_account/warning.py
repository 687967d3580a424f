"""Which strategic accounts wobble: health by part, signals with dates (requirements K-13, K-48)."""

from ....metrics.strategic import HEALTH_PARTS
from ....record import Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context
from ..models import churn
from . import strategic
from .health import FIELDS, Health, health

IDS = (
    ("strategic_health_text", "strategic_warning.heading", ("K-13", "K-48")),
    ("strategic_health", "strategic_warning.health_title", ("K-13",)),
    ("strategic_signals", "strategic_warning.signals_title", ("K-48",)),
)
LEVELS = ("red", "yellow")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, heat map of the health parts, table of the signals."""
    heading = Heading(id="strategic_warning_heading", title=Text("strategic_warning.heading"))
    absent = strategic.silent(ctx, IDS, *FIELDS)
    if absent:
        return heading, *absent
    found = health(ctx)
    if not found:
        return heading, *strategic.not_enough(IDS, Text("strategic_warning.no_sales"))
    return heading, _prose(ctx, found), _map(ctx, found), _signals(ctx, found)


def counts(ctx: Context, found: tuple[Health, ...]) -> dict[str, Figure]:
    """Number of accounts by band of the health score, and by warning level (``warned_red`` …)."""
    figures = {}
    for kind, get in (("health", lambda one: one.state), ("warned", lambda one: one.level)):
        for state in ("red", "yellow", "green", "unknown"):
            n = sum(get(one) == state for one in found)
            where = {"dimension": f"customer_group×{kind}", "member": f"strategic | {state}"}
            figures[f"{kind}_{state}"] = ctx.figure("strategic_accounts", n, ctx.current, n=n, **where)
    return figures


def exposed(ctx: Context, found: tuple[Health, ...]) -> Figure:
    """Sales of the period to the accounts at warning level red."""
    red = [one for one in found if one.level == "red"]
    where = {"dimension": "customer_group×warned", "member": "strategic | red"}
    return ctx.figure("sales", round(sum(one.sales for one in red), 2), ctx.current, n=len(red), **where)


def _prose(ctx: Context, found: tuple[Health, ...]) -> Prose:
    count = counts(ctx, found)
    known = [one for one in found if one.score.value is not None]
    sentences = []
    if known:
        values = {"n": str(len(known)), **{s: count[f"health_{s}"] for s in ("green", "yellow", "red")}}
        sentences.append(Text("strategic_warning.sentence", values))
        worst = min(known, key=lambda one: (one.score.value, one.account))
        parts = sorted((f.value, name) for name, f in worst.parts.items() if f.value is not None)[:2]
        low = tuple(Text(f"strategic_warning.part_{name}") for _, name in parts)
        sentences.append(
            Text("strategic_warning.sentence_worst", {"account": worst.account, "score": worst.score, "parts": low})
        )
    else:
        sentences.append(Text("strategic_warning.sentence_unknown"))
    red = [one for one in found if one.level == "red"]
    if red:
        values = {
            "n": count["warned_red"],
            "names": tuple(one.account for one in red[:4]),
            "sales": exposed(ctx, found),
        }
        sentences.append(Text("strategic_warning.sentence_red", values))
    elif count["warned_yellow"].value:
        sentences.append(Text("strategic_warning.sentence_yellow", {"n": count["warned_yellow"]}))
    else:
        sentences.append(Text("strategic_warning.sentence_calm"))
    sentences += _leaving(ctx, found)
    sentences.append(Text("strategic_warning.sentence_limits"))
    return Prose(id=IDS[0][0], title=Text("empty"), requirements=IDS[0][2], sentences=tuple(sentences))


def _leaving(ctx: Context, found: tuple[Health, ...]) -> list[Text]:
    """The strategic account most likely to leave by the churn model; nothing without signal."""
    known = churn.probabilities(ctx)
    rated = [(known[one.account_id], one.account) for one in found if one.account_id in known]
    if not rated:
        return []
    most, account = max(rated)
    over = sum(chance >= churn.threshold(ctx) for chance, _ in rated)
    values = {"account": account, "chance": churn.probability(ctx, account, most), "n": str(len(rated)),
              "days": str(ctx.settings.models.churn_horizon_days)}  # fmt: skip
    case = "over" if over else "none"
    return [Text(f"strategic_warning.sentence_leaving_{case}", values | ({"over": str(over)} if over else {}))]


def _map(ctx: Context, found: tuple[Health, ...]) -> Exhibit:
    """Accounts by score from the lowest, parts as columns, the score last."""
    name, _, codes = IDS[1]
    known = sorted(
        (one for one in found if one.score.value is not None), key=lambda one: (one.score.value, one.account)
    )
    if not known:
        return strategic.not_enough((IDS[1],), Text("strategic_warning.few_parts"))[0]
    shown = known[: 2 * ctx.settings.top_n]
    low, high = shown[0], known[-1]
    rows = tuple(Series(one.account, (*(_cell(one.parts[part]) for part in HEALTH_PARTS), one.score)) for one in shown)
    values = {"low": low.score, "account": low.account, "high": high.score, "best": high.account}
    return Chart(
        id=name,
        title=Text("strategic_warning.health", {"account": low.account, "low": low.score}),
        requirements=codes,
        form="heatmap",
        categories=(*(Text(f"strategic_warning.part_{part}") for part in HEALTH_PARTS), Text("metric.health")),
        series=rows,
        axes={"x": Text("strategic_warning.part"), "y": Text("label.customer")},
        summary=Text("strategic_warning.health_alt", values),
        notes=(Text("strategic_warning.note_health"),),
    )


def _cell(figure: Figure) -> Figure | None:
    return figure if figure.value is not None else None


def _signals(ctx: Context, found: tuple[Health, ...]) -> Exhibit:
    """One row a warned account: its level, what triggered it, the latest day."""
    name, _, codes = IDS[2]
    warned = sorted(
        (one for one in found if one.triggers), key=lambda one: (LEVELS.index(one.level), -one.sales, one.account)
    )
    if not warned:
        return strategic.not_enough((IDS[2],), Text("strategic_warning.no_signals"))[0]
    count = counts(ctx, found)
    rows, known = [], churn.probabilities(ctx)
    for one in warned[: ctx.settings.top_n]:
        sold = ctx.figure("sales", round(one.sales, 2), ctx.current, **strategic.of_account(one.account))
        told = Text("strategic_warning.listed", {"signals": tuple(trigger.text for trigger in one.triggers)})
        day = max(trigger.day for trigger in one.triggers)
        chance = (churn.probability(ctx, one.account, known[one.account_id]) if one.account_id in known else None,)
        level = Text(f"strategic_warning.level_{one.level}")
        rows.append((one.account, level, told, day, one.score, *(chance if known else ()), sold))
    header = ("label.customer", "strategic_warning.level", "strategic_warning.signal_column", "strategic_warning.day")
    probable = ("metric.churn_probability",) if known else ()
    return Table(
        id=name,
        title=Text("strategic_warning.signals", {"red": count["warned_red"], "yellow": count["warned_yellow"]}),
        requirements=codes,
        header=tuple(Text(key) for key in (*header, "metric.health", *probable, "metric.sales")),
        rows=tuple(rows),
        notes=(Text("strategic_warning.note_signals"),),
    )
