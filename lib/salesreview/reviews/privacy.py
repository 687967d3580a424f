"""Which label a rep may appear under (requirement E-36): the record holds this label, so no output can leak a name."""

from ..record import UNCLASSIFIED
from .context import Context


def rep_labels(ctx: Context) -> dict[str, str]:
    """Label by rep_id: the name for managers and analysts, a code by order of rep_id for leadership.

    Reps without a name appear under their id; the empty id is 未分类.
    """
    reps = ctx.mart.query("SELECT rep_id, coalesce(name, rep_id) AS name FROM reps ORDER BY rep_id")
    masked = ctx.settings.audience == "leadership"
    width = max(2, len(str(len(reps))))
    labels = [(row.rep_id, f"R{i:0{width}d}" if masked else row.name) for i, row in enumerate(reps.itertuples(), 1)]
    return dict(labels) | {UNCLASSIFIED: UNCLASSIFIED}
