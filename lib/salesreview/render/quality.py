"""data_quality.html: what was read, what was kept, what is wrong and what is not there, in words."""

from collections.abc import Mapping
from decimal import Decimal

from ..contract.quality import Issue, Quality, TableQuality
from ..exhibits import formats
from ..exhibits.entries import word
from .document import Colophon, Cover, document, template

PREFIX = "dq"


def quality_page(quality: Quality, cover: Cover, lang: str, colophon: Colophon, index: str | None = None) -> str:
    """The page in one language; ``index`` is the file of the pack's cover page, when there is one."""
    body = template("quality.html.j2").render(
        words=_words(lang),
        tables=tuple(_table(table, lang, cover.currency) for table in quality.tables if table.provided),
        issues=tuple(_issue(issue, lang, cover.currency) for issue in quality.issues),
        missing=_missing(quality),
        quarantined=quality.rows_quarantined,
        links=((word("pack.back", lang), index),) if index else (),
        prefix=PREFIX,
    )
    title = word("quality.title", lang)
    return document(
        cover,
        lang,
        prefix=PREFIX,
        title=title,
        verdict=summary(quality, lang),
        body=body,
        colophon=colophon,
        kind="listing",
    )


def summary(quality: Quality, lang: str) -> str:
    """One sentence: how many rows were read and quarantined, and the share of sales in the latter."""
    read = formats.number(sum(table.rows_read for table in quality.tables), lang)
    gone = quality.rows_quarantined
    if not gone:
        return word("quality.lead_clean", lang, read=read)
    share = formats.NOTHING if quality.sales_affected is None else ratio(quality.sales_affected, lang)
    return word("quality.lead_issues", lang, read=read, quarantined=formats.number(gone, lang), share=share)


def ratio(value: float, lang: str) -> str:
    return formats.with_unit(value, formats.scale("ratio", (value,), lang), lang, None)


def money(value: Decimal | None, lang: str, currency: str) -> str:
    if value is None:
        return formats.NOTHING
    amount = float(value)
    return formats.with_unit(amount, formats.scale("money", (amount,), lang), lang, currency)


def _table(table: TableQuality, lang: str, currency: str) -> tuple[str, ...]:
    counts = (table.rows_read, table.rows_kept, table.rows_quarantined, table.rows_after_as_of)
    amounts = (table.amount_read, table.amount_kept, table.amount_quarantined)
    return (
        table.name,
        *(formats.number(count, lang) for count in counts),
        *(money(amount, lang, currency) for amount in amounts),
    )


def _issue(issue: Issue, lang: str, currency: str) -> Mapping[str, str]:
    noted = issue.rule == "unknown_column" or issue.rule.startswith("integrity")
    return {
        "where": f"{issue.table}.{issue.column}" if issue.column else issue.table,
        "reason": reason(issue, lang),
        "effect": word("quality.effect_noted" if noted else f"quality.effect_{issue.severity}", lang),
        "rows": formats.number(issue.rows, lang),
        "amount": money(issue.amount, lang, currency),
        "example": issue.example or "",
        "severity": issue.severity,
    }


def reason(issue: Issue, lang: str) -> str:
    """The broken rule in words.

    >>> reason(Issue("orders", "order_date", "null", "error", 3), "en")
    'required value is missing'
    """
    kind, _, name = issue.rule.partition(":")
    sentence = f"quality.rule.{kind}"
    needs_more = kind not in ("null", "unknown_column", "unreadable")
    return word(sentence, lang, expected=issue.expected or name) if needs_more else word(sentence, lang)


def _missing(quality: Quality) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Tables that are absent (no fields) or provided without some of their fields."""
    found = []
    for table in quality.tables:
        absent = tuple(column.name for column in table.columns if not column.provided)
        if absent or not table.provided:
            found.append((table.name, absent if table.provided else ()))
    return tuple(found)


def _words(lang: str) -> dict[str, str]:
    names = (
        "tables table read kept quarantined after amount_read amount_kept amount_quarantined issues no_issues where "
        "reason effect rows amount example not_provided not_provided_lead whole_table fields all_provided files"
    )
    return {name: word(f"quality.{name}", lang) for name in names.split()}
