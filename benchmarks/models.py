"""The models of ``build.py evaluate`` beside plain scikit-learn defaults, on the same folds of the public data sets.

.venv/bin/python benchmarks/models.py [telco salvirt leads leads_raw maven ravenstack]   figures of each set
.venv/bin/python benchmarks/models.py speed                                              50,000 rows x 40 columns
.venv/bin/python benchmarks/models.py scale                                both models of a company with 10,000 accounts
"""

import multiprocessing
import re
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from salesreview import prepare
from salesreview.mart.store import Mart
from salesreview.models import leaks, splits
from salesreview.models.evidence import Unseen, measures
from salesreview.models.fit import fit
from salesreview.models.fitted import fitted
from salesreview.models.task import Task
from salesreview.sample.write import write
from salesreview.settings import Settings
from salesreview.sources.flat import read_flat

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LATER = ("Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity")


def telco() -> Task:
    table, _ = read_flat(DATA / "telco_churn" / "WA_Fn-UseC_-Telco-Customer-Churn.csv")
    return Task("churn", table.drop(columns="Churn"), table.Churn == "Yes")


def salvirt() -> Task:
    table, _ = read_flat(DATA / "salvirt_b2b" / "Salvirt_B2B_ML_dataset.csv")
    return Task("win", table.drop(columns="Status"), table.Status == "Won")


def leads(later: tuple[str, ...] = LATER) -> Task:
    table, _ = read_flat(DATA / "leads_xeducation" / "Leads_full.csv")
    return Task("win", table.drop(columns="Converted"), table.Converted == 1, known_later=later)


def leads_raw() -> Task:
    return leads(())


def maven() -> Task:
    """Closed deals with what was known of them before they closed."""
    folder = DATA / "maven_crm"
    deals, accounts, teams, products = (
        read_flat(folder / f"{name}.csv", "MDY")[0]
        for name in ("sales_pipeline", "accounts", "sales_teams", "products")
    )
    deals = deals[deals.deal_stage.isin(["Won", "Lost"])]
    table = deals.merge(accounts, on="account", how="left").merge(teams, on="sales_agent", how="left")
    table = table.merge(products, on="product", how="left")
    outcome = ["deal_stage", "close_date", "close_value", "opportunity_id"]
    return Task("win", table.drop(columns=outcome), table.deal_stage == "Won")


def ravenstack() -> Task:
    """Accounts with sums over their subscriptions, usage and tickets."""
    accounts, subscriptions, usage, tickets = (
        read_flat(DATA / "ravenstack_saas" / f"ravenstack_{name}.csv")[0]
        for name in ("accounts", "subscriptions", "feature_usage", "support_tickets")
    )
    used = usage.merge(subscriptions[["subscription_id", "account_id"]], on="subscription_id").groupby("account_id")
    paid, asked = subscriptions.groupby("account_id"), tickets.groupby("account_id")
    sums = pd.DataFrame(
        {
            "subscriptions": paid.size(),
            "mrr": paid.mrr_amount.sum(),
            "used": used.usage_count.sum(),
            "errors": used.error_count.sum(),
            "features": used.feature_name.nunique(),
            "tickets": asked.size(),
            "hours": asked.resolution_time_hours.mean(),
            "satisfaction": asked.satisfaction_score.mean(),
        }
    )
    table = accounts.merge(sums, left_on="account_id", right_index=True, how="left")
    churned = table.churn_flag.astype(str).str.lower() == "true"
    return Task("churn", table.drop(columns=["account_id", "account_name", "churn_flag"]), churned)


SETS = {task.__name__: task for task in (telco, salvirt, leads, leads_raw, maven, ravenstack)}


