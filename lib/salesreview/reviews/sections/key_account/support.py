"""How fast other departments support strategic accounts, and what goes wrong (requirement K-24)."""

import pandas as pd

from ....metrics.growth import ratio
from ....queries import account_support as queries
from ....record import Card, Cards, Exhibit, Figure, Heading, Prose, Table, Text
from ...context import Context, change
from ..finding import few
from ..team.requests import FIELDS, answer_figures, judged_requests
from . import strategic

BOXES = (
    ("support_cards", "support.heading", ("K-24",)),
    ("support_departments", "support.table_title", ("K-24",)),
    ("support_causes", "support.causes_title", ("K-24",)),
    ("support_text", "support.heading", ("K-24",)),
)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, answering departments against other customers, what was late or asked again, paragraph."""
    heading = Heading(id="support_heading", title=Text("support.heading"))
    silent = strategic.silent(ctx, BOXES, *FIELDS, "internal_requests.account_id")
    if silent:
        return heading, *silent
    frame = requests(ctx, ctx.current)
    mine, others = frame[frame["mine"]], frame[~frame["mine"] & frame["account_id"].notna()]
    if mine.empty:
        return heading, *strategic.not_enough(BOXES, Text("support.none"))
    now = answer_figures(ctx, mine, ctx.current, **strategic.SCOPE)
    rest = answer_figures(ctx, others, ctx.current, **strategic.OTHERS)
    return (
        heading,
        _cards(ctx, mine, now, rest),
        _departments(ctx, mine, others),
        _causes(ctx, mine),
        _text(ctx, mine, now, rest),
    )


def requests(ctx: Context, span) -> pd.DataFrame:
    """Requests of the span, judged, with account_id, repeated, and mine (of a strategic account)."""
    frame = judged_requests(ctx, span).merge(queries.request_accounts(ctx.mart, span.window), on="request_id")
    return frame.assign(mine=frame["account_id"].isin(strategic.accounts(ctx, span)["account_id"]))


def _repeats(ctx: Context, mine: pd.DataFrame) -> tuple[Figure, Figure]:
    """Requests asked again, and those per running project of strategic accounts."""
    count = int(mine["repeated"].astype(bool).sum())
    projects = queries.running_projects(ctx.mart, ctx.current.window)
    running = int(projects["account_id"].isin(strategic.accounts(ctx)["account_id"]).sum())
    rest = {"numerator": count, "denominator": running, "n": running, "flags": few(ctx, running)}
    return (
        ctx.figure("requests_repeated", count, ctx.current, n=len(mine), **strategic.SCOPE),
        ctx.figure("repeats_per_project", ratio(count, running), ctx.current, **rest, **strategic.SCOPE),
    )


def _case(now: dict[str, Figure], rest: dict[str, Figure]) -> str:
    """How the share in time compares with other customers' requests."""
    sla, base = now["sla"], rest["sla"]
    if sla.value is None:
        return "open"
    if base.value is None or "small_n" in sla.flags or "small_n" in base.flags:
        return "few"
    gap = change(sla, base, "others")
    return "alike" if "within_chance" in gap.flags else "better" if gap.value > 0 else "worse"


def _values(case: str, now: dict[str, Figure], rest: dict[str, Figure]) -> dict[str, Figure]:
    both = {"sla": now["sla"], "others": rest["sla"]}
    return {} if case == "open" else {"sla": now["sla"]} if case == "few" else both


def _cards(ctx: Context, mine: pd.DataFrame, now: dict[str, Figure], rest: dict[str, Figure]) -> Cards:
    count = ctx.figure("requests", len(mine), ctx.current, n=len(mine), **strategic.SCOPE)
    case = _case(now, rest)
    cards = [Card(Text("metric.requests"), count), Card(Text("metric.sla_rate"), now["sla"])]
    cards += [Card(Text("metric.request_hours"), now["median"]), Card(Text("support.others"), rest["sla"])]
    return Cards(
        id="support_cards",
        title=Text(f"support.cards_{case}", {"count": count} | _values(case, now, rest)),
        requirements=("K-24",),
        cards=tuple(card for card in cards if card.figure.value is not None),
        notes=(Text("support.note_clock"),),
    )


