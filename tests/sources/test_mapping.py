"""Mappings: what they may do, what they may not, and how each mistake is explained."""

import shutil

import pytest

from salesreview.errors import MappingError, SourceError
from salesreview.sources import Reject

ORDERS = 'SELECT 单号 AS order_id, 日期 AS order_date FROM raw."销售"'
LINES = 'SELECT 单号 AS order_id, 1 AS line_no, to_number(金额) AS net_amount, _row, _file FROM raw."销售"'


@pytest.fixture
def mapped(folder):
    """Two sales in a Chinese table, mapped to orders and order lines."""
    folder.put("销售.csv", "单号,日期,金额\nB,2026-02-05,¥200\nA,2026-01-05,1.5万\n")
    folder.select("orders", ORDERS)
    folder.select("order_lines", LINES)
    return folder


def rows(staged, table):
    return staged.connection.execute(f"SELECT * FROM staged.{table}").fetchall()


def test_each_select_becomes_a_staged_table(mapped):
    staged = mapped.stage()
    assert rows(staged, "orders") == [("A", "2026-01-05", 1), ("B", "2026-02-05", 2)]
    assert rows(staged, "order_lines") == [("B", 1, 200, 2, "销售.csv"), ("A", 1, 15000, 3, "销售.csv")]
    assert staged.reads == {"orders": ("销售",), "order_lines": ("销售",)}
    assert staged.settings.currency == "CNY"


def test_a_final_semicolon_and_comments_do_no_harm(mapped):
    mapped.select("orders", f"-- 订单; 一行\n{ORDERS} /* a; b */ ; -- 结束\n")
    assert len(rows(mapped.stage(), "orders")) == 2


def test_a_mapping_may_be_a_path(mapped):
    assert len(rows(mapped.stage(mapped.mapping), "orders")) == 2


def test_settings_are_read_as_text_so_that_norway_is_no_falsehood(mapped):
    mapped.settings("company: 0755\ncurrency: USD\nholiday_country: NO\nfiscal_year_start_month: 4\ndate_order:\n")
    settings = mapped.stage().settings
    assert (settings.company, settings.currency, settings.holiday_country) == ("0755", "USD", "NO")
    assert (settings.fiscal_year_start_month, settings.date_order) == (4, None)


def test_the_declared_date_order_reaches_the_macros(mapped):
    mapped.put("销售.csv", "单号,日期,金额\nA,3/5/2026,1\n")
    mapped.select("orders", "SELECT 单号 AS order_id, to_date(日期) AS order_date FROM raw.销售")
    month = "SELECT month(order_date) FROM staged.orders"
    assert mapped.stage().connection.execute(month).fetchall() == [(None,)]
    assert mapped.stage(date_order="DMY").connection.execute(month).fetchall() == [(5,)]
    mapped.settings("date_order: MDY\n")
    assert mapped.stage(date_order="DMY").connection.execute(month).fetchall() == [(3,)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("curency: USD", r"ours/mapping\.yml: unknown key.*got curency; did you mean currency\?"),
        ("currency: dollars", r"mapping\.yml: currency: a value that does not fit.*got dollars"),
        ("fiscal_year_start_month: 13", r"fiscal_year_start_month: a value that does not fit"),
        ("date_order: month first", r"date_order: a value that does not fit"),
        ("- currency", r"not a mapping of keys to values"),
        ("a: [", r"not valid YAML"),
        ("not_available: {target: none}", r"unknown canonical table; got target; did you mean targets\?"),
        ("not_available: {orders.rep: none}", r"unknown column of orders; got rep; did you mean rep_id\?"),
        ("not_available: {orders: none}", r"orders is declared not available, yet orders\.sql is there"),
        ("encodings: {销量.csv: gbk}", r"encodings\.销量\.csv.*did you mean 销售\.csv\?"),
    ],
)
def test_wrong_settings_are_explained(mapped, settings, message):
    mapped.settings(settings)
    with pytest.raises(MappingError, match=message):
        mapped.stage()


