"""What an opportunity is in the simulation, and the constants of the sales process."""

from dataclasses import dataclass, fields

import numpy as np

from .customers import Customers
from .draw import NOW, Streams
from .offer import Offer
from .organisation import Organisation
from .season import Season
from .truths import Truths

TYPES = ("新购", "续约", "复购", "增购", "交叉")
NEW, RENEWAL, AGAIN, MORE, CROSS = range(5)
STAGES = ("线索获取", "初步接洽", "需求分析", "演示", "方案呈现/报价", "商务谈判", "合同签订", "回款")
QUOTE, NEGOTIATION, SIGNING = 4, 5, 6
EARLY = 0.57  # share of prospects first approached before autumn 2024
LARGEST = 4_500_000  # yuan; larger wishes are bought in parts
GROWTH = 1.01  # of the size of deals, a year
WIN_TARGET = np.array([0.40, 0.89, 0.385, 0.36, 0.31])  # mean win probability of quoted deals by type, before truths
QUOTED_SHARE = np.array([0.74, 0.98, 0.76, 0.76, 0.74])
STAGE_WEIGHT = np.array([0.06, 0.14, 0.20, 0.15, 0.20, 0.15, 0.10])
CHANNEL_LOGIT = np.array([0.10, -0.35, 0.40, 0.0, 0.15])
CHANNEL_SHARE = np.array([0.27, 0.23, 0.16, 0.20, 0.14])
LINE_LOGIT = np.array([0.05, -0.15, 0.15, 0.10, 0.05])
APPROVERS = ("销售管理部", "财务部", "总经理办公室")


@dataclass
class Deals:
    """One entry per opportunity. Days are day numbers, money is yuan, ``approval`` is days by step."""

    account: np.ndarray
    type_: np.ndarray
    product: np.ndarray
    channel: np.ndarray  # index of the lead channel, -1 without a lead
    closed: np.ndarray  # planned closing; at or after NOW the deal is open
    launch: np.ndarray  # 1 good launch, 2 poor launch, 0 other
    parent: np.ndarray  # renewed deal (>= 0), renewed base contract (-2 - index), else -1
    raw: np.ndarray  # wanted amount in yuan
    seat: np.ndarray | None = None
    rep: np.ndarray | None = None
    quoted: np.ndarray | None = None
    approval: np.ndarray | None = None
    versions: np.ndarray | None = None
    duration: np.ndarray | None = None
    exit_stage: np.ndarray | None = None
    entered: np.ndarray | None = None  # deals x 7 stages, NaN where skipped
    created: np.ndarray | None = None
    competitor: np.ndarray | None = None
    probability: np.ndarray | None = None  # true probability of a win, once all is known but the outcome
    expected: np.ndarray | None = None  # the same without the planted shocks
    won: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.account)

    @property
    def open(self) -> np.ndarray:
        return self.closed >= NOW

    def kept(self, mask: np.ndarray) -> "Deals":
        """The deals where ``mask`` holds."""
        return Deals(
            **{f.name: None if getattr(self, f.name) is None else getattr(self, f.name)[mask] for f in fields(self)}
        )


def joined(parts: list[Deals]) -> Deals:
    """The deals of all parts, one after another."""
    return Deals(
        **{
            f.name: None
            if getattr(parts[0], f.name) is None
            else np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(Deals)
        }
    )


@dataclass(frozen=True)
class World:
    """What the simulation of deals needs to know."""

    streams: Streams
    scale: float
    truths: Truths
    org: Organisation
    offer: Offer
    customers: Customers
    season: Season


@dataclass(frozen=True)
class Pipeline:
    """All deals and, per account, the days on which it first bought and stopped buying."""

    deals: Deals
    first: np.ndarray
    stop: np.ndarray
    base: dict[str, np.ndarray]  # contracts from before the data that are up for renewal
