"""Technologies that change the business, and how the company responds (requirements M-05, M-06, S3-12)."""

from ....metrics.growth import ratio
from ....queries import buying
from ....record import Exhibit, Figure, Heading, Prose, Table, Text
from ...context import Context
from ..finding import few
from ..sales.launches import new_products
from .boxes import absent

BOXES = {"tech_text": ("M-05", "M-06"), "tech_radar": ("M-05", "S3-12"), "tech_response": ("M-06",)}
RESPONSES = {"未响应": "none", "试点": "pilot", "上线": "live"}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, technologies, responses with their results."""
    heading = Heading(id="tech_heading", title=Text("tech.heading"))
    if not ctx.settings.tech_trends.trends:
        return heading, *absent(BOXES, Text("tech.heading"), ("params/tech_trends.yml",))
    return heading, _prose(ctx), _radar(ctx), _response(ctx)


def demand(ctx: Context, trend) -> Figure | None:
    """Share of the recorded needs that mention the technology; None without needs or keywords."""
    if not trend.keywords or ctx.mart.missing("needs.text", "needs.date"):
        return None
    hits, n = buying.needs_with_words(ctx.mart, ctx.current.window, trend.keywords)
    return ctx.figure("tech_demand", ratio(hits, n), ctx.current, dimension="technology", member=trend.tech,
                      numerator=hits, denominator=n, n=n, flags=few(ctx, n))  # fmt: skip


def _radar(ctx: Context) -> Table:
    rows = []
    trends = sorted(ctx.settings.tech_trends.trends, key=lambda one: (-one.impact, one.readiness, one.tech))
    for one in trends[: ctx.settings.top_n]:
        at = {"dimension": "technology", "member": one.tech}
        scores = (
            ctx.figure(f"tech_{name}", getattr(one, name), ctx.current, **at)
            for name in ("impact", "maturity", "readiness")
        )
        rows.append((one.tech, *scores, demand(ctx, one), one.text))
    sources = dict.fromkeys((one.source, one.date) for one in trends)
    noted = tuple(Text("market.noted", {"source": source, "date": day}) for source, day in sources)
    behind = tuple(one.tech for one in trends if one.readiness < one.impact - 1)
    title = Text("tech.radar_behind", {"techs": behind}) if behind else Text("tech.radar_level")
    return Table(
        id="tech_radar",
        title=title,
        requirements=BOXES["tech_radar"],
        header=tuple(
            Text(f"tech.column_{name}") for name in ("tech", "impact", "maturity", "readiness", "demand", "text")
        ),
        rows=tuple(rows),
        notes=(Text("tech.note_scores", {"sources": noted}), Text("tech.note_demand")),
    )


def _response(ctx: Context) -> Table:
    launched = {item.product_id: item for item in new_products(ctx)} if not _no_launches(ctx) else {}
    rows = []
    for one in ctx.settings.tech_trends.trends:
        label, figure = _result(ctx, one, launched)
        rows.append((one.tech, Text(f"tech.is_{RESPONSES[one.response]}"), label, figure))
    live = sum(one.response == "上线" for one in ctx.settings.tech_trends.trends)
    return Table(
        id="tech_response",
        title=Text("tech.response_title", {"live": str(live), "all": str(len(rows))}),
        requirements=BOXES["tech_response"],
        header=tuple(Text(f"tech.column_{name}") for name in ("tech", "response", "means", "result")),
        rows=tuple(rows),
        notes=(Text("tech.note_response"),),
    )


def _no_launches(ctx: Context) -> bool:
    return len(ctx.mart.missing("products.launch_date", "product_launches.launch_date")) == 2


def _result(ctx: Context, trend, launched: dict) -> tuple[Text | None, Figure | None]:
    """What the response consists of, with its measured result where there is one."""
    if trend.product in launched:
        item = launched[trend.product]
        return Text("tech.by_product", {"product": item.name}), item.attainment
    if trend.tool and not ctx.mart.missing("tool_usage.active_days", "tools.tool_id"):
        users = buying.tool_users(ctx.mart, trend.tool, ctx.current.window)
        figure = ctx.figure("tech_tool_users", users, ctx.current, dimension="tool", member=trend.tool, n=users)
        return Text("tech.by_tool", {"tool": buying.tool_name(ctx.mart, trend.tool)}), figure
    return None, None


def _prose(ctx: Context) -> Prose:
    trends = ctx.settings.tech_trends.trends
    open_ = tuple(one.tech for one in trends if one.response == "未响应")
    top = max(trends, key=lambda one: (one.impact, -one.readiness))
    sentences = [Text("tech.sentence_top", {"tech": top.tech})]
    asked = [(one, demand(ctx, one)) for one in trends]
    asked = [(one, figure) for one, figure in asked if figure is not None and figure.value]
    if asked:
        most = max(asked, key=lambda pair: pair[1].value)
        values = {"tech": most[0].tech, "share": most[1], "n": str(most[1].n)}
        sentences.append(Text("tech.sentence_demand", values))
    sentences.append(Text("tech.sentence_open", {"techs": open_}) if open_ else Text("tech.sentence_all"))
    return Prose(id="tech_text", title=Text("empty"), requirements=BOXES["tech_text"], sentences=tuple(sentences))
