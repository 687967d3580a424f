"""How projects of strategic accounts are named, and days taken out of their timestamps."""

import pandas as pd

from ....queries.key_accounts import strategic_accounts
from ...context import Context


def labels_of(ctx: Context) -> dict[str, str]:
    """Names of the strategic accounts on the last day, by account id."""
    known = strategic_accounts(ctx.mart, ctx.current.window.end)
    return dict(zip(known["account_id"], known["account"], strict=True))


def told_apart(projects: pd.DataFrame) -> pd.DataFrame:
    """Projects of one name bear their id behind it."""
    shared = projects["project"].duplicated(keep=False)
    named = projects["project"].where(~shared, projects["project"] + " " + projects["project_id"])
    return projects.assign(project=named)


def as_day(value: object):
    """The date of a timestamp; None where it is missing."""
    return None if value is None or pd.isna(value) else value.date()
