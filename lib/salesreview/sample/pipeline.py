"""The opportunities: when they close, what they are worth, how likely they are won, and whether they were.

Deals are built backwards from a seasonal closing time: durations by stage give the creation. All arrays of ``Deals``
have one entry per opportunity.
"""

from dataclasses import dataclass, fields

import numpy as np

from . import customers as customers_module
from .balance import balanced
from .customers import Customers
from .draw import NOW, Streams, day, half_of, logistic, month_of, normal_quantile, repeats, spread, systematic, working
from .offer import CYCLE_DAYS, DEAL_MEAN, DEAL_SIGMA, LEAD_CHANNELS, MAINTENANCE, Offer, launch_plan
from .organisation import REGIONS, Organisation
from .season import Season
from .truths import Truths

TYPES = ("新购", "续约", "复购", "增购", "交叉")
NEW, RENEWAL, AGAIN, MORE, CROSS = range(5)
STAGES = ("线索获取", "初步接洽", "需求分析", "演示", "方案呈现/报价", "商务谈判", "合同签订", "回款")
QUOTE, NEGOTIATION, SIGNING = 4, 5, 6
EARLY = 0.57  # share of prospects first approached before autumn 2024
LARGEST = 4_500_000  # yuan; larger wishes are bought in parts
GROWTH = 1.01  # of the size of deals, a year
WIN_TARGET = np.array([0.40, 0.89, 0.385, 0.36, 0.31])  # mean win probability of quoted deals by type, before truths
QUOTED_SHARE = np.array([0.74, 0.98, 0.76, 0.76, 0.74])
STAGE_WEIGHT = np.array([0.06, 0.14, 0.20, 0.15, 0.20, 0.15, 0.10])
CHANNEL_LOGIT = np.array([0.10, -0.35, 0.40, 0.0, 0.15])
CHANNEL_SHARE = np.array([0.27, 0.23, 0.16, 0.20, 0.14])
LINE_LOGIT = np.array([0.05, -0.15, 0.15, 0.10, 0.05])
APPROVERS = ("销售管理部", "财务部", "总经理办公室")


@dataclass
class Deals:
    """One entry per opportunity. Days are day numbers, money is yuan, ``approval`` is days by step."""

    account: np.ndarray
    type_: np.ndarray
    product: np.ndarray
    channel: np.ndarray  # index of the lead channel, -1 without a lead
    closed: np.ndarray  # planned closing; at or after NOW the deal is open
    launch: np.ndarray  # 1 good launch, 2 poor launch, 0 other
    parent: np.ndarray  # renewed deal (>= 0), renewed base contract (-2 - index), else -1
    raw: np.ndarray  # wanted amount in yuan
    seat: np.ndarray | None = None
    rep: np.ndarray | None = None
    quoted: np.ndarray | None = None
    approval: np.ndarray | None = None
    versions: np.ndarray | None = None
    duration: np.ndarray | None = None
    exit_stage: np.ndarray | None = None
    entered: np.ndarray | None = None  # deals x 7 stages, NaN where skipped
    created: np.ndarray | None = None
    competitor: np.ndarray | None = None
    probability: np.ndarray | None = None  # true probability of a win, once all is known but the outcome
    expected: np.ndarray | None = None  # the same without the planted shocks
    won: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.account)

    @property
    def open(self) -> np.ndarray:
        return self.closed >= NOW

    def kept(self, mask: np.ndarray) -> "Deals":
        """The deals where ``mask`` holds."""
        return Deals(
            **{f.name: None if getattr(self, f.name) is None else getattr(self, f.name)[mask] for f in fields(self)}
        )


def joined(parts: list[Deals]) -> Deals:
    """The deals of all parts, one after another."""
    return Deals(
        **{
            f.name: None
            if getattr(parts[0], f.name) is None
            else np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(Deals)
        }
    )


@dataclass(frozen=True)
class World:
    """What the simulation of deals needs to know."""

    streams: Streams
    scale: float
    truths: Truths
    org: Organisation
    offer: Offer
    customers: Customers
    season: Season


@dataclass(frozen=True)
class Pipeline:
    """All deals and, per account, the days on which it first bought and stopped buying."""

    deals: Deals
    first: np.ndarray
    stop: np.ndarray
    base: dict[str, np.ndarray]  # contracts from before the data that are up for renewal


