"""Broken packs: name, how to break, the check that must catch it, the file, words of the message."""

from .breaking import Breaker, add, damage, figure_line, manifest, notebook, remove


def other_value(lines: list[dict]) -> None:
    lines[0]["value"] = 1.0


def other_unit(lines: list[dict]) -> None:
    next(line for line in lines if line["unit"] == "CNY")["unit"] = "USD"


def lost_line(lines: list[dict]) -> None:
    del lines[0]


def not_a_number(lines: list[dict]) -> None:
    lines[0]["value"] = float("nan")


def strange_line(lines: list[dict]) -> None:
    lines.append(lines[0] | {"member": "nobody"})


def two_values(lines: list[dict]) -> None:
    sales = [line for line in lines if line["metric"] == "sales" and line["period"] == "2026-M01"]
    sales[-1]["value"] += 1.0


def no_record(made) -> None:
    made.cells[0].outputs = []


def lost_review(content: dict) -> None:
    content["outputs"].pop("en/team.pdf")


def no_reason(content: dict) -> None:
    content["reviews"]["market"]["reason"] = None


def changed(data: bytes) -> bytes:
    return data[:-2] + b"\n\n"


CASES: tuple[tuple[str, Breaker, str, str, str], ...] = (
    ("file changed later", damage("en/team.html", changed), "manifest.digests", "manifest.json", "en/team.html"),
    ("file of the manifest lost", remove("en/team.html"), "manifest.digests", "manifest.json", "is not there"),
    ("file added", add("zh/extra.html", "<p>"), "manifest.strangers", "manifest.json", "zh/extra.html"),
    ("review not listed", manifest(lost_review), "manifest.complete", "manifest.json", "en/team.pdf"),
    ("failure without reason", manifest(no_reason), "manifest.complete", "manifest.json", "without reason"),
    ("page lost", remove("en/team.html"), "file.opens", "en/team.html", "FileNotFoundError"),
    ("PDF cut off", damage("en/team.pdf", lambda data: data[:200]), "file.opens", "en/team.pdf", "cannot be read"),
    ("notebook cut off", damage("notebooks/team.ipynb", lambda data: data[:200]), "file.opens", "notebooks/team.ipynb",
     "cannot be read"),
    ("notebook without a review", notebook("team", no_record), "file.opens", "notebooks/team.ipynb",
     "shows no review"),
    ("figures not JSON", damage("figures.jsonl", lambda data: data[:-20]), "figures.readable", "figures.jsonl",
     "not a line of JSON"),
    ("NaN in figures", figure_line(not_a_number), "figures.readable", "figures.jsonl", "NaN is not a number"),
    ("one figure, two values", figure_line(two_values), "figures.readable", "figures.jsonl", "two values"),
    ("figure changed", figure_line(other_value), "figures.record", "figures.jsonl", "another value than in the record"),
    ("currency changed", figure_line(other_unit), "figures.record", "figures.jsonl", "another unit"),
    ("figure lost", figure_line(lost_line), "figures.record", "figures.jsonl", "the file lacks"),
    ("figure that no review has", figure_line(strange_line), "figures.record", "figures.jsonl", "nobody"),
)  # fmt: skip
