"""What a review shows, before anything is drawn: figures, texts and exhibits, all frozen and free of language.

A `Figure` is one number with its identity. Exhibits hold figures, never bare numbers, so that whatever appears on a
page stands in ``figures.jsonl`` too. `Text` names a catalogue entry and what to put into it; the exhibits package
turns both into Chinese or English.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from math import isclose

from .errors import SalesReviewError

CLOSE = 1e-9
UNCLASSIFIED = "未分类"
"""The member that takes what has no value in a dimension, so that parts always add up (convention X-UNK)."""


@dataclass(frozen=True)
class Figure:
    """One number shown.

    ``metric`` is a key of the metric registry. ``member`` belongs to ``dimension`` (both None for the total);
    two dimensions are joined by ``×`` and their members by `` | ``. ``comparison`` is None for the value itself,
    ``yoy`` or ``seq`` for its change (relative for amounts, a difference for ratios), ``target`` for actual / target.
    ``value`` is None where the denominator is zero or nothing is known; ratios are 0-1, never x100. ``unit`` is
    ``money``, ``ratio``, ``pp`` (a difference of ratios), ``count``, ``days``, ``months``, ``hours``, ``score``,
    ``index``, ``times`` or ``fte``. ``n`` is the number of records behind it. ``flags`` are short words such as
    ``partial``, ``small_n``, ``no_target``, ``derived_target``, ``no_base``, ``coverage=0.83``.
    """

    metric: str
    value: float | None
    unit: str
    period: str
    dimension: str | None = None
    member: str | None = None
    comparison: str | None = None
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None
    flags: tuple[str, ...] = ()

    @property
    def key(self) -> tuple:
        return self.metric, self.dimension, self.member, self.period, self.comparison


@dataclass(frozen=True)
class Text:
    """A catalogue entry and its values: figures, names from the data, periods, dates, other texts, or tuples of these
    (printed as a list in the language's way)."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class PeriodName:
    """A period code shown in words (2026-H1 as 2026年上半年 or H1 2026); ``short`` leaves the year out."""

    code: str
    short: bool = False


Label = Text | PeriodName | str
"""A text from the catalogue, a period, or a name from the data (shown as it is, escaped)."""


@dataclass(frozen=True)
class Spark:
    """A table cell with a small line through figures in order of time, None where there is none."""

    figures: tuple[Figure | None, ...]


@dataclass(frozen=True)
class Light:
    """A table cell that judges: ``green``, ``yellow``, ``red``, or ``unknown`` where nothing can be said."""

    state: str


Cell = Figure | Text | PeriodName | Spark | Light | date | str | None


@dataclass(frozen=True)
class Exhibit:
    """Common to all that a notebook cell can show. ``requirements`` are catalogue ids such as ``D-01``."""

    id: str
    title: Text
    requirements: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Heading(Exhibit):
    """Opens a chapter (level 1) or section (level 2)."""

    level: int = 2


@dataclass(frozen=True)
class Prose(Exhibit):
    """Sentences in reading order; each ``Text`` is a full sentence. ``title`` may be an empty text for no heading.

    ``listed`` prints the first as a lead and the others as a list.
    """

    sentences: tuple[Text, ...] = ()
    listed: bool = False


@dataclass(frozen=True)
class Card:
    """A headline figure with what it is compared to."""

    label: Label
    figure: Figure
    comparisons: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Cards(Exhibit):
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Table(Exhibit):
    """``header`` has one label per column, ``rows`` one tuple of cells per row (the first cell names the row)."""

    header: tuple[Label, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    total: tuple[Cell, ...] | None = None
    reconciliation: Text | None = None


@dataclass(frozen=True)
class Series:
    """Figures in category order, None where there is none. ``role`` (actual, prior, target, …) decides the colour."""

    label: Label
    figures: tuple[Figure | None, ...]
    role: str = "actual"


@dataclass(frozen=True)
class Point:
    """One mark of a scatter, dot or interval chart."""

    label: Label
    x: Figure
    y: Figure | None = None
    size: Figure | None = None
    low: Figure | None = None
    high: Figure | None = None
    group: Label | None = None


@dataclass(frozen=True)
class Chart(Exhibit):
    """A picture of figures that the record already holds.

    ``form`` names a drawing function of ``exhibits.charts``; ``categories`` label the positions of each series.
    ``summary`` is the alternative text, with the figures that matter. ``colours`` gives members the place in the
    palette that they have in every chart of the review.
    """

    form: str = "bars"
    categories: tuple[Label, ...] = ()
    series: tuple[Series, ...] = ()
    points: tuple[Point, ...] = ()
    axes: Mapping[str, Label] = field(default_factory=dict)
    marks: Mapping[str, object] = field(default_factory=dict)
    colours: Mapping[str, int] = field(default_factory=dict)
    summary: Text | None = None
    reconciliation: Text | None = None


@dataclass(frozen=True)
class Terms(Exhibit):
    """Words and what they mean, set small: the appendix."""

    terms: tuple[tuple[Text, Text], ...] = ()


@dataclass(frozen=True)
class NotProvided(Exhibit):
    """Stands where a figure would be when its data is absent (convention X-NODATA); ``missing`` lists table.column."""

    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotEnough(Exhibit):
    """Stands where a figure would be when there are too few records for a claim (convention X-SMALL)."""

    reason: Text | None = None


@dataclass(frozen=True)
class Panel(Exhibit):
    """Exhibits about one thing that fill a printed page of their own: ``rows`` from the top, the parts of a row side by
    side. The parts' sources are told once, at its foot."""

    rows: tuple[tuple[Exhibit, ...], ...] = ()


@dataclass(frozen=True)
class Finding:
    """Something notable: a claim with its evidence and the money at stake.

    ``code`` is that of the playbook (requirements 14), such as ``F-CAC-HIGH`` or ``F-SUCCESS-LAUNCH``; ``topic`` is
    shared by findings that tell the same gap, of which only the largest is told. ``claim`` is one sentence without a
    full stop, ``evidence`` full sentences: against what, how many records, what is not known. ``grade`` is the class
    of evidence, EV1 … EV7. ``stake`` is the money involved, None where none can be named; ``member`` the region,
    product or department that the finding is about.
    """

    code: str
    topic: str
    favourable: bool
    claim: Text
    evidence: tuple[Text, ...]
    grade: str
    stake: Figure | None = None
    member: str | None = None
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Findings(Exhibit):
    """Findings in order of rank, each as a card."""

    findings: tuple[Finding, ...] = ()


def figures_in(thing: object) -> Iterator[Figure]:
    """Every figure held by an exhibit, text, tuple or mapping, depth first, in order."""
    if isinstance(thing, Figure):
        yield thing
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from figures_in(value)
    elif isinstance(thing, tuple | list):
        for value in thing:
            yield from figures_in(value)
    elif hasattr(thing, "__dataclass_fields__"):
        for part in fields(thing):
            yield from figures_in(getattr(thing, part.name))


@dataclass(frozen=True)
class Review:
    """All that one variant shows. ``headline`` is the verdict in one sentence; ``cards`` go on the cover."""

    variant: str
    title: Text
    headline: Text
    cards: tuple[Card, ...]
    exhibits: tuple[Exhibit, ...]
    period: str
    as_of: str
    company: str
    currency: str

    def __post_init__(self):
        seen: set[str] = set()
        for exhibit in self.exhibits:
            if exhibit.id in seen:
                raise SalesReviewError("two exhibits share an id", where=self.variant, got=exhibit.id)
            seen.add(exhibit.id)

    def __getitem__(self, exhibit_id: str) -> Exhibit:
        for exhibit in self.exhibits:
            if exhibit.id == exhibit_id:
                return exhibit
        raise KeyError(exhibit_id)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Each figure once, in order of first appearance; two values under one key are an error."""
        return unique(figures_in((self.headline, self.cards, self.exhibits)))


def unique(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Figures without repeats.

    Raises SalesReviewError when the same metric, dimension, member, period and comparison appears with two values.
    """
    kept: dict[tuple, Figure] = {}
    for figure in figures:
        first = kept.setdefault(figure.key, figure)
        if not same(first.value, figure.value) or first.unit != figure.unit:
            raise SalesReviewError(
                "one figure has two values", where=str(figure.key), expected=str(first.value), got=figure.value
            )
    return tuple(kept.values())


def same(one: float | None, other: float | None) -> bool:
    """Whether two values are one: sums of the same rows in another order differ in the last bits only."""
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