def simulate(world: World) -> Pipeline:
    """All opportunities: new business, then the base's own deals, launches and renewals."""
    prospects, first = _new_business(world)
    stop = customers_module.stops(world.streams("stops"), world.customers, first)
    base_deals = _resolved(world, _base_business(world, first, stop), "base")
    launch_deals = _resolved(world, _launch_business(world, first, stop), "launch")
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
        deals = _resolved(world, deals, f"new{half}")
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
        part = _resolved(world, part, "renewal", gone=stop[account] < closed)
        parts.append(part)
        numbers = offset + np.arange(len(part))
        offset += len(part)
        account, product, start, raw, parent = (values[part.won] for values in (account, product, start, raw, numbers))
    return joined(parts)


def _resolved(world: World, deals: Deals, name: str, gone: np.ndarray | None = None) -> Deals:
    """Fill in everything that follows from a deal's basics, down to the outcome."""
    rng = world.streams(f"deals:{name}")
    org, customers, offer = world.org, world.customers, world.offer
    deals.seat = customers.seat[deals.account]
    deals.rep = org.rep_at(deals.seat, np.minimum(deals.closed, NOW - 0.1))
    deals.quoted = systematic(rng, QUOTED_SHARE[deals.type_], half_of(deals.closed), deals.seat % 2, deals.raw)
    deals.competitor = np.where(rng.random(len(deals)) < 0.55, rng.integers(0, 6, len(deals)), -1)
    _approve(world, rng, deals)
    _schedule(rng, offer, deals)
    logit = _logit(world, deals)
    shock = _shocks(world, deals)
    base = _calibrated(logit, deals.type_)
    gone = np.zeros(len(deals), bool) if gone is None else gone
    share = np.where(gone, 0.03, 1.0) * deals.quoted
    deals.expected = logistic(base + logit) * share
    deals.probability = logistic(base + logit + shock) * share
    hit = balanced(rng, deals.probability, _balance(world, deals), half_of(deals.closed), -deals.raw)
    deals.won = hit & (deals.closed < NOW)
    lost_at = np.where(
        deals.quoted,
        rng.choice([4, 5, 6], size=len(deals), p=[0.58, 0.36, 0.06]),
        rng.choice([1, 2, 3], size=len(deals), p=[0.3, 0.42, 0.28]),
    )
    deals.exit_stage = np.where(
        deals.won | deals.open, SIGNING, np.where(deals.type_ == RENEWAL, np.maximum(lost_at, QUOTE), lost_at)
    )
    _date(rng, deals)
    return deals


def _balance(world: World, deals: Deals) -> np.ndarray:
    """Columns on which the wins are balanced: number, amount, launches, training, slowness, region and line amounts."""
    region, line = world.customers.region[deals.account], world.offer.line[deals.product]
    amount = deals.raw / 1e6
    late = amount * (month_of(deals.closed) % 3 == 2)
    columns = [np.ones(len(deals)), amount, late, amount * (deals.launch == 1), amount * (deals.launch == 2)]
    columns += [amount * (region == 4), 1.0 * world.org.rep_trained[deals.rep], 1.0 * (deals.approval.sum(axis=1) > 4)]
    columns += [amount * (region == number) for number in (5, 3, 2)]
    columns += [amount * (line == number) for number in (0, 1, 2, 3)]
    columns += [amount * (region == 1)]
    return np.column_stack(columns)


def _approve(world: World, rng: np.random.Generator, deals: Deals) -> None:
    """Days that each approval step of the final quote takes; a step that is not needed takes 0."""
    count, slow = len(deals), world.truths.slow_approval
    days = np.exp(rng.normal(0, 1, (count, 3)) * [0.6, 0.6, 0.5]) * [0.35, 0.80, 0.8]
    needed = np.column_stack([np.ones(count, bool), rng.random(count) < 0.72, deals.raw > 1_500_000])
    extra = np.exp(rng.normal(0, 0.45, count)) * (rng.random(count) < 0.44)
    if slow:
        late = deals.closed - 0.25 * CYCLE_DAYS[world.offer.line[deals.product]] > day(slow.since)
        days[:, APPROVERS.index(slow.department)] += extra * late * slow.extra_days
    deals.approval = days * needed * deals.quoted[:, None]
    deals.versions = np.where(deals.quoted, 1 + (rng.random(count) < 0.38) + (rng.random(count) < 0.12), 0)


