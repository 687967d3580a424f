"""What the market review's part on customers asks people: limits of tiers, target customers, codes of needs."""

from pydantic import Field

from .section import Section


class CustomerTiers(Section):
    """Limits of the customer tiers (params/customer_tiers.yml): days since the last order, orders a month, and
    percentiles (0-1) of twelve-month sales. The defaults are those of the founding document."""

    high_days: int = Field(30, ge=0)
    high_orders: float = Field(1.0, ge=0)
    high_money: float = Field(0.80, ge=0, le=1)
    potential_days: int = Field(60, ge=0)
    potential_orders: float = Field(1 / 3, ge=0)
    dormant_days: int = Field(90, ge=0)
    dormant_orders: float = Field(2 / 12, ge=0)
    low_days: int = Field(180, ge=0)
    low_orders: float = Field(1 / 12, ge=0)
    low_money: float = Field(0.20, ge=0, le=1)


class TargetCustomers(Section):
    """Whom the company wants as customers (params/target_customers.yml); an empty list leaves its trait open."""

    industries: tuple[str, ...] = ()
    size_bands: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    source: str = ""
    date: str = ""


class NeedCodes(Section):
    """Names of the codes under which needs are recorded (params/need_codes.yml), such as N01: 换线时间."""

    names: dict[str, str] = Field(default_factory=dict)
    source: str = ""
    date: str = ""


class LostCustomers(Section):
    """Reasons of loss that the company can itself do something about (params/lost_customers.yml)."""

    recoverable_reasons: tuple[str, ...] = ("服务问题", "价格")
    reengage_days: int = Field(90, ge=0)
