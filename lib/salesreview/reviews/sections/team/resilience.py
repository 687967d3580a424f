"""How teams take losses and weak months (requirement T-17): teams of five or more, never a person."""

from itertools import pairwise

import pandas as pd

from ....metrics.growth import ratio
from ....periods import Window
from ....queries import morale as queries
from ....queries.learning import monthly_credit
from ....queries.productivity import reps
from ....queries.staff_surveys import answers
from ....record import Card, Cards, Exhibit, Figure, Heading, NotEnough, Prose, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from ..sales.headline import target_book
from .common import ANONYMOUS, absent, lacking, mean, share

IDS = {f"resilience_{name}": ("T-17",) for name in ("cards", "teams", "text")}
FIELDS = ("opportunities.closed_at", "opportunities.rep_id", "activities.started_at", "activities.rep_id")
AFTER_DAYS = 10
WEAK = 0.70


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, teams, paragraph with its caveat."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return absent(IDS, "resilience", missing)
    lost = queries.losses(ctx.mart, ctx.current.window)
    index = activity_recovery(ctx, lost, ctx.current)
    if index.value is None:
        return lacking(IDS, "resilience", Text("resilience.none"))
    base = base_span(ctx, ctx.year_ago)
    then = activity_recovery(ctx, queries.losses(ctx.mart, base.window), base) if base else None
    months, moods = weak_months(ctx), answers(ctx.mart, ctx.current.window, "pulse")
    recovered = _recovered(ctx, months)
    back = ctx.figure(
        "accounts_won_back",
        queries.won_back(ctx.mart, ctx.current.window, ctx.settings.activity_window_days),
        ctx.current,
    )
    return (
        Heading(id="resilience_heading", title=Text("resilience.heading")),
        _cards(ctx, index, then, recovered, back),
        _teams(ctx, lost, months, moods),
        _text(ctx, index, recovered),
    )


def activity_recovery(ctx: Context, lost: pd.DataFrame, span: Span, **identity) -> Figure:
    """Activities a working day in the ten after a lost deal over those in the 30 days up to it, pooled (T-17)."""
    n, days = len(lost), float(lost["before_days"].sum()) if len(lost) else 0.0
    before = float(lost["before"].sum()) / days if days else 0.0
    after = float(lost["after"].sum()) / (AFTER_DAYS * n) if n else None
    flags = ("small_n",) if n < ctx.settings.minimum_n.rate else ()
    rest = {"numerator": after, "denominator": before, "n": n, "flags": flags}
    return ctx.figure("activity_recovery", ratio(after, before), span, **rest, **identity)


def weak_months(ctx: Context) -> pd.DataFrame:
    """Months of the review period below 70 % of the personal target that a whole month followed: team, recovered
    (70 % or more in the following month); empty without personal targets."""
    book, window = target_book(ctx, "sales", "rep"), ctx.current.window
    whole = [m for m in ctx.period.parts("M") if m.end <= window.end] if book.original else []
    sold = monthly_credit(ctx.mart, Window(window.start, window.end))
    credit = {(row.rep_id, row.month.date()): row.sales for row in sold.itertuples()}
    rows = []
    for row in reps(ctx.mart).itertuples():
        reached = []
        for month in whole:
            goal = book.resolve(month.window, row.rep_id)
            known = goal is not None and goal.value > 0
            reached.append(credit.get((row.rep_id, month.start), 0.0) / goal.value if known else None)
        pairs = pairwise(reached)
        rows += [(row.team, nxt >= WEAK) for one, nxt in pairs if one is not None and nxt is not None and one < WEAK]
    return pd.DataFrame(rows, columns=["team", "recovered"])


def _recovered(ctx: Context, months: pd.DataFrame, **identity) -> Figure:
    return share(
        ctx, "month_recovery", months["recovered"].astype(bool).sum() if len(months) else 0, len(months), **identity
    )


def _cards(ctx: Context, index: Figure, then: Figure | None, recovered: Figure, back: Figure) -> Cards:
    case = "kept" if index.value >= 0.95 else "less"
    cards = [Card(Text("metric.activity_recovery"), index, (change(index, then, "yoy"),))]
    if recovered.value is not None:
        cards.append(Card(Text("metric.month_recovery"), recovered))
    cards.append(Card(Text("metric.accounts_won_back"), back))
    return Cards(
        id="resilience_cards",
        title=Text(f"resilience.title_{case}", {"index": index}),
        requirements=("T-17",),
        cards=tuple(cards),
        notes=(Text("resilience.note_index"),),
    )


def _teams(ctx: Context, lost: pd.DataFrame, months: pd.DataFrame, moods: pd.DataFrame) -> Exhibit:
    fixed = {"id": "resilience_teams", "requirements": ("T-17",)}
    staff = reps(ctx.mart)
    here = staff[~(staff["leave_date"] <= pd.Timestamp(ctx.current.window.end))]
    sizes = here.groupby("team")["rep_id"].nunique()
    rows = []
    for team in sorted(sizes[sizes >= ANONYMOUS].index):
        at = {"dimension": "team", "member": team}
        own = moods[moods["team"] == team]["index"].dropna()
        mood = mean(ctx, "pulse_index", own, **at) if len(own) >= ANONYMOUS else None
        row = (
            team,
            activity_recovery(ctx, lost[lost["team"] == team], ctx.current, **at),
            _recovered(ctx, months[months["team"] == team], **at),
            mood,
        )
        rows.append(row)
    if not rows:
        return NotEnough(title=Text("resilience.teams"), reason=Text("resilience.small_teams"), **fixed)
    rows.sort(key=lambda row: (-(row[1].value or 0.0), row[0]))
    return Table(
        title=Text("resilience.teams"),
        header=tuple(Text(f"resilience.column_{name}") for name in ("team", "index", "recovered", "pulse")),
        rows=tuple(rows),
        notes=(Text("resilience.note_groups"),),
        **fixed,
    )


def _text(ctx: Context, index: Figure, recovered: Figure) -> Prose:
    sentences = [Text("resilience.text_index", {"index": index, "n": str(index.n)})]
    if recovered.value is None:
        sentences.append(Text("resilience.text_no_target"))
    else:
        few = "_few" if recovered.flags else ""
        sentences.append(Text(f"resilience.text_months{few}", {"share": recovered, "n": str(recovered.n)}))
    sentences.append(Text("resilience.text_caveat"))
    return Prose(id="resilience_text", title=Text("empty"), requirements=("T-17",), sentences=tuple(sentences))
