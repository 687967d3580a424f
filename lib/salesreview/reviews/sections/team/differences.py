"""How far sellers' attainment differs and what goes with it (requirement T-20, evidence class EV4)."""

import pandas as pd

from ....metrics.ability import BANDS, RAMPED, differences, explained, tenure_band
from ....queries.ability import assessments, people
from ....record import UNCLASSIFIED, Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, Point, Prose, Table, Text
from ...context import Context
from ...privacy import rep_labels
from .common import absent, lacking, share, thin
from .credit import Credit, in_post

IDS = {f"differences_{name}": ("T-20",) for name in ("cards", "strip", "bands", "explained", "text")}
FIELDS = ("reps.rep_id", "orders.rep_id", "targets.value")
REGRESSION_N = 30


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, attainment by tenure, tenure bands, variance explained, paragraph."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return absent(IDS, "differences", missing)
    frame = attained(ctx)
    if len(frame) < ctx.settings.minimum_n.mean:
        return lacking(IDS, "differences", Text("differences.none", {"n": str(len(frame))}))
    figures, parts = spread_figures(ctx, frame), _parts(ctx, frame)
    return (
        Heading(id="differences_heading", title=Text("differences.heading")),
        _cards(ctx, figures),
        _strip(ctx, frame),
        _bands(ctx, frame),
        _explained(ctx, parts),
        _text(ctx, figures, parts, len(frame)),
    )


def attained(ctx: Context) -> pd.DataFrame:
    """Sellers with a target who were in post for at least half of the review period: rep_id, label, attainment
    (figure), value, sales, target, years (tenure on the last day; NaN where unknown), region, team, skill (mean score
    of the latest assessment; NaN without)."""
    credit, labels = Credit(ctx), rep_labels(ctx)
    lines = {line.member: line for line in credit.reps}
    end = ctx.current.window.end
    staff = people(ctx.mart, end).set_index("rep_id")
    skills = pd.Series(dtype=float)
    if not ctx.mart.missing("competency.score", "competency.scale_max"):
        scores = assessments(ctx.mart, end)
        scores = scores[(scores["place"] == 1) & scores["topic"].isna()]
        skills = (scores["score"] - scores["standard"].fillna(0.0)).groupby(scores["rep_id"]).mean()
    rows = []
    for row in in_post(credit.now, ctx.current).itertuples():
        line = lines.get(labels.get(row.rep_id, row.rep_id))
        if line is None or line.attainment.value is None or row.rep_id not in staff.index:
            continue
        person = staff.loc[row.rep_id]
        years = (pd.Timestamp(end) - person["hire_date"]).days / 365.25 if not pd.isna(person["hire_date"]) else None
        amounts = line.attainment.value, line.sales.value, line.target.value
        traits = years, person["region"], person["team"], skills.get(row.rep_id)
        rows.append((row.rep_id, line.member, line.attainment, *amounts, *traits))
    columns = ["rep_id", "label", "attainment", "value", "sales", "target", "years", "region", "team", "skill"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "years": float, "skill": float})


def spread_figures(ctx: Context, frame: pd.DataFrame) -> dict[str, Figure]:
    found = differences(frame["value"])
    at = {"n": found.n, "flags": thin(ctx, found.n)}
    return {
        "cv": ctx.figure("attainment_cv", found.cv, ctx.current, **at),
        "tail": ctx.figure("attainment_tail", found.tail_ratio, ctx.current, **at),
        "p10": ctx.figure("attainment_quantile", found.p10, ctx.current, dimension="quantile", member="P10", **at),
        "p90": ctx.figure("attainment_quantile", found.p90, ctx.current, dimension="quantile", member="P90", **at),
        "median": ctx.figure(
            "attainment_quantile", found.median, ctx.current, dimension="quantile", member="P50", **at
        ),
        "short": share(ctx, "attainment_short", found.short, found.n),
    }


def _cards(ctx: Context, figures: dict[str, Figure]) -> Cards:
    return Cards(
        id="differences_cards",
        title=Text("differences.title", {"p90": figures["p90"], "p10": figures["p10"], "short": figures["short"]}),
        requirements=("T-20",),
        cards=tuple(
            Card(
                Text(f"metric.{figures[name].metric}") if name != "median" else Text("differences.median"),
                figures[name],
            )
            for name in ("median", "cv", "tail", "short")
            if figures[name].value is not None
        ),
        notes=(Text("differences.note_people"),),
    )


def _strip(ctx: Context, frame: pd.DataFrame) -> Exhibit:
    fixed = {"id": "differences_strip", "requirements": ("T-20",)}
    known = frame.dropna(subset=["years"]).sort_values(["value", "label"])
    if len(known) < ctx.settings.minimum_n.mean:
        return NotEnough(title=Text("differences.strip"), reason=Text("differences.no_dates"), **fixed)
    points = []
    for row in known.itertuples():
        at = {"dimension": "rep", "member": row.label}
        points.append(Point(row.label, ctx.figure("tenure_years", row.years, ctx.current, **at), row.attainment))
    limit = ctx.figure("attainment_limit", RAMPED, ctx.current)
    found = explained(known["value"], known[["years"]])
    case = "few" if found is None or found.n < REGRESSION_N else "related" if found.p < 0.05 else "unrelated"
    lowest = points[0]
    return Chart(
        title=Text(f"differences.strip_{case}"),
        form="scatter",
        points=tuple(points),
        axes={"x": Text("metric.tenure_years"), "y": Text("metric.credited_attainment")},
        marks={"hline": limit},
        summary=Text("differences.strip_alt", {"n": str(len(points)), "low": lowest.y, "high": points[-1].y}),
        notes=(Text("differences.note_limit"),),
        **fixed,
    )


