"""Orders and their lines: from won deals, from repeat purchases, and returns."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .deals import Deals, Pipeline, World
from .draw import (
    NOW,
    day,
    half_of,
    normal_quantile,
    pick_rows,
    repeats,
    spread,
    systematic,
    working,
)
from .offer import CLOUD, EDGE, MAINTENANCE, REPEAT_MEAN, SERVICE_HARD, SERVICE_SOFT
from .organisation import REGIONS

SLOTS = 3
SHELF, DEALER, SHOP = "CH11", "CH12", "CH13"


@dataclass(frozen=True)
class Basket:
    """Lines of each deal or repeat order, one row per owner and slot; product -1 where the slot is empty."""

    product: np.ndarray
    qty: np.ndarray
    price: np.ndarray  # list price, yuan a unit
    net: np.ndarray  # yuan, rounded to cents
    discount: np.ndarray  # per owner

    @property
    def amount(self) -> np.ndarray:
        return np.round(self.net.sum(axis=1), 2)

    @property
    def list_amount(self) -> np.ndarray:
        return np.round((self.qty * self.price).sum(axis=1), 2)


@dataclass(frozen=True)
class Sales:
    """Orders (one entry each) and order lines as arrays, before they become tables."""

    basket: Basket  # of the deals
    orders: pd.DataFrame  # account, deal, t, channel, returned (order index or -1), cancelled
    lines: pd.DataFrame  # order, line_no, product, qty, price, net, cost
    plan: pd.DataFrame  # what planners could expect: account, product, seat, t, amount, launch


def fill(world: World, rng: np.random.Generator, product, share, raw, discount, t) -> Basket:
    """Whole quantities and cent amounts for wanted amounts ``raw``; ``product`` and ``share`` are owners x slots."""
    offer, flat = world.offer, np.clip(product, 0, None)
    moments = np.repeat(t[:, None], product.shape[1], axis=1)
    old = offer.price[flat]
    price = np.round(np.where(product >= 0, offer.price_at(flat.ravel(), moments.ravel()).reshape(flat.shape), 0.0), 2)
    volume = offer.volume(flat.ravel(), moments.ravel()).reshape(flat.shape)
    wanted = raw[:, None] * share / (old * (1 - discount[:, None])) * volume
    qty = np.where(product >= 0, np.maximum(np.floor(wanted + rng.random(wanted.shape)), 1), 0.0)
    return Basket(product, qty, price, np.round(qty * price * (1 - discount[:, None]), 2), discount)


def deal_basket(world: World, deals: Deals) -> Basket:
    """Main product with what usually comes along: implementation with software, commissioning with equipment …"""
    rng, count = world.streams("deal_lines"), len(deals)
    line = world.offer.line[deals.product]
    second = np.select(
        [line == 0, line == 1, line == 2, line == 3], [SERVICE_SOFT, SERVICE_HARD, EDGE, 20], MAINTENANCE
    )
    third = np.select([line == 0, line == 1], [np.where(rng.random(count) < 0.5, MAINTENANCE, CLOUD), EDGE], -1)
    has_second = (rng.random(count) < np.array([0.72, 0.62, 0.30, 0.14, 0.10])[line]) & (second != deals.product)
    has_third = (rng.random(count) < np.array([0.38, 0.25, 0, 0, 0])[line]) & (third >= 0) & (third != deals.product)
    alone = (deals.type_ == 1) | (deals.launch > 0)
    product = np.column_stack(
        [deals.product, np.where(has_second & ~alone, second, -1), np.where(has_third & ~alone, third, -1)]
    )
    share = np.where(product[:, 1:] >= 0, rng.uniform([0.12, 0.06], [0.24, 0.12], (count, 2)), 0.0)
    share = np.column_stack([1 - share.sum(axis=1), share])
    large = np.clip(deals.raw / 2e6, 0, 1)
    discount = np.round(np.clip(rng.beta(3, 22, count) + 0.05 * large, 0, 0.35), 3)
    return fill(world, rng, product, share, deals.raw, discount, deals.closed)


def build(world: World, pipeline: Pipeline) -> Sales:
    """All orders and lines up to NOW."""
    basket = deal_basket(world, pipeline.deals)
    deal_orders, deal_lines = _deal_orders(world, pipeline.deals, basket)
    repeat_orders, repeat_lines, repeat_plan = _repeat_orders(world, pipeline)
    orders = pd.concat([deal_orders, repeat_orders], ignore_index=True)
    repeat_lines["order"] += len(deal_orders)
    lines = pd.concat([deal_lines, repeat_lines], ignore_index=True)
    orders, lines = _in_order(orders, lines)
    orders, lines = _with_returns(world, orders, lines)
    lines["cost"] = _costs(world, orders, lines)
    return Sales(basket, orders, lines, pd.concat([_deal_plan(pipeline.deals, basket), repeat_plan], ignore_index=True))


def _deal_plan(deals: Deals, basket: Basket) -> pd.DataFrame:
    """Expected sales of deals without the planted shocks: win probability x amount; launches at their plan."""
    deal, slot = np.nonzero((basket.product >= 0) & (deals.closed < NOW + 200)[:, None])
    return pd.DataFrame(
        {
            "account": deals.account[deal],
            "product": basket.product[deal, slot],
            "seat": deals.seat[deal],
            "t": deals.closed[deal],
            "amount": deals.expected[deal] * basket.net[deal, slot],
            "launch": deals.launch[deal],
        }
    )


def _deal_orders(world: World, deals: Deals, basket: Basket) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One order per won deal on the day of signing; some deals call off their extra lines some weeks later."""
    rng = world.streams("deal_orders")
    won = np.flatnonzero(deals.won)
    count = len(won)
    t = working(deals.closed[won])
    later = t + rng.uniform(12, 45, count)
    parts = (rng.random(count) < 0.22) & (basket.product[won, 1] >= 0) & (later < NOW - 1)
    two = np.flatnonzero(parts)
    order_of_slot = np.column_stack([np.arange(count)] * SLOTS)
    order_of_slot[two, 1:] = (count + np.arange(len(two)))[:, None]
    orders = pd.DataFrame(
        {
            "account": np.r_[deals.account[won], deals.account[won][two]],
            "deal": np.r_[won, won[two]],
            "t": np.r_[t, working(later[two])],
        }
    )
    orders["channel"] = np.where(world.customers.type_[orders["account"]] == 1, DEALER, SHELF)
    orders["cancelled"] = False
    slot = basket.product[won] >= 0
    lines = pd.DataFrame(
        {
            "order": order_of_slot[slot],
            "product": basket.product[won][slot],
            "qty": basket.qty[won][slot],
            "price": basket.price[won][slot],
            "net": basket.net[won][slot],
        }
    )
    return orders, lines


