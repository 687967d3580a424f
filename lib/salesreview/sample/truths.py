"""The planted truths of the sample company: the one place where they, and their sizes, are written down.

Each field is one truth. ``None`` switches it off: the same company is generated without it, from the same random
numbers, so that a test can show that the pattern comes from the truth. Dates are days; ratios are 0-1.
"""

from dataclasses import dataclass, field, replace
from datetime import date


@dataclass(frozen=True)
class WeakRegion:
    """One region sells far less than planned from ``since``: fewer deals are won and fewer repeat orders come in.

    Shows in: attainment of the region about 75 % in the half after ``since``, others near 100 %.
    """

    region: str = "西北"
    since: date = date(2026, 1, 1)
    deal_logit: float = -0.60  # added to the logit of the win probability
    repeat_kept: float = 0.74  # share of repeat orders that still come in


@dataclass(frozen=True)
class CacJump:
    """Paid search gets dearer and worse: spend multiplies, its leads hardly do, so CAC rises 25-45 % in a year.

    Shows in: CAC of H1 2026 against H1 2025, and the channel's own CAC.
    """

    channel: str = "CH02"
    since: date = date(2025, 10, 1)
    spend_factor: float = 3.1
    lead_factor: float = 1.35  # leads grow far less than spend
    qualified_factor: float = 0.45  # share that qualifies of those that come to nothing, relative to before
    deal_logit: float = -0.25  # of the deals that come from them


@dataclass(frozen=True)
class SlowApproval:
    """One department's approval step of quotes takes days longer; quotes that wait long are won less often.

    Shows in: median hours of the department's step; win rate of quotes with slow against fast approval.
    """

    department: str = "财务部"
    since: date = date(2025, 10, 1)
    extra_days: float = 5.0  # median of the added days
    share: float = 0.44  # of the quotes that pass the department
    slow_days: float = 4.0  # an approval that took longer counts as slow
    slow_logit: float = -0.90


@dataclass(frozen=True)
class Launch:
    """A product launched on ``launched`` that sells ``actual_of_plan`` times its plan over the months since."""

    product: str
    launched: date
    plan_12_months: float  # yuan at scale 1, cumulative over the twelve months after the launch
    actual_of_plan: float


@dataclass(frozen=True)
class PriceRise:
    """List prices of one product line rise on ``since``; quantities fall with ``elasticity``.

    Shows in: average list price +8 %, quantity per line about -9 %.
    """

    product_line: str = "控制系统"
    since: date = date(2026, 3, 1)
    increase: float = 0.08
    elasticity: float = -1.2


@dataclass(frozen=True)
class TrainingEffect:
    """Half of the quota carriers took a course; on opportunities created after it they win more often.

    Shows in: difference-in-differences of the win rate, trained against untrained, before against after.
    """

    course: str = "K-007"
    since: date = date(2025, 11, 15)
    win_logit: float = 0.90


@dataclass(frozen=True)
class Leaver:
    """The best seller of the first eastern team leaves; accounts are handed over and their sales dip.

    Shows in: the person's leave date; sales of the person's former accounts in Q2 2026 against Q2 2025.
    """

    team: str = "T01"
    left: date = date(2026, 3, 13)
    replaced: date = date(2026, 5, 11)
    skill: float = 1.0  # logit above the average seller
    deal_logit: float = -1.0
    repeat_kept: float = 0.62


@dataclass(frozen=True)
class ChurnSignals:
    """Accounts in poor health churn; before that they complain more, are touched less and pay later.

    ``health`` is a latent standard normal per account and quarter; the other sizes say what one unit less of it does.
    """

    hazard: float = 1.25  # logit of the quarterly churn probability
    complaints: float = 1.6  # log of the complaint rate
    touches: float = 0.35  # log of the activity rate, downwards
    delay_days: float = 7.0  # days of later payment
    score: float = 0.9  # points less on a 0-10 scale


@dataclass(frozen=True)
class Seasonality:
    """Share of a year's business by month, mean 1: quarter ends peak, February rests, the fourth quarter is strong."""

    months: tuple[float, ...] = (0.80, 0.55, 1.15, 0.88, 0.93, 1.25, 0.85, 0.88, 1.12, 0.95, 1.12, 1.52)
    quarter_end: float = 1.8  # weight of the last third of a quarter's last month, others 1


@dataclass(frozen=True)
class StrongCampaign:
    """One campaign brings far more leads than planned, and better ones."""

    campaign: str = "CP-2026-S1"
    planned_leads: int = 90  # at scale 1
    leads_of_plan: float = 1.6
    qualified_factor: float = 2.325  # share that qualifies of those that come to nothing, relative to others


@dataclass(frozen=True)
class Truths:
    """All planted truths; pass ``Truths().without("weak_region")`` to generate the company without one."""

    weak_region: WeakRegion | None = field(default_factory=WeakRegion)
    cac_jump: CacJump | None = field(default_factory=CacJump)
    slow_approval: SlowApproval | None = field(default_factory=SlowApproval)
    good_launch: Launch = Launch("P15", date(2025, 9, 1), 8_000_000, 1.45)
    poor_launch: Launch = Launch("P05", date(2025, 9, 15), 7_000_000, 0.45)
    price_rise: PriceRise | None = field(default_factory=PriceRise)
    training: TrainingEffect | None = field(default_factory=TrainingEffect)
    leaver: Leaver | None = field(default_factory=Leaver)
    churn_signals: ChurnSignals | None = field(default_factory=ChurnSignals)
    seasonality: Seasonality | None = field(default_factory=Seasonality)
    strong_campaign: StrongCampaign | None = field(default_factory=StrongCampaign)

    def without(self, *names: str) -> "Truths":
        """The same truths with the named ones switched off; a launch then sells exactly its plan."""
        off = {
            name: replace(getattr(self, name), actual_of_plan=1.0) if name.endswith("_launch") else None
            for name in names
        }
        return replace(self, **off)
