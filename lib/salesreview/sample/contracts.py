"""Quotes, approvals and contracts of the deals."""

import numpy as np
import pandas as pd

from .deals import APPROVERS, QUOTE, RENEWAL, SIGNING, Pipeline, World
from .draw import NOW, clock, dates, frame, ids, pick, repeats, take
from .order_tables import contract_ids, contract_rows
from .orders import Basket
from .pipeline import renewable


def quote_times(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """One row per quote version that was begun: deal, version, last (bool) and the times of its steps as day numbers.

    Only the last version waits the approval's full time; earlier ones take a third of it.
    """
    rng, deals = world.streams("quotes"), pipeline.deals
    reached = ~np.isnan(deals.entered[:, QUOTE])
    deal, version = repeats(np.where(reached, np.maximum(deals.versions, 1), 0))
    versions = np.maximum(deals.versions, 1)[deal]
    last = version == versions - 1
    wait = deals.approval[deal] * np.where(last, 1.0, 0.33)[:, None]
    total_wait = deals.approval.sum(axis=1)[deal] * (1 + 0.33 * (versions - 1))
    room = np.maximum(deals.duration[deal, QUOTE] - total_wait, 0.5) / versions
    begin = deals.entered[deal, QUOTE] + version * room + deals.approval.sum(axis=1)[deal] * 0.33 * version
    over = np.maximum(total_wait + 0.5 - deals.duration[deal, QUOTE], 0)
    begin = np.maximum(begin - over, deals.entered[deal, QUOTE])
    prepared = begin + room * rng.uniform(0.25, 0.45, len(deal))
    submitted = prepared + room * 0.04
    approved = submitted + wait.sum(axis=1)
    sent = approved + room * 0.06
    table = pd.DataFrame(
        {
            "deal": deal,
            "version": version + 1,
            "last": last,
            "requested": begin,
            "prepared": prepared,
            "submitted": submitted,
            "approved": approved,
            "sent": sent,
        }
    )
    table["accepted"] = np.where(
        last & deals.won[deal], deals.entered[deal, QUOTE] + deals.duration[deal, QUOTE], np.nan
    )
    table["accepted"] = np.maximum(table["accepted"], table["sent"])
    for step in range(3):
        table[f"wait{step}"] = wait[:, step]
    return table[table["requested"] < NOW].reset_index(drop=True)


def quote_table(world: World, pipeline: Pipeline, basket: Basket, times: pd.DataFrame) -> pd.DataFrame:
    """One row per quote version; the last version carries the deal's amount, earlier ones a smaller discount."""
    rng, deals = world.streams("quote_table"), pipeline.deals
    count, deal = len(times), times["deal"].to_numpy()
    list_amount = basket.list_amount[deal]
    step = np.where(times["last"], 0.0, rng.uniform(0.01, 0.04, count))
    amount = np.where(times["last"], basket.amount[deal], np.round(basket.amount[deal] * (1 + step), 2))
    status = np.select(
        [
            times["last"] & deals.won[deal],
            times["last"] & (deals.closed[deal] < NOW),
            ~times["last"],
            times["sent"] < NOW,
        ],
        ["accepted", "rejected", "superseded", "sent"],
        "draft",
    )
    fit = np.clip(np.round(rng.normal(3.6, 0.8, count) + 0.35 * deals.won[deal]), 1, 5).astype(int)
    full = rng.random((count, 4)) < [0.97, 0.98, 0.93, 0.90]
    stamp = {
        name: clock(times[name].to_numpy())
        for name in ("requested", "prepared", "submitted", "approved", "sent", "accepted")
    }
    return frame(
        quote_id=ids("Q", count, 6),
        opp_id=ids("OP", len(deals), 6)[deal],
        version=times["version"].to_numpy(),
        **{f"{name}_at": values for name, values in stamp.items()},
        amount=amount,
        list_amount=list_amount,
        discount_pct=np.round(1 - amount / list_amount, 4),
        template_id=np.where(rng.random(count) < 0.78, pick(rng, ["TPL-Q1", "TPL-Q2", "TPL-Q3"], count), None),
        components=(basket.product[deal] >= 0).sum(axis=1),
        needs_fit=fit,
        has_value_case=rng.random(count) < 0.38,
        lines_complete=full[:, 0],
        price_complete=full[:, 1],
        delivery_complete=full[:, 2],
        after_sales_complete=full[:, 3],
        status=status.astype(object),
    )


def approval_table(world: World, pipeline: Pipeline, times: pd.DataFrame) -> pd.DataFrame:
    """One row per approval step of quotes and contracts; steps of one object follow each other."""
    quotes = _quote_steps(world, times)
    contracts = _contract_steps(world, pipeline)
    steps = pd.concat([quotes, contracts], ignore_index=True)
    steps = steps[steps["begin"] < NOW].sort_values(["begin", "object_id", "step_no"], kind="stable", ignore_index=True)
    rng, count, org = world.streams("approval_table"), len(steps), world.org
    back_office = org.of_role("其他")
    managers = rng.integers(0, len(org.managers), count)
    approver = np.where(
        steps["department"] == APPROVERS[0], managers, back_office[rng.integers(0, len(back_office), count)]
    )
    decided = steps["end"].to_numpy()
    decision = np.where(steps["last"], "通过", pick(rng, ["通过", "退回", "拒绝"], count, [45, 50, 5]))
    known = decided < NOW
    return frame(
        approval_id=ids("AP", count, 6),
        object=steps["object"].to_numpy(object),
        object_id=steps["object_id"].to_numpy(object),
        step_no=steps["step_no"].to_numpy(),
        department=steps["department"].to_numpy(object),
        approver_id=org.rep_id[approver],
        mode="serial",
        submitted_at=clock(steps["begin"].to_numpy()),
        decided_at=clock(decided),
        decision=np.where(known, decision, None),
        changed=pd.array(rng.random(count) < 0.14, dtype="boolean"),
        channel=pick(rng, ["线上", "纸质"], count, [86, 14]),
    ).assign(changed=lambda table: table["changed"].where(known))


def _quote_steps(world: World, times: pd.DataFrame) -> pd.DataFrame:
    quote_id = ids("Q", len(times), 6)
    parts, begin = [], times["submitted"].to_numpy()
    number = np.zeros(len(times), dtype=int)
    for step, department in enumerate(APPROVERS):
        wait = times[f"wait{step}"].to_numpy()
        used = wait > 0
        number = number + used
        parts.append(
            pd.DataFrame(
                {
                    "object": "quote",
                    "object_id": quote_id,
                    "step_no": number,
                    "department": department,
                    "begin": begin,
                    "end": begin + wait,
                    "last": times["last"],
                }
            )[used]
        )
        begin = begin + wait
    return pd.concat(parts, ignore_index=True)


def _contract_steps(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """Legal department's step for every contract of a deal, between submission and approval."""
    deals, stamps = pipeline.deals, contract_times(pipeline)
    won = np.flatnonzero(deals.won)
    rows = contract_rows(pipeline)[won]
    return pd.DataFrame(
        {
            "object": "contract",
            "object_id": contract_ids(pipeline)[rows],
            "step_no": 1,
            "department": "法务部",
            "begin": stamps["submitted"],
            "end": stamps["approved"],
            "last": True,
        }
    )


def contract_times(pipeline: Pipeline) -> dict[str, np.ndarray]:
    """Times of the signing stage's steps per won deal, as day numbers."""
    deals = pipeline.deals
    won = np.flatnonzero(deals.won)
    begin, length = deals.entered[won, SIGNING], deals.duration[won, SIGNING]
    at = {"drafted": 0.02, "submitted": 0.22, "approved": 0.58, "sent": 0.66}
    return {name: begin + share * length for name, share in at.items()} | {"signed": deals.closed[won]}


def contract_table(world: World, pipeline: Pipeline, basket: Basket) -> pd.DataFrame:
    """One row per contract: those from before the data that await renewal, then one per won deal."""
    rng, deals, base = world.streams("contracts"), pipeline.deals, pipeline.base
    won = np.flatnonzero(deals.won)
    old, new = len(base["account"]), len(won)
    count = old + new
    account = np.r_[base["account"], deals.account[won]]
    yearly = np.r_[np.ones(old, bool), renewable(world, deals)[won]]
    amount = np.r_[base["amount"], basket.amount[won]]
    stamps = contract_times(pipeline)
    times = {
        name: np.r_[base["start"] - shift, stamps[name]]
        for name, shift in {"drafted": 12, "submitted": 10, "approved": 7, "sent": 6, "signed": 2}.items()
    }
    parent = deals.parent[won]
    parent_row = np.where(
        parent >= 0, contract_rows(pipeline)[np.clip(parent, 0, None)], np.where(parent <= -2, -2 - parent, -1)
    )
    start = np.r_[base["start"], np.floor(deals.closed[won]) + 1]
    renewal = deals.type_[won] == RENEWAL
    term = np.where(yearly, 364, pick(rng, [179, 269, 364], count, [2, 3, 5]).astype(int))
    for _ in range(4):  # a renewal runs on from the end of its parent
        before = np.r_[np.full(old, -1), parent_row]
        follows = np.r_[np.zeros(old, bool), renewal] & (before >= 0)
        start = np.where(follows, (start + term)[np.clip(before, 0, None)] + 1, start)
    signed = times["signed"]
    ended = start + term < NOW
    contract_id = contract_ids(pipeline)
    signing = pick(rng, ["电子", "纸质"], count)
    electronic = rng.random(count) < 0.35 + 0.35 * np.clip(signed / NOW, 0, 1)
    return frame(
        contract_id=contract_id,
        account_id=world.customers.account_id[account],
        opp_id=np.r_[np.full(old, None, dtype=object), ids("OP", len(deals), 6)[won]],
        template_id=np.where(rng.random(count) < 0.82, np.where(yearly, "TPL-C2", "TPL-C1"), None),
        special_terms=rng.random(count) < 0.16,
        **{f"{name}_at": clock(values) for name, values in times.items()},
        sign_method=np.where(electronic, "电子", np.where(signing == "电子", "纸质", signing)).astype(object),
        amount=amount,
        annual_value=np.round(np.where(yearly, amount, amount * 365 / (term + 1)), 2),
        start_date=dates(start),
        end_date=dates(start + term),
        renewable=yearly,
        renewal_of=np.r_[np.full(old, None, dtype=object), take(contract_id, parent_row)],
        framework=(world.customers.tier[account] == 2) & (rng.random(count) < 0.25),
        payment_terms_days=world.customers.terms[account],
        status=np.where(ended, "ended", "active").astype(object),
    )
