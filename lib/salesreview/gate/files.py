"""The pack as a folder: what the manifest promises is there, as it was when it was written, and nothing else."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .problem import Check, Fault

NAME = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """manifest.json of a folder. Raises OSError or ValueError for one that cannot be read."""

    folder: Path
    content: dict

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        return cls(folder, json.loads((folder / NAME).read_text(encoding="utf-8")))

    @property
    def langs(self) -> tuple[str, ...]:
        return tuple(self.content["languages"])

    @property
    def review_formats(self) -> tuple[str, ...]:
        """In which formats each review exists."""
        return tuple(kind for kind in self.content["formats"] if kind in ("html", "pdf"))

    @property
    def whole_formats(self) -> tuple[str, ...]:
        """In which formats one file holds all reviews."""
        return tuple(kind for kind in self.content["formats"] if kind in ("pdf", "xlsx", "pptx"))

    def beside(self, stem: str, kind: str, lang: str) -> str:
        """The name of a file that exists once per language; that of the main language bears no mark."""
        return f"{stem}.{kind}" if lang == self.langs[0] else f"{stem}.{lang}.{kind}"

    @property
    def tagged(self) -> bool:
        """Whether the PDFs of the reviews can be tagged; those of an old Quarto cannot."""
        return self.content.get("engine", {}).get("tags", True)

    @property
    def reviews(self) -> dict[str, dict]:
        return self.content["reviews"]

    @property
    def outputs(self) -> dict[str, str]:
        return self.content["outputs"]


def digests(manifest: Manifest) -> Iterator[Fault]:
    """Every file that the manifest lists is there, byte for byte."""
    for name, wanted in manifest.outputs.items():
        path = manifest.folder / name
        if not path.is_file():
            yield Fault(name, "a file of the manifest is not there")
        elif (got := hashlib.sha256(path.read_bytes()).hexdigest()) != wanted:
            yield Fault(name, "the file is not the one that was built", wanted[:12], got[:12])


def strangers(manifest: Manifest) -> Iterator[Fault]:
    """No file that the manifest does not list."""
    for path in sorted(manifest.folder.rglob("*")):
        name = path.relative_to(manifest.folder).as_posix()
        if path.is_file() and name != NAME and name not in manifest.outputs:
            yield Fault(name, "a file that the manifest does not list")


def complete(manifest: Manifest) -> Iterator[Fault]:
    """Each review and what holds all reviews in each language and format; index, quality page, figures; failed reviews
    say why."""
    wanted = {"figures.jsonl"}
    for lang in manifest.langs:
        wanted |= {manifest.beside(stem, "html", lang) for stem in ("index", "data_quality")}
        wanted |= {manifest.beside("pack", kind, lang) for kind in manifest.whole_formats}
        wanted |= {f"{lang}/{variant}.{kind}" for variant in manifest.reviews for kind in manifest.review_formats}
    for name in sorted(wanted - set(manifest.outputs)):
        yield Fault(name, "a file that a pack has is not in the manifest")
    for variant, review in manifest.reviews.items():
        if review.get("status") not in ("ok", "failed"):
            yield Fault(f"reviews.{variant}", "status", "ok or failed", review.get("status"))
        if review.get("status") == "failed" and not review.get("reason"):
            yield Fault(f"reviews.{variant}", "a failed review without reason")


CHECKS = (
    Check("manifest.digests", "every listed file is there, with the digest of when it was built", digests),
    Check("manifest.strangers", "no file that the manifest does not list", strangers),
    Check("manifest.complete", "each review, and each file about all reviews, in each language and format", complete),
)