def plain(name: str):
    """A pipeline with scikit-learn's default settings."""
    numbers, texts = make_column_selector(dtype_include="number"), make_column_selector(dtype_exclude="number")
    if name == "LogisticRegression":
        scaled = make_pipeline(SimpleImputer(), StandardScaler())
        columns = make_column_transformer((scaled, numbers), (OneHotEncoder(handle_unknown="ignore"), texts))
        return make_pipeline(columns, LogisticRegression(max_iter=2000))
    coded = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer(("passthrough", numbers), (coded, texts))
    return make_pipeline(columns, HistGradientBoostingClassifier())


def compare(name: str) -> None:
    task = SETS[name]()
    begin = time.perf_counter()
    found = fit(task).evaluation
    taken = time.perf_counter() - begin
    print(
        f"\n{name}: {found.verdict} {found.reasons or ''} chosen {found.chosen}, {found.protocol.kind}, {taken:.0f} s"
    )
    print("  leaks:", ", ".join(f"{leak.column} ({leak.reason})" for leak in found.leaks) or "none")
    print("  ours               ", line(found.measures))
    labels = task.target.to_numpy().astype(int)
    screened = leaks.screen(task, np.ones(len(labels), dtype=bool), labels, 0)
    folds = splits.folds_of(labels, None, screened.groups, horizon_days=0, folds=5, seed=0)
    table = screened.table.astype({name: "object" for name in screened.table.select_dtypes("category")})
    for kind in ("LogisticRegression", "HistGradientBoosting"):
        given, base = np.zeros(len(labels)), np.zeros(len(labels))
        for train, test in folds:
            model = plain(kind).fit(table.iloc[train], labels[train])
            given[test], base[test] = model.predict_proba(table.iloc[test])[:, 1], labels[train].mean()
        units = np.arange(len(labels)) if screened.groups is None else screened.groups
        print(f"  {kind:20}", line(measures(Unseen(labels, base, units), given, seed=0)))


def line(found) -> str:
    names = ("auc", "pr_auc", "brier", "brier_skill", "log_loss", "ece", "lift")
    return "  ".join(f"{name} {getattr(found, name).value:.4f}" for name in names)


def speed(rows: int = 50_000, columns: int = 40) -> None:
    chance = np.random.default_rng(0)
    table = pd.DataFrame(chance.normal(size=(rows, columns))).add_prefix("x")
    for place in range(8):
        table[f"x{place}"] = pd.cut(table[f"x{place}"], 6, labels=list("abcdef")).astype("str")
    target = pd.Series(chance.random(rows) < 1 / (1 + np.exp(2 - table.x20 - table.x21**2)))
    begin = time.perf_counter()
    found = fit(Task("churn", table, target)).evaluation
    print(f"{rows:,} rows x {columns} columns: {time.perf_counter() - begin:.0f} s, {found.chosen}")


def scale(times: float = 16.7) -> None:
    """Both models of the sample company ``times`` as large, fitted in a process of their own as a build does it."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder, "data"), scale=times, seed=7, fmt="parquet")
        made = prepare.prepare(str(Path(folder, "data")), None, as_of=None, settings=Settings(), folder=Path(folder))
        with Mart.open(made.mart_path) as mart:
            (sizes,) = mart.query(
                "SELECT (SELECT count(*) FROM accounts) accounts, (SELECT count(*) FROM opportunities) deals"
            ).itertuples(index=False)
        alone = multiprocessing.get_context("spawn").Process(target=_fitted_alone, args=(made.mart_path, made.as_of))
        alone.start()
        alone.join()
    print(f"{sizes.accounts:,} accounts, {sizes.deals:,} opportunities")


def _fitted_alone(mart_path: Path, at) -> None:
    begin = time.perf_counter()
    with Mart.open(mart_path) as mart:
        fitted(mart, Settings(), at)
    # getrusage would count the memory of the process that this one was forked from
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(f"both models: {time.perf_counter() - begin:.0f} s, {int(peak) / 1024**2:.1f} GB at most")


if __name__ == "__main__":
    for asked in sys.argv[1:] or SETS:
        {"speed": speed, "scale": scale}.get(asked, lambda name=asked: compare(name))()
