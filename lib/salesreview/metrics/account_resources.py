"""What is put into accounts against what they bring, and what one would expect (requirements K-21, K-22)."""

import numpy as np
import pandas as pd
from scipy import stats

ROUNDS = 25
NORMAL = 1.4826
"""Standard deviation of a normal distribution per median absolute deviation."""


def expected_input(accounts: pd.DataFrame) -> pd.DataFrame:
    """The input that accounts of equal potential and sales get, and how far each account lies from it.

    ``accounts`` has input (above zero), potential and sales (not below zero), and mine (whether strategic). The
    logarithm of input is fitted on the logarithms of potential and sales (each plus one) by Theil-Sen slopes, taken in
    turn on what the other leaves over; single accounts cannot bend the fit. Strategic accounts and others each have
    their own level (median), since the former are meant to get more. Returns expected (as input) and z, the residual
    of the logarithm in robust standard deviations (0 when all lie on the fit); index as ``accounts``. No rows give no
    rows.
    """
    if accounts.empty:
        return pd.DataFrame({"expected": pd.Series(dtype=float), "z": pd.Series(dtype=float)})
    y = np.log(accounts["input"].to_numpy(float))
    columns = [np.log1p(np.clip(accounts[name].to_numpy(float), 0, None)) for name in ("potential", "sales")]
    slopes = [0.0, 0.0]
    for _ in range(ROUNDS):
        before = list(slopes)
        for i, x in enumerate(columns):
            other = slopes[1 - i] * columns[1 - i]
            slopes[i] = _slope(y - other, x)
        if max(abs(a - b) for a, b in zip(before, slopes, strict=True)) < 1e-9:
            break
    fitted = sum(slope * x for slope, x in zip(slopes, columns, strict=True))
    mine = accounts["mine"].to_numpy(bool)
    for group in (mine, ~mine):
        if group.any():
            fitted[group] += np.median((y - fitted)[group])
    residual = y - fitted
    spread = NORMAL * float(np.median(np.abs(residual - np.median(residual))))
    z = residual / spread if spread > 1e-12 else np.zeros(len(y))
    return pd.DataFrame({"expected": np.exp(fitted), "z": z}, index=accounts.index)


def _slope(y: np.ndarray, x: np.ndarray) -> float:
    """Theil-Sen slope; 0 when x does not vary."""
    if len(x) < 2 or np.ptp(x) == 0:
        return 0.0
    return float(stats.theilslopes(y, x).slope)


def balance(accounts: pd.DataFrame) -> pd.Series:
    """``over``, ``under`` or empty for each account (K-22), index as given.

    ``accounts`` has z, return (gross profit / input, NaN where unknown) and potential. Over: z above 1 and a return
    below the median. Under: z below -1 and a potential not below the median.

    >>> frame = pd.DataFrame({"z": [1.5, -1.5, 0.0], "return": [1.0, 5.0, 3.0], "potential": [1.0, 9.0, 5.0]})
    >>> list(balance(frame))
    ['over', 'under', '']
    """
    middle, high = accounts["return"].median(), accounts["potential"].median()
    over = (accounts["z"] > 1) & (accounts["return"] < middle)
    under = (accounts["z"] < -1) & (accounts["potential"] >= high)
    return pd.Series(np.where(over, "over", np.where(under, "under", "")), index=accounts.index)
