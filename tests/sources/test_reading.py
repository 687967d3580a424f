"""Files of every kind land as the same text, with the row numbers that a person sees."""

from datetime import date, datetime, time
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest
import xlsxwriter
import xlwt

from salesreview.errors import MappingError, SourceError
from salesreview.sources import reading
from salesreview.sources.text_files import read_text


def landed(path, table=None, encodings=None):
    """Rows of a landed table as tuples with _row last, and its column names."""
    tables, _ = reading.read(path, encodings)
    con = duckdb.connect()
    reading.land(con, tables)
    name = table or tables[0].name
    columns = [row[0] for row in con.execute(f'DESCRIBE raw."{name}"').fetchall()]
    rows = con.execute(f'SELECT * EXCLUDE (_file) FROM raw."{name}" ORDER BY _row').fetchall()
    return rows, columns


CHINESE = "订单号,客户,金额\nA1,华东机电,100\nA2,鑫源,200\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_chinese_text_in_each_usual_encoding(folder, encoding):
    path = folder.put("订单.csv", CHINESE, encoding)
    rows, columns = landed(path)
    assert columns == ["订单号", "客户", "金额", "_row", "_file"]
    assert rows == [("A1", "华东机电", "100", 2), ("A2", "鑫源", "200", 3)]


def test_utf16_of_either_byte_order(folder):
    for name, mark, encoding in (("a.csv", b"\xff\xfe", "utf-16-le"), ("b.csv", b"\xfe\xff", "utf-16-be")):
        path = folder.source / name
        path.write_bytes(mark + CHINESE.encode(encoding))
        assert landed(path)[0][0] == ("A1", "华东机电", "100", 2)


def test_a_guessed_encoding_is_noted_and_a_declared_one_is_not(folder):
    path = folder.put("x.csv", CHINESE, "gbk")
    assert read_text(path).notes == ("read as gb18030, as it is not UTF-8",)
    assert read_text(path, "gbk").notes == ()


def test_a_declared_encoding_is_used(folder):
    path = folder.put("x.csv", "name,n\nJosé,1\n", "cp1252")
    assert landed(path, encodings={"x.csv": "cp1252"})[0] == [("José", "1", 2)]


def test_bytes_of_no_encoding_name_file_offset_and_line(folder):
    path = folder.source / "x.csv"
    path.write_bytes(b"a,b\n1,2\n3,\xff\xff\n")
    with pytest.raises(SourceError, match=r"x\.csv: bytes that cannot be decoded at offset 10 \(line 3\).*ff ff"):
        read_text(path)


def test_utf16_without_byte_order_mark_is_an_error_not_a_guess(folder):
    path = folder.put("x.csv", "a,b\n1,2\n", "utf-16-le")
    with pytest.raises(SourceError, match=r"declare its encoding in mapping\.yml"):
        read_text(path)
    assert landed(path, encodings={"x.csv": "utf-16-le"})[0] == [("1", "2", 2)]


def test_an_unknown_declared_encoding_is_an_error(folder):
    folder.put("x.csv", "a\n1\n")
    with pytest.raises(MappingError, match="unknown encoding"):
        landed(folder.source, encodings={"x.csv": "klingon"})
    with pytest.raises(MappingError, match=r"did you mean x\.csv"):
        landed(folder.source, encodings={"y.csv": "utf-8"})


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_in_the_header(folder, delimiter):
    path = folder.put(
        "x.csv", f'id{delimiter}"a, b; c|d\te"{delimiter}n\n1{delimiter}x,y{delimiter}3\n'.replace(",y", "y")
    )
    rows, columns = landed(path)
    assert columns[:3] == ["id", "a, b; c|d\te", "n"]
    assert rows == [("1", "xy", "3", 2)]


def test_a_single_column_needs_no_delimiter(folder):
    assert landed(folder.put("x.txt", "id\n1\n\n2\n"))[0] == [("1", 2), ("2", 4)]


def test_line_breaks_inside_quotes_belong_to_the_field(folder):
    path = folder.put("x.csv", 'id,note\n1,"two\nlines, ""quoted"""\n2,b\n3,"x\r\ny\nz"\n4,d\n')
    assert landed(path)[0] == [
        ("1", 'two\nlines, "quoted"', 2),
        ("2", "b", 4),
        ("3", "x\r\ny\nz", 5),
        ("4", "d", 8),
    ]


