"""The sample company: ``generate`` returns every table, ``true_probabilities`` what lies behind the outcomes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..contract.model import TableSpec, contract
from . import (
    activities,
    contracts,
    customers,
    funnel,
    leads,
    market,
    marketing,
    money,
    offer,
    office,
    order_tables,
    orders,
    organisation,
    people,
    pipeline,
    projects,
    relations,
    service,
    targets,
    training,
)
from .deals import NEW, Pipeline, World
from .draw import MONTHS, NOW, Streams, dates, ids, month_day, month_of
from .season import Season
from .truths import Truths


@dataclass(frozen=True)
class Simulation:
    """Everything that the tables are cut from."""

    world: World
    pipe: Pipeline
    sales: orders.Sales
    leads: pd.DataFrame
    invoices: pd.DataFrame
    quotes: pd.DataFrame
    contracts: pd.DataFrame
    projects: pd.DataFrame


def simulate(scale: float = 1.0, seed: int = 7, truths: Truths | None = None) -> Simulation:
    """Run the company. Raises ValueError for a scale that is not positive."""
    if not scale > 0:
        raise ValueError(f"scale must be positive, got {scale}")
    truths = truths or Truths()
    streams = Streams(seed)
    org = organisation.build(streams, scale, truths)
    base = customers.build(streams, scale, org, truths)
    world = World(streams, scale, truths, org, offer.build(truths), base, Season(truths))
    pipe = pipeline.simulate(world)
    sales = orders.build(world, pipe)
    return Simulation(
        world,
        pipe,
        sales,
        leads.lead_frame(world, pipe),
        money.invoice_frame(world, sales),
        contracts.quote_times(world, pipe),
        contracts.contract_table(world, pipe, sales.basket),
        projects.project_frame(world, pipe, sales.basket),
    )


def generate(scale: float = 1.0, seed: int = 7, truths: Truths | None = None) -> dict[str, pd.DataFrame]:
    """Every table of the data model, in the contract's order, with the contract's columns.

    ``scale`` multiplies accounts, sellers and business volume (1.0: 600 accounts, 40 sellers); the same ``seed`` gives
    the same tables. Money is in yuan without tax; times are naive local times; unknown values are missing.

    >>> tables = generate(scale=0.2)
    >>> len(tables["accounts"])
    120
    """
    run = simulate(scale, seed, truths)
    tables = organisation_tables(run) | sales_tables(run) | money_tables(run) | surrounding_tables(run)
    tables |= customer_tables(run, tables)
    return {name: shaped(tables[name], spec) for name, spec in contract().items()}


def organisation_tables(run: Simulation) -> dict[str, pd.DataFrame]:
    """What exists before any business: regions, products, people, and how the people develop."""
    world = run.world
    sold = money.sales_by_rep(world, run.sales)
    return {
        "regions": world.org.regions,
        "products": world.offer.table,
        "channels": offer.channels(),
        "teams": world.org.teams,
        "reps": world.org.reps,
        "rep_costs": money.rep_cost_table(world.streams, world.org, sold),
        "hc_plan": people.hc_plan(world),
        "targets": targets.target_table(target_rows(run)),
        "recruitment": people.recruitment(world),
        "competency": training.competency(world),
        "training_courses": training.courses(),
        "training_records": training.training_records(world),
        "mentorships": training.mentorships(world),
        "rotations": training.rotations(world),
        "awards": people.awards(world, sold),
        "appraisals": people.appraisals(world, sold),
        "suggestions": people.suggestions(world),
        "knowledge_items": people.knowledge_items(world),
        "sales_plans": people.sales_plans(world),
        "tools": activities.tools(world),
        "tool_usage": activities.tool_usage(world),
        "time_log": activities.time_table(world),
    }


def sales_tables(run: Simulation) -> dict[str, pd.DataFrame]:
    """From the lead to the order line, with projects."""
    world, pipe, sales = run.world, run.pipe, run.sales
    rows = leads.lead_of_deal(run.leads, len(pipe.deals))
    project = projects.project_of_deal(run.projects, len(pipe.deals))
    paid = money.paid_day(run.invoices, sales, len(pipe.deals))
    return {
        "leads": leads.lead_table(world, pipe, run.leads),
        "opportunities": funnel.opportunity_table(world, pipe, sales.basket, rows, project),
        "opportunity_snapshots": funnel.snapshot_table(world, pipe, sales.basket),
        "opportunity_team": funnel.team_table(world, pipe),
        "stage_history": funnel.stage_table(world, pipe, paid),
        "quotes": contracts.quote_table(world, pipe, sales.basket, run.quotes),
        "approvals": contracts.approval_table(world, pipe, run.quotes),
        "contracts": run.contracts,
        "orders": order_tables.order_table(world, pipe, sales, project),
        "order_lines": order_tables.line_table(world, sales),
        "order_splits": order_tables.split_table(world, sales),
        "projects": projects.project_table(world, pipe, run.projects),
        "project_costs": projects.project_costs(world, run.projects),
        "project_milestones": projects.project_milestones(world, run.projects),
    }


def money_tables(run: Simulation) -> dict[str, pd.DataFrame]:
    """Invoices, payments, prices, marketing money."""
    world = run.world
    return {
        "invoices": money.invoice_table(world, run.invoices),
        "payments": money.payment_table(world, run.invoices),
        "price_changes": offer.price_changes(world.offer),
        "campaigns": marketing.campaign_table(world),
        "marketing_spend": marketing.spend_table(world),
        "product_launches": offer.launch_table(world.offer, world.scale),
    }


def surrounding_tables(run: Simulation) -> dict[str, pd.DataFrame]:
    """The market outside and the offices inside."""
    world = run.world
    return {
        "market_size": market.market_size(world),
        "competitors": market.competitors(),
        "competitor_moves": market.competitor_moves(world),
        "macro_indicators": market.macro_indicators(world),
        "channel_partners": market.channel_partners(world),
        "process_steps": office.process_steps(),
        "meetings": office.meetings(world),
        "events": office.events(world),
        "internal_requests": office.internal_requests(world, run.pipe),
        "experiments": office.experiments(world),
    }


def customer_tables(run: Simulation, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The accounts and all that is known about them; ``tables`` holds those made before."""
    world, pipe = run.world, run.pipe
    accounts = customers.account_table(world.streams, world.customers, world.org, account_facts(run))
    index, contacts = relations.contacts(world)
    return {
        "accounts": accounts,
        "contacts": contacts,
        "account_tier_history": relations.tier_history(world),
        "account_tags": relations.account_tags(world, pipe),
        "account_resources": relations.account_resources(world, pipe),
        "account_signals": relations.account_signals(world, pipe),
        "needs": relations.needs(world, pipe),
        "loyalty": relations.loyalty(world, pipe),
        "subscriptions": relations.subscriptions(world, run.contracts, pipe, run.sales),
        "message_events": relations.message_events(world, pipe, index),
        "web_events": relations.web_events(world),
        "tickets": service.ticket_table(world, pipe),
        "surveys": service.survey_table(world, pipe, index.contact_id[index.first]),
        "activities": activities.activity_table(world, pipe, run.leads, tables["leads"], run.invoices, accounts, index),
        "budget": office.budget(world, tables["rep_costs"], tables["marketing_spend"]),
    }


