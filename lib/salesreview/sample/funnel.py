"""Opportunities with their stage history and month-end snapshots."""

import json

import numpy as np
import pandas as pd

from .deals import SIGNING, STAGES, TYPES, Pipeline, World
from .draw import MONTHS, NOW, clock, dates, frame, ids, month_day, repeats, take
from .orders import Basket
from .organisation import REGION_IDS

LOST_REASONS = ("需求不匹配", "预算限制", "竞争劣势", "价格", "内部流程", "产品", "放弃", "其他")
COMPETITORS = tuple(f"CO{number:02d}" for number in range(1, 9))


def reasons(world: World, pipeline: Pipeline) -> tuple[np.ndarray, np.ndarray]:
    """Lost reason (index) and whether a named competitor won, per deal; both follow from what happened to the deal."""
    rng, deals = world.streams("lost_reasons"), pipeline.deals
    weight = np.tile(np.array([10.0, 16, 12, 17, 5, 9, 8, 4]), (len(deals), 1))
    weight[:, 2] += 16 * (deals.competitor >= 0)
    weight[:, 4] += 26 * (deals.approval.sum(axis=1) > 4)
    weight[:, 5] += 22 * (deals.launch == 2)
    weight[:, 0] *= np.where(deals.quoted, 0.5, 2.0)
    index = (rng.random((len(deals), 1)) * weight.sum(axis=1, keepdims=True) > np.cumsum(weight, axis=1)).sum(axis=1)
    return index, (deals.competitor >= 0) & np.isin(index, [2, 3, 5])


def opportunity_table(
    world: World, pipeline: Pipeline, basket: Basket, lead_of_deal: np.ndarray, project_of_deal: np.ndarray
) -> pd.DataFrame:
    """One row per opportunity created up to the end of the data."""
    rng, deals, org, customers = world.streams("opportunities"), pipeline.deals, world.org, world.customers
    count = len(deals)
    closed, lost = ~deals.open, ~deals.open & ~deals.won
    reason, to_competitor = reasons(world, pipeline)
    reason_known = lost & (rng.random(count) < 0.93)
    contact = np.where(np.isnan(deals.entered[:, 0]), deals.created - rng.uniform(0, 2, count), deals.entered[:, 1])
    contact = np.where(rng.random(count) < 0.05, np.nan, np.minimum(contact, deals.created + 30))
    rivals = np.array([json.dumps([]), *(json.dumps([rival]) for rival in COMPETITORS)], dtype=object)
    amount = np.where(deals.open, np.round(basket.amount, -3), basket.amount)
    slip = rng.uniform(-0.15, 0.35, count) * np.clip(deals.closed - NOW, 5, 90)
    expected = np.where(closed, deals.closed, np.maximum(deals.closed + slip, NOW + 1))
    guess = np.clip(deals.probability + rng.normal(0.08, 0.15, count), 0.05, 0.95)
    referred = np.where(rng.random(count) < 0.06, org.rep_id[rng.integers(0, len(org.rep_id), count)], None)
    return frame(
        opp_id=ids("OP", count, 6),
        account_id=customers.account_id[deals.account],
        lead_id=take(ids("L", int(lead_of_deal.max(initial=-1)) + 1, 6), lead_of_deal),
        rep_id=org.rep_id[deals.rep],
        team_id=np.array([f"T{team + 1:02d}" for team in org.seat_team[deals.seat]], dtype=object),
        region_id=np.where(
            customers.region_known[deals.account],
            np.array(REGION_IDS, dtype=object)[customers.region[deals.account]],
            None,
        ),
        product_id=world.offer.product_id[deals.product],
        type=np.array(TYPES, dtype=object)[deals.type_],
        created_at=clock(deals.created),
        first_contact_at=clock(contact),
        amount=amount,
        expected_close=dates(expected),
        closed_at=clock(np.where(closed, deals.closed, np.nan)),
        outcome=np.where(deals.open, "open", np.where(deals.won, "won", "lost")).astype(object),
        lost_reason=np.where(reason_known, np.array(LOST_REASONS, dtype=object)[reason], None),
        lost_competitor=take(np.array(COMPETITORS, dtype=object), np.where(lost & to_competitor, deals.competitor, -1)),
        present_competitors=rivals[deals.competitor + 1],
        is_customised=rng.random(count) < 0.2,
        is_strategic=customers.tier[deals.account] == 2,
        project_id=take(ids("PJ", int(project_of_deal.max(initial=-1)) + 1, 4), project_of_deal),
        referred_by_rep=referred,
        price_target=np.round(basket.list_amount * 0.92, -2),
        price_floor=np.round(basket.list_amount * 0.78, -2),
        manual_prob=np.round(np.where(deals.open, guess, np.where(deals.won, 1.0, 0.0)), 2),
    )


