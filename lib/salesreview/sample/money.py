"""Invoices, payments and what people cost."""

import numpy as np
import pandas as pd

from .deals import World
from .draw import MONTHS, NOW, Streams, clock, dates, frame, ids, month_of, month_start, repeats, working
from .orders import Sales
from .organisation import Organisation, employed_months, salary


def invoice_frame(world: World, sales: Sales) -> pd.DataFrame:
    """All invoices as numbers: order, account, issued, due and paid days (NaN: unpaid), amount in yuan.

    Large orders are billed in three parts, others once; an order that is cancelled or returned is not billed (a return
    is a credit note). Payment comes around the due date, later from accounts in poor health.
    """
    rng, customers, signals = world.streams("invoices"), world.customers, world.truths.churn_signals
    orders = sales.orders
    total = np.zeros(len(orders))
    np.add.at(total, sales.lines["order"].to_numpy(), sales.lines["net"].to_numpy())
    billed = ~orders["cancelled"].to_numpy() & (total > 0)
    parts = np.where(billed, np.where(total > 400_000, 3, 1), 0)
    order, number = repeats(parts)
    three = parts[order] == 3
    share = np.where(three, np.array([0.3, 0.6, 0.1])[number], 1.0)
    amount = np.round(total[order] * share, 2)
    rest = np.round(total[order] - np.round(total[order] * 0.3, 2) - np.round(total[order] * 0.6, 2), 2)
    amount = np.where(three & (number == 2), rest, amount)
    wait = np.where(three, np.array([2.0, 40.0, 85.0])[number], 6.0) * rng.uniform(0.7, 1.3, len(order))
    issued = working(orders["t"].to_numpy()[order] + wait)
    account = orders["account"].to_numpy()[order]
    terms = customers.terms[account]
    health = customers.health_at(account, np.minimum(issued, NOW - 1))
    slope = signals.delay_days if signals else 0.0
    delay = np.clip(rng.gamma(2.2, 9, len(order)) - 10 - slope * health, -20, 150)
    never = rng.random(len(order)) < 0.009
    paid = np.where(never, np.nan, working(np.maximum(issued + terms + delay, issued + 1)))
    table = pd.DataFrame(
        {"order": order, "account": account, "issued": issued, "due": issued + terms, "paid": paid, "amount": amount}
    )
    return table[table["issued"] < NOW].sort_values(["issued", "order"], kind="stable", ignore_index=True)


def invoice_table(world: World, invoices: pd.DataFrame) -> pd.DataFrame:
    """One row per invoice; what is never paid is written off in part after a year."""
    rng, count = world.streams("invoice_table"), len(invoices)
    gone = np.where(invoices["paid"].isna(), invoices["due"] + 365, np.nan)
    written = gone < NOW
    return frame(
        invoice_id=ids("IN", count, 6),
        order_id=_order_ids(invoices),
        account_id=world.customers.account_id[invoices["account"]],
        issue_date=dates(invoices["issued"].to_numpy()),
        due_date=dates(invoices["due"].to_numpy()),
        amount=invoices["amount"].to_numpy(),
        disputed=(rng.random(count) < 0.02) | invoices["paid"].isna().to_numpy(),
        written_off_at=clock(np.where(written, gone, np.nan)),
        written_off_amount=np.where(written, np.round(invoices["amount"] * 0.8, 2), np.nan),
    )


def _order_ids(invoices: pd.DataFrame) -> np.ndarray:
    return ids("O", int(invoices["order"].max()) + 1, 6)[invoices["order"]]


def payment_table(world: World, invoices: pd.DataFrame) -> pd.DataFrame:
    """One row per payment; one invoice in eight is paid in two parts. Payments never exceed their invoice."""
    rng = world.streams("payments")
    due = invoices[invoices["paid"].notna()]
    twice = rng.random(len(due)) < 0.12
    later = due["paid"].to_numpy() + rng.uniform(10, 40, len(due))
    first = np.where(twice, np.round(due["amount"] * rng.uniform(0.4, 0.7, len(due)), 2), due["amount"])
    named = rng.random(len(due)) >= 0.004
    index = due.index.to_numpy()
    invoice = np.r_[index, index[twice]]
    t = np.r_[due["paid"].to_numpy(), working(later[twice])]
    amount = np.r_[first, np.round(due["amount"].to_numpy() - first, 2)[twice]]
    keep = np.r_[named, named[twice]]
    order = np.lexsort((invoice, t))
    order = order[t[order] < NOW]
    invoice, t, amount, keep = invoice[order], t[order], amount[order], keep[order]
    return frame(
        payment_id=ids("PM", len(invoice), 6),
        invoice_id=np.where(keep, ids("IN", len(invoices), 6)[invoice], None),
        account_id=world.customers.account_id[invoices["account"].to_numpy()[invoice]],
        paid_at=clock(t),
        amount=amount,
    )


def paid_day(invoices: pd.DataFrame, sales: Sales, deals: int) -> np.ndarray:
    """Day on which the last invoice of each deal was paid; NaN while anything is open."""
    deal = sales.orders["deal"].to_numpy()[invoices["order"]]
    last = np.full(deals, -np.inf)
    mine = deal >= 0
    np.maximum.at(last, deal[mine], np.where(invoices["paid"].isna(), np.inf, invoices["paid"])[mine])
    return np.where(np.isfinite(last), last, np.nan)


def sales_by_rep(world: World, sales: Sales) -> np.ndarray:
    """Net sales in yuan by person (rows) and month from 2023-07 (columns)."""
    orders, org = sales.orders, world.org
    rep = org.rep_at(world.customers.seat[orders["account"]], orders["t"].to_numpy())
    month = month_of(orders["t"].to_numpy())
    out = np.zeros((len(org.rep_id), MONTHS))
    order = sales.lines["order"].to_numpy()
    live = ~orders["cancelled"].to_numpy()[order]
    np.add.at(out, (rep[order[live]], month[order[live]]), sales.lines["net"].to_numpy()[live])
    return out


def rep_cost_table(streams: Streams, org: Organisation, sold: np.ndarray) -> pd.DataFrame:
    """One row per person and month of employment, in yuan. Commission is 1.1 % of sales, bonus follows the quarter."""
    rng = streams("rep_costs")
    present = employed_months(org, MONTHS)
    rep, month = np.nonzero(present > 0)
    base = salary(org.rep_role)[rep] * 1.05 ** (month / 12) * present[rep, month]
    selling = org.rep_quota[rep]
    quarter = sold.reshape(len(sold), MONTHS // 3, 3).sum(axis=2)
    bonus = np.where((month % 3 == 2) & selling, np.maximum(quarter[rep, month // 3] - 1_500_000, 0) * 0.004, 0.0)
    noise = np.exp(rng.normal(0, 0.2, (len(rep), 4)))
    money = {
        "base": base,
        "commission": sold[rep, month] * 0.011 * selling,
        "bonus": bonus,
        "benefits": base * 0.32,
        "travel": noise[:, 0] * np.where(selling, 4200, 1500) * present[rep, month],
        "hospitality": noise[:, 1] * np.where(selling, 2100, 700) * present[rep, month],
        "training": noise[:, 2] * 420 * present[rep, month],
        "tools": noise[:, 3] * 360 * present[rep, month],
    }
    return frame(
        rep_id=org.rep_id[rep],
        month=month_start(month),
        **{name: np.round(values, 2) for name, values in money.items()},
    )
