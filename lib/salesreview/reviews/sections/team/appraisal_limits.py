"""Bottom lines of the appraisal and what follows from breaking them (requirements S1-44 … S1-46)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ....metrics.appraisal import withheld
from ....record import Exhibit, Figure, NotEnough, NotProvided, Table, Text
from ..key_account.lights import complaint_rate
from ..process.lead_care import timed_leads, timely_figure

if TYPE_CHECKING:
    from .appraisal_scores import Appraisal

COMPLAINTS = "tickets.is_complaint"
MOST = 0.5
"""From which share of people on a broken line says more about the line than about them."""
LEADS = ("leads.assigned_at", "leads.first_touch_at", "leads.assigned_rep_id")


def exhibits(found: Appraisal, ids: Mapping[str, tuple[str, ...]]) -> tuple[Exhibit, Exhibit]:
    """Who breaks which bottom line, then what is proposed."""
    ctx = found.ctx
    lines, proposals = ({"id": name, "requirements": ids[name]} for name in ("appraisal_limits", "appraisal_proposals"))
    absent = [name for name, needs in (("complaints", (COMPLAINTS,)), ("leads", LEADS)) if ctx.mart.missing(*needs)]
    if len(absent) == 2:
        missing = ctx.mart.missing(COMPLAINTS, *LEADS)
        title = Text("appraisal.limits_title")
        return NotProvided(title=title, missing=missing, **lines), NotProvided(
            title=title, missing=missing, **proposals
        )
    frame = _rates(found, absent)
    return _limits(found, frame, absent, lines), _proposals(found, frame, proposals)


def _rates(found: Appraisal, absent: list[str]) -> pd.DataFrame:
    """By rep_id: complaints, orders, timely, due, and breach counts (breaches, serious) of judged records."""
    scheme, fewest = found.ctx.settings.kpi_scheme, found.ctx.settings.minimum_n
    frame = pd.DataFrame(index=found.people.index)
    sums = found.accounts.groupby("rep_id")[["complaints", "placed"]].sum().reindex(frame.index).fillna(0)
    frame["complaints"], frame["orders"] = sums["complaints"], sums["placed"]
    frame["timely"], frame["due"] = 0, 0
    if "leads" not in absent:
        leads = timed_leads(found.ctx, found.ctx.current)
        limit = found.ctx.settings.process_flow.lead_sla_hours
        due = leads[leads["assigned_at"].notna() & ((leads["waited"] >= limit) | leads["first_touch_at"].notna())]
        counts = due.assign(hit=due["response"] <= limit).groupby("rep_id")["hit"].agg(["sum", "size"])
        frame[["timely", "due"]] = counts.reindex(frame.index).fillna(0).astype(int)
    rate = frame["complaints"] / frame["orders"].where(frame["orders"] >= fewest.mean)
    late = 1 - frame["timely"] / frame["due"].where(frame["due"] >= fewest.mean)
    if "complaints" in absent:
        rate = rate * float("nan")
    floor = 1 - scheme.followup_floor
    first, second = rate > scheme.complaint_limit, late > floor + 1e-9
    frame["breaches"] = first.astype(int) + second.astype(int)
    far = (rate > scheme.serious_times * scheme.complaint_limit) | (late > scheme.serious_times * floor)
    frame["serious"] = far | (frame["breaches"] == 2)
    frame["complaint_rate"], frame["late"] = rate, late
    return frame


def _limit(found: Appraisal, name: str, value: float) -> Figure:
    return found.ctx.figure("scheme_value", value, found.ctx.current, dimension="scheme", member=name)


def _limits(found: Appraisal, frame: pd.DataFrame, absent: list[str], fixed: dict) -> Exhibit:
    ctx, scheme = found.ctx, found.ctx.settings.kpi_scheme
    judged = frame[frame["complaint_rate"].notna() | frame["late"].notna()]
    title = Text("appraisal.limits_title")
    if judged.empty:
        return NotEnough(title=title, reason=Text("appraisal.limits_few"), **fixed)
    order = judged.sort_values(["breaches", "complaint_rate", "late"], ascending=False, na_position="last")
    rows = []
    for rep in order.head(ctx.settings.top_n).index:
        row, label = judged.loc[rep], found.people.at[rep, "label"]
        cells = [_share(found, "complaint_rate", row["complaints"], row["orders"], label)]
        timely = _share(found, "lead_timely", row["timely"], row["due"], label)
        state = "both" if row["breaches"] == 2 else "one" if row["breaches"] else "kept"
        shown = cells if "complaints" not in absent else []
        shown += [timely] if "leads" not in absent else []
        rows.append((label, *shown, Text(f"appraisal.limits_{state}")))
    broken = int((judged["breaches"] > 0).sum())
    values = {"broken": str(broken), "n": str(len(judged))}
    notes = [Text("appraisal.note_limits", {
        "complaints": _limit(found, "complaint limit", scheme.complaint_limit),
        "timely": _limit(found, "follow-up floor", scheme.followup_floor),
    })]  # fmt: skip
    if "complaints" not in absent:
        whole, limit = complaint_rate(ctx), _limit(found, "complaint limit", scheme.complaint_limit)
        if whole.value is not None and whole.value > scheme.complaint_limit:
            notes.append(Text("appraisal.note_far", {"rate": whole, "limit": limit}))
    if "leads" not in absent:
        notes.append(Text("appraisal.note_timely", {"rate": timely_figure(ctx)}))
    if broken > MOST * len(judged):
        notes.append(Text("appraisal.note_most"))
    names = ["rep", *(["complaints"] if "complaints" not in absent else [])]
    names += [*(["timely"] if "leads" not in absent else []), "state"]
    return Table(
        title=Text("appraisal.limits_broken" if broken else "appraisal.limits_fine", values),
        header=tuple(Text(f"appraisal.column_{name}") for name in names),
        rows=tuple(rows),
        notes=tuple(notes),
        **fixed,
    )


def _share(found: Appraisal, name: str, part: float, whole: float, label: str) -> Figure:
    ctx = found.ctx
    flags = ("small_n",) if whole < ctx.settings.minimum_n.mean else ()
    value = part / whole if whole else None
    rest = {"numerator": int(part), "denominator": int(whole), "n": int(whole), "flags": flags}
    return ctx.figure(name, value, ctx.current, dimension="rep", member=label, **rest)


def _proposals(found: Appraisal, frame: pd.DataFrame, fixed: dict) -> Exhibit:
    """How many people by number of breaches, with the deduction that the scheme proposes; a person decides."""
    ctx, scheme = found.ctx, found.ctx.settings.kpi_scheme
    title = Text("appraisal.proposals_title")
    if not scheme.penalty:
        return NotProvided(title=title, missing=("params/kpi_scheme.yml",), **fixed)
    judged = frame[frame["complaint_rate"].notna() | frame["late"].notna()]
    if judged.empty:
        return NotEnough(title=title, reason=Text("appraisal.limits_few"), **fixed)
    rows = []
    for count in (0, 1, 2):
        part = judged[judged["breaches"] == count]
        at = {"dimension": "breaches", "member": str(count)}
        share = withheld(count, scheme.penalty) if count else 0.0
        rows.append(
            (
                Text(f"appraisal.breaches_{count}"),
                ctx.figure("graded_people", len(part), ctx.current, n=len(part), **at),
                ctx.figure("scheme_value", share, ctx.current, dimension="penalty", member=str(count)),
                ctx.figure(
                    "graded_people", int(part["serious"].sum()), ctx.current, dimension="breaches×serious",
                    member=str(count),
                ),
            )
        )  # fmt: skip
    names = ("breaches", "people", "withheld", "serious")
    times = ctx.figure("scheme_times", scheme.serious_times, ctx.current)
    people = ctx.figure("graded_people", int((judged["breaches"] > 0).sum()), ctx.current, dimension="breaches",
                        member="any", n=len(judged))  # fmt: skip
    return Table(
        title=Text("appraisal.proposals", {"people": people}),
        header=tuple(Text(f"appraisal.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("appraisal.note_proposals", {"times": times}),),
        **fixed,
    )