def target_rows(run: Simulation) -> list[tuple]:
    """All targets as plain rows."""
    actual = {name: np.zeros(MONTHS) for name in ("signed", "collected", "gross_profit", "contribution")}
    lines, t = run.sales.lines, run.sales.orders["t"].to_numpy()
    order = lines["order"].to_numpy()
    live = ~run.sales.orders["cancelled"].to_numpy()[order]
    profit = (lines["net"] - lines["cost"].fillna(lines["net"] * 0.58)).to_numpy()
    month = month_of(t)[order]
    np.add.at(actual["gross_profit"], month[live], profit[live])
    actual["contribution"] = actual["gross_profit"] * 0.86
    signed = month_of(run.pipe.deals.closed[run.pipe.deals.won])
    np.add.at(actual["signed"], np.clip(signed, 0, None), run.sales.basket.amount[run.pipe.deals.won])
    paid = run.invoices[run.invoices["paid"] < NOW]
    np.add.at(actual["collected"], month_of(paid["paid"].to_numpy()), paid["amount"].to_numpy())
    return (
        targets.sales_rows(run.world, run.sales)
        + targets.other_rows(run.world, actual)
        + targets.activity_rows(run.world)
    )


def account_facts(run: Simulation) -> pd.DataFrame:
    """Per account: first buying day, day it counts as lost (or infinity), winning channel and lead, yearly spend."""
    world, deals, sales = run.world, run.pipe.deals, run.sales
    count = len(world.customers.account_id)
    live = ~sales.orders["cancelled"].to_numpy() & (sales.orders["returned"].to_numpy() < 0)
    last = np.full(count, -np.inf)
    np.maximum.at(last, sales.orders["account"].to_numpy()[live], np.floor(sales.orders["t"].to_numpy()[live]) + 365)
    ends = (
        pd.DataFrame({"account": run.contracts["account_id"], "end": pd.to_datetime(run.contracts["end_date"])})
        .groupby("account")["end"]
        .max()
    )
    end = ends.reindex(world.customers.account_id).to_numpy()
    days = (end - np.datetime64("2023-07-01")) / np.timedelta64(1, "D") + 1
    lost = np.fmax(last, days)
    lost = np.where(np.isfinite(run.pipe.first) & np.isfinite(lost), lost, np.inf)
    amount = np.zeros(count)
    recent = live & (sales.orders["t"].to_numpy() > NOW - 730)
    total = np.zeros(len(sales.orders))
    np.add.at(total, sales.lines["order"].to_numpy(), sales.lines["net"].to_numpy())
    np.add.at(amount, sales.orders["account"].to_numpy()[recent], total[recent] / 2)
    channel, lead = np.full(count, None, dtype=object), np.full(count, None, dtype=object)
    new = np.flatnonzero(deals.won & (deals.type_ == NEW))
    channel[deals.account[new]] = np.array(offer.LEAD_CHANNELS, dtype=object)[deals.channel[new]]
    rows = leads.lead_of_deal(run.leads, len(deals))
    lead[deals.account[new]] = ids("L", len(run.leads), 6)[rows[new]]
    return pd.DataFrame({"first": run.pipe.first, "churn": lost, "channel": channel, "lead": lead, "spend": amount})


