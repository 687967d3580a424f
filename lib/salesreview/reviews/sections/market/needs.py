"""Which needs are unmet, for whom, and how firmly that is known (requirements S1-07, S1-08, S1-09, S3-17)."""

import pandas as pd

from ....metrics.growth import ratio
from ....metrics.satisfaction import margin_of_error, unmet
from ....queries import needs as queries
from ....queries.satisfaction import asked
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, Heading, NotEnough, Point, Prose, Series, Table, Text
from ...context import Context
from .boxes import absent, too_few

FIELDS = ("needs.code", "needs.importance", "needs.satisfaction")
BOXES = {
    "needs_text": ("S1-07", "S1-08"),
    "needs_scatter": ("S1-08",),
    "needs_table": ("S1-07", "S1-08", "S1-09"),
    "needs_industries": ("S1-07", "S3-17"),
}
MOST = 8


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, importance against satisfaction, needs, industries."""
    heading, title = Heading(id="needs_heading", title=Text("unmet.heading")), Text("unmet.heading")
    fields = ctx.mart.missing(*FIELDS)
    if fields:
        return heading, *absent(BOXES, title, fields)
    found = queries.recorded(ctx.mart, ctx.current.window)
    facts = Needs(ctx, found)
    if len(facts.rated) < ctx.settings.minimum_n.rate:
        return heading, *too_few(BOXES, title, Text("unmet.few", {"n": str(len(facts.rated))}))
    return (
        heading,
        facts.prose(),
        facts.scatter(),
        facts.table(),
        facts.industries(),
    )


class Needs:
    """The needs recorded in the period; ``rated`` carry importance and satisfaction."""

    def __init__(self, ctx: Context, found: pd.DataFrame):
        self.ctx, self.all = ctx, found
        self.rated = found.dropna(subset=["importance", "satisfaction"])
        self.codes = sorted(self.rated["code"].unique(), key=lambda code: (-self.score(code).value, code))

    def name(self, code: str) -> str:
        """The name of a code; the code itself where nobody gave it one."""
        return self.ctx.settings.need_codes.names.get(code, code)

    def rows(self, code: str, industry: str | None = None) -> pd.DataFrame:
        rows = self.rated[self.rated["code"] == code]
        return rows if industry is None else rows[rows["industry"] == industry]

    def _figure(self, metric: str, value: float | None, code: str, industry: str | None, n: int) -> Figure:
        where = {"dimension": "need", "member": self.name(code)}
        if industry is not None:
            where = {"dimension": "industry×need", "member": f"{industry} | {self.name(code)}"}
        flags = ("small_n",) if n < self.ctx.settings.minimum_n.mean else ()
        return self.ctx.figure(metric, value, self.ctx.current, n=n, flags=flags, **where)

    def mean(self, column: str, code: str, industry: str | None = None) -> Figure:
        rows = self.rows(code, industry)
        value = float(rows[column].mean()) if len(rows) else None
        return self._figure(f"need_{column}", value, code, industry, len(rows))

    def score(self, code: str, industry: str | None = None) -> Figure:
        """The unmet score of mean importance and mean satisfaction."""
        rows = self.rows(code, industry)
        value = unmet(float(rows["importance"].mean()), float(rows["satisfaction"].mean())) if len(rows) else None
        return self._figure("need_unmet", value, code, industry, len(rows))

    def count(self, code: str, rows: pd.DataFrame | None = None) -> Figure:
        n = int((self.all["code"] == code).sum()) if rows is None else int((rows["code"] == code).sum())
        return self._counted("need_mentions", n, code)

    def _counted(self, metric: str, n: int, code: str) -> Figure:
        where = {"dimension": "need", "member": self.name(code)}
        return self.ctx.figure(metric, n, self.ctx.current, n=n, **where)

    def error(self) -> Figure:
        """Margin of error of a share of those who answered the questionnaire."""
        n = int((self.all["source"] == queries.QUESTIONNAIRE).sum())
        return self.ctx.figure("need_margin_of_error", margin_of_error(n), self.ctx.current, n=n)

    def scatter(self) -> Exhibit:
        box = {"id": "needs_scatter", "requirements": BOXES["needs_scatter"]}
        shown = [code for code in self.codes if len(self.rows(code)) >= self.ctx.settings.minimum_n.mean]
        if len(shown) < 3:
            return NotEnough(title=Text("unmet.scatter"), reason=Text("unmet.scatter_few"), **box)
        lines = {
            column: self.ctx.figure(
                f"need_{column}", float(self.rated[column].mean()), self.ctx.current, n=len(self.rated)
            )
            for column in ("importance", "satisfaction")
        }
        urgent = [
            code
            for code in shown
            if self.mean("importance", code).value > lines["importance"].value
            and self.mean("satisfaction", code).value < lines["satisfaction"].value
        ]
        names = tuple(self.name(code) for code in urgent)
        return Chart(
            title=Text("unmet.scatter_title", {"needs": names}) if urgent else Text("unmet.scatter_even"),
            form="scatter",
            points=tuple(
                Point(self.name(code), self.mean("importance", code), self.mean("satisfaction", code)) for code in shown
            ),
            axes={"x": Text("metric.need_importance"), "y": Text("metric.need_satisfaction")},
            marks={
                "vline": lines["importance"],
                "hline": lines["satisfaction"],
                "quadrants": tuple(Text(f"unmet.quadrant_{name}") for name in ("keep", "mend", "watch", "fine")),
            },
            summary=Text("unmet.scatter_alt", {"n": str(len(self.rated))} | lines),
            notes=(Text("unmet.note_lines"),),
            **box,
        )

    def table(self) -> Table:
        """Needs by unmet score; with interviews, how often each came up there and how often unspoken."""
        talks = self.all[self.all["source"] == queries.INTERVIEW]
        rows = tuple(
            (
                self.name(code),
                self.rows(code)["type"].mode().iloc[0],
                self.count(code),
                *(self._talked(code, talks) if len(talks) else ()),
                self.mean("importance", code),
                self.mean("satisfaction", code),
                self.score(code),
            )
            for code in self.codes[:MOST]
        )
        codes = self.ctx.settings.need_codes
        notes = [Text("unmet.note_unmet")]
        notes += [Text("unmet.note_codes", {"source": codes.source, "date": codes.date})] if codes.source else []
        notes += [Text("unmet.note_interviews")] if len(talks) else []
        spoken = ("interview_mentions", "implicit") if len(talks) else ()
        importance, satisfaction, score = rows[0][-3:]
        values = {"need": rows[0][0], "score": score, "importance": importance, "satisfaction": satisfaction}
        return Table(
            id="needs_table",
            title=Text("unmet.table_title", values),
            requirements=BOXES["needs_table"],
            header=tuple(
                Text(f"unmet.column_{name}")
                for name in ("need", "type", "mentions", *spoken, "importance", "satisfaction", "unmet")
            ),
            rows=rows,
            notes=tuple(notes),
        )

    def _talked(self, code: str, talks: pd.DataFrame) -> tuple[Figure, Figure]:
        """Interviews in which a need came up, and the share of them in which it stayed unspoken."""
        part = talks[talks["code"] == code]
        n, implicit = len(part), int(part["is_implicit"].sum())
        flags = ("small_n",) if n < self.ctx.settings.minimum_n.mean else ()
        shares = {"numerator": implicit, "denominator": n, "n": n, "flags": flags}
        where = {"dimension": "need", "member": self.name(code)}
        unspoken = self.ctx.figure("implicit_share", ratio(implicit, n), self.ctx.current, **shares, **where)
        return self._counted("interview_mentions", n, code), unspoken

    def _ranked(self) -> list[str]:
        sizes = self.rated[self.rated["industry"] != UNCLASSIFIED]["industry"].value_counts()
        return sorted(sizes.index, key=lambda name: (-sizes[name], name))[:MOST]

    def industries(self) -> Exhibit:
        """Unmet scores, industries in rows and needs in columns; cells with too few records stay empty."""
        box = {"id": "needs_industries", "requirements": BOXES["needs_industries"]}
        columns, rows = self.codes[:MOST], self._ranked()

        def cell(code: str, industry: str) -> Figure | None:
            score = self.score(code, industry)
            return score if score.value is not None and not score.flags else None

        columns = [code for code in columns if any(cell(code, industry) for industry in rows)]
        grid = {industry: tuple(cell(code, industry) for code in columns) for industry in rows}
        grid = {industry: cells for industry, cells in grid.items() if any(cells)}
        filled = [figure for cells in grid.values() for figure in cells if figure is not None]
        if len(filled) < 4:
            return NotEnough(title=Text("unmet.industries"), reason=Text("unmet.segments_few"), **box)
        top = max(filled, key=lambda figure: (figure.value, figure.member))
        industry, need = top.member.split(" | ")
        values = {"industry": industry, "need": need, "score": top}
        return Chart(
            title=Text("unmet.industries_title", values),
            form="heatmap",
            categories=tuple(self.name(code) for code in columns),
            series=tuple(Series(industry, cells, "part") for industry, cells in grid.items()),
            axes={"x": Text("unmet.axis_need"), "y": Text("unmet.axis_industry")},
            summary=Text("unmet.industries_alt", values | {"n": str(len(filled))}),
            notes=(Text("unmet.note_cells", {"n": str(self.ctx.settings.minimum_n.mean)}),),
            **box,
        )

    def prose(self) -> Prose:
        top = self.codes[0]
        values = {"n": str(len(self.all)), "accounts": str(self.all["account_id"].nunique())}
        sentences = [Text("unmet.sentence", values)]
        values = {"need": self.name(top), "score": self.score(top), "importance": self.mean("importance", top)}
        sentences.append(Text("unmet.sentence_top", values | {"satisfaction": self.mean("satisfaction", top)}))
        error = self.error()
        if error.value is not None:
            sentences.append(Text("unmet.sentence_error", {"n": str(error.n), "error": error}))
        invited = asked(self.ctx.mart, "needs", self.ctx.current.window)
        if len(invited):
            answered = int(invited["has_answered"].sum())
            rate = self.ctx.figure(
                "response_rate", answered / len(invited), self.ctx.current, dimension="survey_type", member="needs",
                numerator=answered, denominator=len(invited), n=len(invited),
            )  # fmt: skip
            sentences.append(Text("unmet.sentence_rate", {"rate": rate}))
        else:
            sentences.append(Text("unmet.sentence_no_rate"))
        return Prose(id="needs_text", title=Text("empty"), requirements=BOXES["needs_text"], sentences=tuple(sentences))
