"""Warning lights of teams (requirements S1-70, S1-71)."""

from collections.abc import Sequence


def light_of_share(value: float | None, red_below: float, amber_below: float) -> str:
    """red, amber, green; unknown without a value.

    >>> [light_of_share(v, 0.80, 0.85) for v in (0.79, 0.80, 0.85, None)]
    ['red', 'amber', 'green', 'unknown']
    """
    if value is None:
        return "unknown"
    return "red" if value < red_below else "amber" if value < amber_below else "green"


def light_of_months(values: Sequence[float | None], red_below: float, running: int) -> str:
    """The light of a series by month: red when the last ``running`` months all lie below ``red_below``, amber when as
    many did earlier or the last one does, green otherwise; unknown with fewer than ``running`` known months. A month
    without a value breaks a run.

    >>> light_of_months([0.6, 0.65], 0.7, 2), light_of_months([0.6, 0.6, 0.9], 0.7, 2), light_of_months([0.9], 0.7, 2)
    ('red', 'amber', 'unknown')
    """
    if sum(value is not None for value in values) < running:
        return "unknown"
    run, longest = 0, 0
    for value in values:
        run = run + 1 if value is not None and value < red_below else 0
        longest = max(longest, run)
    return "red" if run >= running else "amber" if longest >= running or run else "green"
