"""The KPIs of every person and the scores that follow (requirements S1-39 … S1-43)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics import appraisal as metrics
from ....metrics.productivity import staff
from ....queries import appraisal as queries
from ....queries import retention
from ....queries.ability import assessments
from ....queries.productivity import reps as quota_reps
from ....queries.satisfaction import survey_answers
from ....queries.team_customers import new_accounts, owners
from ....record import Figure
from ...context import Context
from ...privacy import rep_labels
from ..market.tiers import Tiers
from ..sales.headline import period_targets, target_book
from .credit import Credit

GROUPS = {
    "results": ("attainment", "new_customers"),
    "value": ("high_value_share", "repurchase_rate", "satisfaction"),
    "ability": ("training_score", "data_skill"),
    "team": ("team_attainment", "cooperation"),
}
KPIS = tuple(kpi for kpis in GROUPS.values() for kpi in kpis)
HALF_YEAR = 182.5
DATA, HIGH = "数据分析", "高价值"


@dataclass(frozen=True)
class Appraisal:
    """Everybody who carried a quota in the review period, with KPIs, sub-scores, groups and composite."""

    ctx: Context

    @cached_property
    def people(self) -> pd.DataFrame:
        """By rep_id: team_id, team, fte, days, label, sales, target, left (whether the person has left)."""
        ctx = self.ctx
        frame = staff(quota_reps(ctx.mart), ctx.current.window, ctx.settings.ramp_months).set_index("rep_id")
        goals = target_book(ctx, "sales", "rep").members(ctx.current.window)
        sold = Credit(ctx).now.set_index("rep_id")["sales"]
        labels = rep_labels(ctx)
        left = pd.to_datetime(frame["leave_date"]) <= pd.Timestamp(ctx.current.window.end)
        return frame.assign(
            label=[labels[rep] for rep in frame.index],
            sales=[float(sold.get(rep, 0.0)) for rep in frame.index],
            target=[goals[rep].value if rep in goals else None for rep in frame.index],
            left=left,
        ).astype({"target": float})

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """The accounts' facts with the person who owns them on the last day, complaints and whether high value."""
        mart, window = self.ctx.mart, self.ctx.current.window
        found = queries.portfolio(mart, window).merge(owners(mart, window.end), on="account_id", how="left")
        found = found.merge(queries.complaints(mart, window), on="account_id", how="left")
        found[["tickets", "complaints"]] = found[["tickets", "complaints"]].fillna(0)
        placed = Tiers(self.ctx, window.end).placed
        found["high_value"] = found["account_id"].isin(set(placed.loc[placed["tier"] == HIGH, "account_id"]))
        return found

    @cached_property
    def values(self) -> pd.DataFrame:
        """The actual of each KPI by rep_id; NaN where nothing is known."""
        people, fewest = self.people, self.ctx.settings.minimum_n.mean
        found = pd.DataFrame(index=people.index, columns=list(KPIS), dtype=float)
        found["attainment"] = people["sales"] / people["target"].where(people["target"] > 0)
        won = new_accounts(self.ctx.mart, self.ctx.current.window)
        found["new_customers"] = won.groupby("rep_id").size().reindex(people.index).fillna(0).astype(float)
        for name, (value, n) in self._portfolio().items():
            found[name] = metrics.shrunk(value.reindex(people.index), n.reindex(people.index), fewest)
        return self._abilities(found)

    def _portfolio(self) -> dict[str, tuple[pd.Series, pd.Series]]:
        """KPIs of the customers by owner, each with the records behind it."""
        rows = self.accounts
        active = rows[rows["orders"] > 0].groupby("rep_id")["high_value"]
        prior = rows[rows["prior"].astype(bool)].groupby("rep_id")["again"]
        found = {
            "high_value_share": (active.mean().astype(float), active.size()),
            "repurchase_rate": (prior.mean().astype(float), prior.size()),
        }
        if not self.ctx.mart.missing("surveys.score"):
            answers = survey_answers(self.ctx.mart, "CSAT", self.ctx.current.window)
            answers["index"] = 100 * (answers["score"] - answers["low"]) / (answers["high"] - answers["low"])
            owned = owners(self.ctx.mart, self.ctx.current.window.end)[["account_id", "rep_id"]]
            rated = answers.merge(owned, on="account_id").groupby("rep_id")["index"]
            found["satisfaction"] = (rated.mean(), rated.size())
        return found

    def _abilities(self, found: pd.DataFrame) -> pd.DataFrame:
        mart, window, people = self.ctx.mart, self.ctx.current.window, self.people
        tests = queries.test_scores(mart, window).set_index("rep_id")
        found["training_score"] = tests["score"].reindex(people.index).astype(float)
        skills = assessments(mart, window.end)
        skills = skills[(skills["place"] == 1) & (skills["dimension"] == DATA) & skills["topic"].isna()]
        found["data_skill"] = skills.groupby("rep_id")["score"].mean().reindex(people.index) / 100
        by_team = {line.member: line.attainment.value for line in Credit(self.ctx).teams}
        found["team_attainment"] = people["team"].map(by_team).astype(float)
        peers = queries.peer_ratings(mart, window)
        peers = peers[peers["answers"] >= self.ctx.settings.minimum_n.mean].set_index("team_id")["score"]
        found["cooperation"] = people["team_id"].map(peers).astype(float)
        return found

    @cached_property
    def targets(self) -> pd.DataFrame:
        """The target of each KPI by rep_id: the scheme's, else the company's; NaN where there is none."""
        people, given = self.people, self.ctx.settings.kpi_scheme.targets
        found = pd.DataFrame(index=people.index, columns=list(KPIS), dtype=float)
        for name in ("attainment", "team_attainment", "training_score", "data_skill", "cooperation"):
            found[name] = given.get(name, 1.0)
        found["high_value_share"] = given.get("high_value_share", float("nan"))
        for name, metric in (("repurchase_rate", "repurchase_rate"), ("satisfaction", "csat")):
            goal = self._company(metric)
            found[name] = given.get(name, goal if goal is not None else float("nan"))
        found["new_customers"] = people["fte"] * self._new_customers_a_head()
        return found

    def _company(self, metric: str) -> float | None:
        """A target of the whole company for exactly the review period; rates are not spread over other periods."""
        rows = target_book(self.ctx, metric).original.get("", ()) if not self.ctx.mart.missing("targets.value") else ()
        return next((row.value for row in rows if row.window == self.ctx.period.window), None)

    def _new_customers_a_head(self) -> float:
        given = self.ctx.settings.kpi_scheme.targets.get("new_customers")
        if given is not None:
            return given * self.ctx.current.window.days / HALF_YEAR
        goal = period_targets(self.ctx, self.ctx.period, "new_customers").to_date.value
        fte = float(self.people["fte"].sum())
        return goal / fte if goal is not None and fte else float("nan")

    def subs(self, cap: float) -> pd.DataFrame:
        """Sub-scores by rep_id and KPI with ``cap``; NaN where actual or target are missing."""
        values, targets = self.values, self.targets
        return pd.DataFrame(
            {
                kpi: pd.Series(
                    [
                        metrics.sub_score(
                            v, t, cap if kpi not in ("training_score", "data_skill", "cooperation") else 1.0
                        )
                        for v, t in zip(values[kpi], targets[kpi], strict=True)
                    ],
                    index=values.index,
                    dtype=float,
                )
                for kpi in KPIS
            }
        )

    @cached_property
    def scores(self) -> pd.DataFrame:
        """By rep_id: the groups, composite and covered weights on the sheet, bonus (composite with the bonus cap),
        grade (None for people in post less than half the period, or with a group missing), kpi and gap (weakest)."""
        scheme, people = self.ctx.settings.kpi_scheme, self.people
        sheet, bonus = self.subs(scheme.sheet_cap), self.subs(scheme.bonus_cap)
        rows = []
        for rep in people.index:
            groups = {name: metrics.group_score(sheet.loc[rep, list(kpis)]) for name, kpis in GROUPS.items()}
            paid = {name: metrics.group_score(bonus.loc[rep, list(kpis)]) for name, kpis in GROUPS.items()}
            found = metrics.composite(groups, scheme.weights)
            judged = people.at[rep, "fte"] >= 0.5 and found.covered > 1 - 1e-9
            mark = metrics.grade(found.score, scheme.excellent_from, scheme.good_from) if judged else None
            paid_score = metrics.composite(paid, scheme.weights).score
            rows.append({"rep_id": rep, **groups, "composite": found.score, "covered": found.covered,
                         "bonus": paid_score, "grade": mark})  # fmt: skip
        columns = ["rep_id", *GROUPS, "composite", "covered", "bonus", "grade"]
        frame = pd.DataFrame(rows, columns=columns).set_index("rep_id")
        return frame.join(metrics.weakest(sheet))

    @cached_property
    def kept(self) -> pd.DataFrame:
        """Customers by owner that were active at the opening (start) and still are (kept), by rep_id."""
        mart, window = self.ctx.mart, self.ctx.current.window
        base = retention.base(mart, self.ctx.settings, window)
        base = base[base["is_active_before"]].merge(owners(mart, window.end), on="account_id", how="left")
        return base.groupby("rep_id").agg(start=("account_id", "size"), kept=("is_active_after", "sum"))

    def score(self, name: str, value: float | None, rep: str, **rest) -> Figure:
        """A figure of one person; flagged small_n when in post less than half the period."""
        row = self.people.loc[rep]
        flags = rest.pop("flags", ()) + (("short_post",) if row["fte"] < 0.5 else ())
        value = None if value is None or pd.isna(value) else float(value)
        return self.ctx.figure(name, value, self.ctx.current, dimension="rep", member=row["label"], flags=flags, **rest)
