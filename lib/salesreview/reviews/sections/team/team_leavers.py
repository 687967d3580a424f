"""Sales to the customers of people who left, against the year before and against all other customers (T-04)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from ....metrics.comparison import holm
from ....metrics.placebo import placebo_p
from ....periods import Window
from ....queries import team_customers as queries
from ....queries.productivity import reps as quota_reps
from ....record import Exhibit, Figure, NotEnough, NotProvided, Table, Text
from ...context import Context, Span, change
from ...privacy import rep_labels

FEWEST_DAYS = 60
LOOK_BACK_DAYS = 92
CHANCE = 0.05


@dataclass(frozen=True)
class Leaver:
    """What became of one leaver's customers since.

    ``p`` is the chance that as many others fell as much
    (Holm-adjusted over the leavers), None where unknown.

    ``drop`` is last year's sales less this year's, in money.
    """

    label: str
    team: str
    left: date
    accounts: int
    now: Figure
    before: Figure
    yoy: Figure
    others: Figure
    drop: Figure
    p: float | None

    @property
    def fell(self) -> bool:
        """Whether sales fell, by more than chance explains."""
        return self.p is not None and self.p < CHANCE and self.yoy.value is not None and self.yoy.value < 0


def leavers(ctx: Context) -> tuple[Leaver, ...]:
    """Sellers who left up to three months before the review period or in it, at least 60 days before its end, and had
    enough customers; the largest drop first. Empty without leave dates or a base."""
    if ctx.mart.missing("reps.leave_date", "orders.account_id") or not ctx.covers(ctx.year_ago):
        return ()
    window, labels = ctx.current.window, rep_labels(ctx)
    people = quota_reps(ctx.mart)
    gone = people[people["leave_date"].notna()]
    found = []
    for row in gone.itertuples():
        left = pd.Timestamp(row.leave_date).date()
        start = max(left + timedelta(days=1), window.start)
        if left < window.start - timedelta(days=LOOK_BACK_DAYS) or (window.end - start).days < FEWEST_DAYS:
            continue
        one = _leaver(ctx, row.rep_id, labels[row.rep_id], row.team, left, Window(start, window.end))
        found += [one] if one else []
    adjusted = iter(holm([one.p for one in found if one.p is not None]))
    found = [replace(one, p=next(adjusted)) if one.p is not None else one for one in found]
    return tuple(sorted(found, key=lambda one: (-(one.drop.value or 0.0), one.label)))


def _leaver(ctx: Context, rep: str, label: str, team: str, left: date, window: Window) -> Leaver | None:
    mine = set(queries.former_accounts(ctx.mart, rep, left)["account_id"])
    spans = (window, window.years_back())
    sums = [queries.account_sales(ctx.mart, one).set_index("account_id")["sales"] for one in spans]
    frame = pd.concat(sums, axis=1, keys=["now", "before"]).fillna(0.0)
    frame["mine"] = frame.index.isin(mine)
    own = frame[frame["mine"]]
    if len(own) < ctx.settings.minimum_n.mean or own["before"].sum() <= 0:
        return None
    now, before = (
        Span(f"{one.start}:{one.end}", one, partial=False) for one in spans
    )  # the days since the person left, this year and last
    figures = {}
    for name, part in (("mine", own), ("others", frame[~frame["mine"]])):
        at = {"dimension": "former owner", "member": label if name == "mine" else f"{label} | others"}
        figures[name] = (
            ctx.figure("former_sales", float(part["now"].sum()), now, n=len(part), **at),
            ctx.figure("former_sales", float(part["before"].sum()), before, n=len(part), **at),
        )
    drop = float(own["before"].sum() - own["now"].sum())
    return Leaver(
        label=label,
        team=team,
        left=left,
        accounts=len(own),
        now=figures["mine"][0],
        before=figures["mine"][1],
        yoy=change(*figures["mine"], "yoy"),
        others=change(*figures["others"], "yoy"),
        drop=ctx.figure("leaver_drop", drop, now, dimension="former owner", member=label, n=len(own)),
        p=placebo_p(frame["now"] - frame["before"], frame["mine"]),
    )


def exhibit(ctx: Context, codes: tuple[str, ...]) -> Exhibit:
    """One row a leaver, with what the other customers did in the same days."""
    fixed = {"id": "team_warnings_leavers", "requirements": codes}
    title = Text("team_leavers.title")
    missing = ctx.mart.missing("reps.leave_date", "orders.account_id")
    if missing:
        return NotProvided(title=title, missing=missing, **fixed)
    found = leavers(ctx)
    if not found:
        return NotEnough(title=title, reason=Text("team_leavers.none"), **fixed)
    rows = tuple(
        (
            one.label,
            one.team,
            one.left,
            ctx.figure("active_accounts", one.accounts, ctx.current, dimension="former owner", member=one.label),
            one.before,
            one.now,
            one.yoy,
            one.others,
            Text("team_leavers.beyond" if one.fell else "team_leavers.unclear" if one.p is None or one.yoy.value < 0
                 else "team_leavers.held"),
        )
        for one in found[: ctx.settings.top_n]
    )  # fmt: skip
    worst = next((one for one in found if one.fell), None)
    values = {"rep": worst.label, "change": worst.yoy, "others": worst.others} if worst else {}
    names = ("rep", "team", "left", "accounts", "before", "now", "yoy", "others", "verdict")
    return Table(
        title=Text("team_leavers.fell", values) if worst else Text("team_leavers.held_up"),
        header=tuple(Text(f"team_leavers.column_{name}") for name in names),
        rows=rows,
        notes=(Text("team_leavers.note"),),
        **fixed,
    )
