"""Names of people and customers: whatever is asked, the mart answers with the labels that the audience may see."""

import pytest

from salesreview.mart.naming import Naming

NAMES = {
    "reps": ("rep_id|name|team_id|hire_date", "r1|王|t1|2024-01-01", "r2|李|t1|2024-01-01", "r3|王|t1|2024-01-01"),
    "projects": ("project_id|account_id|name", "x|1|甲公司升级项目", "y||内部"),
}


def pairs(mart, sql):
    return [tuple(row) for row in mart.query(sql).itertuples(index=False)]


def facts(mart):
    return pairs(mart, "SELECT DISTINCT order_id, rep, account FROM sales_facts ORDER BY order_id")


def test_codes_stand_for_names_in_every_table(small_with):
    with small_with(**NAMES).open() as mart:
        coded = mart.named(Naming(people=False, customers=False))
        assert pairs(coded, "SELECT rep_id, name FROM reps ORDER BY rep_id") == [
            ("r1", "R01"),
            ("r2", "R02"),
            ("r3", "R03"),
        ]
        assert pairs(coded, "SELECT name FROM accounts ORDER BY account_id") == [("C01",), ("C02",)]
        assert facts(coded) == [("A", "R01", "C01"), ("B", "R01", "C01"), ("D", "未分类", "未分类")]
        assert pairs(coded, "SELECT name FROM projects ORDER BY project_id") == [("C01升级项目",), ("内部",)]
        assert coded.missing("reps.name", "sales_facts.rep", "payments") == ("payments",)


def test_namesakes_are_told_apart_by_their_ids(small_with):
    with small_with(**NAMES).open() as mart:
        named = mart.named(Naming())
        found = pairs(named, "SELECT name FROM reps ORDER BY rep_id")
        assert found == [("王 (r1)",), ("李",), ("王 (r3)",)]
        assert facts(named)[0] == ("A", "王 (r1)", "甲公司")


@pytest.mark.parametrize("naming", [Naming(), Naming(False, False)])
def test_views_keep_rows_and_sums(small_with, naming):
    with small_with(**NAMES).open() as mart:
        for table in ("reps", "accounts", "projects", "sales_facts"):
            count = f"SELECT count(*) FROM {table}"
            assert pairs(mart.named(naming), count) == pairs(mart, count)
        total = "SELECT sum(net_amount) FROM sales_facts"
        assert pairs(mart.named(naming), total) == pairs(mart, total)


def test_a_mart_may_bear_two_namings_at_once(small_with):
    with small_with(**NAMES).open() as mart:
        coded, named = mart.named(Naming(False, True)), mart.named(Naming(True, False))
        assert (facts(coded)[0], facts(named)[0]) == (("A", "R01", "甲公司"), ("A", "王 (r1)", "C01"))
