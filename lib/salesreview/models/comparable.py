"""What comparable windows of the past say about the next: a shrunk log-linear regression with a t prediction.

Amounts of past windows are explained by a level, the season (which half, quarter or month of the year) and a yearly
trend; recent windows weigh more. Season and trend are drawn towards none, so that two windows are enough for a wide
interval and many windows speak for themselves (normal-inverse-gamma prior).
"""

import numpy as np

TYPICAL = 0.08
"""Prior guess of the relative spread around level, season and trend, worth `PRIOR_WINDOWS` windows."""
PRIOR_WINDOWS = 2.0
SEASON, TREND = 0.25, 0.15
"""Prior standard deviation of a season's and of a year's relative effect."""
TINY = 1e-3
"""Share of the mean amount below which an amount is next to nothing."""
FADING = 0.85
"""Weight of a window a year older."""


def predicted(
    amounts: np.ndarray, seasons: np.ndarray, years: np.ndarray, season: int, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Draws (draws × kinds) of the amounts of the coming window.

    ``amounts`` (windows × kinds, base currency) are those of past windows, ``seasons`` their season, ``years`` how
    many years they lie before the coming one (positive); ``season`` is that of the coming window. Kinds share the
    chance of a good or bad window (correlated residuals). A kind is taken in logarithms, unless one of its amounts is
    zero, less, or next to nothing. Raises ValueError without a window.
    """
    if len(amounts) == 0:
        raise ValueError("no past window")
    scale = np.maximum(np.abs(amounts).mean(axis=0), 1e-9)
    share = amounts / scale
    logs = (share > TINY).all(axis=0)
    y = np.where(logs, np.log(np.where(logs, share, 1.0)), share)
    names = sorted(set(seasons.tolist()) | {season})
    x = _design(seasons, years, names)
    at = _design(np.array([season]), np.array([0.0]), names)[0]
    weight = FADING**years
    ridge = np.diag([1e-9, *[(TYPICAL / SEASON) ** 2] * len(names), (TYPICAL / TREND) ** 2])
    spread = np.linalg.inv(x.T @ (weight[:, None] * x) + ridge)
    slope = spread @ x.T @ (weight[:, None] * y)
    residual = y - x @ slope
    freedom = weight.sum() - 1 + PRIOR_WINDOWS
    squares = residual.T @ (weight[:, None] * residual) + slope.T @ ridge @ slope
    own = np.eye(y.shape[1]) * PRIOR_WINDOWS * TYPICAL**2
    covariance = (squares + own) / freedom * (1 + at @ spread @ at)
    normal = rng.standard_normal((draws, y.shape[1])) @ np.linalg.cholesky(covariance).T
    drawn = at @ slope + normal / np.sqrt(rng.chisquare(freedom, draws) / freedom)[:, None]
    return scale * np.where(logs, np.exp(np.clip(drawn, -8, 8)), drawn)


def _design(seasons: np.ndarray, years: np.ndarray, names: list[int]) -> np.ndarray:
    return np.column_stack([np.ones(len(seasons)), *((seasons == name).astype(float) for name in names), -years])
