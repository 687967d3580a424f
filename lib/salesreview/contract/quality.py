"""What was read, what was kept, and what is wrong with it: the quality record of a pack, free of language."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from ..errors import ContractError


@dataclass(frozen=True)
class ColumnQuality:
    """``filled`` is the share (0-1) of kept rows with a value; None when the column or every row is absent."""

    name: str
    provided: bool
    filled: float | None


@dataclass(frozen=True)
class TableQuality:
    """Counts and amounts of one canonical table: read = kept + quarantined, always.

    ``rows_after_as_of`` of the kept rows are hidden because they lie after the cut-off. The amounts are sums of
    ``amount_column`` in base currency (None when the table has none); what cannot be read as a number counts as 0.
    ``provided`` is False when the source has no such table or no row in it.
    """

    name: str
    level: str
    provided: bool
    rows_read: int = 0
    rows_kept: int = 0
    rows_quarantined: int = 0
    rows_after_as_of: int = 0
    amount_column: str | None = None
    amount_read: Decimal | None = None
    amount_kept: Decimal | None = None
    amount_quarantined: Decimal | None = None
    columns: tuple[ColumnQuality, ...] = ()


@dataclass(frozen=True)
class UnreadRow:
    """A record of a file that could not be read as a row of ``table``: no row was staged, but one was read.

    ``row`` is its line in ``file``, ``text`` the record as it stands, ``reason`` why it could not be read.
    """

    table: str
    file: str
    row: int
    text: str
    reason: str


@dataclass(frozen=True)
class Issue:
    """One rule broken in one column.

    ``rule`` is ``type``, ``enum``, ``null``, ``min``, ``max``, ``duplicate_key``, ``orphan`` (a reference to nothing),
    ``quarantined_parent`` (a reference to a row that was quarantined itself), ``invariant:<name>``, ``unread`` (records
    that are no rows, see `UnreadRow`), ``unknown_column`` or ``integrity:<name>``. ``severity`` is ``error`` where rows
    were quarantined and ``warning`` where they were kept (a cell that broke a rule was blanked). ``rows`` and
    ``amount`` say how much is affected; the amount of an order is that of its lines. ``column`` names several, joined
    by ", ", where a rule is about several. ``expected`` holds the allowed values, the bound, the table referred to or
    the rule in words of columns.
    """

    table: str
    column: str | None
    rule: str
    severity: Literal["error", "warning"]
    rows: int
    amount: Decimal | None = None
    example: str | None = None
    expected: str | None = None


@dataclass(frozen=True)
class Quality:
    """The quality record. ``sales_affected`` is the share (0-1) of all line amounts read, by absolute value, that
    stands in quarantined lines; None when nothing was read."""

    tables: tuple[TableQuality, ...]
    issues: tuple[Issue, ...]
    sales_affected: float | None = None

    def table(self, name: str) -> TableQuality:
        return next(table for table in self.tables if table.name == name)

    @property
    def rows_quarantined(self) -> int:
        return sum(table.rows_quarantined for table in self.tables)


class QuarantinedRows(ContractError):
    """Rows were quarantined and the caller asked for none; ``quality`` says which."""

    def __init__(self, quality: Quality, **details: Any):
        self.quality = quality
        super().__init__("rows break the data contract", **details)
