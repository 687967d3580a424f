"""Same seed, same bytes; files that read back as the tables; a folder is replaced whole or not at all."""

import hashlib

import pandas as pd
import pytest

from salesreview.contract.model import contract
from salesreview.errors import SalesReviewError
from salesreview.sample import generate, true_probabilities, write


def digest(folder) -> str:
    files = sorted(folder.iterdir())
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path, fmt):
    first = write(tmp_path / "a", scale=0.2, seed=7, fmt=fmt)
    again = write(tmp_path / "b", scale=0.2, seed=7, fmt=fmt)
    other = write(tmp_path / "c", scale=0.2, seed=8, fmt=fmt)
    assert digest(first) == digest(again)
    assert digest(first) != digest(other)


def test_csv_reads_back_as_the_tables(tmp_path):
    folder = write(tmp_path / "sample", scale=0.2)
    for name, table in generate(scale=0.2).items():
        read = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False, na_values=[""])
        assert list(read.columns) == list(table.columns)
        assert len(read) == len(table)
        for column in contract()[name].columns:
            assert (read[column.name].isna().to_numpy() == table[column.name].isna().to_numpy()).all(), column.name
            if column.type in ("money", "decimal", "fraction"):
                values = read[column.name].astype(float)
                assert ((values - table[column.name]).abs().dropna() < 1e-9).all()
            elif column.type in ("id", "str", "enum", "text", "json"):
                assert (read[column.name].dropna() == table[column.name].dropna()).all(), (name, column.name)
            elif column.type in ("date", "datetime"):
                assert (pd.to_datetime(read[column.name]).dropna() == table[column.name].dropna()).all()


def test_nasty_names_survive(tmp_path):
    folder = write(tmp_path / "sample", scale=0.2)
    names = set(pd.read_csv(folder / "accounts.csv", keep_default_na=False)["name"])
    assert {"NA", "=SUM(澜图)精密机械有限公司", "广东䶮川光电股份有限公司", "㛃陌食品有限公司"} <= names


def test_an_earlier_sample_is_replaced_and_nothing_else_is_left_beside_it(tmp_path):
    write(tmp_path / "sample", scale=0.2, fmt="parquet")
    write(tmp_path / "sample", scale=0.2, fmt="csv")
    assert not list((tmp_path / "sample").glob("*.parquet"))
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]


def test_a_foreign_folder_is_refused_and_untouched(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "orders.csv").write_text("keep me")
    with pytest.raises(SalesReviewError, match="not an earlier sample"):
        write(tmp_path / "mine", scale=0.2)
    assert (tmp_path / "mine" / "orders.csv").read_text() == "keep me"


def test_an_unknown_format_and_a_scale_of_zero_are_refused(tmp_path):
    with pytest.raises(SalesReviewError, match="unknown format"):
        write(tmp_path / "sample", fmt="xml")
    with pytest.raises(ValueError, match="positive"):
        generate(scale=0)


def test_true_probabilities_are_those_of_the_tables(company):
    deals, accounts = true_probabilities()
    assert set(deals["opp_id"]) == set(company["opportunities"]["opp_id"])
    joined = company["opportunities"].merge(deals, on="opp_id").query("outcome != 'open'")
    band = pd.cut(joined["win_probability"], [-0.01, 0.001, 0.25, 0.4, 0.6, 1.0])
    seen = (joined["outcome"] == "won").groupby(band, observed=True).mean()
    told = joined["win_probability"].groupby(band, observed=True).mean()
    assert (seen - told).abs().max() < 0.06
    assert accounts["stop_180"].between(0, 1).all()
    assert (accounts["stop_365"] >= accounts["stop_180"]).all()
