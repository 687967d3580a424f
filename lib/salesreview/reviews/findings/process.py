"""What is notable in the sales process: approvals, leads, conversion, slipped deals, cash (requirements 14)."""

from collections.abc import Callable, Iterable

from ...record import Finding
from ..context import Context

RULES: tuple[Callable[[Context], Iterable[Finding]], ...] = ()
