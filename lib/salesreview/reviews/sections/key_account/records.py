"""Customer records, grades and contact cadence (requirements S3-58 … S3-61, S3-63)."""

from datetime import timedelta

import pandas as pd

from ....metrics.growth import ratio
from ....periods import Window
from ....queries import care as queries
from ....record import Card, Cards, Exhibit, Figure, Heading, Table, Text
from ...context import Context
from ..finding import few
from . import strategic

IDS = (
    ("customer_records", "customer_records.records_title", ("S3-58", "S3-59")),
    ("customer_grades", "customer_records.grades_title", ("S3-60",)),
    ("customer_cadence", "customer_records.cadence_title", ("S3-61",)),
    ("customer_cadence_overdue", "customer_records.overdue_title", ("S3-61",)),
    ("customer_birthdays", "customer_records.care_title", ("S3-63",)),
)
FRESH_DAYS, GREET_DAYS = 90, 30


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, completeness of records, grades, cadence and who is overdue, birthdays ahead."""
    heading = Heading(id="customer_records_heading", title=Text("customer_records.heading"))
    absent = ctx.mart.missing("accounts", "orders.account_id")
    if absent:
        return heading, *strategic.not_provided(IDS, absent)
    found = queries.records(ctx.mart, ctx.current.window.end)
    if found.empty:
        return heading, *strategic.not_enough(IDS, Text("customer_records.none"))
    return heading, _records(ctx, found), _grades(ctx, found), *_cadence(ctx, found), _birthdays(ctx)


def _share(ctx: Context, name: str, hits: int, n: int, **where) -> Figure:
    rest = {"numerator": hits, "denominator": n, "n": n, "flags": few(ctx, n)}
    return ctx.figure(name, ratio(hits, n), ctx.current, **rest, **where)


def _records(ctx: Context, found: pd.DataFrame) -> Table:
    """Blocks of the record: share of customers for whom the block is complete; the last rows tell how fresh it is."""
    n, day, rows = len(found), pd.Timestamp(ctx.current.window.end), []
    recent = found["last_contact"] >= day - pd.Timedelta(days=365)
    blocks = {
        "basics": found["basics"] if found["basics"].notna().any() else None,
        "terms": found["terms"] if found["terms"].notna().any() else None,
        "contacts": None if ctx.mart.missing("contacts.account_id") else found["contacts"] > 0,
        "deciders": None if ctx.mart.missing("contacts.buying_role") else found["deciders"] > 0,
        "communication": None if ctx.mart.missing("activities.account_id") else recent,
        "preferences": None if len(ctx.mart.missing("needs", "account_tags")) == 2 else found["preferences"],
    }
    for block, flags in blocks.items():
        label = Text(f"customer_records.block_{block}")
        if flags is None:
            rows.append((label, None, Text("customer_records.not_provided")))
            continue
        hits = int(flags.fillna(False).astype(bool).sum())
        figure = _share(ctx, "record_complete", hits, n, dimension="record block", member=block)
        rows.append((label, figure, Text("complaint_handling.counts", {"a": str(hits), "b": str(n)})))
    complete = [row for row in rows if row[1] is not None]
    rows += _fresh(ctx, found, day)
    worst = min(complete, key=lambda row: row[1].value) if complete else None
    name, _, codes = IDS[0]
    values = {"block": worst[0], "share": worst[1]} if worst else {}
    return Table(
        id=name,
        title=Text("customer_records.records" if worst else IDS[0][1], values),
        requirements=codes,
        header=(Text("customer_records.block"), Text("label.share"), Text("complaint_handling.column_counts")),
        rows=tuple(rows),
        notes=(Text("customer_records.note_records"),),
    )


def _fresh(ctx: Context, found: pd.DataFrame, day: pd.Timestamp) -> list[tuple]:
    rows = []
    if not ctx.mart.missing("accounts.updated_at"):
        hits = int((found["updated_at"] >= day - pd.Timedelta(days=FRESH_DAYS)).sum())
        counts = Text("complaint_handling.counts", {"a": str(hits), "b": str(len(found))})
        rows.append((Text("metric.record_fresh"), _share(ctx, "record_fresh", hits, len(found)), counts))
    else:
        rows.append((Text("metric.record_fresh"), None, Text("customer_records.not_provided")))
    if not ctx.mart.missing("contacts.contact_id"):
        invalid, n = queries.invalid_contacts(ctx.mart)
        counts = Text("complaint_handling.counts", {"a": str(invalid), "b": str(n)})
        rows.append((Text("metric.contact_invalid"), _share(ctx, "contact_invalid", invalid, n), counts))
    return rows


def _grades(ctx: Context, found: pd.DataFrame) -> Exhibit:
    """Customers by tier and type, and how far each tier has what its service calls for."""
    name, _, codes = IDS[1]
    if len(ctx.mart.missing("accounts.tier", "accounts.customer_type")) == 2:
        return strategic.not_provided((IDS[1],), ("accounts.tier", "accounts.customer_type"))[0]
    order = {tier: place for place, tier in enumerate(ctx.settings.key_tiers)}
    tiers = sorted(found["tier"].unique(), key=lambda tier: (order.get(tier, len(order)), tier))
    types = found.groupby("customer_type").size().sort_values(ascending=False, kind="stable").index[:4].tolist()
    rows = []
    for tier in tiers:
        part = found[found["tier"] == tier]
        cells = [
            _count(ctx, "tier×customer_type", f"{tier} | {kind}", int((part["customer_type"] == kind).sum()))
            for kind in types
        ]
        cells.insert(0, _count(ctx, "tier", tier, len(part)))
        if not ctx.mart.missing("accounts.csm_rep_id"):
            cells.append(
                _share(ctx, "csm_coverage", int(part["has_csm"].sum()), len(part), dimension="tier", member=tier)
            )
        rows.append((tier, *cells))
    header = [Text("label.tier"), Text("metric.customer_count"), *types]
    header += [] if ctx.mart.missing("accounts.csm_rep_id") else [Text("metric.csm_coverage")]
    return Table(
        id=name,
        title=Text("customer_records.grades", {"n": str(len(found)), "tier": tiers[0], "count": rows[0][1]}),
        requirements=codes,
        header=tuple(header),
        rows=tuple(rows),
    )


def _count(ctx: Context, dimension: str, member: str, n: int) -> Figure:
    return ctx.figure("customer_count", n, ctx.current, n=n, dimension=dimension, member=member)


def _cadence(ctx: Context, found: pd.DataFrame) -> tuple[Exhibit, ...]:
    """Customers contacted within their tier's days before the last day, and those overdue."""
    boxes, rule = IDS[2:4], ctx.settings.contact_cadence
    absent = ctx.mart.missing("activities.started_at", "accounts.tier")
    if absent:
        return strategic.not_provided(boxes, absent)
    if not rule.days:
        return strategic.not_provided(boxes, ("params/contact_cadence.yml",))
    day = pd.Timestamp(ctx.current.window.end)
    known = found[found["tier"].isin(rule.days)].copy()
    if known.empty:
        return strategic.not_enough(boxes, Text("customer_records.no_cadence"))
    known["limit"] = known["tier"].map(rule.days)
    known["waited"] = (day - known["last_contact"]).dt.days
    known["met"] = known["waited"] <= known["limit"]
    rows = [_cadence_row(ctx, tier, limit, known[known["tier"] == tier]) for tier, limit in rule.days.items()]
    rows = [row for row in rows if row[2].n]
    whole = _share(ctx, "cadence", int(known["met"].sum()), len(known))
    late = known[~known["met"]].assign(over=lambda f: f["waited"].fillna(99999) / f["limit"])
    name, _, codes = IDS[2]
    table = Table(
        id=name,
        title=Text("customer_records.cadence", {"share": whole, "late": str(len(late))}),
        requirements=codes,
        header=tuple(
            Text(key)
            for key in ("label.tier", "customer_records.within", "metric.cadence", "customer_records.overdue_n")
        ),
        rows=tuple(rows),
        total=(Text("label.total"), None, whole, _late(ctx, known)),
        notes=(
            Text(
                "customer_records.note_cadence",
                {"source": rule.source or "params/contact_cadence.yml", "date": rule.date},
            ),
        ),
    )
    return table, _overdue(ctx, late)


