"""The scope of the key-account review: strategic accounts, their names in figures, boxes where nothing can be said."""

from collections.abc import Iterable

import pandas as pd

from ....periods import Window, add_months
from ....queries import sales
from ....queries.key_accounts import STRATEGIC_FIELDS, strategic_accounts
from ....record import Exhibit, NotEnough, NotProvided, Text
from ...context import Context, Span

SCOPE = {"dimension": "customer_group", "member": "strategic"}
OTHERS = {"dimension": "customer_group", "member": "others"}

Boxes = Iterable[tuple[str, str, tuple[str, ...]]]
"""Exhibits to come: id, catalogue key of the title, requirements."""


def of_account(label: str) -> dict[str, str]:
    """The identity of an account's figures."""
    return {"dimension": "account", "member": label}


def missing(ctx: Context, *fields: str) -> tuple[str, ...]:
    """What is absent of ``fields`` and of what tells who is strategic (one of two columns is enough)."""
    unknown = ctx.mart.missing(*STRATEGIC_FIELDS)
    return (*(unknown if len(unknown) == len(STRATEGIC_FIELDS) else ()), *ctx.mart.missing(*fields))


def accounts(ctx: Context, span: Span | None = None) -> pd.DataFrame:
    """Accounts that are strategic on the span's last day, those with the largest sales in it first.

    Columns as `queries.key_accounts.strategic_accounts`, and sales (of all the span's orders, 0 without any).
    """
    span = span or ctx.current
    found = strategic_accounts(ctx.mart, span.window.end)
    sold = sales.by(ctx.mart, span.window, "account_id").set_index("account_id")["sales"]
    found["sales"] = found["account_id"].map(sold).fillna(0.0)
    return found.sort_values(["sales", "account_id"], ascending=[False, True], ignore_index=True)


def trailing(ctx: Context, months: int) -> Span:
    """The months up to the last day of the review period's data, under the code of their days."""
    end = ctx.current.window.end
    window = Window(add_months(end.replace(day=1), 1 - months), end)
    return Span(f"{window.start}:{window.end}", window)


def not_provided(boxes: Boxes, fields: tuple[str, ...]) -> tuple[Exhibit, ...]:
    return tuple(NotProvided(id=i, title=Text(t), requirements=r, missing=fields) for i, t, r in boxes)


def not_enough(boxes: Boxes, reason: Text) -> tuple[Exhibit, ...]:
    return tuple(NotEnough(id=i, title=Text(t), requirements=r, reason=reason) for i, t, r in boxes)


def silent(ctx: Context, boxes: Boxes, *fields: str) -> tuple[Exhibit, ...]:
    """Boxes for all exhibits of a section when the data lacks what it needs or nobody is strategic; else nothing."""
    absent = missing(ctx, *fields)
    if absent:
        return not_provided(boxes, absent)
    if accounts(ctx).empty:
        return not_enough(boxes, Text("strategic.nobody"))
    return ()