def true_probabilities(
    scale: float = 1.0, seed: int = 7, truths: Truths | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the outcomes were drawn from, never part of the tables; for tests of models.

    The first frame: ``opp_id``, ``win_probability`` (given all facts but the outcome). The second: ``account_id``,
    ``quarter_start``, ``stop_180``, ``stop_365``: probability that an account that still buys on that day stops
    within two or four quarters, and ``stopped_at``, the day on which it did (missing: not within the data).
    """
    run = simulate(scale, seed, truths)
    deals = pd.DataFrame({"opp_id": ids("OP", len(run.pipe.deals), 6), "win_probability": run.pipe.deals.probability})
    base = run.world.customers
    quarters = MONTHS // 3
    size = len(base.account_id)
    stop = np.where(run.pipe.stop < NOW, run.pipe.stop, np.nan)
    accounts = pd.DataFrame(
        {
            "account_id": np.repeat(base.account_id, quarters),
            "quarter_start": np.tile(dates(month_day(np.arange(quarters) * 3)), size),
            "stop_180": base.stop_probability(2)[:, :quarters].ravel(),
            "stop_365": base.stop_probability(4)[:, :quarters].ravel(),
            "stopped_at": np.repeat(dates(stop), quarters),
        }
    )
    return deals, accounts


def shaped(table: pd.DataFrame, spec: TableSpec) -> pd.DataFrame:
    """``table`` with exactly the contract's columns in its order; a column that is not generated is all missing.

    Raises ValueError for a column that the contract does not know.
    """
    unknown = sorted(set(table.columns) - set(spec.column_names))
    if unknown:
        raise ValueError(f"{spec.name}: columns {unknown} are not in the contract")
    out = table.reindex(columns=list(spec.column_names))
    for column in spec.columns:
        if column.type in ("date", "datetime"):
            out[column.name] = out[column.name].astype("datetime64[s]")
        elif column.type == "int":
            out[column.name] = out[column.name].astype("Int64")
        elif column.type == "bool":
            out[column.name] = out[column.name].astype("boolean")
        elif column.type in ("money", "decimal", "fraction"):
            out[column.name] = out[column.name].astype("float64")
        else:
            out[column.name] = out[column.name].astype("str")
    return out
