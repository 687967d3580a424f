"""Headline figures as a grid of cards, each with what it is compared to."""

from html import escape

from ..record import Card, Figure
from ..registry import metrics
from . import formats
from .catalogue import render
from .entries import word

ARROWS = {"up": "▲", "down": "▼", "flat": "■"}


def card_grid(cards: tuple[Card, ...], lang: str, currency: str) -> str:
    """A list of cards: name, figure with unit, comparisons; each comparison has an arrow beside its colour."""
    return f'<dl class="card-grid">{"".join(_card(card, lang, currency) for card in cards)}</dl>'


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
    """better, worse or neutral: how the metric's direction sees a change, or whether a target was reached."""
    if figure.value is None:
        return "neutral"
    if figure.comparison == "target":
        return "better" if figure.value >= 1 else "worse"
    direction = metrics()[figure.metric].direction
    if direction == "neutral" or figure.value == 0:
        return "neutral"
    return "better" if (figure.value > 0) == (direction == "higher") else "worse"


def _comparison(figure: Figure, lang: str, currency: str) -> str:
    name = escape(word(f"comparison.{figure.comparison}", lang))
    style = "" if figure.comparison == "target" else "signed"
    text = escape(formats.figure(figure, lang, currency, style=style))
    if figure.value is None or figure.comparison == "target":
        return f"{name} {text}"
    arrow = ARROWS["flat" if figure.value == 0 else "up" if figure.value > 0 else "down"]
    return f'{name} <span class="arrow" aria-hidden="true">{arrow}</span> {text}'
