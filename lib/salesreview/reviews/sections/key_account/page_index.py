"""All strategic accounts in one table before their pages: warning, health, sales, what is owed, open deals."""

from ....record import Light, Table, Text
from .page_facts import Facts
from .page_sales import overdue, pipeline, sold_card

ROWS = 24
"""Most accounts of the table: what a page holds."""


def table(facts: Facts, known) -> Table:
    """One row per strategic account, largest sales of the period first."""
    rows = tuple(_row(facts, row) for row in known.head(ROWS).itertuples())
    red = sum(one.level == "red" for one in facts.healths.values())
    yellow = sum(one.level == "yellow" for one in facts.healths.values())
    more = len(known) - len(rows)
    columns = ("metric.health", "metric.sales", "label.yoy", "account_page.owed", "account_page.open_deals")
    return Table(
        id="account_pages_table",
        title=Text("account_page.index", {"n": str(len(known)), "red": str(red), "yellow": str(yellow)}),
        requirements=("K-13",),
        header=(Text("label.customer"), Text("account_page.warning"), *(Text(name) for name in columns)),
        rows=rows,
        notes=(Text("account_page.index_more", {"n": str(more)}),) if more > 0 else (),
    )


def _row(facts: Facts, row) -> tuple:
    own = facts.healths.get(row.account_id)
    sales = sold_card(facts, row)
    figures = (sales.figure, sales.comparisons[0], overdue(facts, row).figure, pipeline(facts, row).figure)
    shown = tuple(figure if figure.value is not None or "no_base" in figure.flags else None for figure in figures)
    score = own.score if own and own.score.value is not None else None
    return row.account, Light(own.level if own else "unknown"), score, *shown
