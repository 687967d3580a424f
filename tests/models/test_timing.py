"""When won deals close, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from salesreview.models.timing import LONGEST, SMOOTH, Timing, of


def outcomes(*rows: tuple[str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["stage", "days", "fate"])


def test_half_of_the_wins_by_half_of_the_time():
    found = of(outcomes(*[("quote", 20, "won")] * 50, *[("quote", 100, "won")] * 50, *[("quote", 60, "lost")] * 30))
    # all evened out over a week; on day 20 half of the wins, the rest on day 100
    assert found.share("quote", 0, 10) == 0
    assert found.share("quote", 0, 50) == pytest.approx(0.5)
    assert found.share("quote", 0, 110) == pytest.approx(1)
    assert found.share("quote", 50, 30) == pytest.approx(0)  # 20 days have passed: only those of day 100 are left
    assert found.median("quote", 50) == pytest.approx(50, abs=SMOOTH)


def test_open_deals_count_as_long_as_they_were_seen():
    # day 10: 1 of 4 won; then one open deal drops out; day 40: 1 of 2 won → 0.25 + 0.75 / 2 = 0.625
    found = of(outcomes(("", 10, "won"), ("", 30, "open"), ("", 40, "won"), ("", 90, "open")))
    assert found.share("", 0, 25) == pytest.approx(0.25 / 0.625)


def test_thin_stages_lean_on_all_stages():
    many = [("early", 100, "won")] * 90
    found = of(outcomes(*many, *[("late", 10, "won")] * 10))
    # overall 0.1 by day 50; late has 10 wins of its own and 10 of all stages: (1 + 0.1) / 2
    assert found.share("late", 0, 50) == pytest.approx(0.55)
    assert found.share("unknown", 0, 50) == pytest.approx(0.1)


def test_nothing_was_ever_won():
    found = of(outcomes(("quote", 10, "lost")))
    assert found.share("quote", 0, 1) == 1 and found.median("quote", 0) == 0
    assert of(outcomes()).share("", 5, 5) == 1


def test_a_deal_older_than_any_win_may_close_any_day():
    assert Timing({}, np.minimum(np.arange(LONGEST + 1) / 10, 1)).share(None, 800, 1) == 1
