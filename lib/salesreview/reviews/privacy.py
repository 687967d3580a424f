"""Labels of sales reps by id. Which labels they are, names or codes, the mart decides (requirement E-36)."""

from ..record import UNCLASSIFIED
from .context import Context


def rep_labels(ctx: Context) -> dict[str, str]:
    """Label by rep_id; the empty id is 未分类."""
    reps = ctx.mart.query("SELECT rep_id, name FROM reps ORDER BY rep_id")
    return dict(zip(reps["rep_id"], reps["name"], strict=True)) | {UNCLASSIFIED: UNCLASSIFIED}
