"""Small sources written by the tests themselves."""

from pathlib import Path

import pytest

from salesreview.sources import stage


class Folder:
    """A source folder and a mapping folder to write into; ``stage`` runs both."""

    def __init__(self, root: Path):
        self.source, self.mapping = root / "source", root / "mappings" / "ours"
        self.source.mkdir()
        self.mapping.mkdir(parents=True)

    def put(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.source / name
        path.write_bytes(text.encode(encoding))
        return path

    def select(self, table: str, sql: str) -> None:
        (self.mapping / f"{table}.sql").write_text(sql, encoding="utf-8")

    def settings(self, text: str) -> None:
        (self.mapping / "mapping.yml").write_text(text, encoding="utf-8")

    def stage(self, mapping="ours", **options):
        return stage(self.source, mapping, mappings_dir=self.mapping.parent, **options)


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def two_orders(folder) -> Folder:
    """Canonical orders A and B with three lines of 350 in all."""
    folder.put("orders.csv", "order_id,order_date\nA,2026-01-05\nB,2026-02-05\n")
    folder.put("order_lines.csv", "order_id,line_no,net_amount\nA,1,100\nA,2,50\nB,1,200\n")
    return folder
