"""Headline figures as a grid of cards, each with what it is compared to."""

from dataclasses import dataclass
from html import escape

from ..record import Card, Figure
from ..registry import metrics
from . import formats
from .catalogue import render
from .entries import word

ARROWS = {"up": "▲", "down": "▼", "flat": "■"}


def card_grid(cards: tuple[Card, ...], lang: str, currency: str) -> str:
    """A list of cards: name, figure with unit, comparisons; a judgement is told by word and arrow, not only by colour.

    The class ``of-n`` says in how many columns paper shows them, so that no row holds a single card.
    """
    columns = next((n for n in (3, 4, 2) if len(cards) % n == 0), 3) if len(cards) > 1 else 2
    return f'<dl class="card-grid of-{columns}">{"".join(_card(card, lang, currency) for card in cards)}</dl>'


def _card(card: Card, lang: str, currency: str) -> str:
    value = escape(formats.figure(card.figure, lang, currency))
    weak = " weak" if "small_n" in card.figure.flags else ""
    changes = "".join(
        f'<dd class="card-change {judgement(figure)}">{_comparison(figure, lang, currency)}</dd>'
        for figure in card.comparisons
    )
    name = escape(render(card.label, lang, currency))
    return f'<div class="card{weak}"><dt>{name}</dt><dd class="card-value">{value}</dd>{changes}</div>'


def judgement(figure: Figure) -> str:
    """better, worse or neutral: how the metric's direction sees a change, or whether a target was reached.

    Neutral where a partial period is held against a target, since it may still be met, and where chance explains the
    change.
    """
    direction = metrics()[figure.metric].direction
    against_target = figure.comparison == "target"
    if figure.value is None or direction == "neutral" or "within_chance" in figure.flags:
        return "neutral"
    if against_target and "partial" in figure.flags:
        return "neutral"
    lead = figure.value - 1 if against_target else figure.value
    if lead == 0:
        return "better" if against_target else "neutral"
    return "better" if (lead > 0) == (direction == "higher") else "worse"


@dataclass(frozen=True)
class Compared:
    """A comparison in words: its name, the arrow (empty for a target or no value), the value, what it means."""

    name: str
    arrow: str
    shown: str
    verdict: str


def compared(figure: Figure, lang: str, currency: str) -> Compared:
    """How a card tells ``figure``, which compares its own; the verdict is empty where there is none to give."""
    target = figure.comparison == "target"
    shown = formats.figure(figure, lang, currency, style="" if target else "signed")
    way = "flat" if figure.value == 0 else "up" if (figure.value or 0) > 0 else "down"
    arrow = "" if target or figure.value is None else ARROWS[way]
    judged = judgement(figure)
    told = {"better": "met", "worse": "missed"}.get(judged, judged) if target else judged
    verdict = "" if judged == "neutral" else word(f"verdict.{told}", lang)
    return Compared(word(f"comparison.{figure.comparison}", lang), arrow, shown, verdict)


def _comparison(figure: Figure, lang: str, currency: str) -> str:
    told = compared(figure, lang, currency)
    arrow = f'<span class="arrow" aria-hidden="true">{told.arrow}</span> ' if told.arrow else ""
    verdict = f' <span class="verdict">{escape(told.verdict)}</span>' if told.verdict else ""
    return f"{escape(told.name)} {arrow}{escape(told.shown)}{verdict}"
