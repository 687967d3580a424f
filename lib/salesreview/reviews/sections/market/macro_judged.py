"""What people expect of the outside world: PEST table and policy log (requirements M-02, S1-04, S3-13)."""

from ....record import Exhibit, Table, Text
from ...context import Context
from .common import gap

BOXES = {"macro_pest": ("M-02", "S1-04"), "macro_policy": ("S3-13",)}
FACTORS = ("政策", "经济", "社会", "技术")


def sign(effect: str) -> str:
    """The catalogue's word for an expected effect: up, none or down."""
    return {"+": "up", "0": "none", "-": "down"}[effect]


def pest(ctx: Context) -> Exhibit:
    """The notes on the market, by factor."""
    notes = ctx.settings.macro_notes.notes
    if not notes:
        return gap("macro_pest", "macro.pest", BOXES["macro_pest"], ("params/macro_notes.yml",))
    ordered = sorted(notes, key=lambda note: FACTORS.index(note.factor))
    rows = tuple(
        (
            Text(f"macro.factor_{FACTORS.index(note.factor)}"),
            note.indicator,
            Text(f"macro.effect_{sign(note.effect)}"),
            note.text,
            note.action or None,
            Text("market.noted", {"source": note.source, "date": note.date}),
        )
        for note in ordered
    )
    ups, downs = (str(sum(note.effect == way for note in notes)) for way in "+-")
    return Table(
        id="macro_pest",
        title=Text("macro.pest_title", {"up": ups, "down": downs}),
        requirements=BOXES["macro_pest"],
        header=tuple(Text(f"macro.column_{name}") for name in ("factor", "name", "effect", "text", "action", "noted")),
        rows=rows,
        notes=(Text("macro.note_judged"),),
    )


def policy(ctx: Context) -> Exhibit:
    """Changes of policy, the latest first."""
    log = ctx.settings.policy_log.policies
    if not log:
        return gap("macro_policy", "macro.policy", BOXES["macro_policy"], ("params/policy_log.yml",))
    rows = tuple(
        (one.policy, one.date, Text(f"macro.effect_{sign(one.effect)}"), one.action, one.source)
        for one in sorted(log, key=lambda one: one.date, reverse=True)[: ctx.settings.top_n]
    )
    return Table(
        id="macro_policy",
        title=Text("macro.policy_title", {"n": str(len(log))}),
        requirements=BOXES["macro_policy"],
        header=tuple(Text(f"macro.column_{name}") for name in ("policy", "day", "effect", "action", "source")),
        rows=rows,
        notes=(Text("macro.note_judged"),),
    )
