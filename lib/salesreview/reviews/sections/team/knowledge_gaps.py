"""Where knowledge falls short of the standard, by topic and team, weighed by the pipeline that needs it (T-21)."""

from ....metrics.comparison import mean_difference
from ....queries.ability import assessments, open_pipeline
from ....record import Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context
from .common import absent, lacking, share, thin

IDS = {f"knowledge_{name}": ("T-21",) for name in ("heat", "ranking", "text")}
FIELDS = ("competency.score", "competency.scale_max", "competency.role_standard")
PIPELINE = ("opportunities.amount", "products.product_line")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, gaps by topic and team, ranking with pipeline, paragraph."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return absent(IDS, "knowledge", missing)
    found = topics(ctx)
    if not found:
        return lacking(IDS, "knowledge", Text("knowledge.none"))
    return (
        Heading(id="knowledge_heading", title=Text("knowledge.heading")),
        _heat(ctx, found),
        _ranking(ctx, found),
        _text(found),
    )


def topics(ctx: Context) -> list[dict]:
    """Topics assessed of enough people, or fields where no topic is assessed, largest weighed gap first.

    Each: name, frame (rep_id, team, gap), gap (figure: mean of standard less score), interval, coverage (share at
    standard), pipeline (open pipeline of the product line of that name; None where it is none). Gaps above zero with
    a pipeline are ranked by gap × pipeline before those without, then all by gap.
    """
    frame = assessments(ctx.mart, ctx.current.window.end)
    frame = frame[(frame["place"] == 1) & frame["standard"].notna()]
    frame = frame.assign(gap=frame["standard"] - frame["score"])
    narrow = frame[frame["topic"].notna()]
    narrow = narrow.assign(name=narrow["topic"]) if len(narrow) else frame.assign(name=frame["dimension"])
    amounts = {} if ctx.mart.missing(*PIPELINE) else _pipeline(ctx)
    found = []
    for name, part in narrow.groupby("name", sort=True):
        people = part.groupby(["rep_id", "team"], as_index=False)[["gap"]].mean()
        if len(people) < ctx.settings.minimum_n.mean:
            continue
        gaps, at = people["gap"], {"dimension": "topic", "member": str(name)}
        found.append(
            {
                "name": str(name),
                "frame": people,
                "gap": ctx.figure("competency_gap", float(gaps.mean()), ctx.current, n=len(people), **at),
                "lead": ctx.figure("competency_lead", -float(gaps.mean()), ctx.current, n=len(people), **at),
                "interval": mean_difference(len(gaps), gaps.mean(), gaps.std(), len(gaps), 0.0, 0.0),
                "coverage": share(ctx, "competency_met", (gaps <= 0).sum(), len(people), **at),
                "pipeline": amounts.get(str(name)),
            }
        )
    return sorted(found, key=lambda t: (-weight(t), -t["gap"].value, t["name"]))


def weight(topic: dict) -> float:
    """Gap × open pipeline; zero without a gap or a pipeline."""
    pipeline = topic["pipeline"].value if topic["pipeline"] is not None else 0.0
    return max(topic["gap"].value, 0.0) * pipeline


def _pipeline(ctx: Context) -> dict[str, Figure]:
    found = open_pipeline(ctx.mart, ctx.current.window.end)
    return {
        row.product_line: ctx.figure(
            "topic_pipeline",
            float(row.amount),
            ctx.current,
            dimension="topic",
            member=row.product_line,
            n=int(row.deals),
        )
        for row in found.itertuples()
    }


def is_short(topic: dict) -> bool:
    """Whether the gap is above zero beyond chance."""
    return topic["interval"] is not None and topic["interval"].low > 0


def _heat(ctx: Context, found: list[dict]) -> Chart:
    teams = sorted({team for topic in found for team in topic["frame"]["team"]})
    series, cells = [], []
    for topic in found[: ctx.settings.top_n]:
        row = []
        for team in teams:
            own = topic["frame"].loc[topic["frame"]["team"] == team, "gap"]
            at = {"dimension": "topic×team", "member": f"{topic['name']} | {team}", "n": len(own)}
            enough = len(own) >= ctx.settings.minimum_n.rep
            row.append(
                ctx.figure("competency_lead", -float(own.mean()), ctx.current, flags=thin(ctx, len(own)), **at)
                if enough
                else None
            )
            if enough:
                cells.append((row[-1].value, topic["name"], team, row[-1]))
        series.append(Series(topic["name"], tuple(row), "part"))
    worst = min(
        (cell for cell in cells if not cell[3].flags), key=lambda cell: (cell[0], cell[1], cell[2]), default=None
    )
    short = [topic["name"] for topic in found if is_short(topic)]
    if worst is None:
        title = Text("knowledge.heat")
    elif worst[0] < 0:
        title = Text("knowledge.heat_worst", {"topic": worst[1], "team": worst[2], "gap": worst[3]})
    else:
        title = Text("knowledge.heat_met")
    return Chart(
        id="knowledge_heat",
        title=title,
        requirements=("T-21",),
        form="heatmap",
        categories=tuple(teams),
        series=tuple(series),
        axes={"value": Text("metric.competency_lead")},
        summary=Text(
            "knowledge.heat_alt_short" if short else "knowledge.heat_alt", {"topics": tuple(short)} if short else {}
        ),
        notes=(Text("knowledge.note_heat"),),
    )


def _ranking(ctx: Context, found: list[dict]) -> Table:
    rows = []
    for topic in found[: ctx.settings.top_n]:
        people = ctx.figure("competency_people", topic["gap"].n, ctx.current, dimension="topic", member=topic["name"])
        verdict = "short" if is_short(topic) else "met" if topic["interval"] and topic["interval"].high < 0 else "level"
        rows.append(
            (topic["name"], topic["lead"], topic["coverage"], topic["pipeline"], people, Text(f"knowledge.{verdict}"))
        )
    names = ("topic", "lead", "coverage", "pipeline", "people", "verdict")
    return Table(
        id="knowledge_ranking",
        title=Text("knowledge.ranking"),
        requirements=("T-21",),
        header=tuple(Text(f"knowledge.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("knowledge.note_ranking"),),
    )


def _text(found: list[dict]) -> Prose:
    short, first = [topic for topic in found if is_short(topic)], found[0]
    sentences = []
    if short:
        names = tuple(Text("knowledge.named", {"topic": topic["name"], "gap": topic["gap"]}) for topic in short[:3])
        sentences.append(Text("knowledge.text_short", {"topics": names}))
    else:
        sentences.append(Text("knowledge.text_none_short", {"n": str(len(found))}))
    thinnest = min(found, key=lambda t: (t["coverage"].value, t["name"]))
    sentences.append(Text("knowledge.text_coverage", {"topic": thinnest["name"], "coverage": thinnest["coverage"]}))
    if weight(first) > 0:
        sentences.append(
            Text(
                "knowledge.text_pipeline", {"topic": first["name"], "pipeline": first["pipeline"], "gap": first["gap"]}
            )
        )
    return Prose(id="knowledge_text", title=Text("empty"), requirements=("T-21",), sentences=tuple(sentences))