def _schedule(rng: np.random.Generator, offer: Offer, deals: Deals) -> None:
    """Days by stage, before the exit stage is known; the quote stage holds the approval."""
    count, line = len(deals), offer.line[deals.product]
    size = np.clip(deals.raw / DEAL_MEAN[line], 0.2, 6) ** 0.12
    cycle = (
        CYCLE_DAYS[line]
        * size
        * np.exp(rng.normal(0, 0.36, count))
        * np.array([1.12, 0.62, 0.97, 1.0, 1.05])[deals.type_]
    )
    weight = STAGE_WEIGHT * np.exp(rng.normal(0, 0.35, (count, 7)))
    weight[:, 0] *= deals.channel >= 0
    weight[:, 3] *= (rng.random(count) > 0.14) & (deals.type_ != RENEWAL)
    weight[:, 2] *= deals.type_ != RENEWAL
    days = cycle[:, None] * weight / weight[:, 1:].sum(axis=1, keepdims=True)
    days[:, QUOTE] = np.maximum(days[:, QUOTE], 2.0 * np.maximum(deals.versions, 1)) + deals.approval.sum(axis=1)
    days[:, SIGNING] = np.maximum(days[:, SIGNING], 3.0)
    deals.duration = days


def _date(rng: np.random.Generator, deals: Deals) -> None:
    """Entry into each stage, counted back from the closing."""
    stage = np.arange(7)
    passed = stage <= deals.exit_stage[:, None]
    days = deals.duration * passed
    stalled = (stage == deals.exit_stage[:, None]) & ~(deals.won | deals.open)[:, None]
    days = np.where(stalled, np.maximum(days * 1.7, 4.0), days)
    total = days.sum(axis=1)
    deals.created = deals.closed - total
    before = np.cumsum(days, axis=1) - days
    deals.entered = np.where(days > 0, deals.created[:, None] + before, np.nan)
    deals.duration = days


def _logit(world: World, deals: Deals) -> np.ndarray:
    """What makes a deal likely, apart from its type's level and from the planted shocks."""
    customers, org = world.customers, world.org
    channel = np.where(deals.channel >= 0, CHANNEL_LOGIT[deals.channel], 0.0)
    skill = org.rep_skill[deals.rep]
    ordinary = np.where(skill > 0.7, skill, skill)
    health = customers.health_at(deals.account, np.minimum(deals.closed, NOW - 1)) * (
        world.truths.churn_signals is not None
    )
    renewal = deals.type_ == RENEWAL
    return (
        np.where(renewal, 0.25, 1.0)
        * (ordinary + channel + LINE_LOGIT[world.offer.line[deals.product]] - 0.45 * (deals.competitor >= 0))
        + np.where(renewal, 0.8, 0.12) * health
    )


def _shocks(world: World, deals: Deals) -> np.ndarray:
    """Logit that the planted truths add: weak region, slow approval, training, the leaver's accounts, poor ads."""
    truths, org, total = world.truths, world.org, np.zeros(len(deals))
    ordinary = np.where(deals.type_ == RENEWAL, 0.4, 1.0)
    if truths.weak_region:
        weak = (world.customers.region[deals.account] == REGIONS.index(truths.weak_region.region)) & (
            deals.closed >= day(truths.weak_region.since)
        )
        total += weak * truths.weak_region.deal_logit
    if truths.slow_approval:
        total += (deals.approval.sum(axis=1) > truths.slow_approval.slow_days) * truths.slow_approval.slow_logit
    if truths.training:
        created = deals.closed - deals.duration.sum(axis=1)
        total += (org.rep_trained[deals.rep] & (created >= day(truths.training.since))) * truths.training.win_logit
    if truths.leaver:
        left = (deals.seat == org.leaver_seat) & (deals.closed > day(truths.leaver.left))
        total += left * truths.leaver.deal_logit
    if truths.cac_jump:
        ads = (deals.channel == LEAD_CHANNELS.index(truths.cac_jump.channel)) & (
            deals.closed > day(truths.cac_jump.since)
        )
        total += ads * -0.25
    return total * ordinary


def _calibrated(logit: np.ndarray, type_: np.ndarray) -> np.ndarray:
    """Intercept per type that makes the mean win probability of its deals the target."""
    out = np.zeros(len(logit))
    for kind in np.unique(type_):
        mine = logit[type_ == kind]
        low, high = -6.0, 8.0
        for _ in range(30):
            middle = (low + high) / 2
            low, high = (middle, high) if logistic(mine + middle).mean() < WIN_TARGET[kind] else (low, middle)
        out[type_ == kind] = (low + high) / 2
    return out
