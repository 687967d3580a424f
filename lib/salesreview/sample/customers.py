"""Accounts and what is latent in them: size, health, the quarter in which they stop buying."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .draw import (
    NOW,
    Streams,
    dates,
    frame,
    ids,
    logistic,
    month_day,
    pick,
    pick_rows,
    quarter_of,
    spread,
    systematic,
)
from .names import TRADES, account_names
from .organisation import KEY_TEAM, REGION_IDS, REGION_SHARE, REGIONS, TEAMS, Organisation
from .truths import Truths

QUARTERS = 14  # 2023-Q3 .. 2026-Q4
TIERS = ("普通", "重点", "战略")
BEST_SEAT = 1.6  # the accounts of the first eastern seat are larger than others
TYPES = ("直客", "经销", "代理", "政府")
SIZES = ("微", "小", "中", "大")
TIER_SIZE = np.array([0.85, 1.40, 2.0])  # deal size relative to a medium account
INDUSTRY_SHARE = np.array([0.22, 0.17, 0.16, 0.11, 0.10, 0.11, 0.08, 0.05])


@dataclass(frozen=True)
class Customers:
    """One entry per account. ``kind`` 0: customer since before the data, 1: prospect. Days are day numbers."""

    account_id: np.ndarray
    name: np.ndarray
    region: np.ndarray
    industry: np.ndarray
    tier: np.ndarray
    type_: np.ndarray
    size: np.ndarray
    seat: np.ndarray
    kind: np.ndarray
    scale_factor: np.ndarray  # deal size relative to a medium account
    health: np.ndarray  # accounts x quarters, standard normal
    hazard: np.ndarray  # accounts x quarters, probability of stopping in the quarter
    terms: np.ndarray  # payment terms in days
    region_known: np.ndarray

    def health_at(self, account: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Health of accounts in the quarter of ``t``."""
        return self.health[account, np.clip(quarter_of(t), 0, QUARTERS - 1)]

    def stop_probability(self, quarters: int) -> np.ndarray:
        """True probability (accounts x quarter starts) of stopping within so many quarters, given buying until then."""
        stay = np.log1p(-self.hazard)
        total = np.concatenate([np.zeros((len(stay), 1)), np.cumsum(stay, axis=1)], axis=1)
        ends = np.minimum(np.arange(QUARTERS) + quarters, QUARTERS)
        return 1 - np.exp(total[:, ends] - total[:, :QUARTERS])


def build(streams: Streams, scale: float, org: Organisation, truths: Truths) -> Customers:
    """600 accounts at scale 1: 38 % customers from before the data, the rest prospects, some of whom will buy."""
    rng = streams("accounts")
    count = max(40, round(600 * scale))
    kind = (np.arange(count) >= round(count * 0.383)).astype(int)
    order = np.argsort(rng.random(count))
    region = np.empty(count, dtype=int)
    region[order] = np.repeat(np.arange(6), _parts(count, REGION_SHARE))
    rank = spread(rng, region * 2 + kind)
    tier = np.where(rank < np.where(kind == 1, 0.02, 0.055), 2, np.where(rank < 0.235, 1, 0))
    industry = rng.choice(8, size=count, p=INDUSTRY_SHARE)
    size = np.clip(
        pick_rows(rng, np.array([[0.18, 0.42, 0.30, 0.10], [0.03, 0.22, 0.50, 0.25], [0.0, 0.03, 0.37, 0.60]])[tier]),
        0,
        3,
    )
    seat = _seats(rng, org, region, tier)
    health, hazard = _health(streams("health"), tier, truths)
    return Customers(
        account_id=ids("A", count),
        name=account_names(rng, np.array(REGIONS)[region], np.array(list(TRADES))[industry]),
        region=region,
        industry=industry,
        tier=tier,
        type_=rng.choice(4, size=count, p=[0.72, 0.15, 0.06, 0.07]),
        size=size,
        seat=seat,
        kind=kind,
        scale_factor=np.where(seat == 0, BEST_SEAT, 1.0)
        * TIER_SIZE[tier]
        * np.array([0.7, 0.85, 1.05, 1.25])[size]
        * np.exp(rng.normal(0, 0.2, count)),
        health=health,
        hazard=hazard,
        terms=rng.choice([30, 45, 60, 90], size=count, p=[0.27, 0.25, 0.34, 0.14]),
        region_known=rng.random(count) >= 0.008,
    )


def _parts(count: int, shares: np.ndarray | list[float]) -> np.ndarray:
    """Whole numbers in proportion to ``shares`` that add up to ``count``."""
    ends = np.round(np.cumsum(shares) / np.sum(shares) * count).astype(int)
    return np.diff(np.r_[0, ends])


def _seats(rng: np.random.Generator, org: Organisation, region: np.ndarray, tier: np.ndarray) -> np.ndarray:
    """The seat that looks after each account: by region, but half of the strategic ones by the key-account team."""
    team_region = np.array([team[1] for team in TEAMS])
    seat = np.zeros(len(region), dtype=int)
    for index in range(6):
        mine = np.flatnonzero(region == index)
        seats = np.flatnonzero(team_region[org.seat_team] == index)
        seat[mine] = rng.permutation(np.resize(seats, len(mine)))
    key = np.flatnonzero((tier == 2) & (rng.random(len(tier)) < 0.5))
    seats = np.flatnonzero(org.seat_team == KEY_TEAM)
    seat[key] = np.resize(seats, len(key))
    return seat


