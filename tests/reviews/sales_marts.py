"""A small company, worked out by hand, for the tests of the sales sections.

Sales of 2025-H1: o1 1000 + o2 1000 + o3 1000 = 3000; of 2025-H2: o4 500; of 2026-H1: o5 1320 + o6 (800 + 300) + o7 330
− r1 110 = 2640 in three orders; o8 was cancelled. D is launched on 2026-02-01. The targets of 2026-H1: 3000 in total
(revised to 2800), 2000 east and 700 west.
"""

from datetime import date
from pathlib import Path

from salesreview.mart.store import Mart

from .hand_mart import hand_mart

AS_OF = date(2026, 6, 30)

REGIONS = [{"region_id": "R1", "name": "华东"}, {"region_id": "R2", "name": "西北"}]
PRODUCTS = [
    {"product_id": "A", "name": "甲", "product_line": "L1", "service_type": "产品", "launch_date": "2020-01-01"},
    {"product_id": "B", "name": "乙", "product_line": "L1", "service_type": "产品", "launch_date": "2020-01-01"},
    {"product_id": "C", "name": "丙", "product_line": "L2", "service_type": "实施", "launch_date": "2020-01-01"},
    {"product_id": "D", "name": "丁", "product_line": "L2", "service_type": "实施", "launch_date": "2026-02-01"},
]
ACCOUNTS = [
    {"account_id": "a1", "name": "一号", "tier": "战略", "customer_type": "直客", "potential_spend": "7300"},
    {"account_id": "a2", "name": "二号", "tier": "普通", "customer_type": "经销"},
    {"account_id": "a3", "name": "三号", "tier": "普通", "customer_type": "直客"},
    {"account_id": "a4", "name": "四号", "tier": "普通", "customer_type": "直客"},
]
ORDERS = [
    ("o1", "2025-01-10", "a1", "R1", "done"),
    ("o2", "2025-03-05", "a2", "R1", "done"),
    ("o3", "2025-05-20", "a3", "R2", "done"),
    ("o4", "2025-08-01", "a1", "R1", "done"),
    ("o5", "2026-01-15", "a1", "R1", "done"),
    ("o6", "2026-02-10", "a2", "R1", "done"),
    ("o7", "2026-04-01", "a4", "R2", "done"),
    ("o8", "2026-05-02", "a3", "R2", "cancelled"),
    ("r1", "2026-06-10", "a1", "R1", "done"),
]
LINES = [
    ("o1", "1", "A", 10, 120, 1000, 600, None),
    ("o2", "1", "B", 5, 200, 1000, 500, None),
    ("o3", "1", "C", 2, 500, 1000, 400, None),
    ("o4", "1", "A", 5, 120, 500, 300, None),
    ("o5", "1", "A", 12, 120, 1320, 720, None),
    ("o6", "1", "B", 4, 200, 800, 400, None),
    ("o6", "2", "D", 1, 300, 300, 100, None),
    ("o7", "1", "A", 3, 120, 330, 180, None),
    ("o8", "1", "C", 1, 500, 500, 200, None),
    ("r1", "1", "A", -1, 120, -110, -60, "o5"),
]
TARGETS = [("t1", "total", None, 3000, "original"), ("t2", "total", None, 2800, "revised-1")]
TARGETS += [("t3", "region", "R1", 2000, "original"), ("t4", "region", "R2", 700, "original")]


def orders() -> dict[str, list[dict]]:
    names = ("order_id", "order_date", "account_id", "region_id", "status")
    of_line = ("order_id", "line_no", "product_id", "qty", "list_price", "net_amount", "cost_amount")
    return {
        "orders": [dict(zip(names, row, strict=True)) for row in ORDERS],
        "order_lines": [dict(zip((*of_line, "return_of_order_id"), row, strict=True)) for row in LINES],
    }


def targets() -> list[dict]:
    names = ("target_id", "dim", "member", "value", "version")
    rest = {"period_start": "2026-01-01", "period_end": "2026-06-30", "metric": "sales", "status": "approved"}
    proposed = {"target_id": "t9", "dim": "total", "value": 9999, "version": "original", **rest, "status": "proposed"}
    return [dict(zip(names, row, strict=True)) | rest for row in TARGETS] + [proposed]


def small_company(folder: Path, as_of: date = AS_OF, **changes) -> Mart:
    """The company; ``changes`` replaces tables, None leaves one out."""
    tables = {"regions": REGIONS, "products": PRODUCTS, "accounts": ACCOUNTS, **orders(), "targets": targets()}
    return hand_mart(folder, as_of, **{name: rows for name, rows in (tables | changes).items() if rows is not None})
