"""The sample company at its default size, generated once, and joined frames that several tests read."""

import pandas as pd
import pytest

from salesreview.sample import generate


@pytest.fixture(scope="session")
def company() -> dict[str, pd.DataFrame]:
    return generate()


@pytest.fixture(scope="session")
def other_seed() -> dict[str, pd.DataFrame]:
    return generate(seed=11)
