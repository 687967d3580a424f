"""Wrong parameters are refused before a kernel starts, with the nearest name."""

import pytest
from nbformat.v4 import new_notebook

from salesreview.errors import OptionError
from salesreview.pack.parameters import accepted, check

from .standins import METADATA, notebook

CELL = 'period: str = "H1"  # a period\nyear: int = None\nshare: float = 0.5\nparams: dict = None\nfull: bool = False'


@pytest.fixture
def path(save):
    return save("data_driven", notebook(parameters=CELL))


def test_accepted_gives_types_and_whether_none_is_the_default(path):
    assert accepted(path) == {
        "period": ("str", False),
        "year": ("int", True),
        "share": ("float", False),
        "params": ("dict", True),
        "full": ("bool", False),
    }


@pytest.mark.parametrize(
    "values", [{"period": "Q2", "year": None}, {"year": 2026, "share": 1}, {"params": {"a": None}, "full": True}]
)
def test_values_that_fit(path, values):
    check(path, values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"perod": "H1"}, "did you mean period"),
        ({"year": "2026"}, "expected int"),
        ({"year": True}, "expected int"),
        ({"period": None}, "expected str"),
        ({"full": 1}, "expected bool"),
    ],
)
def test_values_that_do_not_fit(path, values, message):
    with pytest.raises(OptionError, match=message):
        check(path, values)


def test_without_a_tagged_cell_values_would_be_ignored(save):
    path = save("untagged", new_notebook(metadata=METADATA))
    with pytest.raises(OptionError, match="one cell tagged parameters"):
        accepted(path)


def test_a_parameter_without_type(save):
    with pytest.raises(OptionError, match="a parameter without a type"):
        accepted(save("untyped", notebook(parameters="top = 5")))
