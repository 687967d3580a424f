"""An exhibit as a fragment of HTML: semantic, escaped, complete without script, style or network."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from html import escape

from ..record import (
    Cards,
    Chart,
    Exhibit,
    Figure,
    Finding,
    Findings,
    Heading,
    NotEnough,
    NotProvided,
    Panel,
    Prose,
    Series,
    Table,
    Terms,
    Text,
    figures_in,
)
from ..registry import metrics
from . import formats
from .cards import card_grid
from .catalogue import joined, render
from .charts import draw
from .entries import entries, word
from .tables import lines, table_html

PIXELS_A_MM = 96 / 25.4
SOURCE = re.compile(r'<p class="source">.*?</p>')
KEPT_LINES = 10  # a table of no more lines is kept on one page


def html(exhibit: Exhibit, lang: str, currency: str) -> str:
    """``exhibit`` in one language as one element that carries its id.

    Chapters are h2, sections h3 and titles h4 (of findings, panels and terms h3), so that a page's own h1 stands
    above. All names from the data are escaped. Charts are SVG pictures as data URLs with the figures in the
    alternative text. Raises RenderError for a text that the catalogue lacks and for characters that no font has.
    """
    draw_body = BODIES[type(exhibit)]
    return draw_body(exhibit, lang, currency)


def _heading(exhibit: Heading, lang: str, currency: str) -> str:
    tag = f"h{exhibit.level + 1}"
    return f'<{tag} id="{escape(exhibit.id)}">{_words(exhibit.title, lang, currency)}</{tag}>'


def _prose(exhibit: Prose, lang: str, currency: str) -> str:
    sentences = [_words(sentence, lang, currency) for sentence in exhibit.sentences]
    if exhibit.listed:
        items = "".join(f"<li>{sentence}</li>" for sentence in sentences[1:])
        body = f'<p class="lead">{sentences[0]}</p>' + (f"<ul>{items}</ul>" if items else "")
    else:
        body = f"<p>{('' if lang == 'zh' else ' ').join(sentences)}</p>"
    return _section(exhibit, "prose", _title(exhibit, lang, currency) + body + _notes(exhibit, lang, currency))


def _cards(exhibit: Cards, lang: str, currency: str) -> str:
    grid = card_grid(exhibit.cards, lang, currency)
    return _section(exhibit, "cards", _title(exhibit, lang, currency) + grid + _foot(exhibit, lang, currency))


def _table(exhibit: Table, lang: str, currency: str) -> str:
    body = table_html(exhibit, _words(exhibit.title, lang, currency), lang, currency)
    kept = " short" if lines(exhibit, lang, currency) <= KEPT_LINES else ""
    return _section(exhibit, "table" + kept, body + _foot(exhibit, lang, currency))


def _findings(exhibit: Findings, lang: str, currency: str) -> str:
    items = "".join(_finding(finding, lang, currency) for finding in exhibit.findings)
    body = f'<ol class="finding-list">{items}</ol>'
    return _section(exhibit, "findings", _own_section(exhibit, lang, currency) + body + _foot(exhibit, lang, currency))


def _finding(finding: Finding, lang: str, currency: str) -> str:
    told = ("" if lang == "zh" else " ").join(_words(text, lang, currency) for text in finding.evidence)
    grade = escape(word(f"evidence.{finding.grade}", lang))
    stake = ""
    if finding.stake is not None:
        amount = escape(formats.figure(finding.stake, lang, currency, style="abs"))
        name = _words(Text(f"metric.{finding.stake.metric}"), lang, currency)
        stake = f'<p class="stake"><span>{name}</span> <strong>{amount}</strong></p>'
    kind = "favourable" if finding.favourable else "adverse"
    claim = _words(finding.claim, lang, currency)
    return f'<li class="{kind}"><p class="claim">{claim}</p>{stake}<p>{told}</p><p class="grade">{grade}</p></li>'


def _chart(exhibit: Chart, lang: str, currency: str) -> str:
    picture = draw(exhibit, lang, currency)
    data = b64encode(picture.svg.encode("utf-8")).decode("ascii")
    width, height = (round(side * PIXELS_A_MM) for side in (picture.width_mm, picture.height_mm))
    alt = escape(alternative(exhibit, lang, currency))
    image = f'<img src="data:image/svg+xml;base64,{data}" alt="{alt}" width="{width}" height="{height}">'
    figure = f"<figure><figcaption>{_words(exhibit.title, lang, currency)}</figcaption>{image}</figure>"
    return _section(exhibit, "chart", figure + _foot(exhibit, lang, currency))


def alternative(chart: Chart, lang: str, currency: str) -> str:
    """What a chart says in words, with the figures that matter, for those who cannot see it."""
    title = render(chart.title, lang, currency)
    told = render(chart.summary, lang, currency) if chart.summary else title
    return told if told.startswith(title) else word("exhibit.chart_alt", lang, title=title, values=told)


def _terms(exhibit: Terms, lang: str, currency: str) -> str:
    items = "".join(
        f"<div><dt>{_words(name, lang, currency)}</dt><dd>{_words(meaning, lang, currency)}</dd></div>"
        for name, meaning in exhibit.terms
    )
    body = f'<dl class="term-list">{items}</dl>' + _notes(exhibit, lang, currency)
    return _section(exhibit, "terms", _own_section(exhibit, lang, currency) + body)


def _panel(exhibit: Panel, lang: str, currency: str) -> str:
    def part(one: Exhibit) -> str:
        return SOURCE.sub("", html(one, lang, currency))

    rows = "".join(
        f'<div class="panel-row of-{len(row)}">{"".join(part(one) for one in row)}</div>' for row in exhibit.rows
    )
    foot = _notes(exhibit, lang, currency) + _source(figures_in(exhibit), lang)
    return _section(exhibit, "panel", _own_section(exhibit, lang, currency) + rows + foot)


def _not_provided(exhibit: NotProvided, lang: str, currency: str) -> str:
    shows = word("not_provided.shows", lang, title=render(exhibit.title, lang, currency))
    needs = word("not_provided.fields", lang, fields=joined([field(name, lang) for name in exhibit.missing], lang))
    return _box(exhibit, word("not_provided.title", lang), shows, needs)


def _not_enough(exhibit: NotEnough, lang: str, currency: str) -> str:
    reason = render(exhibit.reason, lang, currency) if exhibit.reason else word("not_enough.reason", lang)
    shows = word("not_provided.shows", lang, title=render(exhibit.title, lang, currency))
    return _box(exhibit, word("not_enough.title", lang), shows, reason)


BODIES: dict[type[Exhibit], Callable[..., str]] = {
    Heading: _heading,
    Prose: _prose,
    Cards: _cards,
    Table: _table,
    Chart: _chart,
    Findings: _findings,
    Terms: _terms,
    Panel: _panel,
    NotProvided: _not_provided,
    NotEnough: _not_enough,
}


def field(name: str, lang: str) -> str:
    """A missing table or table.column in words, with its code."""
    table = entries(lang).get(f"table.{name.partition('.')[0]}")
    return word("not_provided.table", lang, name=table, code=name) if table else name


def _box(exhibit: Exhibit, title: str, *lines: str) -> str:
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return _section(exhibit, "absent", f'<p class="absent-title">{escape(title)}</p>{body}')


def _section(exhibit: Exhibit, kind: str, body: str) -> str:
    return f'<section class="exhibit {kind}" id="{escape(exhibit.id)}">{body}</section>'


def _title(exhibit: Exhibit, lang: str, currency: str) -> str:
    text = _words(exhibit.title, lang, currency)
    return f"<h4>{text}</h4>" if text else ""


def _own_section(exhibit: Exhibit, lang: str, currency: str) -> str:
    """The title of an exhibit that stands right in a chapter, with no section heading above."""
    return f"<h3>{_words(exhibit.title, lang, currency)}</h3>"


def _foot(exhibit: Exhibit, lang: str, currency: str) -> str:
    """Reconciliation, what the flags mean, notes, and where the figures come from."""
    lines = []
    reconciliation = getattr(exhibit, "reconciliation", None)
    if reconciliation is not None:
        lines.append(f'<p class="reconciliation">{_words(reconciliation, lang, currency)}</p>')
    lines += [f'<p class="note">{escape(text)}</p>' for text in remarks(exhibit, lang)]
    source = _source(figures_in(exhibit), lang)
    return "".join(lines) + _notes(exhibit, lang, currency) + source


def remarks(exhibit: Exhibit, lang: str) -> tuple[str, ...]:
    """What the flags of an exhibit's figures and its gaps mean; a table tells its flags itself."""
    told = []
    if not isinstance(exhibit, Table):
        flags = dict.fromkeys(flag for figure in figures_in(exhibit) for flag in figure.flags)
        told = [formats.sentence(formats.note(flag, lang)) for flag in flags if flag not in ("no_base", "no_target")]
    return tuple(dict.fromkeys((*told, *(word(key, lang) for key in _gaps(exhibit, lang)))))