def _repeat_orders(world: World, pipeline: Pipeline) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Regular purchases without an opportunity (controllers, spares, seats), thinned where a planted truth says so."""
    rng, customers, season, truths = world.streams("repeat_orders"), world.customers, world.season, world.truths
    rate = np.array([2.0, 4.2, 7.0])[customers.tier] * np.exp(rng.normal(0, 0.2, len(customers.tier)))
    first = np.where(np.isfinite(pipeline.first), pipeline.first, NOW + 400)
    begin = season.even(np.maximum(first, 0.0) + 25 * (first >= 0))
    end = np.minimum(season.even(np.minimum(pipeline.stop, NOW + 200)), season.even(np.array([NOW - 0.01]))[0])
    count = np.floor(np.maximum(end - begin, 0) / 365 * rate + rng.random(len(rate))).astype(int)
    account, number = repeats(count)
    x = begin[account] + (number + 0.15 + 0.7 * rng.random(len(account))) * 365 / rate[account]
    t = working(season.warp(np.minimum(x, end[account])))
    t, account = t[t < NOW], account[t < NOW]
    region, seat = customers.region[account], customers.seat[account]
    basket = _repeat_basket(world, rng, account, t)
    chance = np.ones(len(t))
    if truths.weak_region:
        weak = truths.weak_region
        chance[(region == REGIONS.index(weak.region)) & (t >= day(weak.since))] *= weak.repeat_kept
    if truths.leaver:
        chance[(seat == world.org.leaver_seat) & (t > day(truths.leaver.left))] *= truths.leaver.repeat_kept
    kept = systematic(rng, chance, region, t)
    owner, part = np.nonzero(basket.product >= 0)
    plan = pd.DataFrame(
        {
            "account": account[owner],
            "product": basket.product[owner, part],
            "seat": seat[owner],
            "t": t[owner],
            "amount": basket.net[owner, part] * 0.97,
            "launch": 0,
        }
    )
    online = rng.random(len(t)) < 0.07 + 0.06 * t / NOW
    orders = pd.DataFrame({"account": account, "deal": -1, "t": t})
    orders["channel"] = np.where(customers.type_[account] == 1, DEALER, np.where(online, SHOP, SHELF))
    orders["cancelled"] = rng.random(len(t)) < 0.022
    index = np.cumsum(kept) - 1
    slot = (basket.product >= 0) & kept[:, None]
    owner = np.repeat(np.arange(len(t))[:, None], SLOTS, axis=1)[slot]
    lines = pd.DataFrame(
        {
            "order": index[owner],
            "product": basket.product[slot],
            "qty": basket.qty[slot],
            "price": basket.price[slot],
            "net": basket.net[slot],
        }
    )
    return orders[kept], lines, plan


def _repeat_basket(world: World, rng: np.random.Generator, account: np.ndarray, t: np.ndarray) -> Basket:
    offer, count = world.offer, len(t)
    per_line = (
        np.array([0.10, 0.07, 0.45, 0.12, 0.26])[offer.line] / np.bincount(offer.line, offer.repeat_weight)[offer.line]
    )
    weight = np.tile(offer.repeat_weight * per_line, (count, 1))
    product = np.column_stack([pick_rows(rng, weight) for _ in range(SLOTS)])
    product[:, 1] = np.where((rng.random(count) < 0.55) & (product[:, 1] != product[:, 0]), product[:, 1], -1)
    product[:, 2] = np.where(
        (rng.random(count) < 0.25) & (product[:, 2] != product[:, 0]) & (product[:, 2] != product[:, 1]),
        product[:, 2],
        -1,
    )
    line = offer.line[product[:, 0]]
    z = normal_quantile(spread(rng, half_of(t) * 8 + line))
    raw = REPEAT_MEAN[line] * 1.01 ** (t / 365) * world.customers.scale_factor[account] * np.exp(0.6 * z - 0.18)
    share = np.where(product[:, 1:] >= 0, rng.uniform(0.15, 0.3, (count, 2)), 0.0)
    share = np.column_stack([1 - share.sum(axis=1), share])
    discount = np.round(np.clip(rng.beta(3, 40, count), 0, 0.3), 3)
    return fill(world, rng, product, share, raw, discount, t)


def _in_order(orders: pd.DataFrame, lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Orders sorted by time, lines by order; the line numbers run within the order."""
    rank = np.argsort(orders["t"].to_numpy(), kind="stable")
    place = np.empty(len(rank), dtype=int)
    place[rank] = np.arange(len(rank))
    orders = orders.iloc[rank].reset_index(drop=True)
    lines["order"] = place[lines["order"]]
    lines = lines.sort_values("order", kind="stable", ignore_index=True)
    return orders, lines


