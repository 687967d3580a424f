"""Whether key accounts stay (requirements K-09, D-35 in their scope)."""

from ....record import Card, Cards, Exhibit, Heading, NotEnough, NotProvided, Prose, Text
from ...context import Context, change
from ..cases import base_span, rate_movement
from ..indicators.retention import has_opening, key_account_retention

FIELDS = ("accounts.tier",)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, retention card, paragraph; NotProvided without tiers, NotEnough without anybody to keep."""
    heading = Heading(id="key_accounts_heading", title=Text("key_accounts.heading"))
    box = {"title": Text("key_accounts.retention"), "requirements": ("K-09", "D-35")}
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(NotProvided(id=name, missing=missing, **box) for name in IDS)
    now = key_account_retention(ctx) if has_opening(ctx, ctx.current) else None
    if now is None or now.value is None:
        reason = Text("key_accounts.nobody")
        return heading, *(NotEnough(id=name, reason=reason, **box) for name in IDS)
    base = base_span(ctx, ctx.year_ago)
    before = key_account_retention(ctx, base) if base and has_opening(ctx, base) else None
    yoy = change(now, before, "yoy")
    values = {"retention": now, "kept": str(int(now.numerator)), "all": str(int(now.denominator))}
    case = rate_movement(now, before)
    sentences = [Text("key_accounts.sentence", values)]
    sentences.append(Text(f"key_accounts.sentence_{case}", {} if case == "no_base" else {"yoy": yoy}))
    if "small_n" in now.flags:
        sentences.append(Text("key_accounts.sentence_small"))
    return (
        heading,
        Cards(
            id=IDS[0],
            title=Text("key_accounts.title", values),
            requirements=box["requirements"],
            cards=(Card(Text("key_accounts.retention"), now, (yoy,)),),
        ),
        Prose(id=IDS[1], title=Text("empty"), requirements=box["requirements"], sentences=tuple(sentences)),
    )


IDS = ("key_accounts_cards", "key_accounts_text")
