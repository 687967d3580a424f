"""The sample company at its default size, generated once, and joined frames that several tests read."""

import pandas as pd
import pytest

from salesreview.sample import Truths, generate


@pytest.fixture(scope="session")
def company() -> dict[str, pd.DataFrame]:
    return generate()


@pytest.fixture(scope="session")
def other_seed() -> dict[str, pd.DataFrame]:
    return generate(seed=11)


@pytest.fixture(scope="session")
def plain() -> dict[str, pd.DataFrame]:
    """The same company with every planted truth switched off."""
    return generate(truths=Truths().without(*TRUTHS))


TRUTHS = (
    "weak_region",
    "cac_jump",
    "slow_approval",
    "good_launch",
    "poor_launch",
    "price_rise",
    "training",
    "leaver",
    "churn_signals",
    "seasonality",
    "strong_campaign",
)
