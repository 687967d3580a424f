"""figures.jsonl: every figure of the pack once, in a fixed order; one key, one value in all reviews."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..record import same

KEY = ("metric", "dimension", "member", "period", "comparison")
FIELDS = ("metric", "variant", *KEY[1:], "value", "unit", "numerator", "denominator", "n", "flags")


def conflicts(reviews: Mapping[str, Sequence[Mapping]]) -> dict[str, str]:
    """Reviews whose figures contradict an earlier review's, with the first contradiction in words.

    ``reviews`` holds each review's records in the order in which they are trusted. A contradicting review's own
    figures are not held against the ones after it.
    """
    known: dict[tuple, tuple[str, Mapping]] = {}
    found: dict[str, str] = {}
    for variant, records in reviews.items():
        clash = next((_clash(record, known) for record in records if _clash(record, known)), None)
        if clash:
            found[variant] = clash
            continue
        for record in records:
            known.setdefault(key(record), (variant, record))
    return found


def key(record: Mapping) -> tuple:
    """What identifies a figure, whichever review shows it."""
    return tuple(record[name] for name in KEY)


def write(records: Iterable[Mapping], path: Path) -> int:
    """Write ``records`` as sorted JSON lines and give their number. NaN and infinity are errors."""
    ordered = sorted(records, key=lambda record: [str(record[name] or "") for name in (*KEY, "variant")])
    fields = [{name: record[name] for name in FIELDS} for record in ordered]
    lines = [json.dumps(record, ensure_ascii=False, allow_nan=False) for record in fields]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(lines)


def _clash(record: Mapping, known: Mapping[tuple, tuple[str, Mapping]]) -> str | None:
    if key(record) not in known:
        return None
    variant, other = known[key(record)]
    if record["unit"] == other["unit"] and same(record["value"], other["value"]):
        return None
    name = ", ".join(f"{part}={value}" for part, value in zip(KEY, key(record), strict=True) if value is not None)
    return f"{name}: {record['value']} {record['unit']} here, {other['value']} {other['unit']} in {variant}"
