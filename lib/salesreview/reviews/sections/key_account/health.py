"""The health of strategic accounts: seven parts, a score, a state, and the triggers of a warning (K-13, K-48)."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from ....metrics import strategic as metrics
from ....metrics.growth import growth
from ....periods import Window
from ....queries import strategic as queries
from ....record import Figure, Text
from ...context import Context
from . import strategic

FIELDS = ("orders.account_id",)
STATES = ("red", "yellow", "green", "unknown")
NINETY = timedelta(days=90)


@dataclass(frozen=True)
class Trigger:
    """One sign of a wobbling relation: ``text`` says what, with its figure; ``day`` when it was seen or noted."""

    account: str
    kind: str
    text: Text
    day: date
    severe: bool = False


@dataclass(frozen=True)
class Health:
    """An account's score (no value with fewer than four parts), its parts by name, its band, its triggers, and the
    facts that the parts are made of (`queries.strategic.health_facts`, None where unknown)."""

    account_id: str
    account: str
    sales: float
    score: Figure
    parts: dict[str, Figure]
    state: str
    triggers: tuple[Trigger, ...]
    facts: dict[str, object]

    @property
    def level(self) -> str:
        """Warning level (K-49): red from two triggers or one severe one, yellow from one, else green."""
        if len(self.triggers) > 1 or any(one.severe for one in self.triggers):
            return "red"
        return "yellow" if self.triggers else "green"


def health(ctx: Context) -> tuple[Health, ...]:
    """Strategic accounts that ever bought, on the last day, largest sales of the period first."""
    day = ctx.current.window.end
    facts = queries.health_facts(ctx.mart, day).set_index("account_id")
    told = _told(ctx, day)
    found = []
    for row in strategic.accounts(ctx).itertuples():
        if row.account_id in facts.index:
            own = _plain(facts.loc[row.account_id])
            triggers = (*told.get(row.account_id, ()), *_seen(ctx, row.account, own, day))
            found.append(_health(ctx, row, own, tuple(triggers), day))
    return tuple(found)


def _plain(row: pd.Series) -> dict[str, object]:
    plain = {name: None if pd.isna(value) else value for name, value in row.items()}
    return {name: value.date() if isinstance(value, pd.Timestamp) else value for name, value in plain.items()}


def _health(ctx: Context, row, facts: dict, triggers: tuple[Trigger, ...], day: date) -> Health:
    rules = ctx.settings.health
    parts = metrics.health_parts(facts, day)
    value = metrics.health(parts, rules.weights)
    known = sum(one is not None for one in parts.values())
    flags = () if value is not None else ("small_n",)
    score = ctx.figure("health", value, ctx.current, n=known, flags=flags, **strategic.of_account(row.account))
    figures = {
        name: ctx.figure(
            "health_part", one, ctx.current, dimension="account×health_part", member=f"{row.account} | {name}"
        )
        for name, one in parts.items()
    }
    return Health(
        row.account_id, row.account, float(row.sales), score, figures, band(ctx, value), triggers, facts
    )  # fmt: skip


def band(ctx: Context, value: float | None) -> str:
    """The state of a score or of a part of it by the limits of the settings."""
    rules = ctx.settings.health
    return "unknown" if value is None else "green" if value >= rules.green else "red" if value < rules.red else "yellow"


def sales_change(ctx: Context, account: str, facts: dict) -> Figure:
    """Sales of twelve months against the twelve before."""
    return ctx.figure(
        "sales_ttm_change", growth(facts["sales"], facts["base"]), ctx.current, numerator=facts["sales"],
        denominator=facts["base"], **strategic.of_account(account),
    )  # fmt: skip


def scores(ctx: Context, account: str, facts: dict) -> tuple[Figure, Figure]:
    """Mean score of twelve months, and of the twelve before."""
    where = strategic.of_account(account)
    before = {"dimension": "account×comparison", "member": f"{account} | before"}
    return (
        _score(ctx, facts["score"], facts["answers"], where),
        _score(ctx, facts["score_before"], facts["answers_before"], before),
    )


def _score(ctx: Context, value: float | None, answers: float, where: dict) -> Figure:
    flags = ("small_n",) if answers < ctx.settings.minimum_n.mean else ()
    return ctx.figure("customer_score", value, ctx.current, n=int(answers), flags=flags, **where)


def _seen(ctx: Context, account: str, facts: dict, day: date) -> list[Trigger]:
    """Triggers that follow from the account's own numbers."""
    rules, found = ctx.settings.health, []
    moved = sales_change(ctx, account, facts)
    if moved.value is not None and moved.value <= -rules.sales_drop:
        text = Text("strategic_warning.sales", {"change": moved})
        found.append(Trigger(account, "sales", text, day, moved.value <= -1))
    now, then = scores(ctx, account, facts)
    fewest = ctx.settings.minimum_n.mean
    if now.value is not None and now.n >= fewest:
        if then.value is not None and then.n >= fewest and then.value - now.value >= rules.score_drop:
            text = Text("strategic_warning.score_drop", {"now": now, "then": then})
            found.append(Trigger(account, "score", text, day))
        elif now.value < rules.score_floor:
            found.append(Trigger(account, "score", Text("strategic_warning.score_low", {"now": now}), day))
    return found


def _told(ctx: Context, day: date) -> dict[str, list[Trigger]]:
    """Triggers that somebody wrote down or that contacts show, by account id."""
    window, found = ctx.current.window, {}
    names = dict(strategic.accounts(ctx)[["account_id", "account"]].itertuples(index=False))
    for row in queries.signals(ctx.mart, window).itertuples():
        if row.account_id in names:
            text, severe = Text("strategic_warning.signal", {"type": row.type}), row.severity >= 3
            one = Trigger(names[row.account_id], "signal", text, row.day.date(), severe)
            found.setdefault(row.account_id, []).append(one)
    for row in queries.left_contacts(ctx.mart, Window(day - NINETY, day)).itertuples():
        if row.account_id in names:
            text = Text("strategic_warning.decider", {"n": str(row.people)})
            one = Trigger(names[row.account_id], "decider", text, row.day.date())
            found.setdefault(row.account_id, []).append(one)
    return found
