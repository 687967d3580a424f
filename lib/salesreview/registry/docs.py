"""docs/metrics.md, written from the registry: ``python -m salesreview.registry.docs > docs/metrics.md``."""

import sys

from . import Metric, metrics

INTRO = """# Metrics

Generated from lib/salesreview/registry/metrics/*.yml; do not edit. Write it anew with
`python -m salesreview.registry.docs > docs/metrics.md`.

Each metric has one definition, whichever review shows it. `unit`: money is in the pack's currency, ratio is 0-1, pp is
a difference of ratios. `better`: which way is good. `from parts`: a parent is the **sum** of its members, is
**recomputed** from pooled numerators and denominators, or is taken from the pooled records (**dist**); a mean of
ratios is never taken.

## How to add a metric

1. `lib/salesreview/registry/metrics/<subject>.yml`: id, names, unit, direction, formula in both languages. Its name
   and formula appear in tables and in the appendix by themselves.
2. `lib/salesreview/metrics/<subject>.py`: the formula as a pure function, where it is more than a sum or a quotient.
3. The section that shows it, in `lib/salesreview/reviews/sections/`: `ctx.figure("<id>", value, ctx.current, …)`.
"""


def document() -> str:
    """The whole page as Markdown: one table of all metrics by id."""
    lines = [INTRO, "| id | 中文 | English | unit | better | from parts | 口径 | definition | requirements |"]
    lines.append("|---" * 9 + "|")
    lines += [_row(found) for found in sorted(metrics().values(), key=lambda one: one.id)]
    return "\n".join(lines) + "\n"


def _row(found: Metric) -> str:
    cells = (
        f"`{found.id}`",
        found.zh,
        found.en,
        found.unit,
        found.direction,
        found.aggregation,
        found.formula_zh,
        found.formula_en,
        ", ".join(found.requirements),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(document())
