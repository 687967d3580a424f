"""Terms, ageing, debtors, reminders and bad debt (requirements P-16, P-17, P-18). Part of the collection section."""

from datetime import timedelta

from ....metrics.funnel import ratio
from ....queries import collection as queries
from ....record import Card, Cards, Chart, Exhibit, NotEnough, NotProvided, Prose, Series, Table, Text
from ...context import Context
from .collection import dso_figure, receivables_figures
from .common import at, base, card, cards, count, yoy
from .receivable_figures import (
    NEEDS,
    bad_debt_figure,
    band_figures,
    cei_figure,
    count_back_figure,
    excess_figure,
    promise_figure,
    provision_figures,
    reminders_figure,
    terms_figure,
)

BOXES = {
    "collection_terms": ("P-16",),
    "collection_ageing": ("P-17",),
    "collection_debtors": ("P-17",),
    "collection_dunning": ("P-17",),
    "collection_bad_debt": ("P-18",),
    "collection_terms_text": ("P-17", "P-18"),
}
TITLES = {
    "collection_terms": "receivables.terms",
    "collection_ageing": "receivables.ageing",
    "collection_debtors": "receivables.debtors",
    "collection_dunning": "receivables.dunning",
    "collection_bad_debt": "receivables.bad_debt",
    "collection_terms_text": "receivables.text",
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Terms against days outstanding, ageing, debtors, reminders, bad debt, paragraph."""
    missing = ctx.mart.missing(*NEEDS)
    if missing:
        return tuple(
            NotProvided(id=name, title=Text(TITLES[name]), requirements=rows, missing=missing)
            for name, rows in BOXES.items()
        )
    return _terms(ctx), _ageing(ctx), _debtors(ctx), _dunning(ctx), _bad_debt(ctx), _text(ctx)


def _terms(ctx: Context) -> Exhibit:
    dso, excess = dso_figure(ctx), excess_figure(ctx)
    box = {"id": "collection_terms", "requirements": BOXES["collection_terms"]}
    if excess.value is None:
        return NotEnough(title=Text("receivables.terms"), reason=Text("receivables.terms_unknown"), **box)
    case = "over" if excess.value > 0 else "within"
    values = {"dso": dso} | ({"excess": excess} if case == "over" else {})
    makes = (count_back_figure, terms_figure, excess_figure)
    return Cards(
        title=Text(f"receivables.terms_{case}", values),
        cards=cards(ctx, (lambda span, make=make: make(ctx, span) for make in makes)),
        notes=(Text("receivables.note_terms"),),
        **box,
    )


def _ageing(ctx: Context) -> Exhibit:
    box = {"id": "collection_ageing", "requirements": BOXES["collection_ageing"]}
    now = band_figures(ctx)
    owed = receivables_figures(ctx)
    if not owed["receivables"].value:
        return NotEnough(title=Text("receivables.ageing"), reason=Text("receivables.none"), **box)
    prior = base(ctx, lambda span: band_figures(ctx, span))
    oldest, late = now["d90_plus"], owed["overdue_amount"]
    values = {"owed": owed["receivables"]} | ({"late": late, "oldest": oldest} if late.value else {})
    total = ctx.figure("receivables", sum(f.value for f in now.values()), ctx.current, **at("age_band", "total"))
    series = [Series(Text("label.current"), tuple(now.values()))]
    if prior:
        series.append(Series(Text("label.prior"), tuple(prior.get(name) for name in now), "prior"))
    return Chart(
        title=Text("receivables.ageing_title" if late.value else "receivables.ageing_clean", values),
        form="bars",
        categories=tuple(Text(f"member.{name}") for name in now),
        series=tuple(series),
        axes={"y": Text("receivables.axis")},
        summary=Text("receivables.ageing_alt", {"current": now["current"], "oldest": oldest}),
        reconciliation=Text("receivables.ageing_sum", {"sum": total, "owed": owed["receivables"]}),
        **box,
    )


def _debtors(ctx: Context) -> Exhibit:
    box = {"id": "collection_debtors", "requirements": BOXES["collection_debtors"]}
    bills = queries.open_bills(ctx.mart, ctx.current.window.end)
    if bills.empty:
        return NotEnough(title=Text("receivables.debtors"), reason=Text("receivables.none"), **box)
    late = bills["owed"].where(bills["overdue_days"] > 0, 0.0)
    found = bills.assign(late=late).groupby(["account_id", "account"], dropna=False)
    found = found.agg(owed=("owed", "sum"), late=("late", "sum"), oldest=("overdue_days", "max")).reset_index()
    found = found.sort_values(["owed", "account"], ascending=[False, True])
    top, total = found.head(ctx.settings.top_n), float(found["owed"].sum())
    rows = tuple(_debtor(ctx, row, total) for row in top.itertuples())
    part = float(top["owed"].sum())
    held = ctx.figure("share_mix", part / total, ctx.current, **at("debtors", "top"), numerator=part, denominator=total)
    values = {"n": str(len(top)), "share": held, "first": rows[0][0], "owed": rows[0][1]}
    return Table(
        title=Text("receivables.debtors_title", values),
        header=tuple(Text(f"column.{name}") for name in ("customer", "owed", "share", "overdue", "oldest")),
        rows=rows,
        notes=(Text("receivables.debtors_note"),),
        **box,
    )


def _debtor(ctx: Context, row, total: float) -> tuple:
    identity = at("account", row.account_id)
    owed = ctx.figure("receivables", float(row.owed), ctx.current, **identity)
    late = ctx.figure("overdue_amount", float(row.late), ctx.current, **identity)
    part = at("receivables_account", row.account_id) | {"numerator": float(row.owed), "denominator": total}
    oldest = float(row.oldest) if row.late > 0 else None
    return (
        row.account,
        owed,
        ctx.figure("share_mix", float(row.owed) / total, ctx.current, **part),
        late,
        ctx.figure("oldest_overdue", oldest, ctx.current, **identity) if oldest else None,
    )


def _dunning(ctx: Context) -> Exhibit:
    box = {"id": "collection_dunning", "requirements": BOXES["collection_dunning"]}
    found = cards(ctx, (lambda span: cei_figure(ctx, span),))
    if not found:
        return NotEnough(title=Text("receivables.dunning"), reason=Text("receivables.no_dunning"), **box)
    kept, notes = promise_figure(ctx), ()
    if len(queries.dunning(ctx.mart, ctx.current.window)):
        asked = count(ctx, "dunning_contacts", len(queries.dunning(ctx.mart, ctx.current.window)))
        found += (Card(Text("metric.dunning_contacts"), asked),)
        found += cards(ctx, (lambda span: reminders_figure(ctx, span), lambda span: promise_figure(ctx, span)))
        notes = (Text("receivables.dunning_note"),)
    told = kept.value is not None and "small_n" not in kept.flags
    title = Text("receivables.dunning_kept", {"kept": kept}) if told else None
    title = title or Text("receivables.dunning_plain", {"cei": found[0].figure})
    return Cards(title=title, cards=found, notes=notes, **box)


def _bad_debt(ctx: Context) -> Exhibit:
    box = {"id": "collection_bad_debt", "requirements": BOXES["collection_bad_debt"]}
    rate = bad_debt_figure(ctx)
    if rate.value is None:
        return NotEnough(title=Text("receivables.bad_debt"), reason=Text("collection.none_due"), **box)
    gone = ctx.figure("written_off", rate.numerator, ctx.current, n=rate.n)
    opening = queries.receivables(ctx.mart, ctx.current.window.start - timedelta(days=1)).owed
    other = ctx.figure(
        "bad_debt_opening", ratio(rate.numerator, opening), ctx.current, numerator=rate.numerator, denominator=opening
    )
    found = [Card(Text("metric.written_off"), gone), card(ctx, lambda span: bad_debt_figure(ctx, span))]
    found += [Card(Text("metric.bad_debt_opening"), other)] if other.value is not None else []
    held, policy = provision_figures(ctx), ctx.settings.receivables
    notes = [Text("receivables.note_lag")]
    if held:
        found += [Card(Text(f"metric.{name}"), figure) for name, figure in held.items()]
        notes.append(Text("receivables.note_provision", {"source": policy.source, "date": policy.date}))
    elif not policy.provision:
        notes.append(Text("receivables.note_no_provision"))
    some = {"amount": gone, "rate": rate}
    title = Text("receivables.bad_debt_some", some) if rate.numerator else Text("receivables.bad_debt_none")
    return Cards(title=title, cards=tuple(found), notes=tuple(notes), **box)


def _text(ctx: Context) -> Exhibit:
    sentences = []
    late, oldest = receivables_figures(ctx)["overdue_amount"], band_figures(ctx)["d90_plus"]
    if late.value and oldest.value:
        part = at("overdue", "d90_plus") | {"numerator": oldest.value, "denominator": late.value}
        held = ctx.figure("share_mix", oldest.value / late.value, ctx.current, **part)
        sentences.append(Text("receivables.say_old", {"oldest": oldest, "share": held}))
    cei = cei_figure(ctx)
    if cei.value is not None:
        moved = yoy(ctx, cei, lambda span: cei_figure(ctx, span))
        known = moved.value is not None
        key = "receivables.say_cei_moved" if known else "receivables.say_cei"
        sentences.append(Text(key, {"cei": cei} | ({"change": moved} if known else {})))
    held = provision_figures(ctx)
    if held:
        values = {"provision": held["provision"], "rate": held["provision_rate"]}
        sentences.append(Text("receivables.say_provision", values))
    box = {"id": "collection_terms_text", "requirements": BOXES["collection_terms_text"]}
    if not sentences:
        return NotEnough(title=Text("receivables.text"), reason=Text("receivables.none"), **box)
    return Prose(title=Text("empty"), sentences=tuple(sentences), **box)
