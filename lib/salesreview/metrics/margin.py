"""Gross margin, its bridge, mix and rate effects, whale curve and mix scenario (requirements D-40 … D-44, E-18)."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Margin:
    """Sales with cost known (``covered``) out of all ``sales``, and their ``cost``; money."""

    sales: float
    covered: float
    cost: float

    @property
    def gross_profit(self) -> float:
        """Covered sales less their cost, to the cent."""
        return _cents(self.covered - self.cost) / 100

    @property
    def rate(self) -> float | None:
        """(S - cost) / S over the lines with cost known (D-40, X-COV); None when these add up to zero or less."""
        return (self.covered - self.cost) / self.covered if self.covered > 0 else None

    @property
    def coverage(self) -> float | None:
        """Share of sales whose cost is known; None without sales."""
        return self.covered / self.sales if self.sales > 0 else None


def contribution(margin: Margin, expense: float) -> float | None:
    """Gross profit, at the covered margin rate for all sales, less direct selling expense (D-40); None without rate."""
    return margin.sales * margin.rate - expense if margin.rate is not None else None


@dataclass(frozen=True)
class Bridge:
    """From the gross profit of one period to that of another, in cents-exact money.

    ``volume``: the same products at base prices, costs and mix; ``mix``: shifts between them; ``assortment``: products
    sold in one period only; ``price``: list price; ``discount``: what was let off it; ``cost``: unit cost.
    """

    start: float
    volume: float
    mix: float
    assortment: float
    price: float
    discount: float
    cost: float
    end: float

    @property
    def effects(self) -> dict[str, float]:
        names = ("price", "discount", "cost", "volume", "mix", "assortment")
        return {name: getattr(self, name) for name in names}


def bridge(products: pd.DataFrame, totals: tuple[float, float] | None = None) -> Bridge:
    """Split the change of gross profit exactly (D-40, E-09).

    ``products`` has one row a product with qty_0, list_0, net_0, cost_0 and the same ``_1`` (money totals over lines
    with cost known; list is the list value, null where the list price is not known: the net price then stands in, and
    the whole price change counts as price). Products without positive quantity and sales in both periods form the
    assortment effect. Each effect is rounded to cents and mix takes the rounding difference, so that
    ``start + effects = end`` to the cent. ``totals`` are the gross profits of both periods where they were added up
    elsewhere already; without them they are added up here.

    Worked example: 10 pieces at list 100, sold at 90, cost 60, then 12 at list 110, sold at 99, cost 62:
    volume +60, price +120, discount -12, cost -24, from 300 to 444.
    """
    rows = products.fillna({f"{name}_{i}": 0.0 for name in ("qty", "net", "cost") for i in (0, 1)})
    both = (rows["qty_0"] > 0) & (rows["qty_1"] > 0) & (rows["net_0"] > 0) & (rows["net_1"] > 0)
    p = rows[both]
    listed = p["list_0"].notna() & p["list_1"].notna()
    list_0, list_1 = (np.where(listed, p[f"list_{i}"], p[f"net_{i}"]) / p[f"qty_{i}"] for i in (0, 1))
    net_0, net_1 = p["net_0"] / p["qty_0"], p["net_1"] / p["qty_1"]
    cost_0, cost_1 = p["cost_0"] / p["qty_0"], p["cost_1"] / p["qty_1"]
    base = float((p["qty_0"] * net_0).sum())
    growth = float((p["qty_1"] * net_0).sum()) / base - 1 if base > 0 else 0.0
    profit_0, profit_1 = (rows[f"net_{i}"] - rows[f"cost_{i}"] for i in (0, 1))
    start, end = (_cents(total) for total in totals or (profit_0.sum(), profit_1.sum()))
    parts = {
        "volume": _cents(growth * float(profit_0[both].sum())),
        "assortment": _cents((profit_1[~both] - profit_0[~both]).sum()),
        "price": _cents((p["qty_1"] * (list_1 - list_0)).sum()),
        "discount": _cents(-(p["qty_1"] * ((list_1 - net_1) - (list_0 - net_0))).sum()),
        "cost": _cents(-(p["qty_1"] * (cost_1 - cost_0)).sum()),
    }
    mix = end - start - sum(parts.values())
    return Bridge(start=start / 100, mix=mix / 100, end=end / 100, **{name: part / 100 for name, part in parts.items()})


def _cents(amount: float) -> int:
    return math.floor(float(amount) * 100 + 0.5)


def mix_and_rate(members: pd.DataFrame) -> pd.DataFrame:
    """The change of the margin rate by member (D-41): ``mix + rate`` sums to ``ΔGM%`` exactly.

    ``members`` is indexed by member with sales_0, profit_0, sales_1, profit_1 (lines with cost known). Adds
    ``share_0``, ``share_1``, ``gm_0``, ``gm_1``, ``mix = Δshare · (gm_0 - GM_0)`` and ``rate = share_1 · Δgm``.
    A member without base sales has the overall base margin as its base. All null when either period's sales are not
    above zero.
    """
    total_0, total_1 = members["sales_0"].sum(), members["sales_1"].sum()
    result = pd.DataFrame(index=members.index)
    if total_0 <= 0 or total_1 <= 0:
        return result.assign(share_0=np.nan, share_1=np.nan, gm_0=np.nan, gm_1=np.nan, mix=np.nan, rate=np.nan)
    overall = members["profit_0"].sum() / total_0
    result["share_0"], result["share_1"] = members["sales_0"] / total_0, members["sales_1"] / total_1
    for i in (0, 1):
        sold = members[f"sales_{i}"].where(members[f"sales_{i}"] != 0)
        result[f"gm_{i}"] = members[f"profit_{i}"] / sold
    reference = result["gm_0"].fillna(overall)
    profit_share = members["profit_1"] / total_1
    result["mix"] = (result["share_1"] - result["share_0"]) * (reference - overall)
    result["rate"] = profit_share - result["share_1"] * reference
    stray = (members["profit_0"] / total_0).where(members["sales_0"] == 0, 0.0)
    result["rate"] -= stray
    return result


def whale_curve(profits: pd.Series, points: int = 41) -> list[tuple[float, float]]:
    """(share of accounts, cumulative profit / total profit), accounts from most to least profitable (D-43).

    Starts at (0, 0), ends at (1, 1), at most ``points`` marks, always with the peak; a curve above 1 shows what the
    unprofitable accounts take away. Empty when the total is not above zero.
    """
    ranked = profits.sort_values(ascending=False, kind="stable").to_numpy(float)
    total = ranked.sum()
    if not len(ranked) or total <= 0:
        return []
    running = np.concatenate([[0.0], np.cumsum(ranked) / total])
    running[-1] = 1.0
    marks = set(np.linspace(0, len(ranked), min(points, len(ranked) + 1)).round().astype(int))
    marks.add(int(running.argmax()))
    return [(k / len(ranked), float(running[k])) for k in sorted(marks)]


@dataclass(frozen=True)
class MarginClasses:
    """Members of high and low margin, and the cut-offs that made them so."""

    high: tuple[str, ...]
    low: tuple[str, ...]
    overall: float
    high_from: float
    low_to: float


def margin_classes(members: pd.DataFrame, minimum_share: float = 0.01) -> MarginClasses | None:
    """High- and low-margin members (D-44), among those with at least ``minimum_share`` of sales.

    High: margin rate at or above the overall rate + 1 sales-weighted standard deviation, or in the top quartile;
    low: mirrored. Both must also lie strictly beyond the overall rate. ``members`` is indexed by member with sales
    and profit. None with fewer than four members of that size.
    """
    total = members["sales"].sum()
    sized = members[members["sales"] >= max(minimum_share * total, 1e-9)]
    if total <= 0 or len(sized) < 4:
        return None
    rates = sized["profit"] / sized["sales"]
    overall = float(sized["profit"].sum() / sized["sales"].sum())
    spread = math.sqrt(float(np.average((rates - overall) ** 2, weights=sized["sales"])))
    high_from = min(overall + spread, float(rates.quantile(0.75)))
    low_to = max(overall - spread, float(rates.quantile(0.25)))
    high = tuple(str(m) for m in rates.index[(rates >= high_from) & (rates > overall)])
    low = tuple(str(m) for m in rates.index[(rates <= low_to) & (rates < overall)])
    return MarginClasses(high, low, overall, high_from, low_to)


def mix_scenario(sales: float, high_rate: float, low_rate: float, shift: float) -> float:
    """Profit gained when ``shift`` (a share of sales) moves from low- to high-margin business (D-44).

    >>> mix_scenario(1000.0, 0.5, 0.25, 0.02)
    5.0
    """
    return sales * shift * (high_rate - low_rate)
