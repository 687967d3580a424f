"""Broken packs, and files about all reviews, are caught."""

import pytest

from . import pack_cases, whole_cases
from .catching import caught

CASES = (*pack_cases.CASES, *whole_cases.CASES)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_broken_pack_is_caught(pack, case):
    caught(pack, *case[1:])