def _bands(ctx: Context, frame: pd.DataFrame) -> Exhibit:
    fixed = {"id": "differences_bands", "requirements": ("T-20",)}
    known = frame.dropna(subset=["years"])
    if known.empty:
        return NotEnough(title=Text("differences.bands"), reason=Text("differences.no_dates"), **fixed)
    placed = known.assign(band=known["years"].clip(lower=0).map(tenure_band))
    rows = []
    for name, _, _ in BANDS:
        part = placed[placed["band"] == name]
        at, few = {"dimension": "tenure", "member": name}, thin(ctx, len(part))
        if part.empty:
            continue
        target = float(part["target"].sum())
        pooled = ctx.figure(
            "credited_attainment", float(part["sales"].sum()) / target if target > 0 else None, ctx.current,
            numerator=float(part["sales"].sum()), denominator=target, n=len(part), flags=few, **at,
        )  # fmt: skip
        middle = ctx.figure(
            "attainment_median", float(part["value"].median()), ctx.current, n=len(part), flags=few, **at
        )
        people_ = ctx.figure("tenure_people", len(part), ctx.current, n=len(part), **at)
        short = share(ctx, "attainment_short", (part["value"] < RAMPED).sum(), len(part), **at)
        rows.append((Text(f"differences.band_{name}"), people_, pooled, middle, short))
    names = ("tenure", "people", "pooled", "median", "short")
    return Table(
        title=Text("differences.bands"),
        header=tuple(Text(f"differences.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("differences.note_short_n"),),
        **fixed,
    )


def _parts(ctx: Context, frame: pd.DataFrame) -> list[tuple[str, object]]:
    """R² of attainment on tenure, region and skill, alone and together; what cannot be judged is left out."""
    traits = {"tenure": frame[["years"]], "region": frame[["region"]], "skill": frame[["skill"]]}
    if (frame["region"] == UNCLASSIFIED).all():
        traits.pop("region")
    usable = {name: part for name, part in traits.items() if part.notna().any().all()}
    if len(usable) > 1:
        usable["together"] = pd.concat(list(usable.values()), axis=1)
    found = [(name, explained(frame["value"], part)) for name, part in usable.items()]
    return [(name, result) for name, result in found if result is not None]


def _explained(ctx: Context, parts: list) -> Exhibit:
    fixed = {"id": "differences_explained", "requirements": ("T-20",)}
    if not parts or max(result.n for _, result in parts) < REGRESSION_N:
        reason = Text("differences.explained_few", {"n": str(REGRESSION_N)})
        return NotEnough(title=Text("differences.explained"), reason=reason, **fixed)
    rows = []
    for name, result in parts:
        at = {"dimension": "trait", "member": name, "n": result.n}
        few = ("small_n",) if result.n < REGRESSION_N else ()
        r2 = ctx.figure("variance_explained", result.r2, ctx.current, flags=few, **at)
        adjusted = ctx.figure("variance_explained_adjusted", max(0.0, result.adjusted), ctx.current, flags=few, **at)
        p = ctx.figure("f_test_p", result.p, ctx.current, **at)
        verdict = Text("differences.beyond" if result.p < 0.05 else "differences.within")
        rows.append((Text(f"differences.trait_{name}"), r2, adjusted, p, verdict))
    names = ("trait", "r2", "adjusted", "p", "verdict")
    return Table(
        title=Text("differences.explained"),
        header=tuple(Text(f"differences.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("differences.note_explained"),),
        **fixed,
    )


def _text(ctx: Context, figures: dict[str, Figure], parts: list, n: int) -> Prose:
    values = {"n": str(n), "median": figures["median"], "p10": figures["p10"], "p90": figures["p90"]}
    sentences = [Text("differences.text_spread", values)]
    sentences.append(Text("differences.text_short", {"short": figures["short"]}))
    enough = [(name, result) for name, result in parts if result.n >= REGRESSION_N and name != "together"]
    clear = [(name, result) for name, result in enough if result.p < 0.05]
    if clear:
        names = tuple(Text(f"differences.trait_{name}") for name, _ in clear)
        best = max(clear, key=lambda item: item[1].r2)
        r2 = ctx.figure("variance_explained", best[1].r2, ctx.current, dimension="trait", member=best[0], n=best[1].n)
        sentences.append(
            Text("differences.text_related", {"traits": names, "best": Text(f"differences.trait_{best[0]}"), "r2": r2})
        )
    elif enough:
        sentences.append(
            Text(
                "differences.text_unrelated", {"traits": tuple(Text(f"differences.trait_{name}") for name, _ in enough)}
            )
        )
    return Prose(id="differences_text", title=Text("empty"), requirements=("T-20",), sentences=tuple(sentences))
