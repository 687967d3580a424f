"""The settings and their sections; params/README.md tells people what each means."""

from typing import Literal

from pydantic import Field

from .account_relations import AccountPlan, Relations
from .customer_care import ContactCadence, Health
from .decisions import Decision
from .market import FiveForces, MacroNotes, Market, NeedScores, PolicyLog, TechTrends
from .market_customers import CustomerTiers, LostCustomers, NeedCodes, TargetCustomers
from .models import Models, Playbook
from .process_flow import ProcessFlow
from .process_rules import ChangeLimits, ManualWork, Receivables, Records, Sla, Standards
from .section import Section
from .succession import Succession
from .team import Brand, Cases, KpiScheme


class MinimumN(Section):
    """Fewest records for a claim (convention X-SMALL)."""

    rate: int = Field(20, ge=1)
    mean: int = Field(5, ge=1)
    rep: int = Field(3, ge=1)


class Thresholds(Section):
    """Cut-offs of the rules; ratios are 0-1. Values that no founding document states are this product's defaults."""

    region_attainment: float = Field(0.90, ge=0)
    cac_increase: float = Field(0.15, ge=0)
    ltv_cac: float = Field(3.0, ge=0)
    launch_success: float = Field(1.10, ge=0)
    mainly: float = Field(0.60, ge=0, le=1)
    fluctuation_z: float = Field(2.0, gt=0)
    concentrated_hhi: float = Field(2500, ge=0)
    high_growth_quantile: float = Field(0.75, ge=0, le=1)
    potential_coverage: float = Field(3.0, gt=0)


class Funnel(Section):
    """Stages of the sales funnel in order, as the data names them, and their target rates by stage key."""

    stages: dict[str, tuple[str, ...]] = Field(
        default_factory=lambda: {
            "lead": ("线索获取",),
            "contact": ("初步接洽",),
            "needs": ("需求分析",),
            "demo": ("演示",),
            "quote": ("方案呈现/报价", "方案呈现", "报价"),
            "negotiation": ("商务谈判",),
            "signing": ("合同签订",),
            "collection": ("回款",),
        }
    )
    target_rates: dict[str, float] = Field(default_factory=dict)


class Benchmark(Section):
    """An outside value with its source (evidence class EV7)."""

    value: float
    unit: str
    source: str
    date: str
    confidence: Literal["高", "中", "低"] = "中"


class Settings(Section):
    """All settings of a pack. Money thresholds are in base currency units; durations carry their unit in the name."""

    fiscal_year_start_month: int = Field(1, ge=1, le=12)
    revenue_basis: Literal["orders", "signed", "billed", "collected"] = "orders"
    activity_window_days: int = Field(365, ge=30)
    renewal_grace_days: int = Field(60, ge=0)
    new_product_months: int = Field(12, ge=1)
    ramp_months: int = Field(6, ge=0)
    cac_lag_months: int | None = Field(None, ge=0)
    large_deal_threshold: float | None = Field(None, gt=0)
    long_tail_share: float = Field(0.20, gt=0, lt=1)
    key_tiers: tuple[str, ...] = ("战略", "重点")
    discount_rate: float = Field(0.10, ge=0, lt=1)
    cltv_years: int = Field(5, ge=1, le=20)
    audience: Literal["leadership", "manager", "analyst"] = "leadership"
    customer_names: Literal["kept", "coded"] = "kept"
    holiday_country: str = "CN"
    date_order: Literal["YMD", "MDY", "DMY"] | None = None
    top_n: int = Field(10, ge=3, le=50)
    minimum_n: MinimumN = Field(default_factory=MinimumN)
    thresholds: Thresholds = Field(default_factory=Thresholds)
    funnel: Funnel = Field(default_factory=Funnel)
    benchmarks: dict[str, Benchmark] = Field(default_factory=dict)
    models: Models = Field(default_factory=Models)
    playbook: Playbook = Field(default_factory=Playbook)
    process_flow: ProcessFlow = Field(default_factory=ProcessFlow)
    kpi_scheme: KpiScheme = Field(default_factory=KpiScheme)
    cases: Cases = Field(default_factory=Cases)
    brand: Brand = Field(default_factory=Brand)
    sla: Sla = Field(default_factory=Sla)
    standards: Standards = Field(default_factory=Standards)
    receivables: Receivables = Field(default_factory=Receivables)
    manual_work: ManualWork = Field(default_factory=ManualWork)
    records: Records = Field(default_factory=Records)
    change_limits: ChangeLimits = Field(default_factory=ChangeLimits)
    relations: Relations = Field(default_factory=Relations)
    decisions: dict[str, Decision] = Field(default_factory=dict)
    account_plans: dict[str, AccountPlan] = Field(default_factory=dict)
    health: Health = Field(default_factory=Health)
    contact_cadence: ContactCadence = Field(default_factory=ContactCadence)
    market: Market = Field(default_factory=Market)
    macro_notes: MacroNotes = Field(default_factory=MacroNotes)
    policy_log: PolicyLog = Field(default_factory=PolicyLog)
    five_forces: FiveForces = Field(default_factory=FiveForces)
    tech_trends: TechTrends = Field(default_factory=TechTrends)
    need_scores: NeedScores = Field(default_factory=NeedScores)
    succession: Succession = Field(default_factory=Succession)
    customer_tiers: CustomerTiers = Field(default_factory=CustomerTiers)
    target_customers: TargetCustomers = Field(default_factory=TargetCustomers)
    need_codes: NeedCodes = Field(default_factory=NeedCodes)
    lost_customers: LostCustomers = Field(default_factory=LostCustomers)