def test_a_quoted_header_over_two_lines(folder):
    rows, columns = landed(folder.put("x.csv", '"id","no\nte"\n1,a\n'))
    assert columns[:2] == ["id", "no\nte"]
    assert rows == [("1", "a", 3)]


def test_empty_is_null_and_na_stays(folder):
    path = folder.put("x.csv", 'a,b,c\nNA,,""\nnull,NaN,None\n')
    assert landed(path)[0] == [("NA", None, None, 2), ("null", "NaN", "None", 3)]


def test_blank_lines_are_no_records_but_count_as_lines(folder):
    path = folder.put("x.csv", "\n\na,b\n1,2\n\n,\n3,4\n\n")
    assert landed(path)[0] == [("1", "2", 4), ("3", "4", 7)]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_of_each_system(folder, newline):
    path = folder.put("x.csv", newline.join(("a,b", "1,2", "3,4")))
    assert landed(path)[0] == [("1", "2", 2), ("3", "4", 3)]


def test_a_ragged_record_is_kept_aside_with_line_and_reason(folder):
    path = folder.put("x.csv", 'a,b\n1,"x\ny"\n2\n3,4\n5,"p\nq",6\n7,8\n')
    table = read_text(path)
    assert [(record.row, record.text, record.reason) for record in table.unreadable] == [
        (4, "2", "1 fields where the header has 2"),
        (6, '5,"p\nq",6', "3 fields where the header has 2"),
    ]
    assert landed(path)[0] == [("1", "x\ny", 2), ("3", "4", 5), ("7", "8", 8)]
    assert table.read == 5


def test_a_quote_that_never_closes_is_an_error_as_it_hides_rows(folder):
    path = folder.put("x.csv", 'a,b\n1,2\n3,"open\n4,5\n6,7\n')
    with pytest.raises(SourceError, match="a quote opened in the record at line 3 is never closed"):
        read_text(path)


def test_a_quote_inside_a_field_is_a_letter(folder):
    assert landed(folder.put("x.csv", 'a,b\n1,5" pipe\n2,c\n'))[0] == [("1", '5" pipe', 2), ("2", "c", 3)]


def test_headers_are_stripped_and_made_distinct(folder):
    path = folder.put("x.csv", "\ufeff　金额 ,,金额,Name,name,_row\n1,2,3,4,5,6\n", "utf-8")
    rows, columns = landed(path)
    assert columns[:6] == ["金额", "column_2", "金额_2", "Name", "name_2", "_row_2"]
    assert rows == [("1", "2", "3", "4", "5", "6", 2)]
    assert "columns without a name: column_2" in read_text(path).notes


def test_a_header_alone_is_an_empty_table_and_nothing_at_all_an_error(folder):
    assert landed(folder.put("x.csv", "a,b\n"))[0] == []
    with pytest.raises(SourceError, match=r"empty\.csv: the file is empty"):
        read_text(folder.put("empty.csv", " \n"))


def test_many_rows_keep_their_numbers_over_blocks(folder, monkeypatch):
    monkeypatch.setattr("salesreview.sources.text_files.BLOCK", 256)
    body = "".join(f"{number},x\n" if number % 50 else f"{number}\n" for number in range(2, 1002))
    table = read_text(folder.put("x.csv", "n,t\n" + body))
    assert [record.row for record in table.unreadable] == list(range(50, 1002, 50))
    assert table.rows.to_pylist() == [number for number in range(2, 1002) if number % 50]
    assert table.cells.column(0).to_pylist() == [str(number) for number in table.rows.to_pylist()]


def write_xlsx(path, sheets):
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, start, rows in sheets:
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows, start=start):
                for column, cell in enumerate(row):
                    if isinstance(cell, date | datetime | time):
                        sheet.write_datetime(at, column, cell, day)
                    elif cell is not None:
                        sheet.write(at, column, cell)


MIXED = [
    ["编号", "日期", "金额", "比例", "是否"],
    [1, date(2024, 3, 5), 1234.5, 0.125, True],
    [None, None, None, None, None],
    ["007", datetime(2024, 3, 5, 14, 30), 5.0, 123456789012, False],
    [10**9, "5/3/2024", "¥1,200", None, "NA"],
]
MIXED_LANDED = [
    ("1", "2024-03-05", "1234.5", "0.125", "true", 2),
    ("007", "2024-03-05 14:30:00", "5", "123456789012", "false", 4),
    ("1000000000", "5/3/2024", "¥1,200", None, "NA", 5),
]


