"""Leads: those that became opportunities, and the many that came to nothing."""

from datetime import date

import numpy as np
import pandas as pd

from .deals import Pipeline, World
from .draw import NOW, clock, day, frame, ids, month_of, pick, systematic
from .marketing import FAIRS
from .names import TRADES
from .offer import LEAD_CHANNELS, LINES
from .organisation import REGION_IDS

DISQUALIFIED = ("需求不匹配", "无预算", "联系不上", "非决策人", "竞争", "其他")
REJECTED = ("预算未定", "非目标行业", "信息不完整", "重复线索")
CONVERSION = np.array([0.20, 0.14, 0.31, 0.26, 0.19])  # share of leads that become an opportunity


def lead_frame(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """All leads as numbers, sorted by arrival: deal (-1 when it came to nothing), channel, received day, qualified."""
    rng, deals, jump = world.streams("leads"), pipeline.deals, world.truths.cac_jump
    deal = np.flatnonzero(deals.channel >= 0)
    gap = np.exp(rng.normal(1.0, 0.6, len(deal)))
    won = pd.DataFrame(
        {"deal": deal, "channel": deals.channel[deal], "received": deals.created[deal] - gap, "gap": gap}
    )
    parts = [won]
    ads = LEAD_CHANNELS.index(jump.channel) if jump else -1
    for channel in range(5):
        mine = won[(won["channel"] == channel) & (won["received"] > -60)]
        lost = round(len(mine) * (1 / CONVERSION[channel] - 1))
        even = (np.arange(lost) + rng.random(lost)) / max(lost, 1)
        received = world.season.warp(world.season.even(0.0) + even * (NOW - 0.01 - world.season.even(0.0)))
        received = received[received < NOW]
        if channel == ads:
            late = received[received >= day(jump.since)]
            more = rng.choice(late, round(len(late) * (jump.lead_factor - 1) * 1.2)) + rng.uniform(-0.4, 0.4)
            received = np.r_[received, np.minimum(more, NOW - 0.5)]
        parts.append(
            pd.DataFrame(
                {
                    "deal": -1,
                    "channel": channel,
                    "received": received,
                    "gap": np.exp(rng.normal(1.4, 0.7, len(received))),
                }
            )
        )
    table = pd.concat([*parts, _strong(world, rng)], ignore_index=True)
    table["strong"] = table.get("strong").fillna(False).astype(bool)
    table = table[table["received"] < NOW].sort_values("received", kind="stable", ignore_index=True)
    window = (
        (table["received"] >= day(date(2026, 2, 24)))
        & (table["received"] < day(date(2026, 4, 15)))
        & (table["channel"] == 0)
    )
    table["strong"] |= window & (table["deal"] >= 0) & (world.truths.strong_campaign is not None)
    table["qualified"] = _qualified(world, table)
    return table


def _strong(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """The extra leads of the planted campaign (as planned when the truth is off)."""
    strong = world.truths.strong_campaign
    count = round((strong.planned_leads * strong.leads_of_plan if strong else 90) * world.scale)
    received = day(date(2026, 2, 25)) + 46 * np.sort(rng.random(count))
    return pd.DataFrame(
        {"deal": -1, "channel": 0, "received": received, "gap": np.exp(rng.normal(0.9, 0.5, count)), "strong": True}
    )


def _qualified(world: World, table: pd.DataFrame) -> np.ndarray:
    """Which leads were qualified: all that became a deal, and a share of the others by channel."""
    rng, jump, strong = world.streams("qualified"), world.truths.cac_jump, world.truths.strong_campaign
    share = np.array([0.24, 0.18, 0.33, 0.28, 0.24])[table["channel"]]
    if jump:
        ads = (table["channel"] == LEAD_CHANNELS.index(jump.channel)) & (table["received"] >= day(jump.since))
        share = np.where(ads, share * jump.qualified_factor, share)
    if strong:
        share = np.where(table["strong"], np.minimum(share * strong.qualified_factor, 0.9), share)
    chosen = systematic(
        rng, share, table["channel"].to_numpy(), table["strong"].to_numpy(), table["received"].to_numpy()
    )
    return chosen | (table["deal"] >= 0).to_numpy()


def lead_table(world: World, pipeline: Pipeline, leads: pd.DataFrame) -> pd.DataFrame:
    """One row per lead with its way from arrival to qualification."""
    rng, deals, customers, org = world.streams("lead_table"), pipeline.deals, world.customers, world.org
    count, deal = len(leads), leads["deal"].to_numpy()
    has, owner = deal >= 0, np.clip(deal, 0, None)
    received, gap = leads["received"].to_numpy(), leads["gap"].to_numpy()
    prospect = np.flatnonzero(customers.kind == 1)
    named = rng.random(count) < 0.22
    account = np.where(has, deals.account[owner], np.where(named, prospect[rng.integers(0, len(prospect), count)], -1))
    region = np.where(
        account >= 0, customers.region[account], rng.choice(6, size=count, p=[0.31, 0.21, 0.17, 0.12, 0.11, 0.08])
    )
    industry = np.where(account >= 0, customers.industry[account], rng.choice(8, size=count))
    seat = np.where(account >= 0, customers.seat[account], rng.integers(0, len(org.seat_team), count))
    rep = org.rep_at(seat, np.minimum(received + 0.3 * gap, NOW - 0.1))  # whoever is there for the first touch
    touched = has | leads["qualified"].to_numpy() | (rng.random(count) < 0.90)
    marketing = np.isin(leads["channel"], [0, 1, 4])
    qualified = leads["qualified"].to_numpy() & (received + 0.85 * gap < NOW)
    effective = touched & (qualified | (rng.random(count) < 0.5))
    age = NOW - received
    out = touched & ~qualified & (age > 20) & (rng.random(count) < 0.92)
    rejected = marketing & ~qualified & (rng.random(count) < 0.12)
    converted = has & (deals.created[owner] < NOW)
    status = np.select(
        [converted, qualified, out, touched], ["converted", "qualified", "disqualified", "working"], "new"
    )
    at = {
        "entered": 0.03,
        "handed": 0.06,
        "accepted": 0.10,
        "assigned": 0.12,
        "touch": 0.3,
        "effective": 0.5,
        "qualified": 0.8,
    }
    when = {name: received + share * gap for name, share in at.items()}
    gone = clock(np.where(out, received + 3 * gap + 4, np.nan))
    score = np.clip(rng.normal(48, 14, count) + 16 * qualified + 10 * has, 1, 99)
    band = np.array(["D", "C", "B", "A"], dtype=object)[np.searchsorted([40, 55, 70], score)]
    yes = np.array(["false", "true"], dtype=object)
    answers = (rng.random((count, 4)) < 0.35 + 0.4 * qualified[:, None]).astype(int)
    bant = np.array(
        [
            f'{{"budget": {yes[a]}, "authority": {yes[b]}, "need": {yes[c]}, "timing": {yes[d]}}}'
            for a in (0, 1)
            for b in (0, 1)
            for c in (0, 1)
            for d in (0, 1)
        ],
        dtype=object,
    )
    lead_id = ids("L", count, 6)
    return frame(
        lead_id=lead_id,
        received_at=clock(received),
        entered_at=clock(when["entered"]),
        assigned_at=clock(when["assigned"]),
        first_touch_at=clock(np.where(touched, when["touch"], np.nan)),
        first_effective_contact_at=clock(np.where(effective, when["effective"], np.nan)),
        source_channel=np.array(LEAD_CHANNELS, dtype=object)[leads["channel"]],
        campaign_id=_campaign_of(leads),
        account_id=np.where(account >= 0, customers.account_id[account], None),
        industry=np.array(list(TRADES), dtype=object)[industry],
        region_id=np.where(rng.random(count) < 0.02, None, np.array(REGION_IDS, dtype=object)[region]),
        product_interest=np.array(LINES, dtype=object)[
            np.where(has, world.offer.line[deals.product[owner]], rng.integers(0, 5, count))
        ],
        assigned_rep_id=np.where(when["assigned"] < NOW, org.rep_id[rep], None),
        score=np.round(score, 1),
        band=band,
        status=status.astype(object),
        qualified_at=clock(np.where(qualified, when["qualified"], np.nan)),
        disqualified_at=gone,
        disqualify_reason=np.where(~np.isnat(gone), pick(rng, list(DISQUALIFIED), count, [24, 22, 26, 12, 9, 7]), None),
        nurtured=(rng.random(count) < 0.3) & touched,
        handed_over_at=clock(np.where(marketing, when["handed"], np.nan)),
        accepted_at=clock(np.where(marketing & ~rejected, when["accepted"], np.nan)),
        rejected_at=clock(np.where(rejected, when["accepted"], np.nan)),
        rejected_reason=np.where(rejected & (when["accepted"] < NOW), pick(rng, list(REJECTED), count), None),
        opp_id=np.where(converted, ids("OP", len(deals), 6)[owner], None),
        bant=bant[answers @ [8, 4, 2, 1]],
    )


def _campaign_of(leads: pd.DataFrame) -> np.ndarray:
    """The campaign of each lead: the planted one, a fair or webinar up to three weeks ago, else the always-on one."""
    received, channel = leads["received"].to_numpy(), leads["channel"].to_numpy()
    year = 2023 + np.maximum(month_of(received) + 6, 6) // 12
    code = np.array([f"CP-{y}-A{c}" for y, c in zip(year, channel, strict=True)], dtype=object)
    for y in (2023, 2024, 2025, 2026):
        for fair, _, _, of_channel, start, _, _, _, _, _ in FAIRS:
            begin = day(date(y, *start))
            if begin >= 0:
                code[(channel == of_channel) & (received >= begin) & (received < begin + 21)] = f"CP-{y}-{fair}"
    code[leads["strong"].to_numpy()] = "CP-2026-S1"
    return code


def lead_of_deal(leads: pd.DataFrame, deals: int) -> np.ndarray:
    """Row of the lead per deal, -1 without one."""
    out = np.full(deals, -1)
    has = leads["deal"].to_numpy() >= 0
    out[leads["deal"].to_numpy()[has]] = np.flatnonzero(has)
    return out
