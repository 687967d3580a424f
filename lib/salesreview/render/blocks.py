"""Exhibits as rectangles of cells, before any format: what the workbook writes and the notes of a slide tell."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..record import Cards, Cell, Chart, Exhibit, Figure, Heading, Label, Panel, Point, Review, Series, Table, Text

COMPARISONS = ("target", "yoy", "seq")


@dataclass(frozen=True)
class Block:
    """``header`` has one label per column, None for one without a name; ``rows`` and ``total`` hold the record's
    cells. ``kind`` is table, chart or cards; ``notes`` are sentences for below."""

    id: str
    kind: str
    title: Text
    header: tuple[Label | None, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Placed:
    """An exhibit with the chapter and the section that it stands in (None before the first)."""

    exhibit: Exhibit
    chapter: Text | None
    section: Text | None


def placed(review: Review) -> Iterator[Placed]:
    """The exhibits of a review but its headings, in order; the parts of a panel stand in a section of its name."""
    chapter = section = None
    for exhibit in review.exhibits:
        if isinstance(exhibit, Panel):
            yield from (Placed(part, chapter, exhibit.title) for row in exhibit.rows for part in row)
        elif not isinstance(exhibit, Heading):
            yield Placed(exhibit, chapter, section)
        elif exhibit.level == 1:
            chapter, section = exhibit.title, None
        else:
            section = exhibit.title


def block(exhibit: Exhibit) -> Block | None:
    """The cells of an exhibit that holds figures in rows; None for prose, findings and what is absent."""
    make: Callable | None = {Table: _table, Chart: _chart, Cards: _cards}.get(type(exhibit))
    return make(exhibit) if make else None


def figures(cells: Sequence[Cell]) -> Iterator[Figure]:
    """The figures that stand in a row by themselves (not those within a text or a small line)."""
    return (cell for cell in cells if isinstance(cell, Figure))


def _table(table: Table) -> Block:
    notes = (*((table.reconciliation,) if table.reconciliation else ()), *table.notes)
    return Block(table.id, "table", table.title, table.header, table.rows, table.total, notes)


def _cards(cards: Cards) -> Block:
    shown = [
        name for name in COMPARISONS if any(f.comparison == name for card in cards.cards for f in card.comparisons)
    ]
    header = (Text("block.card"), Text("block.value"), *(Text(f"comparison.{name}") for name in shown))
    rows = tuple(
        (card.label, card.figure, *(_compared(card.comparisons, name) for name in shown)) for card in cards.cards
    )
    return Block(cards.id, "cards", cards.title, header, rows, notes=cards.notes)


def _compared(figures: Sequence[Figure], comparison: str) -> Figure | None:
    return next((figure for figure in figures if figure.comparison == comparison), None)


def _chart(chart: Chart) -> Block:
    notes = (*((chart.reconciliation,) if chart.reconciliation else ()), *chart.notes)
    header, rows = _points(chart) if chart.points else _series(chart)
    return Block(chart.id, "chart", chart.title, header, rows, notes=notes)


def _series(chart: Chart) -> tuple[tuple, tuple]:
    """One row a category, one column a series; the maps the other way round, as they are drawn."""
    if chart.form in ("heatmap", "cohort"):
        rows = tuple((series.label, *series.figures) for series in chart.series)
        return (chart.axes.get("y"), *chart.categories), rows
    name = chart.axes.get("x") if chart.form in ("bars", "stacked", "line", "waterfall", "slope") else None
    header = (name, *(_name(series, chart) for series in chart.series))
    rows = tuple(
        (category, *(series.figures[place] for series in chart.series))
        for place, category in enumerate(chart.categories)
    )
    return header, rows


def _name(series: Series, chart: Chart) -> Label:
    """A series' own label; the only series of a chart is called by what it measures."""
    first = next((figure for figure in series.figures if figure is not None), None)
    return Text(f"metric.{first.metric}") if len(chart.series) == 1 and first else series.label


def _points(chart: Chart) -> tuple[tuple, tuple]:
    parts = [name for name in ("x", "y", "low", "high", "size") if any(getattr(p, name) for p in chart.points)]
    grouped = any(point.group is not None for point in chart.points)
    header = (None, *([Text("block.group")] if grouped else []), *(_measure(chart, name) for name in parts))
    rows = tuple(
        (point.label, *([point.group] if grouped else []), *(getattr(point, name) for name in parts))
        for point in chart.points
    )
    return header, rows


def _measure(chart: Chart, part: str) -> Label:
    if part in ("low", "high"):
        return Text(f"block.{part}")
    return chart.axes.get(part) or Text(f"metric.{_first(chart.points, part).metric}")


def _first(points: Sequence[Point], part: str) -> Figure:
    return next(figure for figure in (getattr(point, part) for point in points) if figure is not None)
