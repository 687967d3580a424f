"""Headline figures as a grid of cards, each with what it is compared to."""

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


def _comparison(figure: Figure, lang: str, currency: str) -> str:
    name = escape(word(f"comparison.{figure.comparison}", lang))
    style = "" if figure.comparison == "target" else "signed"
    text = escape(formats.figure(figure, lang, currency, style=style)) + _verdict(figure, lang)
    if figure.value is None or figure.comparison == "target":
        return f"{name} {text}"
    arrow = ARROWS["flat" if figure.value == 0 else "up" if figure.value > 0 else "down"]
    return f'{name} <span class="arrow" aria-hidden="true">{arrow}</span> {text}'


def _verdict(figure: Figure, lang: str) -> str:
    judged = judgement(figure)
    if judged == "neutral":
        return ""
    against_target = {"better": "met", "worse": "missed"}
    verdict = word(f"verdict.{against_target[judged] if figure.comparison == 'target' else judged}", lang)
    return f' <span class="verdict">{escape(verdict)}</span>'