@pytest.mark.parametrize(
    ("table", "sql", "message"),
    [
        ("orders", "SELECT 1 AS order_id FROM raw.销售额", r'no table raw\."销售额".*did you mean raw\."销售"\?'),
        (
            "orders",
            "SELECT 编号 AS order_id FROM raw.销售",
            r'ours/orders\.sql: .*"编号" not found.* has 单号, 日期, 金额',
        ),
        ("orders", "SELECT 单号 AS order_no FROM raw.销售", r"orders has no column order_no.*did you mean order_id\?"),
        ("orders", "SELECT 单号 AS order_id, 1 AS order_id FROM raw.销售", r"the column order_id appears twice"),
        ("orders", "SELECT 1; SELECT 2", r"not one SELECT; expected SELECT; got SELECT, SELECT"),
        ("orders", "CREATE TABLE x AS SELECT 1", r"not one SELECT; expected SELECT; got CREATE"),
        ("orders", "DROP TABLE raw.销售", r"got DROP"),
        ("orders", "-- nothing", r"got no statement"),
        ("orders", "SELEC 1", r"syntax error at or near \"SELEC\""),
        ("orders", "SELECT CAST(单号 AS INTEGER) AS order_id FROM raw.销售", r"Conversion Error"),
        ("orders", "SELECT to_nmber(金额) AS order_id FROM raw.销售", r"to_nmber does not exist"),
        ("order", ORDERS, r"ours/order\.sql: unknown canonical table; got order; did you mean orders\?"),
    ],
)
def test_a_select_that_does_not_fit_is_explained(mapped, table, sql, message):
    mapped.select(table, sql)
    with pytest.raises(MappingError, match=message) as caught:
        mapped.stage()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM landing",
        "SELECT * FROM tables",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "COPY raw.销售 FROM '{file}'",
        "ATTACH '{folder}/other.duckdb'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "LOAD '{folder}/x.duckdb_extension'",
        "SELECT getenv('HOME') AS order_id",
    ],
)
def test_a_mapping_reaches_nothing_outside(mapped, sql):
    file = mapped.source / "销售.csv"
    mapped.select("orders", sql.format(file=file, folder=mapped.source))
    with pytest.raises(MappingError, match=r"orders\.sql"):
        mapped.stage()
    assert sorted(path.name for path in mapped.source.iterdir()) == ["销售.csv"]


def test_an_unknown_mapping_names_the_known_ones(mapped):
    with pytest.raises(MappingError, match=r"got our; did you mean ours\?"):
        mapped.stage("our")


def test_a_mapping_without_selects_is_an_error(mapped):
    for path in mapped.mapping.glob("*.sql"):
        path.unlink()
    with pytest.raises(MappingError, match="a mapping without a SELECT"):
        mapped.stage()


def test_unreadable_records_carry_the_tables_that_lack_them(mapped):
    mapped.put("销售.csv", "单号,日期,金额\nA,2026-01-05\nB,2026-02-05,200\n")
    mapped.put("other.csv", "a,b\n1\n")
    staged = mapped.stage()
    reason = "2 fields where the header has 3"
    assert staged.rejects == (
        Reject("other.csv", 2, "1", "1 fields where the header has 2", "other", ()),
        Reject("销售.csv", 2, "A,2026-01-05", reason, "销售", ("orders", "order_lines")),
    )
    assert [(file.name, file.rows) for file in staged.files] == [("other.csv", 1), ("销售.csv", 2)]
    assert staged.warnings == ("销售.csv: 1 records could not be read as rows",)


def test_rows_without_number_are_ordered_by_key_whatever_the_files_order(mapped):
    again = ORDERS.replace("单号", "单号 || 'x'", 1)
    mapped.select("orders", f"{ORDERS} UNION ALL {again}")
    assert [row[0] for row in rows(mapped.stage(), "orders")] == ["A", "Ax", "B", "Bx"]


def test_the_digest_follows_content_and_not_place(mapped, tmp_path):
    digest = mapped.stage().digest
    moved = tmp_path / "elsewhere"
    shutil.copytree(mapped.source, moved)
    mapped.source = moved
    assert mapped.stage().digest == digest
    mapped.select("orders", ORDERS + " ")
    changed = mapped.stage().digest
    mapped.put("销售.csv", "单号,日期,金额\nA,2026-01-05,1\n")
    assert len({digest, changed, mapped.stage().digest}) == 3


def test_canonical_tables_are_staged_as_they_are(two_orders):
    two_orders.put("prices.csv", "a\n1\n")
    staged = two_orders.stage(None)
    assert rows(staged, "orders") == [("A", "2026-01-05", 2, "orders.csv"), ("B", "2026-02-05", 3, "orders.csv")]
    assert staged.warnings == ("prices: no canonical table, ignored",)
    assert staged.reads == {"orders": ("orders",), "order_lines": ("order_lines",)}


def test_without_orders_the_way_out_is_named(folder):
    folder.put("销售.csv", "a\n1\n")
    folder.put("orders.csv", "a\n1\n")
    with pytest.raises(SourceError, match=r"no table order_lines;.*got orders, 销售;.*--mapping"):
        folder.stage(None)


def test_the_work_file_holds_the_tables_and_is_never_overwritten(two_orders, tmp_path):
    work = tmp_path / "work.duckdb"
    two_orders.stage(None, work=work).connection.close()
    assert work.exists()
    with pytest.raises(SourceError, match="there already"):
        two_orders.stage(None, work=work)