def stage_table(world: World, pipeline: Pipeline, paid: np.ndarray) -> pd.DataFrame:
    """One row per stay in a stage. ``paid`` is the day on which each won deal was paid in full (NaN: not yet)."""
    deals = pipeline.deals
    deal, stage = np.nonzero(~np.isnan(deals.entered) & (deals.entered < NOW))
    entered = deals.entered[deal, stage]
    exited = entered + deals.duration[deal, stage]
    final = stage == deals.exit_stage[deal]
    following = np.where(np.isnan(deals.entered), 99, np.arange(7))
    later = np.array([following[:, k + 1 :].min(axis=1) if k < 6 else np.full(len(deals), 7) for k in range(7)]).T
    to = np.array([*STAGES, *[""] * 92], dtype=object)[np.minimum(later[deal, stage], 99)]
    exit_to = np.where(final & ~deals.won[deal], "输单", np.where(stage == SIGNING, STAGES[7], to))
    won = np.flatnonzero(deals.won)
    deal, stage = np.r_[deal, won], np.r_[stage, np.full(len(won), 7)]
    entered, exited = np.r_[entered, deals.closed[won]], np.r_[exited, paid[won]]
    exit_to = np.r_[exit_to, np.full(len(won), "完成", dtype=object)]
    order = np.lexsort((stage, deal))
    deal, stage, entered, exited, exit_to = (values[order] for values in (deal, stage, entered, exited, exit_to))
    known = exited < NOW
    return frame(
        opp_id=ids("OP", len(deals), 6)[deal],
        stage=np.array(STAGES, dtype=object)[stage],
        entered_at=clock(entered),
        exited_at=clock(exited),
        exit_to=np.where(known, exit_to, None).astype(object),
    )


def snapshot_table(world: World, pipeline: Pipeline, basket: Basket) -> pd.DataFrame:
    """One row per opportunity and month end at which it was open; amounts and dates as they were believed then."""
    rng, deals = world.streams("snapshots"), pipeline.deals
    ends = month_day(np.arange(1, MONTHS + 1))  # midnight after each month end
    first = np.searchsorted(ends, deals.created, side="right")
    after = np.searchsorted(ends, np.minimum(deals.closed, NOW + 0.5), side="right")
    deal, number = repeats(np.maximum(after - first, 0))
    at = ends[first[deal] + number]
    shown = np.where(np.isnan(deals.entered[deal]), np.inf, deals.entered[deal]) < at[:, None]
    stage = 6 - np.argmax(shown[:, ::-1], axis=1)
    left = np.clip(deals.closed[deal] - at, 0, None)
    early = np.clip(left / 90, 0, 1)
    amount = basket.amount[deal] * np.exp(rng.normal(0.03, 0.18, len(deal)) * early)
    slip = rng.uniform(-0.55, 0.25, len(deal)) * left
    prob = np.array([0.05, 0.10, 0.20, 0.30, 0.45, 0.65, 0.85])[stage] + rng.normal(0, 0.05, len(deal))
    return frame(
        opp_id=ids("OP", len(deals), 6)[deal],
        snapshot_date=dates(at - 1),
        stage=np.array(STAGES, dtype=object)[stage],
        amount=np.round(amount, -3),
        expected_close=dates(np.maximum(deals.closed[deal] + slip, at + 3)),
        manual_prob=np.round(np.clip(prob, 0.02, 0.95), 2),
    )


def team_table(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """One row per opportunity and member for the quoted ones: the seller, and presales where they took part."""
    rng, deals, org = world.streams("opportunity_team"), pipeline.deals, world.org
    some = np.flatnonzero(deals.quoted & (rng.random(len(deals)) < 0.45))
    presales = org.of_role("售前")
    presales = presales[rng.integers(0, len(presales), len(some))]
    senior = rng.random(len(some)) < 0.12
    opp = ids("OP", len(deals), 6)
    seller = frame(
        opp_id=opp[some], member=org.rep_id[deals.rep[some]], role="销售", split_pct=np.where(senior, 0.7, 0.8)
    )
    support = frame(opp_id=opp[some], member=org.rep_id[presales], role="售前", split_pct=np.full(len(some), 0.2))
    chief = frame(opp_id=opp[some[senior]], member="总经理办公室", role="高管", split_pct=np.full(senior.sum(), 0.1))
    return pd.concat([seller, support, chief]).sort_values(["opp_id", "member"], kind="stable", ignore_index=True)
