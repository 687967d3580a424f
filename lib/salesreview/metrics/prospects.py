"""Why prospects were not won, in the groups that the review tells (requirement M-24)."""

GROUPS = ("mismatch", "budget", "competition", "undecided", "unreached", "other", "unknown")
"""Need mismatch, want of budget, competitive weakness, no decision, nobody who decides reached, other, not recorded."""

_OF = {
    "需求不匹配": "mismatch",
    "产品": "mismatch",
    "预算限制": "budget",
    "无预算": "budget",
    "竞争劣势": "competition",
    "竞争": "competition",
    "价格": "competition",
    "放弃": "undecided",
    "内部流程": "undecided",
    "联系不上": "unreached",
    "非决策人": "unreached",
}


def group(reason: str | None) -> str:
    """The group of a recorded reason of a lost deal or a disqualified lead; ``unknown`` without one, ``other`` for one
    that no group names.

    >>> group("无预算"), group("其他"), group(None)
    ('budget', 'other', 'unknown')
    """
    if not isinstance(reason, str) or not reason.strip():
        return "unknown"
    return _OF.get(reason, "other")


BUDGET_REASONS = tuple(reason for reason, name in _OF.items() if name == "budget")
