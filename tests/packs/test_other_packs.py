"""Packs of the sample company beside H1: other periods, an earlier day."""

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        (("FY",), "2026-FY"),
        (("H2", "--year", "2025", "--variants", "data_driven,key_account"), "2025-H2"),
        (("H1", "--as-of", "2026-05-10", "--variants", "data_driven,process"), "2026-H1"),
    ],
)
def test_other_periods(build, arguments, folder):
    pack = build(*arguments, "--formats", "html")
    assert pack.folder.name == folder
    assert pack.value("sales") > 0