def test_xlsx_cells_become_plain_text(folder):
    path = folder.source / "订单.xlsx"
    write_xlsx(path, [("Sheet1", 0, MIXED), ("Sheet2", 0, [])])
    assert landed(folder.source, "订单")[0] == MIXED_LANDED
    assert landed(path, "Sheet1")[1] == ["编号", "日期", "金额", "比例", "是否", "_row", "_file"]


def test_a_sheet_that_starts_lower_keeps_its_row_numbers(folder):
    path = folder.source / "x.xlsx"
    write_xlsx(path, [("a", 2, [["id"], [1], [2]])])
    assert landed(path, "a")[0] == [("1", 4), ("2", 5)]


def test_xls_cells_become_plain_text(folder):
    path = folder.source / "x.xls"
    book = xlwt.Workbook()
    sheet = book.add_sheet("表一")
    for at, row in enumerate(MIXED):
        for column, cell in enumerate(row):
            form = "YYYY-MM-DD" if isinstance(cell, date) else "General"
            sheet.write(at, column, cell, xlwt.easyxf(num_format_str=form))
    book.save(path)
    assert landed(path, "表一")[0] == MIXED_LANDED


def test_sheets_of_a_workbook_in_a_folder_carry_its_name(folder):
    write_xlsx(folder.source / "crm.xlsx", [("客户", 0, [["id"], [1]]), ("订单", 0, [["id"], [2]])])
    folder.put("x.csv", "a\n1\n")
    tables, files = reading.read(folder.source)
    assert [table.name for table in tables] == ["crm.客户", "crm.订单", "x"]
    assert [(file.name, file.rows) for file in files] == [("crm.xlsx", 2), ("x.csv", 1)]


def test_a_broken_workbook_is_named(folder):
    (folder.source / "x.xlsx").write_bytes(b"not a zip")
    with pytest.raises(SourceError, match=r"x\.xlsx: a workbook that cannot be opened"):
        landed(folder.source)


def test_parquet_types_become_readable_text(folder):
    table = pa.table(
        {
            "id": [7, 8],
            "on": [date(2024, 3, 5), None],
            "at": [datetime(2024, 3, 5, 14, 30), datetime(2024, 3, 6)],
            "money": [Decimal("1234.50"), Decimal("-0.10")],
            "ratio": [0.1, 1e16],
            "ok": [True, False],
            "tags": [["a", "b"], []],
            "name": pa.array(["华东", ""]).dictionary_encode(),
        }
    )
    pyarrow.parquet.write_table(table, folder.source / "x.parquet")
    first, second = landed(folder.source)[0]
    assert first == ("7", "2024-03-05", "2024-03-05 14:30:00", "1234.50", "0.1", "true", '["a","b"]', "华东", 2)
    assert second == ("8", None, "2024-03-06 00:00:00", "-0.10", "1e+16", "false", "[]", None, 3)


def test_a_broken_parquet_file_is_named(folder):
    (folder.source / "x.parquet").write_bytes(b"nothing")
    with pytest.raises(SourceError, match=r"x\.parquet: not a Parquet file"):
        landed(folder.source)


def test_two_files_of_one_name_are_an_error(folder):
    folder.put("orders.csv", "a\n1\n")
    folder.put("Orders.txt", "a\n1\n")
    with pytest.raises(SourceError, match=r"Orders\.txt and orders\.csv: two tables are called orders"):
        landed(folder.source)


def test_what_is_no_source_says_so(folder, tmp_path):
    with pytest.raises(SourceError, match="no such source"):
        reading.find(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="no table files"):
        reading.find(folder.source)
    with pytest.raises(SourceError, match="not a table file"):
        reading.find(folder.put("x.pdf", ""))
    with pytest.raises(SourceError, match="not available yet") as caught:
        reading.find("postgresql://me:secret@host/db")
    assert "secret" not in str(caught.value)


def test_locks_hidden_files_and_readmes_are_left_out(folder):
    for name in ("README.txt", "~$x.xlsx", ".hidden.csv", "notes.md"):
        folder.put(name, "a\n1\n")
    folder.put("x.csv", "a\n1\n")
    assert [path.name for path in reading.find(folder.source)] == ["x.csv"]
