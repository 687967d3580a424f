"""``build.py evaluate``: any flat file, one clear line for what is wrong, and the JSON that was promised."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from salesreview.errors import OptionError, SourceError
from salesreview.models import evaluate, flat_file
from salesreview.models.result import Evaluation
from salesreview.sources.flat import read_flat

ROWS = 200


@pytest.fixture(scope="module")
def table():
    chance = np.random.default_rng(2)
    tenure = chance.integers(0, 60, ROWS)
    left = chance.random(ROWS) < 1 / (1 + np.exp((tenure - 25) / 14))
    return pd.DataFrame(
        {
            "customer": [f"C{number:03}" for number in range(ROWS)],
            "tenure": tenure,
            "fee": [f"￥{value:,.2f}" for value in chance.uniform(900, 2000, ROWS)],
            "plan": chance.choice(["月付", "年付"], ROWS),
            "asked": pd.date_range("2024-01-01", periods=ROWS).strftime("%m/%d/%Y"),
            "reason": np.where(left, "price", ""),
            "left": np.where(left, "Yes", "No"),
        }
    )


@pytest.fixture(scope="module")
def file(table, tmp_path_factory):
    path = tmp_path_factory.mktemp("flat") / "客户.csv"
    table.to_csv(path, index=False, encoding="gb18030")
    return path


def request(file, **more):
    return flat_file.Request(**({"task": "churn", "table": file, "target": "left", "positive": "Yes"} | more))


def test_columns_are_typed(file):
    found, notes = read_flat(file)
    assert notes == ("read as gb18030, as it is not UTF-8",)
    assert found.tenure.dtype == found.fee.dtype == "float64"
    assert found.fee.between(900, 2000).all()
    assert pd.api.types.is_datetime64_any_dtype(found.asked)
    assert found.asked.iloc[31] == pd.Timestamp("2024-02-01")
    assert set(found.plan) == {"月付", "年付"}
    assert found.reason.isna().any()


@pytest.mark.parametrize("suffix", ["xlsx", "parquet", "csv"])
def test_formats_read_alike(table, tmp_path, suffix):
    path = tmp_path / f"customers.{suffix}"
    if suffix == "xlsx":
        table.to_excel(path, index=False, engine="xlsxwriter")
    elif suffix == "parquet":
        table.to_parquet(path)
    else:
        table.to_csv(path, index=False, sep=";", encoding="utf-16")
    found, _ = read_flat(path)
    assert found.tenure.tolist() == table.tenure.tolist()
    assert found["left"].tolist() == table["left"].tolist()


def test_words_for_missing_and_a_few_odd_cells(tmp_path):
    path = tmp_path / "a.csv"
    cells = [*(str(number) for number in range(98)), "n/a", "unknown", "-"]
    path.write_text("x\n" + "\n".join(cells) + "\n")
    found, _ = read_flat(path)
    assert found.x.dtype == "float64"  # 98 of 99 filled cells are numbers
    assert found.x.isna().sum() == 3


def test_day_first_where_the_days_say_so(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n31/01/2024,a\n05/02/2024,b\n")
    found, _ = read_flat(path)
    assert found.x.tolist() == [pd.Timestamp("2024-01-31"), pd.Timestamp("2024-02-05")]


def test_no_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n")
    with pytest.raises(SourceError, match="no rows"):
        read_flat(path)


def test_the_task_of_a_file(file):
    given = flat_file.read(request(file, id="customer", drop=("plan",), known_later=("reason",)))
    assert list(given.task.features) == ["tenure", "fee", "asked", "reason"]
    assert given.task.known_later == ("reason",)
    assert [(one.column, one.reason) for one in given.excluded] == [("plan", "dropped"), ("customer", "identifier")]
    assert given.task.target.sum() == (pd.read_csv(file, encoding="gb18030")["left"] == "Yes").sum()


def test_dates_become_days_up_to_the_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("seen,since,left\n2024-03-01,2024-02-01,1\n2024-03-02,2024-03-05,0\n2024-03-03,,\n")
    given = flat_file.read(request(path, time="seen", positive="1"))
    assert given.task.features.since.dt.days.tolist() == [29, -3]
    assert given.task.target.tolist() == [True, False]
    assert given.notes == ("1 rows without a value of left were left out",)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"target": "lft"}, "--target: no such column; .*got lft; did you mean left?"),
        ({"drop": ("Plan",)}, "--drop: no such column; .*did you mean plan?"),
        (
            {"positive": "Y"},
            r"--positive: value does not occur; expected one of (Yes|No) \(\d+\), (Yes|No) \(\d+\); got Y",
        ),
        ({"time": "plan"}, "--time: not a column of dates; .*got 月付|年付"),
        ({"target": "reason", "positive": "price"}, "--positive: every row is the event"),
    ],
)
def test_what_is_wrong_in_one_line(file, more, message):
    with pytest.raises(OptionError, match=message) as error:
        flat_file.read(request(file, **more))
    assert "\n" not in str(error.value)


def test_positive_in_another_letter_case(file):
    assert flat_file.read(request(file, positive="yes")).task.target.any()


def test_the_command(file, tmp_path, repository):
    options = {
        "--task": "churn",
        "--table": file,
        "--target": "left",
        "--positive": "Yes",
        "--id": "customer",
        "--known-early": "",
        "--folds": 3,
        "--json": tmp_path / "out" / "found.json",
        "--card": tmp_path / "out" / "card.md",
    }
    words = [str(word) for pair in options.items() for word in pair]
    command = [sys.executable, "build.py", "evaluate", *words]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    assert "verdict: signal" in done.stdout
    assert "leak: reason" in done.stdout
    found = json.loads((tmp_path / "out" / "found.json").read_text(encoding="utf-8"))
    keys = "task rows base_rate verdict chosen protocol auc pr_auc brier brier_skill ece baselines leaks excluded"
    assert set(keys.split()) <= set(found)
    assert (found["task"], found["rows"], found["verdict"]) == ("churn", ROWS, "signal")
    for name in ("auc", "pr_auc", "brier", "brier_skill", "ece"):
        assert found[name]["low"] <= found[name]["value"] <= found[name]["high"]
    assert found["baselines"][0]["name"] == "base_rate"
    assert {leak["column"]: leak["reason"] for leak in found["leaks"]} == {"reason": "filled_after"}
    assert {one["column"]: one["reason"] for one in found["excluded"]} == {"customer": "identifier"}
    card = (tmp_path / "out" / "card.md").read_text(encoding="utf-8")
    assert card.startswith("# Model card: churn")
    for word in ("None", "nan", "inf "):
        assert word not in card


def test_the_command_on_a_wrong_option(file, repository):
    command = [sys.executable, "build.py", "evaluate", "--task", "loss", "--table", str(file), "--target", "left"]
    done = subprocess.run([*command, "--positive", "Yes"], cwd=repository, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.strip() == "error: --task: unknown name; expected churn, win; got loss"


def test_without_measures_the_keys_are_still_there():
    few = Evaluation("churn", 3, 1, 1 / 3, "too_few", ("few_positives",))
    assert evaluate.document(few)["auc"] == {"value": None, "low": None, "high": None}
    assert "verdict: too_few; too few rows have the event" in evaluate.summary(few)
