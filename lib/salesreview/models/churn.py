"""The churn model (not fitted yet)."""

from datetime import date
from pathlib import Path

import pandas as pd

from ..mart.store import Mart
from ..settings import Settings
from .fitted import Scored
from .result import Evaluation


def scored(mart: Mart, settings: Settings, at: date, folder: Path) -> Scored:
    """Fit on what was known up to ``at``, score that day's units; the card and the model go to ``folder``."""
    none = Evaluation("churn", 0, 0, None, "too_few", ("few_rows",))
    scores = pd.DataFrame({"id": pd.Series(dtype="str"), "probability": pd.Series(dtype="float64"), "basis": ""})
    reasons = pd.DataFrame(
        {
            "id": pd.Series(dtype="str"),
            "rank": pd.Series(dtype="int64"),
            "feature": pd.Series(dtype="str"),
            "value": pd.Series(dtype="str"),
            "effect": pd.Series(dtype="float64"),
        }
    )
    return Scored(none, scores, reasons)
