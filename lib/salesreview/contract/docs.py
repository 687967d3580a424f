"""docs/data_model.md, written from the declaration: ``python -m salesreview.contract.docs > docs/data_model.md``."""

import sys
from collections.abc import Iterator

from .model import Column, TableSpec, contract

INTRO = """# Data model

Generated from lib/salesreview/contract/tables/*.yml; do not edit. Write it anew with
`python -m salesreview.contract.docs > docs/data_model.md`.

Bring one file per table (CSV, Excel or Parquet), or a mapping that selects these columns. Only `orders` and
`order_lines` are required; what else is absent shows as 数据未提供 / not provided in the place of its figure.

- Money is ex tax, in one base currency, as DECIMAL. Ratios are 0-1 (`12.5%` is read as 0.125). Ids are text.
- A row whose **required** column, key, amount or date of existence is missing or cannot be read is quarantined; any
  other cell that breaks a rule is blanked and reported.
- A reference (→) to a row that does not exist is blanked and reported; a row that cannot be without it is quarantined.
- Cut-off: rows that exist from a day after as_of are invisible, event dates after it are null, and a column *known
  from* an event has its earlier value until then. *Plan* dates may lie after as_of.
- `json` is JSON text: a list or an object.
- An open list takes any value; a closed one (values shown) takes these only, in any letter case.
"""
MART = """## In the mart only

`calendar`: one row per day, from the year before the first sale to the second year after as_of: `date`, `fy` (the
year in which the fiscal year begins), `half` (H1, H2), `quarter` (Q1..Q4), `month` (1-12 of the calendar year),
`is_workday` (with make-up days on weekends), `holiday`.

`sales_facts`: one row per line of an order that was not cancelled, joined with its order, account (tier as of the
order date where account_tier_history has the account), region (the account's where the order has none), rep, team,
product and channel; see lib/salesreview/mart/sales_facts.sql. A member without a value is 未分类. `is_return` marks
lines with a negative amount or quantity, or with `return_of_order_id`; `first_order_date` is the account's first order
that was not cancelled and not returns only.

`_meta`, `_tables`, `_columns`, `_issues`: what the mart is about, and the quality record of its data.
"""
LEVELS = {"required": "required", "core": "part of the minimum set", "optional": "optional"}


def document() -> str:
    """The whole page as Markdown: tables by section, in the order of the declaration."""
    return "\n".join([INTRO, *_contents(), *_tables(), MART])


def _contents() -> Iterator[str]:
    sections: dict[str, list[str]] = {}
    for spec in contract().values():
        sections.setdefault(spec.section, []).append(f"[{spec.name}](#{spec.name})")
    yield "| section | tables |\n|---|---|"
    for section, names in sections.items():
        yield f"| {section} | {', '.join(names)} |"
    yield ""


def _tables() -> Iterator[str]:
    section = None
    for spec in contract().values():
        if spec.section != section:
            section = spec.section
            yield f"## {section}\n"
        yield from _table(spec)


def _table(spec: TableSpec) -> Iterator[str]:
    yield f"### {spec.name}\n"
    yield f"{_sentence(spec.grain)} Key: {_names(spec.key)}. {_sentence(LEVELS[spec.level])} {_existence(spec)}"
    if spec.amount:
        yield f"The quality report adds up `{spec.amount}`."
    yield "\n| column | type | unit | required | values, reference, rule |\n|---|---|---|---|---|"
    for column in spec.columns:
        required = "yes" if column.required else ""
        yield f"| `{column.name}` | {column.type} | {column.unit or ''} | {required} | {_rules(column)} |"
    yield ""
    for rule in spec.invariants:
        outcome = f"blanks {_names(rule.clears)}" if rule.clears else "quarantines the row"
        yield f"- Rule `{rule.sql}`: a breach {outcome}."
    if spec.invariants:
        yield ""
    yield f"Used by: {spec.used_by}\n"


def _existence(spec: TableSpec) -> str:
    parents = tuple(column.fk for column in spec.columns if column.fk and column.required)
    if not spec.exists_from:
        return f"A row exists with its row of {_names(parents)}." if parents else "Rows are not cut at as_of."
    instead = f", else the first of {_names(spec.exists_else)} that is filled" if spec.exists_else else ""
    return f"A row exists from `{spec.exists_from}`{instead}."


def _rules(column: Column) -> str:
    parts = [", ".join(column.values)] if column.values else []
    if column.fk:
        parts.append(f"→ [{column.fk}](#{column.fk})")
    if column.min is not None or column.max is not None:
        low, high = ("" if bound is None else f"{bound:g}" for bound in (column.min, column.max))
        parts.append(f"from {low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}")
    if column.future:
        parts.append("plan")
    if column.known_at:
        earlier = f", before `{column.before}`" if column.before else ""
        parts.append(f"known from `{column.known_at}`{earlier}")
    if column.doc:
        parts.append(column.doc)
    return "; ".join(parts).replace("|", "\\|")


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(document())
