"""How the predictions of an earlier pack fared, once their horizon has passed (calibration drift)."""

from ....models import drift
from ....models.fitted import kept
from ....record import Exhibit, Figure, Prose, Text
from ...context import Context

CERTAIN = 1.96


def earlier(ctx: Context, task: str, requirements: tuple[str, ...]) -> Exhibit:
    """``<task>_earlier``: predicted against observed events, or that there is no earlier pack to check."""
    fixed = {"id": f"{task}_earlier", "title": Text("churn_model.earlier"), "requirements": requirements}
    found = drift.read(kept(ctx.mart.path, ctx.settings, ctx.current.window.end), task)
    if found is None:
        return Prose(sentences=(Text("churn_model.no_earlier"),), **fixed)

    def figure(part: str, value: float) -> Figure:
        where = {"dimension": "model×earlier", "member": f"{task} | {part}", "n": found.rows}
        return ctx.figure("model_earlier", value, ctx.current, **where)

    brier = ctx.figure("model_brier", found.brier, ctx.current, dimension="model×earlier", member=task, n=found.rows)
    values = {
        "day": found.day,
        "days": str(found.horizon),
        "n": figure("rows", found.rows),
        "predicted": figure("predicted", round(found.predicted, 1)),
        "observed": figure("observed", found.observed),
        "brier": brier,
    }
    return Prose(sentences=(Text(f"churn_model.say_earlier_{task}", values), Text(_case(found))), **fixed)


def _case(found: drift.Drift) -> str:
    off = found.observed - found.predicted
    if abs(off) <= CERTAIN * found.spread + 0.5:
        return "churn_model.earlier_fits"
    return "churn_model.earlier_more" if off > 0 else "churn_model.earlier_fewer"
