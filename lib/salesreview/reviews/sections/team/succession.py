"""The bench for each key role: who could take over now or within a year (requirement T-02, params/succession.yml)."""

import pandas as pd

from ....metrics.growth import ratio
from ....queries.ability import assessments, people
from ....record import Exhibit, Heading, Prose, Table, Text
from ...context import Context
from .common import absent

IDS = {f"succession_{name}": ("T-02",) for name in ("table", "text")}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, succession table by key role, paragraph; counts only, nobody is named."""
    missing = ctx.mart.missing("reps.role", "competency.score")
    if not ctx.settings.succession.key_roles:
        missing = ("params/succession.yml", *missing)
    if missing:
        return absent(IDS, "succession", missing)
    rows = bench(ctx)
    heading = Heading(id="succession_heading", title=Text("succession.heading"))
    return heading, _table(ctx, rows), _text(ctx, rows)


def bench(ctx: Context) -> list[dict]:
    """One entry a key role: role, incumbents, ready, soon (within twelve months), judged (assessed candidates).

    A candidate holds one of the role's feeder roles, has served long enough and is assessed. The candidate's mean score
    over the fields is held against the standard of the key role: ready from ``ready_gap`` points below it on, soon from
    ``soon_gap`` on.
    """
    end, wanted = ctx.current.window.end, ctx.settings.succession
    staff, scores = people(ctx.mart, end), assessments(ctx.mart, end)
    latest = scores[(scores["place"] == 1) & scores["topic"].isna()]
    level = latest.groupby("rep_id")["score"].mean()
    standards = latest.groupby("role")["standard"].mean()
    served = (pd.Timestamp(end) - staff["hire_date"]).dt.days / 30.4375
    found = []
    for key in wanted.key_roles:
        holders = int((staff["role"] == key.role).sum())
        standard = key.standard if key.standard is not None else standards.get(key.role)
        pool = staff[staff["role"].isin(key.feeders) & (served.isna() | (served >= wanted.least_months))]
        gaps = (
            level.reindex(pool["rep_id"]).dropna() - standard
            if standard is not None and not pd.isna(standard)
            else pd.Series(dtype=float)
        )
        ready = int((gaps >= -wanted.ready_gap).sum())
        soon = int((gaps >= -wanted.soon_gap).sum()) - ready
        found.append({"key": key, "incumbents": holders, "ready": ready, "soon": soon, "judged": len(gaps)})
    return found


def _table(ctx: Context, rows: list[dict]) -> Exhibit:
    cells = []
    for row in rows:
        at = {"dimension": "key_role", "member": row["key"].role}
        counts = {
            name: ctx.figure(f"bench_{name}", row[name], ctx.current, n=row["judged"], **at)
            for name in ("incumbents", "ready", "soon", "judged")
        }
        held = ctx.figure(
            "bench_ratio", ratio(row["ready"], row["incumbents"]), ctx.current, numerator=row["ready"],
            denominator=row["incumbents"], n=row["judged"], **at,
        )  # fmt: skip
        state = "enough" if held.value is not None and held.value >= ctx.settings.succession.target_ratio else "short"
        label = Text("succession.feeders", {"roles": tuple(row["key"].feeders)})
        numbers = (counts["judged"], counts["ready"], counts["soon"], held)
        cells.append((row["key"].role, counts["incumbents"], label, *numbers, Text(f"succession.{state}")))
    short = [row[0] for row in cells if row[6].value is None or row[6].value < ctx.settings.succession.target_ratio]
    names = ("role", "incumbents", "feeders", "judged", "ready", "soon", "ratio", "state")
    return Table(
        id="succession_table",
        title=Text("succession.table_short", {"roles": tuple(short)}) if short else Text("succession.table_enough"),
        requirements=("T-02",),
        header=tuple(Text(f"succession.column_{name}") for name in names),
        rows=tuple(cells),
        notes=(Text("succession.note_rule"),),
    )


def _text(ctx: Context, rows: list[dict]) -> Prose:
    sentences = []
    for row in rows[:3]:
        values = {
            "role": row["key"].role,
            "incumbents": str(row["incumbents"]),
            "ready": str(row["ready"]),
            "soon": str(row["soon"]),
        }
        kind = "none" if row["judged"] == 0 else "ready" if row["ready"] else "soon" if row["soon"] else "empty"
        kept = {
            "none": ("role",),
            "ready": tuple(values),
            "soon": ("role", "incumbents", "soon"),
            "empty": ("role", "incumbents"),
        }[kind]
        sentences.append(Text(f"succession.text_{kind}", {name: values[name] for name in kept}))
    sentences.append(
        Text("succession.text_source", {"source": ctx.settings.succession.source, "date": ctx.settings.succession.date})
    )
    return Prose(id="succession_text", title=Text("empty"), requirements=("T-02",), sentences=tuple(sentences))
