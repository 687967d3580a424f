"""Level of the team by field of competence against the standard and the last assessment (requirement T-18)."""

import pandas as pd

from ....metrics.comparison import mean_difference
from ....queries.ability import assessments
from ....record import Exhibit, Heading, Prose, Table, Text
from ...context import Context
from .common import absent, lacking, mean, share, thin

IDS = {f"profession_{name}": ("T-18",) for name in ("table", "text")}
FIELDS = ("competency.score", "competency.scale_max")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, table of the fields against standard and last assessment, paragraph."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return absent(IDS, "profession", missing)
    frame = assessments(ctx.mart, ctx.current.window.end)
    fields = by_dimension(ctx, frame)
    if not fields:
        return lacking(IDS, "profession", Text("profession.none"))
    ranked = sorted(fields, key=lambda f: (_lead(f), f["name"]))
    return (
        Heading(id="profession_heading", title=Text("profession.heading")),
        _table(ctx, ranked),
        _text(ctx, ranked, frame),
    )


def by_dimension(ctx: Context, frame: pd.DataFrame) -> list[dict]:
    """One entry a field with enough people: name, now, standard, sd, met (share of people at or above their
    role's standard), moved (interval of the change of the same people, None without two assessments)."""
    whole, found = frame[frame["topic"].isna()], []
    for name, part in whole.groupby("dimension", sort=True):
        latest, earlier = (part[part["place"] == place].set_index("rep_id") for place in (1, 2))
        if len(latest) < ctx.settings.minimum_n.mean:
            continue
        at = {"dimension": "competency", "member": str(name)}
        judged = latest.dropna(subset=["standard"])
        both = latest["score"].sub(earlier["score"]).dropna()
        sd = float(latest["score"].std()) if len(latest) > 1 else None
        found.append(
            {
                "name": str(name),
                "now": mean(ctx, "competency_mean", latest["score"], **at),
                "standard": mean(ctx, "competency_standard", judged["standard"], **at),
                "sd": ctx.figure("competency_sd", sd, ctx.current, n=len(latest), **at),
                "met": share(ctx, "competency_met", (judged["score"] >= judged["standard"]).sum(), len(judged), **at),
                "moved": _moved(both),
                "change": ctx.figure(
                    "competency_change", float(both.mean()) if len(both) else None, ctx.current, n=len(both),
                    flags=thin(ctx, len(both)), **at,
                ),
            }
        )  # fmt: skip
    return found


def _moved(both: pd.Series):
    return mean_difference(len(both), both.mean(), both.std(), len(both), 0.0, 0.0) if len(both) > 1 else None


def _lead(field: dict) -> float:
    """How far the field lies above its standard; without a standard by its level."""
    now, standard = field["now"].value, field["standard"].value
    return now - standard if standard is not None else now


def _title(fields: list[dict]) -> Text:
    weakest, strongest = fields[0], fields[-1]
    below = [field for field in fields if field["standard"].value is not None and _lead(field) < 0]
    known = [field for field in fields if field["standard"].value is not None]
    if not known:
        return Text("profession.title_no_standard", {"best": strongest["name"], "high": strongest["now"]})
    if below:
        names = tuple(field["name"] for field in below[:3])
        return Text("profession.title_below", {"fields": names, "n": str(len(below))})
    return Text("profession.title_above", {"weakest": weakest["name"], "low": weakest["now"]})


def _table(ctx: Context, fields: list[dict]) -> Exhibit:
    names = ("field", "now", "sd", "standard", "met", "change", "people")
    rows = []
    for field in fields:
        people = ctx.figure(
            "competency_people", field["now"].n, ctx.current, dimension="competency", member=field["name"]
        )
        rows.append(
            (field["name"], field["now"], field["sd"], field["standard"], field["met"], field["change"], people)
        )
    return Table(
        id="profession_table",
        title=_title(fields),
        requirements=("T-18", "S2-12"),
        header=tuple(Text(f"profession.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("profession.note_scale"), Text("profession.note_change")),
    )


def _text(ctx: Context, fields: list[dict], frame: pd.DataFrame) -> Prose:
    latest = frame[(frame["place"] == 1) & frame["topic"].isna()]
    people, day = latest["rep_id"].nunique(), latest["assessed_at"].max().date()
    sentences = [Text("profession.text_base", {"n": str(people), "day": day})]
    known = [field for field in fields if field["standard"].value is not None]
    if known:
        weak = min(known, key=lambda field: (field["met"].value or 0.0, field["name"]))
        sentences.append(Text("profession.text_met", {"field": weak["name"], "share": weak["met"]}))
    up = [f for f in fields if f["moved"] is not None and f["moved"].low > 0]
    down = [f for f in fields if f["moved"] is not None and f["moved"].high < 0]
    if up:
        best = max(up, key=lambda f: (f["change"].value, f["name"]))
        sentences.append(
            Text("profession.text_up", {"n": str(len(up)), "field": best["name"], "change": best["change"]})
        )
    if down:
        worst = min(down, key=lambda f: (f["change"].value, f["name"]))
        sentences.append(
            Text("profession.text_down", {"n": str(len(down)), "field": worst["name"], "change": worst["change"]})
        )
    if not up and not down and any(f["moved"] is not None for f in fields):
        sentences.append(Text("profession.text_same"))
    wide = max((f for f in fields if f["sd"].value is not None), key=lambda f: (f["sd"].value, f["name"]), default=None)
    if wide:
        sentences.append(Text("profession.text_spread", {"field": wide["name"], "sd": wide["sd"]}))
    return Prose(id="profession_text", title=Text("empty"), requirements=("T-18", "S2-12"), sentences=tuple(sentences))