def _health(rng: np.random.Generator, tier: np.ndarray, truths: Truths) -> tuple[np.ndarray, np.ndarray]:
    """Health as an AR(1) over quarters and the hazard that follows from it (a flat one without the truth)."""
    noise = rng.normal(size=(len(tier), QUARTERS))
    health = np.empty_like(noise)
    health[:, 0] = noise[:, 0]
    for quarter in range(1, QUARTERS):
        health[:, quarter] = 0.8 * health[:, quarter - 1] + 0.6 * noise[:, quarter]
    slope = truths.churn_signals.hazard if truths.churn_signals else 0.0
    base = np.array([-3.36, -4.05, -5.0])[tier] if slope else np.array([-2.8, -3.45, -4.4])[tier]
    return health, logistic(base[:, None] - slope * health)


def stops(rng: np.random.Generator, customers: Customers, first: np.ndarray) -> np.ndarray:
    """Day on which each account stops buying (infinity: not within the data), for buyers since day ``first``.

    Quarter by quarter, among the accounts still buying, in systematic sampling so that the yearly number is steady.
    """
    stop = np.full(len(first), np.inf)
    inside, since = (
        rng.random(len(first)),
        np.where(np.isfinite(first), quarter_of(np.where(np.isfinite(first), first, 0)), 99),
    )
    for quarter in range(QUARTERS):
        alive = np.flatnonzero(np.isinf(stop) & (since < quarter - 1 + (first < 0)))
        hit = systematic(rng, customers.hazard[alive, quarter], customers.hazard[alive, quarter])
        begin, end = month_day(np.array([quarter * 3, quarter * 3 + 3]))
        stop[alive[hit]] = begin + inside[alive[hit]] * (end - begin)
    return stop


OPENING = -181.0
"""Day the history of tiers begins."""


def tier_moves(streams: Streams, customers: Customers) -> tuple[np.ndarray, np.ndarray]:
    """Per account: whether it moved up a tier during the three years (about one in nine), and the day it would."""
    rng, count = streams("tier_history"), len(customers.tier)
    moved = (rng.random(count) < 0.11) & (customers.tier > 0)
    return moved, np.floor(rng.uniform(120, 900, count))


def account_table(streams: Streams, customers: Customers, org: Organisation, facts: pd.DataFrame) -> pd.DataFrame:
    """One row per account, as known at the end; ``facts`` is what ``company.account_facts`` gives."""
    rng = streams("account_table")
    count = len(customers.account_id)
    owner = org.rep_at(customers.seat, np.full(count, NOW - 0.5))
    csm = org.of_role("CSM")
    churned = facts["churn"].to_numpy() < NOW
    bought = np.isfinite(facts["first"].to_numpy())
    reason = pick(
        rng,
        ["竞争对手", "产品不适用", "服务问题", "价格", "客户自身", "其他", "未登记"],
        count,
        [26, 9, 22, 17, 14, 5, 7],
    )
    reason[rng.random(count) < 0.08] = None
    employees = np.round(np.array([25, 120, 600, 3500])[customers.size] * np.exp(rng.normal(0, 0.4, count))).astype(int)
    revenue = np.round(employees * 9.5e5 * np.exp(rng.normal(0, 0.35, count)), -4)
    spend = np.maximum(facts["spend"].to_numpy(), 150_000 * customers.scale_factor)
    strategic = customers.tier == 2
    moved, at = tier_moves(streams, customers)
    long_ago = OPENING - 0.5 * (rng.uniform(-700, 300, count) + 700)
    since = np.where(strategic, np.where(moved, at, np.floor(long_ago)), np.nan)
    names = np.array(list(TRADES), dtype=object)
    return frame(
        account_id=customers.account_id,
        name=customers.name,
        industry=names[customers.industry],
        size_band=np.array(SIZES, dtype=object)[customers.size],
        employees=employees,
        annual_revenue=revenue,
        region_id=np.where(customers.region_known, np.array(REGION_IDS, dtype=object)[customers.region], None),
        country=np.where(
            customers.name == "Halvorsen & Brandt Process Control (Tianjin) Co., Ltd.", "德国", "中国"
        ).astype(object),
        customer_type=np.array(TYPES, dtype=object)[customers.type_],
        tier=np.array(TIERS, dtype=object)[customers.tier],
        is_strategic=strategic,
        strategic_since=dates(since),
        status=np.where(churned, "lost", np.where(bought, "active", "prospect")).astype(object),
        owner_rep_id=org.rep_id[owner],
        csm_rep_id=np.where((customers.tier > 0) & bought, org.rep_id[csm[np.arange(count) % len(csm)]], None),
        acquisition_channel=facts["channel"].to_numpy(object),
        acquisition_lead_id=facts["lead"].to_numpy(object),
        churn_date=dates(np.where(churned, facts["churn"].to_numpy(), np.nan)),
        churn_reason=np.where(churned, reason, None),
        potential_spend=np.round(spend * rng.uniform(1.25, 3.2, count), -4),
        credit_rating=pick(rng, ["A", "B", "C", "D"], count, [30, 45, 20, 5]),
        credit_limit=np.round(spend * rng.uniform(0.3, 0.8, count), -4),
        payment_terms_days=customers.terms,
        updated_at=dates(np.floor(NOW - 1 - rng.gamma(1.2, 90, count))),
    )