def _with_returns(world: World, orders: pd.DataFrame, lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Goods that come back: about one repeat order in sixty, as an order of its own with one negative line."""
    rng = world.streams("returns")
    goods = world.offer.line[lines["product"]] <= 2
    source = lines[
        goods & (orders["deal"].to_numpy()[lines["order"]] < 0) & ~orders["cancelled"].to_numpy()[lines["order"]]
    ]
    source = source.drop_duplicates("order")
    t = working(orders["t"].to_numpy()[source["order"]] + rng.uniform(14, 60, len(source)))
    back = (rng.random(len(source)) < 0.022) & (t < NOW)
    source, t = source[back], t[back]
    share = np.maximum(np.round(source["qty"] * rng.uniform(0.2, 0.8, len(source))), 1)
    extra = orders.iloc[source["order"]].assign(t=t, returned=source["order"].to_numpy(), cancelled=False)
    negative = source.assign(
        order=len(orders) + np.arange(len(source)), qty=-share, net=-np.round(source["net"] * share / source["qty"], 2)
    )
    orders = pd.concat([orders.assign(returned=-1), extra], ignore_index=True)
    lines = pd.concat([lines, negative], ignore_index=True)
    lines["line_no"] = lines.groupby("order").cumcount() + 1
    return orders, lines


def _costs(world: World, orders: pd.DataFrame, lines: pd.DataFrame) -> np.ndarray:
    """Cost of each line in yuan; unknown (NaN) on about one line in a hundred."""
    rng, offer = world.streams("costs"), world.offer
    product, t = lines["product"].to_numpy(), orders["t"].to_numpy()[lines["order"]]
    unit = offer.price[product] * offer.cost_ratio[product] * 1.012 ** (t / 365)
    cost = np.round(lines["qty"].to_numpy() * unit * rng.uniform(0.95, 1.05, len(lines)), 2)
    return np.where(rng.random(len(lines)) < 0.01, np.nan, cost)
