"""Answers between departments against the agreed limit, on the working clock (requirement P-44, metric sla_rate)."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from .worktime import working_hours


def judged(requests: pd.DataFrame, workdays: Sequence, until: date) -> pd.DataFrame:
    """``requests`` (opened_at, responded_at, sla_h) with hours and met.

    ``hours`` are working hours from opening to answer, NaN while there is none. ``met`` is True when answered within
    ``sla_h`` working hours, False when answered later or still open after the limit at the end of ``until``, and null
    while an open request is within its limit or no limit is set; those are pending and in no rate.
    """
    frame = requests.copy()
    frame["hours"] = working_hours(frame["opened_at"], frame["responded_at"], workdays)
    end = pd.Series(pd.Timestamp(until) + pd.Timedelta(hours=24), index=frame.index)
    waited = working_hours(frame["opened_at"], end, workdays)
    limit = pd.to_numeric(frame["sla_h"])
    answered = frame["hours"].notna()
    met = pd.Series(pd.NA, index=frame.index, dtype="boolean")
    met[answered & limit.notna()] = (frame["hours"] <= limit)[answered & limit.notna()]
    met[~answered & limit.notna() & (waited > limit)] = False
    return frame.assign(met=met)