def _departments(ctx: Context, mine: pd.DataFrame, others: pd.DataFrame) -> Table:
    rows = []
    for name, part in mine.groupby("to_dept"):
        where = {"dimension": "customer_group×to_dept", "member": f"strategic | {name}"}
        theirs = {"dimension": "customer_group×to_dept", "member": f"others | {name}"}
        now = answer_figures(ctx, part, ctx.current, **where)
        rest = answer_figures(ctx, others[others["to_dept"] == name], ctx.current, **theirs)
        rated = part["rating"].dropna()
        flags = ("small_n",) if len(rated) < ctx.settings.minimum_n.mean else ()
        mean = float(rated.mean()) if len(rated) else None
        rows.append(
            (
                name,
                ctx.figure("requests", len(part), ctx.current, n=len(part), **where),
                now["sla"],
                rest["sla"],
                now["median"],
                rest["median"],
                ctx.figure("request_rating", mean, ctx.current, n=len(rated), flags=flags, **where),
            )
        )
    rows.sort(key=lambda row: (-row[1].value, row[0]))
    columns = ("support.department", "metric.requests", "support.sla_mine", "support.sla_others")
    columns += ("support.hours_mine", "support.hours_others", "metric.request_rating")
    busiest = rows[0]
    return Table(
        id="support_departments",
        title=Text("support.table", {"department": busiest[0], "count": busiest[1]}),
        requirements=("K-24",),
        header=tuple(Text(name) for name in columns),
        rows=tuple(rows[: ctx.settings.top_n]),
        notes=(Text("support.note_few", {"fewest": str(ctx.settings.minimum_n.rate)}),),
    )


def _causes(ctx: Context, mine: pd.DataFrame) -> Table:
    """Types of requests, those with most late answers and repeats first."""
    rows = []
    for name, part in mine.groupby("type"):
        where = {"dimension": "customer_group×request_type", "member": f"strategic | {name}"}
        late = int((part["met"] == False).fillna(False).sum())  # noqa: E712
        again = int(part["repeated"].astype(bool).sum())
        rows.append(
            (
                name,
                ctx.figure("requests", len(part), ctx.current, n=len(part), **where),
                ctx.figure("requests_late", late, ctx.current, n=len(part), **where),
                ctx.figure("requests_repeated", again, ctx.current, n=len(part), **where),
            )
        )
    rows.sort(key=lambda row: (-row[2].value, -row[3].value, -row[1].value, row[0]))
    first = rows[0]
    case = "late" if first[2].value else "none"
    repeated, per_project = _repeats(ctx, mine)
    told = {"type": first[0], "late": first[2]} if case == "late" else {}
    columns = ("support.type", "metric.requests", "metric.requests_late", "metric.requests_repeated")
    return Table(
        id="support_causes",
        title=Text(f"support.causes_{case}", told),
        requirements=("K-24",),
        header=tuple(Text(name) for name in columns),
        rows=tuple(rows[: ctx.settings.top_n]),
        notes=(Text("support.note_repeats", {"repeated": repeated, "per": per_project}),),
    )


def _text(ctx: Context, mine: pd.DataFrame, now: dict[str, Figure], rest: dict[str, Figure]) -> Prose:
    case = _case(now, rest)
    values = {"n": str(len(mine)), "hours": now["median"]}
    sentences = [Text("support.sentence", values)] if now["median"].value is not None else []
    sentences.append(Text(f"support.sentence_{case}", _values(case, now, rest)))
    late = int((mine["met"] == False).fillna(False).sum())  # noqa: E712
    pending = int(mine["met"].isna().sum())
    if late:
        count = ctx.figure("requests_late", late, ctx.current, n=len(mine), **strategic.SCOPE)
        sentences.append(Text("support.sentence_late", {"late": count}))
    if pending:
        sentences.append(Text("support.sentence_pending", {"n": str(pending)}))
    return Prose(id="support_text", title=Text("empty"), requirements=("K-24",), sentences=tuple(sentences))
