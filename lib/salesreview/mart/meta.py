"""What a mart says about itself."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Meta:
    """``first_day`` and ``last_day`` are the first and last day with a sale up to ``as_of``, the cut-off.

    ``currency`` is that of all money, ``digest`` identifies the input data, ``sales_affected`` is as in `Quality`.
    """

    as_of: date
    first_day: date
    last_day: date
    currency: str
    company: str
    source: str
    digest: str
    holiday_country: str
    fiscal_start: int
    sales_affected: float | None
    company_en: str | None = None

    @property
    def names(self) -> dict[str, str]:
        """The company's name by language of the pack."""
        return {"zh": self.company, "en": self.company_en or self.company}


META_SQL = """CREATE TABLE _meta (
    as_of DATE, first_day DATE, last_day DATE, currency VARCHAR, company VARCHAR, source VARCHAR, digest VARCHAR,
    holiday_country VARCHAR, fiscal_start INTEGER, sales_affected DOUBLE, company_en VARCHAR)"""
