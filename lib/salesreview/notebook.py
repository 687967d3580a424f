"""What a notebook imports: open a review, show its exhibits one a cell.

    from salesreview import notebook as nb

    review = nb.open_review("data_driven", period="H1")
    review.show("sales_cards")

Without arguments beside the variant it reviews the generated sample company, so Run All works in a fresh checkout.
What is displayed carries all languages at once; a rendered page picks one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from math import isfinite
from pathlib import Path

from . import periods, prepare
from .errors import OptionError, SalesReviewError, nearest
from .exhibits import catalogue, fonts
from .exhibits.html import html as exhibit_html
from .exhibits.styles import stylesheet
from .mart.store import Mart
from .record import Cards, Exhibit, Figure, PeriodName, Review, Text
from .reviews import VARIANTS, build
from .reviews.context import Context
from .serial import dump
from .settings import Settings

EXHIBIT_MIME = "application/vnd.salesreview.exhibit+json"
REVIEW_MIME = "application/vnd.salesreview.review+json"
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Shown:
    """An exhibit as a cell's value: HTML in the main language, all languages beside it."""

    exhibit: Exhibit
    langs: tuple[str, ...]
    currency: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, object]:
        html = {lang: exhibit_html(self.exhibit, lang, self.currency) for lang in self.langs}
        return {
            "text/html": html[self.langs[0]],
            "text/plain": repr(self),
            EXHIBIT_MIME: {"id": self.exhibit.id, "html": html},
        }

    def __repr__(self) -> str:
        return f"<{type(self.exhibit).__name__} {self.exhibit.id}>"


@dataclass(frozen=True)
class ShownReview:
    """A review as a cell's value: its title, verdict and cards; the record's figures travel along for figures.jsonl.

    ``context`` holds the data behind it: ``context.mart.query("SELECT … FROM sales_facts")``.
    """

    review: Review
    langs: tuple[str, ...]
    context: Context

    def show(self, exhibit_id: str) -> Shown:
        """The exhibit called ``exhibit_id``; raises SalesReviewError with the nearest id when there is none."""
        try:
            return Shown(self.review[exhibit_id], self.langs, self.review.currency)
        except KeyError:
            close = nearest(exhibit_id, self.ids)
            raise SalesReviewError(
                "no such exhibit",
                where=f"{self.review.variant} review",
                got=exhibit_id,
                advice=(f"did you mean {close}? " if close else "") + f"There are: {', '.join(self.ids)}",
            ) from None

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all exhibits, in order."""
        return tuple(exhibit.id for exhibit in self.review.exhibits)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, object]:
        payload = self._payload()
        lang = self.langs[0]
        heading = f"<h1>{escape(payload['title'][lang])}</h1><p>{escape(payload['headline'][lang])}</p>"
        styles = f"<style>{stylesheet(dark=False)}</style>"
        return {
            "text/html": styles + heading + payload["cards"][lang],
            "text/plain": repr(self),
            REVIEW_MIME: payload,
        }

    def __repr__(self) -> str:
        return f"<review {self.review.variant} {self.review.period}, {len(self.ids)} exhibits>"

    def _payload(self) -> dict:
        review = self.review
        cards = Cards(id="cover", title=Text("empty"), cards=review.cards)
        return {
            "variant": review.variant,
            "period": review.period,
            "as_of": review.as_of,
            "company": self.context.mart.meta.names,
            "currency": review.currency,
            "source": self.context.mart.meta.source,
            "digest": self.context.mart.meta.digest,
            "langs": list(self.langs),
            "period_name": {lang: catalogue.render(PeriodName(review.period), lang) for lang in self.langs},
            "title": {lang: catalogue.render(review.title, lang, review.currency) for lang in self.langs},
            "headline": {lang: catalogue.render(review.headline, lang, review.currency) for lang in self.langs},
            "cards": {lang: exhibit_html(cards, lang, review.currency) for lang in self.langs},
            "exhibits": list(self.ids),
            "figures": [as_record(figure, review) for figure in review.figures],
            "record": dump(review),
        }


def as_record(figure: Figure, review: Review) -> dict[str, object]:
    """The line of figures.jsonl for ``figure``; money bears its ISO currency code as unit.

    Raises SalesReviewError for NaN and infinity: what is not known is None.
    """
    return {
        "metric": figure.metric,
        "variant": review.variant,
        "dimension": figure.dimension,
        "member": figure.member,
        "period": figure.period,
        "comparison": figure.comparison,
        "value": _plain(figure, "value"),
        "unit": review.currency if figure.unit == "money" else figure.unit,
        "numerator": _plain(figure, "numerator"),
        "denominator": _plain(figure, "denominator"),
        "n": _plain(figure, "n"),
        "flags": list(figure.flags),
    }


def _plain(figure: Figure, part: str) -> float | int | None:
    number = getattr(figure, part)
    if number is None:
        return None
    if not isfinite(number):
        raise SalesReviewError(
            "a figure that is no number",
            where=str(figure.key),
            expected="a finite number or None",
            got=f"{part} {number}",
        )
    return number.item() if hasattr(number, "item") else number


def open_review(
    variant: str,
    *,
    period: str = "H1",
    year: int | None = None,
    as_of: str | date | None = None,
    source: str | None = None,
    mapping: str | None = None,
    lang: str = "zh",
    params: Mapping[str, object] | None = None,
    mart: str | Path | None = None,
) -> ShownReview:
    """Compute one review; charts that the notebook draws itself use the house's fonts from here on.

    ``period`` as in `periods.FORMS`; ``year`` defaults to the year of as_of, ``as_of`` (a date or its ISO text) to
    the last day with an order. ``params`` are settings by dotted key over those in the ``params`` folder. ``mart`` is
    a prepared mart; without it, ``source`` (default: the sample company) is prepared once and kept in the cache.

    Raises OptionError for an unknown variant, language or setting, PeriodError for a period without data.
    """
    if variant not in VARIANTS:
        raise OptionError("unknown review", expected=", ".join(VARIANTS), got=variant, advice=_hint(variant, VARIANTS))
    langs = languages(lang)
    fonts.use()
    chosen = prepare.settings_for(source, overrides=params)
    if mart is None:
        mart = prepare.cached(source, mapping, as_of=day(as_of), settings=chosen)
    inputs = context(Mart.open(mart), chosen, period, year)
    return ShownReview(build(variant, inputs), langs, inputs)


def context(store: Mart, settings: Settings, period: str, year: int | None) -> Context:
    """The review context for ``period`` as a person writes it; ``year`` None is the fiscal year of as_of.

    What the data's mapping says about fiscal year and holidays wins over the general settings.
    """
    meta = store.meta
    fiscal = meta.fiscal_start
    own = {"fiscal_year_start_month": fiscal, "holiday_country": meta.holiday_country}
    default = periods.containing("FY", meta.as_of, fiscal).year
    parsed = periods.parse(period, year=year or default, fiscal_start=fiscal)
    return Context(store, settings.model_copy(update=own), parsed)


def languages(text: str) -> tuple[str, ...]:
    """``zh``, ``en`` or both separated by a comma, the main one first."""
    chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not chosen or set(chosen) - set(LANGUAGES):
        raise OptionError("unknown language", where="lang", expected="zh, en or zh,en", got=text)
    return chosen


def day(value: str | date | None) -> date | None:
    """A date from its ISO text; raises OptionError for anything else."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise OptionError("not a date", where="as_of", expected="YYYY-MM-DD", got=value) from None


def _hint(name: str, valid: tuple[str, ...]) -> str | None:
    close = nearest(name, valid)
    return f"did you mean {close}?" if close else None
