"""Broken PDFs are caught."""

import pytest

from . import pdf_cases
from .catching import caught

CASES = pdf_cases.CASES


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_broken_pdf_is_caught(pack, case):
    caught(pack, *case[1:])
