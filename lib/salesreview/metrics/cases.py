"""Which closed deals are worth telling as cases (requirement T-10)."""

import pandas as pd

PARTS = ("size", "strategic", "speed", "teamwork", "innovation")
FULL_TEAM = 3


def scored(deals: pd.DataFrame) -> pd.DataFrame:
    """``deals`` with `PARTS` (each 0-1) and score (their mean, 0-100), best first, equal ones by opp_id.

    Needs amount, is_strategic, days, helpers, is_innovative. Size is the rank of the amount among the deals; speed is 1
    for a deal closed at once, 0.5 at the median cycle and 0 from twice the median on (left out where days are unknown
    or negative); teamwork is 1 from three helpers on. A part that is unknown does not count against a deal.
    """
    days = deals["days"].astype(float)
    days = days.where(days >= 0)
    norm = days.median()
    speed = (1 - days / (2 * norm)).clip(0, 1) if norm > 0 else days * float("nan")
    parts = pd.DataFrame(
        {
            "size": deals["amount"].astype(float).rank(pct=True),
            "strategic": deals["is_strategic"].astype(float),
            "speed": speed,
            "teamwork": (deals["helpers"].astype(float) / FULL_TEAM).clip(0, 1),
            "innovation": deals["is_innovative"].astype(float),
        },
        index=deals.index,
    )
    found = deals.assign(**parts, score=100 * parts.mean(axis=1))
    return found.sort_values(["score", "opp_id"], ascending=[False, True]).reset_index(drop=True)


def chosen(ranked: pd.DataFrame, count: int, pinned: tuple[str, ...], excluded: tuple[str, ...]) -> pd.DataFrame:
    """``count`` deals: the pinned ones first, then the best won; the last place goes to the best lost deal, unless a
    pinned one is lost. Where won or lost deals are too few, the others fill the places."""
    left = ranked[~ranked["opp_id"].isin(excluded)]
    lost = set(left.loc[left["outcome"] == "lost", "opp_id"])
    fixed = [opp for opp in pinned if opp in set(left["opp_id"])]
    rest = [opp for opp in left["opp_id"] if opp not in fixed]
    won, failed = [opp for opp in rest if opp not in lost], [opp for opp in rest if opp in lost]
    keep_last = count >= 2 and failed and not lost & set(fixed) and len(fixed) < count
    picked = (fixed + won)[: count - 1 if keep_last else count]
    picked = (picked + failed)[:count]
    return left.set_index("opp_id", drop=False).loc[picked].reset_index(drop=True)
