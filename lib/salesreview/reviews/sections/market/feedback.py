"""What customers praise and what they criticise, by coded theme, and what to mend first (requirements M-21, M-22)."""

import pandas as pd

from ....metrics.growth import ratio
from ....metrics.satisfaction import impact, satisfaction, score_difference
from ....queries.satisfaction import survey_answers
from ....record import Chart, Exhibit, Figure, Heading, NotEnough, Point, Prose, Series, Text
from ...context import Context
from ..finding import few
from . import complaints
from .boxes import absent, together, too_few

KINDS = ("NPS", "CSAT")
GOOD, BAD = "正面", "负面"
FIELDS = ("surveys.theme", "surveys.score", "surveys.scale_max")
BOXES = {
    "feedback_text": ("M-21", "M-22"),
    "feedback_balance": ("M-21", "M-22"),
    "feedback_priority": ("M-22",),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, praise against criticism, priority matrix, complaints."""
    heading, title = Heading(id="feedback_heading", title=Text("feedback.heading")), Text("feedback.heading")
    fields = ctx.mart.missing(*FIELDS)
    if fields:
        return heading, *together(title, (*absent(BOXES, title, fields), complaints.table(ctx)))
    answers = _answers(ctx)
    facts = Voice(ctx, answers)
    if len(facts.coded) < ctx.settings.minimum_n.rate:
        reason = Text("feedback.few", {"n": str(len(facts.coded))})
        return heading, *too_few(BOXES, title, reason), complaints.table(ctx)
    return (
        heading,
        facts.prose(),
        facts.balance(),
        facts.priority(),
        complaints.table(ctx),
    )


def _answers(ctx: Context) -> pd.DataFrame:
    frames = [survey_answers(ctx.mart, kind, ctx.current.window) for kind in KINDS]
    found = pd.concat(frames, ignore_index=True)
    return found.assign(index_score=100 * (found["score"] - found["low"]) / (found["high"] - found["low"]))


def _triples(rows: pd.DataFrame) -> list[tuple[float, float, float]]:
    return list(rows[["score", "low", "high"]].itertuples(index=False, name=None))


class Voice:
    """Answers with their themes and the figures of each theme."""

    def __init__(self, ctx: Context, answers: pd.DataFrame):
        self.ctx, self.answers = ctx, answers
        self.coded = answers[answers["theme"].notna() & (answers["theme"].astype(str).str.strip() != "")]
        by_size = self.coded["theme"].value_counts()
        self.themes = sorted(by_size.index, key=lambda theme: (-by_size[theme], theme))

    def rows(self, theme: str | None) -> pd.DataFrame:
        return self.coded if theme is None else self.coded[self.coded["theme"] == theme]

    def _where(self, theme: str | None) -> dict:
        return {} if theme is None else {"dimension": "theme", "member": theme}

    def share(self, theme: str) -> Figure:
        n, whole = len(self.rows(theme)), len(self.coded)
        counts = {"numerator": n, "denominator": whole, "n": whole, "flags": few(self.ctx, whole)}
        return self.ctx.figure("theme_share", n / whole, self.ctx.current, **counts, **self._where(theme))

    def score(self, theme: str | None) -> Figure:
        rows = self.rows(theme)
        found = satisfaction(_triples(rows))
        flags = ("small_n",) if found.n < self.ctx.settings.minimum_n.mean else ()
        return self.ctx.figure(
            "theme_score", found.index, self.ctx.current, n=found.n, flags=flags, **self._where(theme)
        )

    def said(self, theme: str | None, sentiment: str) -> Figure:
        """Share of all coded answers that praise (or criticise) the theme; criticism is a negative number."""
        n, whole = int((self.rows(theme)["sentiment"] == sentiment).sum()), len(self.coded)
        name, sign = ("theme_praise", 1) if sentiment == GOOD else ("theme_criticism", -1)
        counts = {"numerator": sign * n, "denominator": whole, "n": whole}
        return self.ctx.figure(name, sign * n / whole, self.ctx.current, **counts, **self._where(theme))

    def blame(self, theme: str | None) -> Figure:
        """Share of all coded answers that criticise the theme."""
        n, whole = int((self.rows(theme)["sentiment"] == BAD).sum()), len(self.coded)
        counts = {"numerator": n, "denominator": whole, "n": whole}
        return self.ctx.figure("theme_blame", n / whole, self.ctx.current, **counts, **self._where(theme))

    def impact(self, theme: str) -> Figure:
        value = impact(len(self.rows(theme)), len(self.coded), self.score(theme).value, self.score(None).value)
        n = len(self.rows(theme))
        return self.ctx.figure("theme_impact", value, self.ctx.current, n=n, **self._where(theme))

    def coverage(self) -> Figure:
        n, whole = len(self.coded), len(self.answers)
        counts = {"numerator": n, "denominator": whole, "n": whole}
        return self.ctx.figure("theme_coverage", ratio(n, whole), self.ctx.current, **counts)

    def first(self) -> str | None:
        """The theme to mend first: the largest impact among themes with mentions enough; None where all are zero."""
        enough = [t for t in self.themes if len(self.rows(t)) >= self.ctx.settings.minimum_n.mean]
        best = max(enough, key=lambda theme: (self.impact(theme).value, theme), default=None)
        return best if best is not None and self.impact(best).value > 0 else None

    def sure(self, theme: str) -> bool:
        """Whether answers on ``theme`` score lower than all others beyond chance."""
        inside = self.coded["theme"] == theme
        parts = [satisfaction(_triples(self.coded[chosen])) for chosen in (inside, ~inside)]
        gap = score_difference(parts[0].index, parts[0].error, parts[1].index, parts[1].error)
        return gap is not None and gap.high < 0

    def balance(self) -> Chart:
        best = max(self.themes, key=lambda theme: (self.said(theme, GOOD).value, theme))
        worst = min(self.themes, key=lambda theme: (self.said(theme, BAD).value, theme))
        values = {"best": best, "praise": self.said(best, GOOD), "worst": worst, "blame": self.said(worst, BAD)}
        bad = int((self.coded["sentiment"] == BAD).sum())
        case = "title" if bad >= self.ctx.settings.minimum_n.rate else "few" if bad else "good"
        if case != "title":
            values = {"best": best, "praise": values["praise"]} | ({"n": str(bad)} if bad else {})
        return Chart(
            id="feedback_balance",
            title=Text(f"feedback.balance_{case}", values),
            requirements=BOXES["feedback_balance"],
            form="barh",
            categories=tuple(self.themes),
            series=(
                Series(Text("metric.theme_praise"), tuple(self.said(theme, GOOD) for theme in self.themes)),
                Series(Text("metric.theme_criticism"), tuple(self.said(theme, BAD) for theme in self.themes), "prior"),
            ),
            axes={"x": Text("feedback.axis_share")},
            summary=Text("feedback.balance_alt", {"themes": tuple(self._told(theme) for theme in self.themes)}),
            notes=(Text("feedback.note_balance"), Text("feedback.note_quotes")),
        )

    def _told(self, theme: str) -> Text:
        values = {"theme": theme, "praise": self.said(theme, GOOD), "blame": self.said(theme, BAD)}
        return Text("feedback.told", values)

    def priority(self) -> Exhibit:
        box = {"id": "feedback_priority", "requirements": BOXES["feedback_priority"]}
        shown = [t for t in self.themes if len(self.rows(t)) >= self.ctx.settings.minimum_n.mean]
        if len(shown) < 3:
            return NotEnough(title=Text("feedback.priority"), reason=Text("feedback.priority_few"), **box)
        even = 1 / len(self.themes)
        middle = self.ctx.figure("theme_share", even, self.ctx.current, dimension="theme", member="even")
        first = self.first()
        values = {"theme": first, "score": self.score(first), "share": self.share(first)} if first else {}
        return Chart(
            title=Text(f"feedback.priority_{self._certainty(first)}", values),
            form="scatter",
            points=tuple(Point(t, self.share(t), self.score(t)) for t in shown),
            axes={"x": Text("metric.theme_share"), "y": Text("metric.theme_score")},
            marks={
                "vline": middle,
                "hline": self.score(None),
                "quadrants": tuple(Text(f"feedback.quadrant_{name}") for name in ("keep", "mend", "watch", "fine")),
            },
            summary=Text("feedback.priority_alt", {"n": str(len(shown)), "whole": self.score(None)}),
            notes=(Text("feedback.note_priority"),),
            **box,
        )

    def _certainty(self, first: str | None) -> str:
        return "none" if first is None else "title" if self.sure(first) else "hint"

    def prose(self) -> Prose:
        praise, blame = self.said(None, GOOD), self.blame(None)
        values = {"n": str(len(self.coded)), "coverage": self.coverage(), "praise": praise, "blame": blame}
        sentences = [Text("feedback.sentence", values)]
        best = max(self.themes, key=lambda theme: (self.said(theme, GOOD).value, theme))
        sentences.append(Text("feedback.sentence_best", {"theme": best, "praise": self.said(best, GOOD)}))
        first = self.first()
        if first:
            values = {"theme": first, "score": self.score(first), "whole": self.score(None), "share": self.share(first)}
            values |= {"impact": self.impact(first)}
            sentences.append(Text("feedback.sentence_first" if self.sure(first) else "feedback.sentence_hint", values))
        bad = int((self.coded["sentiment"] == BAD).sum())
        if bad < self.ctx.settings.minimum_n.rate:
            sentences.append(Text("feedback.sentence_few_bad", {"n": str(bad)}))
        return Prose(
            id="feedback_text", title=Text("empty"), requirements=BOXES["feedback_text"], sentences=tuple(sentences)
        )