def _gaps(exhibit: Exhibit, lang: str) -> tuple[str, ...]:
    """The key of the sentence that explains dashes or broken lines, where there are any.

    A trend that has no ends, the rate of a funnel's first stage and the cells of a cohort that time has not reached
    are no gaps.
    """
    if isinstance(exhibit, Chart):
        told = [series for series in exhibit.series if series.role != "trend" and exhibit.form != "cohort"]
        holes = any(_holes(series, exhibit.form) for series in told)
        absent = any(figure.value is None for figure in figures_in(exhibit.points))
        return (
            (("exhibit.gap" if exhibit.form in ("line", "curve") else "exhibit.no_value"),) if holes or absent else ()
        )
    if isinstance(exhibit, Table):
        dashes = [f for f in figures_in(exhibit.rows) if f.value is None and formats.absent(f, lang) == formats.NOTHING]
        return ("exhibit.no_value",) if dashes else ()
    return ()


def _holes(series: Series, form: str) -> bool:
    figures = series.figures[1:] if form == "funnel" and series.role == "rate" else series.figures
    return any(figure is None or figure.value is None for figure in figures)


def _notes(exhibit: Exhibit, lang: str, currency: str) -> str:
    return "".join(f'<p class="note">{_words(note, lang, currency)}</p>' for note in exhibit.notes)


def _source(figures: Iterable[Figure], lang: str) -> str:
    told = source(figures, lang)
    return f'<p class="source">{escape(told)}</p>' if told else ""


def source(figures: Iterable[Figure], lang: str) -> str:
    """The tables that figures come from, as one line; "" where none has a name."""
    known, words = metrics(), entries(lang)
    tables = dict.fromkeys(table for figure in figures for table in known[figure.metric].tables)
    names = [words[f"table.{table}"] for table in tables if f"table.{table}" in words]
    return word("exhibit.source", lang, tables=joined(names, lang)) if names else ""


def _words(text: Text, lang: str, currency: str) -> str:
    return escape(render(text, lang, currency))
