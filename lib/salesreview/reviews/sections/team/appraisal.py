"""The appraisal sheet: scores, grades and advice by person (requirements S1-39 … S1-43, S4-16, S4-26 … S4-29)."""

import pandas as pd

from ....queries.ability import assessments
from ....record import Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Series, Table, Text
from ...context import Context
from . import appraisal_limits
from .appraisal_scores import GROUPS, KPIS, Appraisal

IDS = {
    "appraisal_text": ("S1-39", "S1-40", "S1-41", "S1-42", "S1-43", "S4-28"),
    "appraisal_scores": ("S1-43", "S4-28"),
    "appraisal_grades": ("S4-28",),
    "appraisal_components": ("S1-39", "S1-40", "S1-41", "S1-42", "S1-43"),
    "appraisal_sheet": ("S4-16", "S4-26", "S4-27", "S4-28", "S4-29"),
    "appraisal_support": ("S4-26", "S4-27", "S4-28", "S4-29"),
    "appraisal_development": ("S2-15",),
    "appraisal_limits": ("S1-44", "S1-45"),
    "appraisal_proposals": ("S1-46",),
}
BAND = 10
"""Points of one bar of the picture of all scores."""
SHEET = ("rep", "target", "actual", "attainment", "new", "retention", "score", "grade", "advice")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, everybody's score, grades by team, components, sheets, development, bottom lines."""
    heading = Heading(id="appraisal_heading", title=Text("appraisal.heading"))
    missing = ctx.mart.missing("reps.rep_id", "orders.rep_id")
    if missing:
        box = {"title": Text("appraisal.heading"), "missing": missing}
        return heading, *(NotProvided(id=name, requirements=codes, **box) for name, codes in IDS.items())
    found = Appraisal(ctx)
    if len(found.people) < ctx.settings.minimum_n.mean or found.scores["composite"].notna().sum() == 0:
        box = {"title": Text("appraisal.heading"), "reason": Text("appraisal.few")}
        return heading, *(NotEnough(id=name, requirements=codes, **box) for name, codes in IDS.items())
    scores = found.scores[found.scores["composite"].notna()]
    ranked = scores.sort_values("composite", ascending=False, kind="stable")
    return (
        heading,
        _text(found, ranked),
        _all(found, ranked),
        _grades(found, ranked),
        _components(found, ranked),
        _sheet(found, ranked, "sheet"),
        _sheet(found, ranked[::-1], "support"),
        _development(found, ranked),
        *appraisal_limits.exhibits(found, IDS),
    )


def composite_figure(found: Appraisal, rep: str) -> Figure:
    """The composite on the 100-point sheet; flagged when groups of the scheme are missing."""
    row = found.scores.loc[rep]
    flags = () if row["covered"] > 1 - 1e-9 else ("partial_scheme",)
    return found.score("composite", row["composite"], rep, flags=flags)


def _grade(found: Appraisal, rep: str) -> Text:
    mark = found.scores.at[rep, "grade"]
    return Text(f"appraisal.grade_{mark}") if isinstance(mark, str) else Text("appraisal.grade_none")


