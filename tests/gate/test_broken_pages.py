"""Broken pages are caught."""

import pytest

from . import html_cases
from .catching import caught

CASES = html_cases.CASES


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_broken_page_is_caught(pack, case):
    caught(pack, *case[1:])
