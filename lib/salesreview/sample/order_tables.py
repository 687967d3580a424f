"""Orders, order lines and splits as tables."""

import numpy as np
import pandas as pd

from .deals import Pipeline, World
from .draw import (
    NOW,
    clock,
    dates,
    frame,
    ids,
    pick,
    take,
)
from .orders import Sales
from .organisation import REGION_IDS


def order_table(world: World, pipeline: Pipeline, sales: Sales, project_of_deal: np.ndarray) -> pd.DataFrame:
    """One row per order. Returns refer to their order on the line, not here."""
    rng, orders = world.streams("order_table"), sales.orders
    count, t, account = len(orders), orders["t"].to_numpy(), orders["account"].to_numpy()
    deal, back = orders["deal"].to_numpy(), orders["returned"].to_numpy() >= 0
    lead = np.where(deal >= 0, rng.gamma(3, 11, count) + 5, rng.gamma(2.2, 4, count) + 1)
    promised = t + np.ceil(lead * rng.uniform(0.9, 1.25, count))
    done = t + lead * np.where(rng.random(count) < 0.12, 1.4, 1.0)
    delivered = (done < NOW) & ~orders["cancelled"].to_numpy() & ~back
    produced = np.where(deal >= 0, t + lead * 0.7, t + lead * 0.4)
    status = np.where(
        orders["cancelled"],
        "cancelled",
        np.where(delivered & (done + 20 < NOW) | back, "done", np.where(delivered, "shipped", "open")),
    )
    customers = world.customers
    order_id = ids("O", count, 6)
    return frame(
        order_id=order_id,
        account_id=customers.account_id[account],
        opp_id=take(ids("OP", len(pipeline.deals), 6), deal),
        contract_id=take(
            contract_ids(pipeline), np.where(deal >= 0, contract_rows(pipeline)[np.clip(deal, 0, None)], -1)
        ),
        rep_id=world.org.rep_id[world.org.rep_at(customers.seat[account], t)],
        region_id=np.where(
            customers.region_known[account], np.array(REGION_IDS, dtype=object)[customers.region[account]], None
        ),
        order_date=dates(t),
        sales_channel=orders["channel"].to_numpy(object),
        status=status.astype(object),
        promised_date=dates(promised),
        produced_at=clock(np.where(delivered, produced, np.nan)),
        delivered_at=clock(np.where(delivered, done, np.nan)),
        complete=pd.array(np.where(delivered, rng.random(count) < 0.95, False), dtype="boolean"),
        project_id=take(
            ids("PJ", int(project_of_deal.max(initial=-1)) + 1, 4),
            np.where(deal >= 0, project_of_deal[np.clip(deal, 0, None)], -1),
        ),
    ).assign(complete=lambda table: table["complete"].where(delivered))


def contract_rows(pipeline: Pipeline) -> np.ndarray:
    """Row of the contracts table per deal (-1 where not won); contracts from before the data come first."""
    return np.where(pipeline.deals.won, len(pipeline.base["account"]) + np.cumsum(pipeline.deals.won) - 1, -1)


def contract_ids(pipeline: Pipeline) -> np.ndarray:
    return ids("CT", len(pipeline.base["account"]) + int(pipeline.deals.won.sum()), 6)


def line_table(world: World, sales: Sales) -> pd.DataFrame:
    """One row per order line; a returned line is negative and names the order it comes from."""
    lines, orders = sales.lines, sales.orders
    order_id = ids("O", len(orders), 6)
    return frame(
        order_id=order_id[lines["order"]],
        line_no=lines["line_no"].to_numpy(),
        product_id=world.offer.product_id[lines["product"]],
        qty=lines["qty"].to_numpy(),
        list_price=lines["price"].to_numpy(),
        net_amount=lines["net"].to_numpy(),
        cost_amount=lines["cost"].to_numpy(),
        return_of_order_id=take(order_id, orders["returned"].to_numpy()[lines["order"]]),
    )


def split_table(world: World, sales: Sales) -> pd.DataFrame:
    """One row per order and credited person for the orders (one in eight) that two people share."""
    rng, orders, org = world.streams("order_splits"), sales.orders, world.org
    count = len(orders)
    t = orders["t"].to_numpy()
    owner = org.rep_at(world.customers.seat[orders["account"]], t)
    shared = np.flatnonzero((orders["deal"].to_numpy() >= 0) & (rng.random(count) < 0.26))
    other = org.rep_at(rng.integers(0, len(org.seat_team), len(shared)), t[shared])
    shared, other = shared[other != owner[shared]], other[other != owner[shared]]
    share = pick(rng, [0.3, 0.4, 0.5], len(shared), [5, 3, 2]).astype(float)
    order_id = ids("O", count, 6)
    both = np.r_[shared, shared]
    table = frame(
        order_id=order_id[both], rep_id=org.rep_id[np.r_[owner[shared], other]], split_pct=np.r_[1 - share, share]
    )
    return table.sort_values("order_id", kind="stable", ignore_index=True)
