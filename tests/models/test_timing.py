"""When won deals close, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from salesreview.models.timing import LONGEST, SMOOTH, of


def outcomes(*rows: tuple[str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["stage", "days", "fate"])


def test_half_of_what_is_left():
    # 60 % of the wins on day 20, 40 % on day 100; lost deals change nothing; evened out over a week
    won = [("quote", 20, "won")] * 60 + [("quote", 100, "won")] * 40
    found = of(outcomes(*won, *[("quote", 60, "lost")] * 30))
    assert found.median("quote", 0) == pytest.approx(20, abs=SMOOTH / 2)
    assert found.median("quote", 50) == pytest.approx(50, abs=SMOOTH / 2)  # only those of day 100 are left
    assert found.median("quote", 200) == 0


def test_open_deals_count_as_long_as_they_were_seen():
    # day 10: 1 of 4 won, then one open deal drops out, day 40: 1 of 2 won → 0.25 and 0.75 / 2 of the wins
    found = of(outcomes(("", 10, "won"), ("", 30, "open"), ("", 40, "won"), ("", 90, "open")))
    assert found.overall[25] == pytest.approx(0.25 / 0.625)


def test_thin_stages_lean_on_all_stages():
    many = [("early", 100, "won")] * 90
    found = of(outcomes(*many, *[("late", 10, "won")] * 10))
    # overall 0.1 by day 50; late has 10 wins of its own and 10 of all stages: (1 + 0.1) / 2
    assert found.curves["late"][50] == pytest.approx(0.55)
    assert found.median("unknown", 0) == pytest.approx(100, abs=SMOOTH / 2)


def test_nothing_was_ever_won():
    assert of(outcomes(("quote", 10, "lost"))).median("quote", 0) == 0
    assert of(outcomes()).median(None, 5) == 0


def test_curves_rise_to_one():
    curve = of(outcomes(("", 5, "won"), ("", 700, "won"), ("", 900, "won"))).overall
    assert len(curve) == LONGEST + 1 and curve[-1] == 1 and (np.diff(curve) >= 0).all()
