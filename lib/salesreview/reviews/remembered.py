"""A mart that answers the same question once: sections and their parts may ask freely for what they share."""

from dataclasses import replace

import pandas as pd

from ..mart.store import Mart
from .context import Context


class Remembered:
    """As the mart, which does not change, but keeps the answer to every query; each caller gets a copy of his own."""

    def __init__(self, mart: Mart):
        self._mart, self._answers = mart, {}

    def __getattr__(self, name: str) -> object:
        return getattr(self._mart, name)

    def query(self, sql: str, **params: object) -> pd.DataFrame:
        key = sql, tuple(sorted(params.items()))
        if key not in self._answers:
            self._answers[key] = self._mart.query(sql, **params)
        return self._answers[key].copy()


def remembering(ctx: Context) -> Context:
    """``ctx`` over a mart that remembers."""
    return replace(ctx, mart=Remembered(ctx.mart))