def _all(found: Appraisal, ranked: pd.DataFrame) -> Chart:
    """How many people lie in each band of ten points; the tables below name the best and those who need support."""
    graded = ranked[ranked["grade"].notna()]
    shown = graded if len(graded) else ranked
    low, high = shown["composite"].min(), shown["composite"].max()
    floors = range(int(low // BAND) * BAND, int(min(high, 99) // BAND) * BAND + 1, BAND)
    bands = tuple(f"{floor}–{floor + BAND}" for floor in floors)
    at = [min(int(score // BAND) * BAND, floors[-1]) for score in shown["composite"]]
    people = tuple(
        found.ctx.figure("graded_people", at.count(floor), found.ctx.current, dimension="score_band", member=band)
        for floor, band in zip(floors, bands, strict=True)
    )
    ends = [composite_figure(found, rep) for rep in (ranked.index[0], ranked.index[-1])]
    counts = {name: str(int((graded["grade"] == name).sum())) for name in ("excellent", "good", "improve")}
    title = Text("appraisal.all", counts | {"n": str(len(graded))}) if len(graded) else Text("appraisal.all_ungraded")
    values = {"first": ends[0].member, "high": ends[0], "last": ends[1].member, "low": ends[1]}
    return Chart(
        id="appraisal_scores",
        title=title,
        requirements=IDS["appraisal_scores"],
        form="bars",
        categories=bands,
        series=(Series(Text("metric.graded_people"), people),),
        axes={"x": Text("metric.composite")},
        summary=Text("appraisal.all_alt", values),
        notes=(Text("appraisal.all_alt", values), Text("appraisal.note_short")),
    )


def _grades(found: Appraisal, ranked: pd.DataFrame) -> Exhibit:
    ctx, rows = found.ctx, []
    if missing := ctx.mart.missing("reps.team_id"):
        box = {"id": "appraisal_grades", "requirements": IDS["appraisal_grades"], "missing": missing}
        return NotProvided(title=Text("appraisal.grades"), **box)
    frame = ranked.assign(team=found.people["team"].reindex(ranked.index))
    for team, part in frame.groupby("team"):
        where = {"dimension": "team", "member": team}
        graded = part[part["grade"].notna()]
        cells = [ctx.figure("graded_people", len(graded), ctx.current, n=len(graded), **where)]
        for name in ("excellent", "good", "improve"):
            n = int((graded["grade"] == name).sum())
            at = {"dimension": "team×grade", "member": f"{team} | {name}"}
            cells.append(ctx.figure("graded_people", n, ctx.current, n=n, **at))
        flags = ("small_n",) if len(graded) < ctx.settings.minimum_n.rep else ()
        mean = float(graded["composite"].mean()) if len(graded) else None
        cells.append(ctx.figure("composite_mean", mean, ctx.current, n=len(graded), flags=flags, **where))
        rows.append((team, *cells))
    rows.sort(key=lambda row: (-(row[-1].value or 0.0), row[0]))
    known = [row for row in rows if row[-1].value is not None and "small_n" not in row[-1].flags]
    title = Text("appraisal.grades")
    if len(known) > 1:
        values = {"best": known[0][0], "high": known[0][-1], "worst": known[-1][0], "low": known[-1][-1]}
        title = Text("appraisal.grades_apart", values)
    names = ("team", "graded", "excellent", "good", "improve", "mean")
    return Table(
        id="appraisal_grades",
        title=title,
        requirements=IDS["appraisal_grades"],
        header=tuple(Text(f"appraisal.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("appraisal.note_grades"),),
    )


def _components(found: Appraisal, ranked: pd.DataFrame) -> Table:
    """The four groups of the first on the list, and the composite with the cap of the bonus."""
    rows = []
    for rep in ranked.head(found.ctx.settings.top_n).index:
        row = found.scores.loc[rep]
        groups = [found.score(f"score_{name}", row[name], rep, flags=_absent_flag(row[name])) for name in GROUPS]
        paid = found.score("composite_bonus", row["bonus"], rep)
        rows.append((found.people.at[rep, "label"], *groups, composite_figure(found, rep), paid, _grade(found, rep)))
    weights = found.ctx.settings.kpi_scheme.weights
    named = tuple(
        Text("appraisal.weight", {"group": Text(f"metric.score_{name}"), "weight": _weight(found, name)})
        for name in GROUPS
        if name in weights
    )
    names = ("rep", *(f"group_{name}" for name in GROUPS), "score", "bonus", "grade")
    return Table(
        id="appraisal_components",
        title=Text("appraisal.components", {"first": rows[0][0], "score": rows[0][5]}),
        requirements=IDS["appraisal_components"],
        header=tuple(Text(f"appraisal.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("appraisal.note_weights", {"weights": named}), Text("appraisal.note_caps", _caps(found))),
    )


def _absent_flag(value: float | None) -> tuple[str, ...]:
    return ("not_provided",) if value is None or pd.isna(value) else ()


def _weight(found: Appraisal, group: str) -> Figure:
    value = found.ctx.settings.kpi_scheme.weights[group] / 100
    return found.ctx.figure("scheme_value", value, found.ctx.current, dimension="scheme", member=f"weight {group}")


def _caps(found: Appraisal) -> dict[str, Figure]:
    scheme = found.ctx.settings.kpi_scheme
    return {
        name: found.ctx.figure("scheme_value", value, found.ctx.current, dimension="scheme", member=f"{name} cap")
        for name, value in (("sheet", scheme.sheet_cap), ("bonus", scheme.bonus_cap))
    }


def _sheet(found: Appraisal, ranked: pd.DataFrame, name: str) -> Table:
    """Template 3 (S4-26) for the first on the list: one row a person."""
    rows = tuple(_row(found, rep) for rep in ranked.head(found.ctx.settings.top_n).index)
    values = {"n": str(len(rows)), "all": str(len(ranked))}
    return Table(
        id=f"appraisal_{name}",
        title=Text(f"appraisal.{name}", values),
        requirements=IDS[f"appraisal_{name}"],
        header=tuple(Text(f"appraisal.column_{column}") for column in SHEET),
        rows=rows,
        notes=(Text("appraisal.note_sheet"),) if name == "sheet" else (Text("appraisal.note_advice"),),
    )


def _row(found: Appraisal, rep: str) -> tuple:
    ctx, person = found.ctx, found.people.loc[rep]
    flags = () if pd.notna(person["target"]) else ("no_target",)
    target = found.ctx.figure(
        "target", None if flags else float(person["target"]), ctx.current, dimension="rep", member=person["label"],
        flags=flags,
    )  # fmt: skip
    sales = ctx.figure("credited_sales", person["sales"], ctx.current, dimension="rep", member=person["label"])
    value = None if flags or person["target"] == 0 else person["sales"] / person["target"]
    reached = ctx.figure(
        "credited_attainment", value, ctx.current, dimension="rep", member=person["label"], numerator=person["sales"],
        denominator=target.value, flags=flags,
    )  # fmt: skip
    won = int(found.values.at[rep, "new_customers"])
    fresh = ctx.figure("new_customers", won, ctx.current, dimension="rep", member=person["label"], n=won)
    kept = retention(found, rep)
    score = composite_figure(found, rep)
    return person["label"], target, sales, reached, fresh, kept, score, _grade(found, rep), _advice(found, rep)


def retention(found: Appraisal, rep: str) -> Figure:
    """Customers of the person that were active at the opening and still are."""
    start, kept = (int(found.kept.at[rep, c]) if rep in found.kept.index else 0 for c in ("start", "kept"))
    flags = ("small_n",) if start < found.ctx.settings.minimum_n.rate else ()
    value = kept / start if start else None
    rest = {"numerator": kept, "denominator": start, "n": start, "flags": flags}
    label = found.people.at[rep, "label"]
    return found.ctx.figure("retention", value, found.ctx.current, dimension="rep", member=label, **rest)


def _advice(found: Appraisal, rep: str) -> Text:
    """The KPI that lies furthest below the upper quartile of all, and what to do about it."""
    row = found.scores.loc[rep]
    if row["kpi"] is None or pd.isna(row["gap"]) or row["gap"] < 5:
        return Text("appraisal.advice_keep")
    return Text("appraisal.advice", {"gap": found.score("kpi_gap", row["gap"], rep), "advice": _kpi_advice(found, rep)})


def _kpi_advice(found: Appraisal, rep: str) -> Text:
    row = found.scores.loc[rep]
    lags = row["kpi"] is not None and not pd.isna(row["gap"]) and row["gap"] >= 5
    return Text(f"appraisal.advice_{row['kpi']}" if lags else "appraisal.advice_keep")


def _development(found: Appraisal, ranked: pd.DataFrame) -> Exhibit:
    """Two strongest and two weakest dimensions of the people with the lowest scores (S2-15)."""
    ctx, fixed = found.ctx, {"id": "appraisal_development", "requirements": IDS["appraisal_development"]}
    missing = ctx.mart.missing("competency.score")
    if missing:
        return NotProvided(title=Text("appraisal.development_title"), missing=missing, **fixed)
    skills = assessments(ctx.mart, ctx.current.window.end)
    skills = skills[(skills["place"] == 1) & skills["topic"].isna()]
    rows = []
    for rep in ranked[::-1].index:
        own = skills[skills["rep_id"] == rep].groupby("dimension")["score"].mean().sort_values(kind="stable")
        if len(own) < 4 or len(rows) >= ctx.settings.top_n:
            continue
        label = found.people.at[rep, "label"]
        worst, best = own.head(2), own.tail(2)[::-1]
        lists = [tuple(_skill(found, label, d, v) for d, v in part.items()) for part in (best, worst)]
        cells = [Text("appraisal.skills", {"skills": one}) for one in lists]
        rows.append(
            (label, *cells, Text("appraisal.need", {"first": worst.index[0], "advice": _kpi_advice(found, rep)}))
        )
    if not rows:
        return NotEnough(title=Text("appraisal.development_title"), reason=Text("appraisal.no_assessments"), **fixed)
    return Table(
        title=Text("appraisal.development", {"n": str(len(rows))}),
        header=tuple(Text(f"appraisal.column_{c}") for c in ("rep", "strengths", "weaknesses", "need")),
        rows=tuple(rows),
        **fixed,
    )


def _skill(found: Appraisal, label: str, dimension: str, value: float) -> Text:
    at = {"dimension": "rep×dimension", "member": f"{label} | {dimension}"}
    figure = found.ctx.figure("skill_score", float(value), found.ctx.current, **at)
    return Text("appraisal.skill", {"dimension": dimension, "score": figure})


def _text(found: Appraisal, ranked: pd.DataFrame) -> Prose:
    ctx, scheme = found.ctx, found.ctx.settings.kpi_scheme
    graded = ranked[ranked["grade"].notna()]
    n = len(graded)
    sentences = []
    if n:
        part = {
            name: ctx.figure(
                "grade_share", float((graded["grade"] == name).mean()), ctx.current, dimension="grade", member=name,
                numerator=int((graded["grade"] == name).sum()), denominator=n, n=n,
            )
            for name in ("excellent", "good", "improve")
        }  # fmt: skip
        median = ctx.figure("composite_mean", float(graded["composite"].median()), ctx.current,
                            dimension="reps", member="median", n=n)  # fmt: skip
        sentences.append(Text("appraisal.text_grades", part | {"n": str(n), "median": median}))
        weak = graded["kpi"].dropna().value_counts()
        if len(weak):
            values = {"kpi": Text(f"appraisal.kpi_{weak.index[0]}"), "n": str(int(weak.iloc[0]))}
            sentences.append(Text("appraisal.text_weakest", values))
    else:
        sentences.append(Text("appraisal.text_ungraded"))
    short = int((found.people["fte"] < 0.5).sum())
    if short:
        sentences.append(Text("appraisal.text_short", {"n": str(short)}))
    lacking = [kpi for kpi in KPIS if found.subs(scheme.sheet_cap)[kpi].notna().sum() == 0]
    if lacking:
        sentences.append(Text("appraisal.text_lacking", {"kpis": tuple(Text(f"appraisal.kpi_{k}") for k in lacking)}))
    sentences.append(
        Text("appraisal.text_source", {"source": scheme.scheme_source})
        if scheme.scheme_source
        else Text("appraisal.text_default")
    )
    return Prose(
        id="appraisal_text",
        title=Text("empty"),
        requirements=IDS["appraisal_text"],
        sentences=tuple(sentences),
    )
