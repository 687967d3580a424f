"""What follows from a deal's basics: approvals, durations, the chance of a win, the outcome."""

import numpy as np

from .balance import balanced
from .deals import (
    APPROVERS,
    CHANNEL_LOGIT,
    LINE_LOGIT,
    QUOTE,
    QUOTED_SHARE,
    RENEWAL,
    SIGNING,
    STAGE_WEIGHT,
    WIN_TARGET,
    Deals,
    World,
)
from .draw import NOW, day, half_of, logistic, month_of, systematic
from .offer import CYCLE_DAYS, DEAL_MEAN, LEAD_CHANNELS, Offer
from .organisation import REGIONS
from .truths import SlowApproval


def resolved(world: World, deals: Deals, name: str, gone: np.ndarray | None = None) -> Deals:
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
    lost_at = np.where(deals.type_ == RENEWAL, np.maximum(lost_at, QUOTE), lost_at)
    deals.exit_stage = np.where(hit, SIGNING, lost_at)
    _date(deals, hit)
    return deals


def _balance(world: World, deals: Deals) -> np.ndarray:
    """Columns on which the wins are balanced: number, amount, launches, training, slowness, region and line amounts."""
    region, line = world.customers.region[deals.account], world.offer.line[deals.product]
    amount = deals.raw / 1e6
    late = amount * (month_of(deals.closed) % 3 == 2)
    columns = [np.ones(len(deals)), amount, late, amount * (deals.launch == 1), amount * (deals.launch == 2)]
    columns += [
        amount * (region == 4),
        1.0 * world.org.rep_trained[deals.rep],
        1.0 * (deals.approval.sum(axis=1) > SlowApproval.slow_days),
    ]
    columns += [amount * (region == number) for number in (5, 3, 2)]
    columns += [amount * (line == number) for number in (0, 1, 2, 3)]
    columns += [amount * (region == 1)]
    return np.column_stack(columns)


def _approve(world: World, rng: np.random.Generator, deals: Deals) -> None:
    """Days that each approval step of the final quote takes; a step that is not needed takes 0."""
    count, slow = len(deals), world.truths.slow_approval
    days = np.exp(rng.normal(0, 1, (count, 3)) * [0.6, 0.6, 0.5]) * [0.35, 0.80, 0.8]
    needed = np.column_stack([np.ones(count, bool), rng.random(count) < 0.72, deals.raw > 1_500_000])
    extra = np.exp(rng.normal(0, 0.45, count)) * (rng.random(count) < (slow.share if slow else 0.0))
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


def _date(deals: Deals, hit: np.ndarray) -> None:
    """Entry into each stage, counted back from the closing; a deal that is open goes on as its outcome will have it."""
    stage = np.arange(7)
    passed = stage <= deals.exit_stage[:, None]
    days = deals.duration * passed
    stalled = (stage == deals.exit_stage[:, None]) & ~hit[:, None]
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
        total += ads * truths.cac_jump.deal_logit
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
