"""The sheets about all reviews: every figure, findings, definitions, what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...exhibits import formats
from ...exhibits.catalogue import joined, member, render
from ...exhibits.entries import entries, word
from ...exhibits.html import field
from ...record import Figure, Findings, NotEnough, NotProvided, Review, figures_in
from ...registry import metrics
from ..blocks import placed
from .book import Book
from .numbers import unit_name


@dataclass
class List:
    """A sheet with one table: names, widths, rows of strings, numbers (with a format) and dates."""

    book: Book
    title: str
    columns: Sequence[tuple[str, int]]
    name: str
    top: int = 0

    def __post_init__(self):
        self.sheet = self.book.sheet(self.title)
        for place, (_, width) in enumerate(self.columns):
            self.sheet.set_column(place, place, width)
        self.sheet.freeze_panes(self.top + 1, 1)
        self.sheet.repeat_rows(self.top)

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        self.book.filtered(self.sheet, self.top, [name for name, _ in self.columns], len(rows), self.name)
        for place, row in enumerate(rows, self.top + 1):
            for column, value in enumerate(row):
                self._put(place, column, value)

    def _put(self, row: int, column: int, value: object) -> None:
        if isinstance(value, Figure):
            self.book.cell(self.sheet, row, column, value, alone=True)
        elif isinstance(value, int | float):
            self.book.number(self.sheet, row, column, value)
        elif value:
            self.book.text(self.sheet, row, column, str(value))


def columns(lang: str, **widths: int) -> list[tuple[str, int]]:
    """Names and widths of a list's columns by the key of their entry."""
    return [(word(f"workbook.col_{key}", lang), width) for key, width in widths.items()]


def title_of(review: Review, lang: str) -> str:
    return render(review.title, lang, review.currency)


def figures_sheet(book: Book, reviews: Iterable[Review]) -> None:
    """Each figure of each review once, where it first stands: the rows of figures.jsonl with names beside the ids."""
    lang = book.lang
    widths = dict(review=22, chapter=22, exhibit=44, metric=26, metric_id=22, dimension=18, member=24, period=18,
                  comparison=12, value=18, unit=10, numerator=16, denominator=16, n=10, flags=36)  # fmt: skip
    made = List(book, word("workbook.figures", lang), columns(lang, **widths), "figures")
    made.write([row for review in reviews for row in _figure_rows(book, review)])


def _figure_rows(book: Book, review: Review) -> Iterable[tuple]:
    lang, seen = book.lang, set()
    cover = word("workbook.cover", lang)
    parts = [(cover, "", (review.headline, review.cards))]
    parts += [_place(one, lang, review.currency) for one in placed(review)]
    parts += [("", "", review.exhibits)]  # headings and panels, whose titles may tell figures
    for shown, chapter, held in parts:
        for figure in figures_in(held):
            if figure.key not in seen:
                seen.add(figure.key)
                yield (title_of(review, lang), chapter, shown, *_figure_row(figure, lang, review.currency))


def _place(one, lang: str, currency: str) -> tuple[str, str, object]:
    title = render(one.exhibit.title, lang, currency) or (render(one.section, lang, currency) if one.section else "")
    return title or one.exhibit.id, render(one.chapter, lang, currency) if one.chapter else "", one.exhibit


def _figure_row(figure: Figure, lang: str, currency: str) -> tuple:
    return (
        word(f"metric.{figure.metric}", lang),
        figure.metric,
        figure.dimension or "",
        member(figure.member, lang) if figure.member is not None else "",
        figure.period,
        word(f"comparison.{figure.comparison}", lang) if figure.comparison else "",
        figure if figure.value is not None else None,
        currency if figure.unit == "money" else figure.unit,
        figure.numerator,
        figure.denominator,
        figure.n,
        word("workbook.remark_join", lang).join(formats.note(flag, lang) for flag in figure.flags),
    )


def findings_sheet(book: Book, reviews: Iterable[Review]) -> None:
    """All findings of all reviews in their order, with the money at stake."""
    lang = book.lang
    widths = dict(review=22, side=12, claim=48, stake_name=26, stake=18, evidence=70, grade=22, code=18, member=18)
    made = List(book, word("workbook.findings", lang), columns(lang, **widths), "findings")
    rows = []
    for review in reviews:
        for exhibit in review.exhibits:
            for one in exhibit.findings if isinstance(exhibit, Findings) else ():
                told = ("" if lang == "zh" else " ").join(render(text, lang, review.currency) for text in one.evidence)
                rows.append((
                    title_of(review, lang), word(f"workbook.side_{'good' if one.favourable else 'bad'}", lang),
                    render(one.claim, lang, review.currency), one.stake and word(f"metric.{one.stake.metric}", lang),
                    one.stake, told, word(f"evidence.{one.grade}", lang), one.code,
                    one.member and member(one.member, lang),
                ))  # fmt: skip
    made.write(rows)


def definitions_sheet(book: Book, reviews: Sequence[Review]) -> None:
    """The metrics that the reviews show, in the registry's order: names, unit, formula, data, where they are used."""
    lang, known = book.lang, metrics()
    widths = dict(metric=28, metric_zh=28, metric_en=34, metric_id=24, unit=14, direction=12, parts=18, formula=70,
                  tables=30, used=40)  # fmt: skip
    widths.pop("metric_zh" if lang == "zh" else "metric_en")
    used: dict[str, list[str]] = {}
    for review in reviews:
        for name in dict.fromkeys(figure.metric for figure in review.figures):
            used.setdefault(name, []).append(title_of(review, lang))
    rows = [_definition(known[name], used[name], lang, book.currency) for name in known if name in used]
    List(book, word("workbook.definitions", lang), columns(lang, **widths), "definitions").write(rows)


def _definition(found, used: Sequence[str], lang: str, currency: str) -> tuple:
    unit = unit_name(found.unit, lang, currency) or word(f"workbook.unit_{found.unit}", lang)
    tables = [entries(lang).get(f"table.{table}", table) for table in found.tables]
    own, other = (found.zh, found.en) if lang == "zh" else (found.en, found.zh)
    return (
        own,
        other,
        found.id,
        unit,
        word(f"workbook.direction_{found.direction}", lang),
        word(f"workbook.parts_{found.aggregation}", lang),
        found.formula_zh if lang == "zh" else found.formula_en,
        joined(tables, lang) if tables else "",
        word("workbook.remark_join", lang).join(used),
    )


def missing_sheet(book: Book, reviews: Iterable[Review]) -> None:
    """What the pages say was not provided or rests on too few records."""
    lang = book.lang
    widths = dict(review=26, chapter=26, exhibit=44, kind=16, needed=80)
    made = List(book, word("workbook.missing", lang), columns(lang, **widths), "missing")
    rows = []
    for review in reviews:
        for one in placed(review):
            exhibit = one.exhibit
            if isinstance(exhibit, NotProvided):
                told = "not_provided.title", joined([field(name, lang) for name in exhibit.missing], lang)
            elif isinstance(exhibit, NotEnough):
                reason = render(exhibit.reason, lang, review.currency) if exhibit.reason else ""
                told = "not_enough.title", reason or word("not_enough.reason", lang)
            else:
                continue
            shown, chapter, _ = _place(one, lang, review.currency)
            rows.append((title_of(review, lang), chapter, shown, word(told[0], lang), told[1]))
    made.write(rows)
    if not rows:
        book.text(made.sheet, 1, 0, word("workbook.nothing_missing", lang))
