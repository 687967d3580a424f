"""PDFs: tagged, with language, title and outline, and nothing fetched from anywhere."""

import pytest
from pypdf import PdfReader

from salesreview.errors import RenderError
from salesreview.render import pdf

PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><title>标题</title><meta name="dcterms.created" content="2026-06-30">
{head}</head><body><h1>一</h1><h2>Second</h2>{body}</body></html>"""


def test_the_document_has_language_title_tags_and_outline(tmp_path):
    pages = pdf.write(PAGE.format(head="", body="<p style='break-before: page'>x</p>"), tmp_path / "a.pdf")
    reader = PdfReader(tmp_path / "a.pdf")
    root = reader.trailer["/Root"]
    assert pages == len(reader.pages) == 2
    assert root["/Lang"] == "zh-CN" and reader.metadata.title == "标题"
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert [entry["/Title"] for entry in reader.outline if not isinstance(entry, list)] == ["一"]


@pytest.mark.parametrize("source", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "x.png"])
def test_nothing_is_read_from_outside(tmp_path, source):
    with pytest.raises(RenderError, match=f"the page asks for {source}"):
        pdf.write(PAGE.format(head="", body=f'<img src="{source}" alt="x">'), tmp_path / "a.pdf")


def test_local_files_are_not_attached(tmp_path):
    head = '<link rel="attachment" href="file:///etc/hostname">'
    with pytest.raises(RenderError, match="the page asks for file:///etc/hostname"):
        pdf.write(PAGE.format(head=head, body=""), tmp_path / "a.pdf")


def test_without_pango_the_message_says_what_to_install(tmp_path, monkeypatch):
    pdf.problem.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    monkeypatch.setattr("builtins.__import__", failing_import(__import__))
    message = pdf.problem()
    pdf.problem.cache_clear()
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in message and "\n" not in message


def failing_import(original):
    def load(name, *rest):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'\nmore")
        return original(name, *rest)

    return load
