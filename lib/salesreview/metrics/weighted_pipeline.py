"""An open pipeline weighted by the probability that each deal is won, with the spread that chance leaves (E-22)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .funnel import ratio

CHUNK = 500
"""Futures drawn at a time, so that 50,000 deals need little memory."""


@dataclass(frozen=True)
class Weighted:
    """Amount that ``deals`` deals worth ``amount`` are expected to bring: Σ p·a.

    ``sd`` is the root of Σ p·(1 − p)·a², ``p10``, ``p50`` and ``p90`` are quantiles of simulated futures. Chance alone:
    errors of the probabilities themselves, and deals that sink together, are not in the spread.
    """

    deals: int
    amount: float
    expected: float
    sd: float
    p10: float
    p50: float
    p90: float

    @property
    def share(self) -> float | None:
        """Expected / amount; None where the deals are worth nothing."""
        return ratio(self.expected, self.amount)


def weighted(amounts: pd.Series, chances: pd.Series, *, runs: int, seed: int) -> Weighted | None:
    """Deals of ``amounts`` (money) that are won with ``chances`` (0-1), each on its own; None without deals.

    Deals without amount or chance are left out. In each of ``runs`` futures every deal is won or not (Bernoulli).
    """
    known = (amounts.notna() & chances.notna()).to_numpy()
    money, chance = amounts.to_numpy(dtype=float)[known], chances.to_numpy(dtype=float)[known].clip(0, 1)
    if not len(money):
        return None
    rng = np.random.default_rng(seed)
    draws = [(rng.random((min(CHUNK, runs - first), len(money))) < chance) @ money for first in range(0, runs, CHUNK)]
    p10, p50, p90 = np.quantile(np.concatenate(draws), (0.1, 0.5, 0.9))
    sd = float(np.sqrt((chance * (1 - chance) * money**2).sum()))
    return Weighted(len(money), float(money.sum()), float(money @ chance), sd, float(p10), float(p50), float(p90))
