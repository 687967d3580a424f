"""The opportunities: when they close, what they are worth, how likely they are won, and whether they were.

Deals are built backwards from a seasonal closing time: durations by stage give the creation. All arrays of ``Deals``
have one entry per opportunity.
"""

import numpy as np

from . import customers as customers_module
from .chances import resolved
from .deals import (
    AGAIN,
    CHANNEL_SHARE,
    CROSS,
    EARLY,
    GROWTH,
    LARGEST,
    NEW,
    QUOTED_SHARE,
    RENEWAL,
    WIN_TARGET,
    Deals,
    Pipeline,
    World,
    joined,
)
from .draw import NOW, day, half_of, normal_quantile, repeats, spread, working
from .offer import DEAL_MEAN, DEAL_SIGMA, MAINTENANCE, launch_plan


def simulate(world: World) -> Pipeline:
    """All opportunities: new business, then the base's own deals, launches and renewals."""
    prospects, first = _new_business(world)
    stop = customers_module.stops(world.streams("stops"), world.customers, first)
    base_deals = resolved(world, _base_business(world, first, stop), "base")
    launch_deals = resolved(world, _launch_business(world, first, stop), "launch")
    deals = joined([prospects, base_deals, launch_deals])
    base = _base_contracts(world, first)
    renewals = _renewals(world, deals, base, stop)
    deals = joined([deals, renewals])
    return Pipeline(_in_order(deals), first, stop, base)


def _in_order(deals: Deals) -> Deals:
    """The deals that the data can know, in the order of their creation; ``parent`` points to the new places."""
    visible = np.flatnonzero((deals.created < NOW) & (deals.closed >= 0))
    order = visible[np.argsort(deals.created[visible], kind="stable")]
    place = np.full(len(deals), -1)
    place[order] = np.arange(len(order))
    deals.parent = np.where(deals.parent >= 0, place[np.clip(deals.parent, 0, None)], deals.parent)
    return deals.kept(order)


def _amount(world: World, rng: np.random.Generator, account, line, closed, factor=1.0) -> np.ndarray:
    """Wanted amounts in yuan: lognormal by line, spread evenly inside each half and line, and levelled there.

    Levelled: the mean account size of a half and line with ten deals or more is brought to that of all deals.
    """
    group = half_of(closed) * 8 + line
    z = normal_quantile(spread(rng, group))
    sigma, size = DEAL_SIGMA[line], world.customers.scale_factor[account]
    raw = size * np.exp(sigma * z - sigma**2 / 2)
    _, place, count = np.unique(group, return_inverse=True, return_counts=True)
    mean = np.bincount(place, raw) / count
    level = np.where(count >= 10, size.mean() / mean, 1.0)[place]
    return np.minimum(DEAL_MEAN[line] * factor * GROWTH ** (closed / 365) * raw * level, LARGEST)


def _product(rng: np.random.Generator, world: World, closed: np.ndarray, lines: list[float]) -> np.ndarray:
    """Main product of each deal, in even shares inside each half; a product sells from its launch on."""
    offer = world.offer
    weight = offer.deal_weight * np.array(lines)[offer.line] / np.bincount(offer.line, offer.deal_weight)[offer.line]
    cumulative = np.cumsum(weight * (closed[:, None] > offer.launch + 45), axis=1)
    return (spread(rng, half_of(closed))[:, None] * cumulative[:, -1:] > cumulative).sum(axis=1)


def _new_business(world: World) -> tuple[Deals, np.ndarray]:
    """Attempts to win prospects, one a half at most, until one is won. Also the first buying day per account.

    Half by half, so that the number of new customers of a half is steady.
    """
    rng, customers = world.streams("new_business"), world.customers
    prospects = np.flatnonzero(customers.kind == 1)
    even = spread(rng, 0 * prospects)
    at = np.where(even < EARLY, -100 + 580 * even / EARLY, 480 + 750 * (even - EARLY) / (1 - EARLY))
    first = np.where(customers.kind == 0, -1.0, np.inf)
    parts = []
    for half in range(-1, 9):
        closing = world.season.warp(at)
        due = np.flatnonzero((half_of(closing) == half) & np.isinf(first[prospects]))
        if not len(due):
            continue
        account, closed, same = prospects[due], closing[due], np.full(len(due), NEW)
        product = _product(rng, world, closed, [0.33, 0.28, 0.15, 0.12, 0.12])
        channel = np.searchsorted(np.cumsum(CHANNEL_SHARE)[:-1], spread(rng, same))
        raw = _amount(world, rng, account, world.offer.line[product], closed, 0.80)
        deals = Deals(account, same, product, channel, closed, 0 * same, 0 * same - 1, raw)
        deals = resolved(world, deals, f"new{half}")
        parts.append(deals)
        first[account[deals.won]] = closed[deals.won]
        at[due] += rng.uniform(200, 400, len(due))
    return joined(parts), first