def _cadence_row(ctx: Context, tier: str, limit: int, part: pd.DataFrame) -> tuple:
    where = {"dimension": "tier", "member": tier}
    share = _share(ctx, "cadence", int(part["met"].sum()), len(part), **where)
    return tier, ctx.figure("cadence_days", limit, ctx.current, **where), share, _late(ctx, part, **where)


def _late(ctx: Context, part: pd.DataFrame, **where) -> Figure:
    n = int((~part["met"]).sum())
    return ctx.figure("cadence_overdue", n, ctx.current, n=len(part), **where)


def _overdue(ctx: Context, late: pd.DataFrame) -> Exhibit:
    """Key customers waiting longest against their tier's days."""
    name, _, codes = IDS[3]
    if late.empty:
        return strategic.not_enough((IDS[3],), Text("customer_records.nobody_overdue"))[0]
    order = {tier: place for place, tier in enumerate(ctx.settings.contact_cadence.days)}
    ranked = late.assign(place=late["tier"].map(order)).sort_values(
        ["place", "over", "account_id"], ascending=[True, False, True]
    )
    rows = []
    for row in ranked.head(ctx.settings.top_n).itertuples():
        where = {"dimension": "account", "member": row.account}
        waited = None if pd.isna(row.waited) else int(row.waited)
        figure = ctx.figure("days_since_contact", waited, ctx.current, **where) if waited is not None else None
        limit = ctx.figure("cadence_days", int(row.limit), ctx.current, dimension="tier", member=row.tier)
        last = None if pd.isna(row.last_contact) else row.last_contact.date()
        rows.append((row.account, row.tier, last or Text("customer_records.never"), figure, limit))
    keys = (
        "label.customer",
        "label.tier",
        "customer_records.last",
        "metric.days_since_contact",
        "customer_records.within",
    )
    return Table(
        id=name,
        title=Text("customer_records.overdue", {"shown": str(len(rows)), "n": str(len(late))}),
        requirements=codes,
        header=tuple(Text(key) for key in keys),
        rows=tuple(rows),
    )


def _birthdays(ctx: Context) -> Exhibit:
    """How many birthdays of contacts were met with a contact, and how many lie in the month ahead."""
    name, _, codes = IDS[4]
    absent = ctx.mart.missing("contacts.birthday")
    if absent:
        return strategic.not_provided((IDS[4],), absent)[0]
    end = ctx.current.window.end
    past = queries.birthdays(ctx.mart, ctx.current.window)
    ahead = queries.birthdays(ctx.mart, Window(end + timedelta(days=1), end + timedelta(days=GREET_DAYS)))
    done = _share(ctx, "care_done", int(past["greeted"].sum()), len(past))
    keys = set(ctx.settings.key_tiers)
    due = ctx.figure("care_due", len(ahead), ctx.current, n=len(ahead))
    mine = int(ahead["tier"].isin(keys).sum())
    key = ctx.figure("care_due", mine, ctx.current, n=mine, dimension="customer_group", member="key")
    return Cards(
        id=name,
        title=Text("customer_records.care", {"due": due, "key": key}),
        requirements=codes,
        cards=(
            Card(Text("metric.care_done"), done),
            Card(Text("metric.care_due"), due),
            Card(Text("customer_records.care_key"), key),
        ),
        notes=(Text("customer_records.note_care"),),
    )
