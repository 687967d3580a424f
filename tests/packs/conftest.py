"""Whole packs, built as an operator builds them."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Built:
    """A pack's folder and its figures by (metric, dimension, member, period, comparison)."""

    folder: Path
    output: str

    @property
    def records(self) -> list[dict]:
        lines = (self.folder / "figures.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def value(self, metric, *, dimension=None, member=None, period=None, comparison=None, variant="data_driven"):
        """The one value under a key; ``period`` None takes the pack's own."""
        period = period or json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))["period"]
        wanted = (metric, dimension, member, period, comparison, variant)
        keys = ("metric", "dimension", "member", "period", "comparison", "variant")
        found = [record for record in self.records if tuple(record[key] for key in keys) == wanted]
        assert len(found) == 1, f"{len(found)} figures under {wanted}"
        return found[0]["value"]

    def text(self, name: str, pages: int = 4) -> str:
        """The words on the first pages of a PDF: cover, contents, summary; pages of charts take seconds each."""
        from pypdf import PdfReader

        return "".join(page.extract_text() for page in PdfReader(self.folder / name).pages[:pages])


@pytest.fixture(scope="session")
def build(repository, tmp_path_factory):
    """Build a pack by the command line; the arguments follow ``--period``. The exit code must be as expected."""

    def run(*arguments: str, exit_code: int = 0) -> Built:
        out = tmp_path_factory.mktemp("packs")
        command = [sys.executable, "build.py", "--out", str(out), "--period", *arguments]
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=1200)
        assert done.returncode == exit_code, done.stdout + done.stderr
        (folder,) = (path for path in out.iterdir() if path.is_dir())
        return Built(folder, done.stdout)

    return run


@pytest.fixture(scope="session")
def sample_pack(build) -> Built:
    """The sample company's H1 in both languages, all reviews, HTML and PDF."""
    return build("H1", "--lang", "zh,en")


@pytest.fixture(scope="session")
def sample_reviews():
    """The sample company's reviews by variant, each computed once."""
    from salesreview.notebook import open_review

    return cache(lambda variant: open_review(variant).review)
