"""Which charts and tables of a review become slides.

Charts: the first of each chapter; while there are fewer than six, those of which most figures are named by the
verdict, the cards or the findings. Tables: of three to ten rows and eight columns, the two of which most figures are
named. Earlier ones go first where figures are equal, and all stand in the order of the pages.
"""

from collections.abc import Callable, Iterable

from ...record import Chart, Exhibit, Findings, Heading, Review, Table, figures_in

CHARTS, TABLES = 6, 2
LEAST_ROWS, MOST_ROWS, MOST_COLUMNS = 3, 10, 8
EXECUTIVE = ("executive_findings", "executive_decisions")


def key_exhibits(review: Review) -> tuple[Exhibit, ...]:
    """The charts and tables that get a slide, in the order of the pages."""
    told = _told(review)
    first = _first_charts(review)
    charts = first + _ranked((one for one in _charts(review) if one not in first), told)
    tables = _ranked((one for one in review.exhibits if _small(one)), told)
    chosen = {one.id for one in (*charts[:CHARTS], *tables[:TABLES])}
    return tuple(one for one in review.exhibits if one.id in chosen)


def _told(review: Review) -> Callable[[Exhibit], int]:
    findings = [one for one in review.exhibits if isinstance(one, Findings)]
    keys = {figure.key for figure in figures_in((review.headline, review.cards, findings))}
    return lambda exhibit: len({figure.key for figure in figures_in(exhibit)} & keys)


def _charts(review: Review) -> list[Chart]:
    return [one for one in review.exhibits if isinstance(one, Chart) and _has_values(one)]


def _first_charts(review: Review) -> list[Chart]:
    first, waiting = [], False
    for exhibit in review.exhibits:
        if isinstance(exhibit, Heading) and exhibit.level == 1:
            waiting = True
        elif waiting and isinstance(exhibit, Chart) and _has_values(exhibit):
            first.append(exhibit)
            waiting = False
    return first


def _has_values(exhibit: Exhibit) -> bool:
    return any(figure.value is not None for figure in figures_in(exhibit))


def _small(exhibit: Exhibit) -> bool:
    return (
        isinstance(exhibit, Table)
        and exhibit.id not in EXECUTIVE
        and LEAST_ROWS <= len(exhibit.rows) <= MOST_ROWS
        and len(exhibit.header) <= MOST_COLUMNS
    )


def _ranked(exhibits: Iterable[Exhibit], told: Callable[[Exhibit], int]) -> list[Exhibit]:
    """Those with any named figure, most first; the sort keeps the order of the pages between equals."""
    counted = [(told(exhibit), exhibit) for exhibit in exhibits]
    return [exhibit for count, exhibit in sorted(counted, key=lambda pair: -pair[0]) if count]
