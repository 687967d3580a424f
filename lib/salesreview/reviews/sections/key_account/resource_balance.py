"""Which strategic accounts get more or less than their potential lets expect (requirement K-22)."""

import pandas as pd

from ....metrics.account_resources import balance, expected_input
from ....record import Exhibit, NotEnough, Table, Text
from ...context import Context
from . import strategic
from .resource_input import figures, rows


def judged(ctx: Context, frame: pd.DataFrame) -> pd.DataFrame:
    """Strategic accounts with expected input, z and verdict (``over``, ``under`` or empty).

    The expectation comes from all accounts with recorded input and known potential; no rows when these are too few.
    """
    known = frame[(frame["input"] > 0) & frame["potential"].notna()]
    if len(known) < ctx.settings.relations.regression_n:
        return known.head(0).assign(expected=[], z=[], verdict=[])
    mine = known.join(expected_input(known))
    mine = mine[mine["mine"]].copy()
    mine["verdict"] = balance(mine)
    return mine


def exhibit(ctx: Context, frame: pd.DataFrame) -> Exhibit:
    """The accounts judged over or under, with the shift that would even them out."""
    box = {"id": "resources_balance", "requirements": ("K-22",)}
    n = int(((frame["input"] > 0) & frame["potential"].notna()).sum())
    found = judged(ctx, frame)
    fewest = str(ctx.settings.relations.regression_n)
    if n < ctx.settings.relations.regression_n or found.empty:
        reason = Text("resources.few_fitted", {"n": str(n), "fewest": fewest})
        return NotEnough(title=Text("resources.balance_title"), reason=reason, **box)
    off = found[found["verdict"] != ""].sort_values("z", ascending=False, kind="stable")
    if off.empty:
        reason = Text("resources.balanced", {"n": str(len(found))})
        return NotEnough(title=Text("resources.balance_title"), reason=reason, **box)
    lines = []
    for row in rows(off.head(ctx.settings.top_n)):
        where = strategic.of_account(row.account)
        cells = figures(ctx, row)
        expected = ctx.figure("expected_input", round(row.expected, 2), ctx.current, n=n, **where)
        shift = ctx.figure("input_shift", round(row.expected - row.input, 2), ctx.current, n=n, **where)
        z = ctx.figure("input_z", row.z, ctx.current, n=n, **where)
        verdict = Text(f"resources.{row.verdict}")
        lines.append((row.account, verdict, cells["input"], expected, z, cells["return"], shift))
    columns = (
        "label.customer",
        "resources.verdict",
        "metric.resource_input",
        "metric.expected_input",
        "metric.input_z",
    )
    columns += ("metric.resource_return", "metric.input_shift")
    return Table(
        title=side_text("resources.balance", ctx, found),
        header=tuple(Text(name) for name in columns),
        rows=tuple(lines),
        notes=(Text("resources.note_balance", {"n": str(n)}),),
        **box,
    )


def side_text(key: str, ctx: Context, found: pd.DataFrame) -> Text:
    """How many accounts get too much (over) and too little (under); a side without any is not told."""
    counts = {
        side: ctx.figure(
            f"accounts_{side}", int((found["verdict"] == side).sum()), ctx.current, n=len(found), **strategic.SCOPE
        )
        for side in ("over", "under")
    }
    told = [side for side, count in counts.items() if count.value]
    return Text(f"{key}_{told[0]}", {told[0]: counts[told[0]]}) if len(told) == 1 else Text(key, counts)
