"""What each strategic account bought of what it could buy, and how close it is to us (requirement K-19)."""

from dataclasses import dataclass

from ....metrics.account_profile import depth_level, relevant_lines
from ....metrics.growth import ratio
from ....queries import account_lines as queries
from ....queries import sales
from ....record import UNCLASSIFIED, Figure
from ...context import Context, Span
from ..finding import few
from . import strategic

FIELDS = ("products.product_line", "orders.account_id")
MONTHS = 12
LEVELS = (5, 4, 3, 2, 1)


@dataclass(frozen=True)
class Breadth:
    """One account's twelve months: sales by line bought, lines relevant to its industry (all that it bought included),
    depth level (None without purchase), potential a year (None where unknown)."""

    account: str
    bought: dict[str, float]
    relevant: tuple[str, ...]
    level: int | None
    sales: float
    potential: float | None

    @property
    def open_lines(self) -> tuple[str, ...]:
        return tuple(line for line in self.relevant if line not in self.bought)

    @property
    def headroom(self) -> float:
        """Potential spend of a year that did not come to us; zero where it is unknown or exceeded."""
        return max(0.0, (self.potential or 0.0) - self.sales)


def breadths(ctx: Context, span: Span) -> tuple[Breadth, ...]:
    """One entry per strategic account, largest sales of the review period first."""
    rules, window = ctx.settings.relations, span.window
    sold = sales.by(ctx.mart, window, "account_id", "product_line")
    sold = sold[(sold["positive_orders"] > 0) & (sold["product_line"] != UNCLASSIFIED)]
    counts = queries.buyers_by_line(ctx.mart, window)
    frameworks = queries.frameworks(ctx.mart, window.end)
    joint = queries.joint_projects(ctx.mart, window)
    totals = sales.by(ctx.mart, window, "account_id").set_index("account_id")["sales"]
    found = []
    for row in strategic.accounts(ctx).itertuples():
        mine = sold[sold["account_id"] == row.account_id]
        bought = dict(zip(mine["product_line"], mine["sales"], strict=True))
        lines = counts[counts["industry"] == row.industry].set_index("product_line")["buyers"].to_dict()
        buyers = lines.pop("*", 0)
        lines.pop(UNCLASSIFIED, None)
        relevant = relevant_lines(lines, buyers, rules.relevant_line_share)
        plan = ctx.settings.account_plans.get(row.account_id)
        partner = bool(plan and plan.cooperation_level == LEVELS[0])
        level = depth_level(len(bought), row.account_id in frameworks, row.account_id in joint, partner)
        known = None if row.potential_spend != row.potential_spend else row.potential_spend
        found.append(
            Breadth(
                account=row.account,
                bought=bought,
                relevant=tuple(sorted({*relevant, *bought})),
                level=level,
                sales=float(totals.get(row.account_id, 0.0)),
                potential=None if known is None else float(known),
            )
        )
    return tuple(found)


def breadth_figure(ctx: Context, span: Span, part: int, whole: int, **where) -> Figure:
    rest = {"numerator": part, "denominator": whole, "n": whole}
    return ctx.figure("breadth", ratio(part, whole), span, **rest, **where)


def pooled_wallet(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> Figure:
    """Sales of twelve months over potential spend a year, of the strategic accounts whose potential is known."""
    known = [one for one in found if one.potential]
    sold, potential = sum(one.sales for one in known), sum(one.potential for one in known)
    rest = {"numerator": sold, "denominator": potential, "n": len(known), "flags": few(ctx, len(known))}
    return ctx.figure("wallet_share", ratio(sold, potential), span, **rest, **strategic.SCOPE)


def depth_figures(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> dict[str, Figure]:
    lines, relevant = sum(len(one.bought) for one in found), sum(len(one.relevant) for one in found)
    deep = sum((one.level or 0) >= 3 for one in found)
    room = round(sum(one.headroom for one in found), 2)
    return {
        "breadth": breadth_figure(ctx, span, lines, relevant, **strategic.SCOPE),
        "deep": ctx.figure("accounts_deep", deep, span, n=len(found), **strategic.SCOPE),
        "count": ctx.figure("strategic_accounts", len(found), ctx.current, n=len(found), **strategic.SCOPE),
        "wallet": pooled_wallet(ctx, span, found),
        "room": ctx.figure("wallet_room", room, span, n=sum(bool(one.potential) for one in found), **strategic.SCOPE),
    }
