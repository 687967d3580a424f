"""Fixtures of the pack's tests."""

from pathlib import Path

import pytest

ORDERS = "order_id,order_date,account_id,rep_id,status\n"
LINES = "order_id,line_no,product_id,qty,net_amount\n"


@pytest.fixture
def flat_source(tmp_path) -> Path:
    """Ten orders of 100 each, one a month until 2026-06-30, with one line each."""
    folder = tmp_path / "flat"
    folder.mkdir()
    days = [f"2025-{month:02}-15" for month in range(9, 13)] + [f"2026-{month:02}-15" for month in range(1, 6)]
    days.append("2026-06-30")
    orders = "".join(f"O{i},{day},A1,R1,closed\n" for i, day in enumerate(days))
    lines = "".join(f"O{i},1,P1,1,100\n" for i in range(len(days)))
    (folder / "orders.csv").write_text(ORDERS + orders, encoding="utf-8")
    (folder / "order_lines.csv").write_text(LINES + lines, encoding="utf-8")
    return folder
