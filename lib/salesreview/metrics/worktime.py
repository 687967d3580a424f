"""Working hours between two moments, on the business calendar (requirement E-02): 09:00-12:00 and 13:00-18:00."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

BLOCKS = ((9.0, 12.0), (13.0, 18.0))
HOURS_A_DAY = sum(end - start for start, end in BLOCKS)


def working_hours(start: pd.Series, end: pd.Series, workdays: Sequence) -> pd.Series:
    """Hours of ``end`` − ``start`` that fall into working time, one per row.

    ``workdays`` are the days on which people work. Null where either moment is null; negative differences are
    negative. Days outside the calendar count as free.

    >>> moments = pd.to_datetime(pd.Series(["2026-03-02 11:00", "2026-03-03 14:00"]))
    >>> working_hours(moments[:1], moments[1:].set_axis([0]), ["2026-03-02", "2026-03-03"]).tolist()
    [10.0]
    """
    days = np.sort(np.asarray(pd.to_datetime(list(workdays)).values, dtype="datetime64[D]"))
    return _elapsed(end, days) - _elapsed(start, days)


def _elapsed(moments: pd.Series, days: np.ndarray) -> pd.Series:
    """Working hours from the calendar's beginning up to each moment."""
    stamps = pd.to_datetime(moments)
    day = stamps.dt.normalize().to_numpy().astype("datetime64[D]")
    before = np.searchsorted(days, day, side="left")
    is_workday = np.isin(day, days)
    hour = (stamps - stamps.dt.normalize()).dt.total_seconds().to_numpy() / 3600
    within = sum(np.clip(hour - opens, 0, closes - opens) for opens, closes in BLOCKS)
    hours = before * HOURS_A_DAY + np.where(is_workday, within, 0.0)
    return pd.Series(hours, index=moments.index).where(stamps.notna())
