"""How far the people who decide at strategic accounts are known and spoken to (requirement K-16)."""

from dataclasses import dataclass

import pandas as pd

from ....metrics.growth import ratio
from ....queries import account_relations as queries
from ....record import Figure
from ...context import Context, Span
from . import strategic

FIELDS = ("contacts.buying_role", "activities.contact_id")
DECIDING = ("KDM", "KIP")


@dataclass(frozen=True)
class Coverage:
    """Decision makers and influencers of one account; ``gaps`` are expected (department, role) that nobody fills.

    ``planned`` tells whether the account's plan names the expected roles; without a plan at least one KDM and one KIP
    are expected of no special department (None). ``penetration`` has no value when nobody is identified.
    """

    account_id: str
    account: str
    sales: float
    identified: dict[str, int]
    contacted: dict[str, int]
    penetration: Figure
    stance: Figure
    gaps: tuple[tuple[str | None, str], ...]
    planned: bool

    @property
    def uncontacted(self) -> int:
        return sum(self.identified.values()) - sum(self.contacted.values())


def coverage(ctx: Context, span: Span | None = None) -> tuple[Coverage, ...]:
    """One entry per strategic account, largest sales of the span first; check `FIELDS` before."""
    span = span or ctx.current
    people = _people(ctx, span)
    return tuple(
        _of_account(ctx, span, row, people[people["account_id"] == row.account_id])
        for row in strategic.accounts(ctx, span).itertuples()
    )


def pooled(ctx: Context, found: tuple[Coverage, ...], span: Span | None = None, role: str | None = None) -> Figure:
    """Penetration over all strategic accounts, of one role or both."""
    span, roles = span or ctx.current, (role,) if role else DECIDING
    identified = sum(one.identified[r] for one in found for r in roles)
    contacted = sum(one.contacted[r] for one in found for r in roles)
    member = f"strategic | {role}" if role else "strategic"
    dimension = "customer_group×buying_role" if role else "customer_group"
    flags = ("small_n",) if identified < ctx.settings.minimum_n.rate else ()
    return _rate(ctx, span, contacted, identified, flags=flags, dimension=dimension, member=member)


def _people(ctx: Context, span: Span) -> pd.DataFrame:
    """Deciders and influencers with ``spoken``, whether a two-way contact with them took place in the span."""
    people = queries.contacts(ctx.mart, span.window.end)
    touched = set(queries.touches(ctx.mart, span.window)["contact_id"].dropna())
    people = people[people["role"].isin(DECIDING)]
    return people.assign(spoken=people["contact_id"].isin(touched))


def _of_account(ctx: Context, span: Span, row, people: pd.DataFrame) -> Coverage:
    identified = {role: int((people["role"] == role).sum()) for role in DECIDING}
    contacted = {role: int(((people["role"] == role) & people["spoken"]).sum()) for role in DECIDING}
    identity = strategic.of_account(row.account)
    stances = people["stance"].dropna()
    stance = float(stances.mean()) if len(stances) else None
    plan = ctx.settings.account_plans.get(row.account_id)
    expected = [(one.department, one.role) for one in plan.expected_roles] if plan else []
    return Coverage(
        account_id=row.account_id,
        account=row.account,
        sales=row.sales,
        identified=identified,
        contacted=contacted,
        penetration=_rate(ctx, span, sum(contacted.values()), sum(identified.values()), **identity),
        stance=ctx.figure("stance_mean", stance, span, n=len(stances), **identity),
        gaps=_gaps(people, expected or [(None, role) for role in DECIDING]),
        planned=bool(expected),
    )


def _gaps(people: pd.DataFrame, expected: list[tuple[str | None, str]]) -> tuple[tuple[str | None, str], ...]:
    known = set(zip(people["department"], people["role"], strict=True)) | {(None, role) for role in people["role"]}
    return tuple(one for one in expected if one not in known)


def _rate(ctx: Context, span: Span, part: int, whole: int, **rest) -> Figure:
    counts = {"numerator": part, "denominator": whole, "n": whole}
    return ctx.figure("kdm_penetration", ratio(part, whole), span, **counts, **rest)