def _base_business(world: World, first: np.ndarray, stop: np.ndarray) -> Deals:
    """Repurchases, expansions and cross-sales to accounts while they buy."""
    rng, customers = world.streams("base_business"), world.customers
    season = world.season
    rate = np.array([2.75, 6.0, 9.5])[customers.tier] * np.exp(rng.normal(0, 0.15, len(first)))
    begin = season.even(np.where(np.isfinite(first), first + 40 * (first >= 0), NOW + 400))
    end = np.minimum(season.even(np.minimum(stop, NOW + 300)), NOW + 230)
    count = np.floor(np.maximum(end - begin, 0) / 365 * rate + rng.random(len(first))).astype(int)
    account, number = repeats(count)
    x = begin[account] + (number + 0.1 + 0.8 * rng.random(len(account))) * 365 / rate[account]
    x = np.where(x > end[account], begin[account] + rng.random(len(account)) * (end - begin)[account], x)
    closed = season.warp(x)
    type_ = AGAIN + np.searchsorted([0.42, 0.76], spread(rng, half_of(closed)))
    product = _product(rng, world, closed, [0.27, 0.26, 0.17, 0.13, 0.17])
    referred = rng.random(len(account)) < 0.10
    channel = np.where(referred, rng.choice(5, size=len(account), p=CHANNEL_SHARE), -1)
    raw = _amount(world, rng, account, world.offer.line[product], closed)
    return Deals(account, type_, product, channel, closed, 0 * account, 0 * account - 1, raw)


def _launch_business(world: World, first: np.ndarray, stop: np.ndarray) -> Deals:
    """Deals of the two launched products, so many that the won ones come to the truth's share of the plan."""
    rng, offer = world.streams("launch_business"), world.offer
    parts = []
    for number, launch in enumerate((world.truths.good_launch, world.truths.poor_launch), start=1):
        product = int(np.flatnonzero(offer.product_id == launch.product)[0])
        mean = (290_000, 360_000)[number - 1]
        since, monthly = day(launch.launched), np.array(list(launch_plan(launch, world.scale).values()))
        edges = since + 12 + 30.4 * np.arange(13)
        path = np.r_[0, np.cumsum(monthly)] * launch.actual_of_plan
        wins = path / (mean * WIN_TARGET[CROSS] * QUOTED_SHARE[CROSS] * 0.93)
        deals = max(2, round(np.interp(NOW + 75, edges, wins)))
        closed = working(np.interp(np.arange(deals) + rng.random(deals), wins, edges))
        buyers = np.flatnonzero((first < since - 60) & (stop > NOW + 30))
        account = rng.permutation(np.resize(rng.permutation(buyers), deals))
        z = normal_quantile(spread(rng, half_of(closed)))
        raw = mean * np.exp(0.5 * z - 0.125)
        same = np.full(deals, CROSS)
        parts.append(
            Deals(account, same, 0 * same + product, 0 * same - 1, closed, 0 * same + number, 0 * same - 1, raw)
        )
    return joined(parts)


def _base_contracts(world: World, first: np.ndarray) -> dict[str, np.ndarray]:
    """Service contracts signed in the year before the data by customers of that time: product, start, yearly value."""
    rng, customers = world.streams("base_contracts"), world.customers
    account = np.flatnonzero((first < 0) & (rng.random(len(first)) < 0.68))
    cloud = rng.random(len(account)) < 0.4
    amount = np.round(
        np.where(cloud, 150_000, 120_000) * customers.scale_factor[account] * np.exp(rng.normal(0, 0.4, len(account))),
        -2,
    )
    return {
        "account": account,
        "product": np.where(cloud, 13, MAINTENANCE),
        "start": -np.floor(rng.uniform(1, 365, len(account))),
        "amount": amount,
    }


def renewable(world: World, deals: Deals) -> np.ndarray:
    """Deals whose contract runs for a year and is then up for renewal."""
    return world.offer.subscription[deals.product] | (deals.product == MAINTENANCE)


def _renewals(world: World, deals: Deals, base: dict[str, np.ndarray], stop: np.ndarray) -> Deals:
    """A chain of yearly renewals for every renewable contract, until one is lost."""
    rng = world.streams("renewals")
    won = np.flatnonzero(deals.won & renewable(world, deals))
    account = np.concatenate([base["account"], deals.account[won]])
    product = np.concatenate([base["product"], deals.product[won]])
    start = np.concatenate([base["start"], deals.closed[won]])
    raw = np.concatenate([base["amount"], np.minimum(deals.raw[won], 600_000)])
    parent = np.concatenate([-2 - np.arange(len(base["account"])), won])
    parts, offset = [], len(deals)
    for _ in range(4):
        closed = start + 365 + np.clip(rng.normal(-12, 16, len(start)), -55, 45)
        due = start + 365 < NOW + 120
        account, product, closed, raw, parent = (values[due] for values in (account, product, closed, raw, parent))
        start, same = start[due] + 365, np.full(len(account), RENEWAL)
        raw = raw * np.exp(rng.normal(0.02, 0.08, len(raw)))
        part = Deals(account, same, product, 0 * same - 1, closed, 0 * same, parent, raw)
        part = resolved(world, part, "renewal", gone=stop[account] < closed)
        parts.append(part)
        numbers = offset + np.arange(len(part))
        offset += len(part)
        account, product, start, raw, parent = (values[part.won] for values in (account, product, start, raw, numbers))
    return joined(parts)
