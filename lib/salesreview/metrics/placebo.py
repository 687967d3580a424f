"""Whether some accounts moved more than as many others, drawn at random, do (evidence class EV3)."""

import numpy as np
import pandas as pd

DRAWS, SEED = 2000, 20260101


def placebo_p(changes: pd.Series, chosen: pd.Series) -> float | None:
    """Share of random draws of as many other accounts whose summed change is as low as that of the ``chosen`` ones.

    ``changes`` is the change in money by account, ``chosen`` says which are looked at. Draws are without replacement
    and always the same. None when nothing is chosen, or fewer others than twice the chosen are left.

    >>> placebo_p(pd.Series([-9.0, 1, 1, 1, 1]), pd.Series([True, False, False, False, False])) < 0.01
    True
    """
    mine = changes[chosen.astype(bool)].to_numpy(dtype=float)
    others = changes[~chosen.astype(bool)].to_numpy(dtype=float)
    if not len(mine) or len(others) < 2 * len(mine):
        return None
    chance = np.random.default_rng(SEED)
    picks = np.array([others[chance.permutation(len(others))[: len(mine)]].sum() for _ in range(DRAWS)])
    return float((1 + (picks <= mine.sum() + 1e-9).sum()) / (1 + DRAWS))
