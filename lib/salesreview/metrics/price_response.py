"""How quantities answered to a price change, against products whose prices did not change (requirement M-14)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .comparison import SEED, Interval
from .growth import growth

DRAWS = 1000


@dataclass(frozen=True)
class Response:
    """One price change. ``price`` is the change of the realised price, ``volume`` that of the quantity at old prices,
    ``control`` the same of the other products, ``net`` the volume against them; ``elasticity`` with its interval (None
    where the price did not move by ``floor``). ``orders`` and ``sales`` before and after;
    ``expected_sales`` is what the controls' change would have brought; ``margin`` the gross margin rate before and
    after on the lines that have a cost, None without."""

    price: float
    volume: float
    control: float
    net: Interval
    elasticity: Interval | None
    orders: tuple[int, int]
    sales: tuple[float, float]
    expected_sales: float
    margin: tuple[float, float] | None


def arc_elasticity(q0: float, q1: float, p0: float, p1: float) -> float | None:
    """``((q1−q0)/((q1+q0)/2)) / ((p1−p0)/((p1+p0)/2))``; None where the price did not move or a pair is not positive.

    >>> round(arc_elasticity(100, 90, 10, 11), 3)
    -1.105
    """
    if q0 + q1 <= 0 or p0 + p1 <= 0 or p1 == p0:
        return None
    return ((q1 - q0) / (q1 + q0)) / ((p1 - p0) / (p1 + p0))


def response(lines: pd.DataFrame, fewest: int, floor: float, draws: int = DRAWS) -> Response | None:
    """``lines``: order_id, product_id, qty, net, cost, treated (bool: price changed), after (bool).

    Quantities are added up at the product's mean price before the change; a product that was not sold before counts on
    neither side. The interval draws whole orders anew (bootstrap, fixed seed). None with fewer than ``fewest`` orders
    of the changed products on a side, or nothing to compare with.
    """
    before = lines[~lines["after"]].groupby("product_id")[["net", "qty"]].sum()
    price = before["net"] / before["qty"]
    known = lines[lines["product_id"].isin(price.index)].copy()
    known["volume"] = known["qty"] * known["product_id"].map(price)
    treated = known[known["treated"]]
    counts = tuple(int(treated.loc[treated["after"] == side, "order_id"].nunique()) for side in (False, True))
    if min(counts) < fewest or known.groupby(["treated", "after"]).ngroups < 4:
        return None
    cells = known.groupby(["treated", "after"])[["volume", "net", "cost"]].sum()
    q0, q1 = (float(cells.loc[(True, side), "volume"]) for side in (False, True))
    c0, c1 = (float(cells.loc[(False, side), "volume"]) for side in (False, True))
    s1 = float(cells.loc[(True, True), "net"])
    step = s1 / q1 - 1
    net, elasticity = _intervals(known, step, draws)
    costed = treated[treated["cost"].notna()].groupby("after")[["net", "cost"]].sum()
    margin = None
    if len(costed) == 2:
        margin = tuple(float(1 - costed.loc[side, "cost"] / costed.loc[side, "net"]) for side in (False, True))
    return Response(
        price=step,
        volume=growth(q1, q0),
        control=growth(c1, c0),
        net=net,
        elasticity=elasticity if abs(step) >= floor else None,
        orders=counts,
        sales=(q0, s1),
        expected_sales=q0 * c1 / c0,
        margin=margin,
    )


def _intervals(known: pd.DataFrame, step: float, draws: int) -> tuple[Interval, Interval | None]:
    """Volume against the controls, and the elasticity, each with the 2.5 % and 97.5 % quantiles of the draws."""
    rng = np.random.default_rng(SEED)
    per_order = known.groupby(["after", "order_id", "treated"])["volume"].sum().unstack(fill_value=0.0)
    sums = []
    for side in (False, True):
        rows = per_order.loc[side].reindex(columns=[False, True], fill_value=0.0).to_numpy()
        weights = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=draws)
        sums.append((rows.sum(axis=0), weights @ rows))
    (point0, drawn0), (point1, drawn1) = sums

    def net(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (b[..., 1] / a[..., 1]) / (b[..., 0] / a[..., 0])

    def elasticity(change: np.ndarray) -> np.ndarray:
        return ((change - 1) / (change + 1)) / (step / (step + 2))

    with np.errstate(divide="ignore", invalid="ignore"):
        point, drawn = net(point0, point1), net(drawn0, drawn1)
        low, high = np.nanquantile(drawn, [0.025, 0.975])
        found = Interval(float(point) - 1, float(low) - 1, float(high) - 1)
        if step == 0:
            return found, None
        ends = sorted(float(elasticity(np.asarray(end))) for end in (low, high))
        return found, Interval(float(elasticity(np.asarray(point))), *ends)
