"""Regions, teams, people and the seats (sales territories) that people hold one after another."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .draw import NOW, START, Streams, dates, day, frame, ids, month_day, pick
from .names import TRADES, person_names
from .truths import TrainingEffect, Truths

REGIONS = ("华东", "华南", "华北", "西南", "西北", "东北")
REGION_IDS = tuple(f"R{number:02d}" for number in range(1, 7))
REGION_SHARE = np.array([0.31, 0.21, 0.17, 0.12, 0.11, 0.08])
TEAMS = (  # name, region index, seats at scale 1
    ("华东一部", 0, 7),
    ("华东二部", 0, 6),
    ("华南部", 1, 7),
    ("华北部", 2, 6),
    ("西南部", 3, 4),
    ("西北部", 4, 4),
    ("东北部", 5, 3),
    ("大客户部", -1, 3),
)
KEY_TEAM = 7
BACKGROUNDS = ["工控厂商", "软件公司", "装备制造", "系统集成商", "应届毕业生", "咨询公司"]
SALARY = {
    "销售代表": 9_500,
    "高级销售代表": 13_500,
    "销售主管": 16_500,
    "销售经理": 24_000,
    "CSM": 11_000,
    "售前": 15_500,
    "其他": 12_500,
}  # yuan a month


@dataclass(frozen=True)
class Organisation:
    """People and seats; every array is indexed by rep or by seat as its name says."""

    regions: pd.DataFrame
    teams: pd.DataFrame
    reps: pd.DataFrame
    rep_id: np.ndarray
    rep_team: np.ndarray
    rep_start: np.ndarray  # day number of the hire
    rep_end: np.ndarray  # day number after the last day; infinity while employed
    rep_role: np.ndarray
    rep_quota: np.ndarray
    rep_skill: np.ndarray  # logit added to the win probability
    rep_trained: np.ndarray
    seat_team: np.ndarray
    seat_of_rep: np.ndarray  # -1 for people without a seat
    leaver_seat: int  # -1 when nobody leaves by plan

    @property
    def managers(self) -> np.ndarray:
        """Rep index of each team's manager."""
        return np.arange(len(TEAMS))

    def rep_at(self, seat: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Rep index that holds ``seat`` at ``t``; the team's manager while the seat is empty."""
        holders = np.flatnonzero(self.seat_of_rep >= 0)
        holders = holders[np.lexsort((self.rep_start[holders], self.seat_of_rep[holders]))]
        key = self.seat_of_rep[holders] * 1e6 + np.maximum(self.rep_start[holders], -9e5)
        found = np.searchsorted(key, np.asarray(seat) * 1e6 + np.asarray(t), side="right") - 1
        rep = holders[np.clip(found, 0, len(holders) - 1)]
        held = (found >= 0) & (self.seat_of_rep[rep] == seat) & (t < self.rep_end[rep])
        return np.where(held, rep, self.managers[self.seat_team[seat]])

    def of_role(self, role: str) -> np.ndarray:
        return np.flatnonzero(self.rep_role == role)


def region_table(scale: float) -> pd.DataFrame:
    """One row per region; market potential in yuan a year."""
    potential = np.round(np.array([4.2e9, 2.9e9, 2.3e9, 1.6e9, 1.3e9, 1.0e9]) * scale, -6)
    return frame(
        region_id=np.array(REGION_IDS, dtype=object),
        name=np.array(REGIONS, dtype=object),
        parent_id=np.full(6, None, dtype=object),
        market_potential=potential,
        is_key=np.array([True, True, False, False, False, False]),
        office=np.array([True, True, True, True, False, True]),
    )


def build(streams: Streams, scale: float, truths: Truths) -> Organisation:
    """The whole organisation. Seats and their teams grow with ``scale``; regions and teams do not."""
    rng = streams("reps")
    seat_team = np.repeat(np.arange(len(TEAMS)), [max(1, round(seats * scale)) for _, _, seats in TEAMS])
    people = _people(rng, seat_team, truths)
    people = people.sort_values(["kind", "seat", "start"], kind="stable", ignore_index=True)
    rep_id = ids("E", len(people), 4)
    skill = _skill(rng, people, truths)
    org = Organisation(
        regions=region_table(scale),
        teams=_team_table(rep_id),
        reps=_rep_table(rng, people, rep_id, skill),
        rep_id=rep_id,
        rep_team=people["team"].to_numpy(),
        rep_start=people["start"].to_numpy(),
        rep_end=people["end"].to_numpy(),
        rep_role=people["role"].to_numpy(dtype=object),
        rep_quota=(people["seat"] >= 0).to_numpy(),
        rep_skill=skill,
        rep_trained=_trained(people),
        seat_team=seat_team,
        seat_of_rep=people["seat"].to_numpy(),
        leaver_seat=0 if truths.leaver else -1,
    )
    return org


def _trained(people: pd.DataFrame) -> np.ndarray:
    """Every second seller who was employed when the planted course was held."""
    held = day(TrainingEffect.since)
    present = (people["start"] < held) & (people["end"] > held)
    return (present & (people["seat"] >= 0) & (people["seat"] % 2 == 1)).to_numpy()


def _people(rng: np.random.Generator, seat_team: np.ndarray, truths: Truths) -> pd.DataFrame:
    """Managers (kind 0), holders of seats (1), CSM (2), presales (3) and back office (4), with first and last day."""
    rows = [(0, -1, team, "销售经理", -float(rng.integers(400, 3000)), np.inf) for team in range(len(TEAMS))]
    for seat, team in enumerate(seat_team):
        rows += [(1, seat, team, None, start, end) for start, end in _tenures(rng, seat, truths)]
    support = max(1, round(len(seat_team) / 8))
    rows += [(2, -1, k % 7, "CSM", -float(rng.integers(30, 1500)), np.inf) for k in range(support)]
    rows += [(3, -1, k % 7, "售前", -float(rng.integers(30, 1500)), np.inf) for k in range(max(1, support - 1))]
    rows += [(4, -1, KEY_TEAM, "其他", -float(rng.integers(300, 2500)), np.inf) for _ in range(4)]
    return pd.DataFrame(rows, columns=["kind", "seat", "team", "role", "start", "end"])


def _tenures(rng: np.random.Generator, seat: int, truths: Truths) -> list[tuple[float, float]]:
    """First and last day of each holder of a seat. About one seat in four changes hands in the three years."""
    first = -float(np.round(rng.gamma(1.6, 600)) + 60)
    moved, at, gap = rng.random(), float(rng.integers(150, 1000)), float(rng.integers(20, 60))
    if seat == 0:
        leaver = truths.leaver
        return (
            [(first - 1200, day(leaver.left) + 1), (day(leaver.replaced), np.inf)]
            if leaver
            else [(first - 1200, np.inf)]
        )
    if moved < 0.26:
        return [(first, at), (at + gap, np.inf)]
    return [(first, np.inf)]


def _skill(rng: np.random.Generator, people: pd.DataFrame, truths: Truths) -> np.ndarray:
    """Logit of selling skill per person: sellers vary by 0.3; the planted leaver is far above the rest."""
    skill = np.clip(rng.normal(0, 0.30, len(people)), -0.6, 0.6) * (people["seat"] >= 0)
    skill = np.where((people["seat"] >= 0) & (people["start"] > 0), skill - 0.15, skill)
    best = (people["seat"] == 0) & (people["start"] < 0)
    return np.where(best, truths.leaver.skill if truths.leaver else 0.3, skill)


def _team_table(rep_id: np.ndarray) -> pd.DataFrame:
    count = len(TEAMS)
    return frame(
        team_id=ids("T", count, 2),
        name=np.array([name for name, _, _ in TEAMS], dtype=object),
        manager_rep_id=rep_id[:count],
        region_id=np.array([None if region < 0 else REGION_IDS[region] for _, region, _ in TEAMS], dtype=object),
        is_key_account_team=np.arange(count) == KEY_TEAM,
    )


def _rep_table(rng: np.random.Generator, people: pd.DataFrame, rep_id: np.ndarray, skill: np.ndarray) -> pd.DataFrame:
    """One row per person who ever worked here since 2023-07."""
    count = len(people)
    tenure = np.minimum(people["end"], NOW) - people["start"]
    senior = np.where(tenure > 1400, np.where(rng.random(count) < 0.35, "销售主管", "高级销售代表"), "高级销售代表")
    seller = np.where(tenure > 800, senior, "销售代表")
    role = people["role"].where(people["role"].notna(), pd.Series(seller)).to_numpy(dtype=object)
    people["role"] = role
    gone = np.isfinite(people["end"]).to_numpy()
    team_region = np.array([REGION_IDS[max(region, 0)] for _, region, _ in TEAMS], dtype=object)
    level = np.select([role == "销售经理", role == "销售主管", role == "高级销售代表"], [4, 3, 2], 1)
    promoted = people["start"] + np.maximum(tenure * 0.6, 200)
    forced = gone & (rng.random(count) < 0.25) & (people["seat"].to_numpy() != 0)
    reason = pick(rng, ["薪酬", "发展空间", "工作压力", "管理风格", "其他"], count, [4, 4, 2, 1, 1])
    reason[people["seat"].to_numpy() == 0] = "薪酬"
    share = np.where(people["seat"] >= 0, np.round(rng.uniform(0.25, 0.45, count), 2), 0.0)
    hired = np.array(START, dtype="datetime64[D]") + people["start"].astype(int).to_numpy().astype("timedelta64[D]")
    last = np.where(gone, people["end"] - 1, np.nan)
    return frame(
        rep_id=rep_id,
        name=person_names(rng, count),
        team_id=np.array([f"T{team + 1:02d}" for team in people["team"]], dtype=object),
        region_id=team_region[people["team"]],
        role=role,
        level=level,
        quota_carrying=(people["seat"] >= 0).to_numpy(),
        hire_date=hired,
        leave_date=dates(last),
        leave_type=np.where(gone, np.where(forced, "被动", "主动"), None),
        leave_reason=np.where(gone, reason, None),
        is_core=(skill > 0.25) | (role == "销售经理"),
        background=pick(rng, BACKGROUNDS, count),
        acquisition_share=np.where(role == "售前", 0.30, np.where(role == "销售经理", 0.20, share)),
        industry_focus=pick(rng, list(TRADES), count),
        last_promotion_date=dates(np.where((level >= 2) & (promoted < NOW), promoted, np.nan)),
    )


def salary(roles: np.ndarray) -> np.ndarray:
    """Monthly base pay in yuan by role."""
    return np.array([SALARY[role] for role in roles], dtype=float)


def employed_months(org: Organisation, months: int) -> np.ndarray:
    """Share of each month (columns, from 2023-07) that each person (rows) was employed."""
    first, after = month_day(np.arange(months)), month_day(np.arange(1, months + 1))
    overlap = np.minimum(org.rep_end[:, None], after) - np.maximum(org.rep_start[:, None], first)
    return np.clip(overlap / (after - first), 0, 1)
