"""The one error family that reaches a user, each message complete enough to act on."""

import difflib
from collections.abc import Iterable


class SalesReviewError(Exception):
    """Something the user can mend: says what, where, expected against got, and what to do.

    >>> print(SalesReviewError("unknown period", expected="H1, Q2, M03", got="H3", advice="use one of the forms"))
    unknown period; expected H1, Q2, M03; got H3; use one of the forms
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        got: object | None = None,
        advice: str | None = None,
    ):
        self.what, self.where, self.expected, self.got, self.advice = what, where, expected, got, advice
        parts = [f"{where}: {what}" if where else what]
        if expected is not None:
            parts.append(f"expected {expected}")
        if got is not None:
            parts.append(f"got {got}")
        if advice:
            parts.append(advice)
        super().__init__("; ".join(parts))


class OptionError(SalesReviewError):
    """A command-line option or a parameter that cannot be used."""


class PeriodError(OptionError):
    """A period that cannot be read, or for which there is no data."""


class SourceError(SalesReviewError):
    """A source that cannot be read: missing folder, unknown encoding, broken workbook."""


class MappingError(SalesReviewError):
    """A mapping whose SQL or settings do not fit the source."""


class ContractError(SalesReviewError):
    """Data that breaks the contract so badly that nothing can be built from it."""


class RenderError(SalesReviewError):
    """A record or notebook that cannot be turned into a page."""


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """The valid name most like ``name``, or None when nothing is close."""
    matches = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.5)
    return matches[0] if matches else None
