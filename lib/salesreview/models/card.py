"""The model card: what a fit is for, what it rests on, and where it must not be used."""

from pydantic import TypeAdapter

from .result import Estimate, Evaluation, Leak, Measures

USES = {
    "churn": "ranking active customers by the probability that they leave within the horizon, to decide whom to call",
    "win": "weighting open opportunities by the probability that they are won",
}
VERDICTS = {
    "signal": "Signal: on rows it had not seen the model is better than the base rate.",
    "no_signal": "No signal: on unseen rows nothing was learned that is better than the base rate. No driver can be "
    "named; the rates of the simple segments are what is known.",
    "too_few": "Too few: the data is below the floors from which anything is learned.",
}
REASONS = {
    "few_rows": "no row has a known outcome",
    "few_positives": "too few rows have the event",
    "few_negatives": "too few rows are without the event",
    "short_span": "the history is too short for a test out of time",
    "skill_holds_zero": "the interval of the Brier skill reaches zero",
    "no_features": "no column is left to learn from",
    "skill_negligible": "the ranking is hardly better than chance (ROC AUC below 0.55)",
}
PROTOCOLS = {
    "time": "out of time: every test block lies after its training rows, whose outcomes were known when it began",
    "group": "by group: rows of one group, or equal rows, stand on one side of each split",
    "stratified": "at random within each outcome",
}
NAMES = {
    "auc": "ROC AUC",
    "pr_auc": "PR AUC (average precision)",
    "brier": "Brier score",
    "brier_skill": "Brier skill over the base rate",
    "log_loss": "Log loss",
    "ece": "Calibration error (ECE, 10 bins)",
    "lift": "Lift in the top decile",
}
LIMITS = (
    "Features go with the outcome; nothing here shows that they cause it.",
    "Probabilities hold for rows like those tested: the same kind of customers, products and way of working.",
    "Where prices, the market or the sales process changed, check the calibration before the figures are used.",
    "It must not be used to judge people.",
)
EVALUATION = TypeAdapter(Evaluation)


def card(fit) -> str:
    """The card as Markdown."""
    found: Evaluation = fit.evaluation
    parts = [
        f"# Model card: {found.task}",
        f"For {USES.get(found.task, 'estimating the probability of the event')}.",
        "## Verdict",
        "\n".join([VERDICTS[found.verdict], *(f"- {REASONS[reason]}" for reason in found.reasons)]),
        "## Data",
        _data(found),
    ]
    if found.measures is not None:
        parts += ["## Evidence on unseen rows", _evidence(found), "## Calibration", _calibration(found)]
    if found.drivers:
        parts += ["## What goes with the outcome", _drivers(found)]
    if found.segments:
        parts += ["## Segments", _segments(found)]
    parts += ["## Columns", _columns(found), "## Limits", "\n".join(f"- {limit}" for limit in LIMITS)]
    return "\n\n".join(parts) + "\n"


def document(fit) -> dict:
    """The card as plain values for JSON: the whole evaluation with its use, verdict and limits in words."""
    found: Evaluation = fit.evaluation
    return {
        "use": USES.get(found.task),
        "verdict_in_words": VERDICTS[found.verdict],
        "reasons_in_words": [REASONS[reason] for reason in found.reasons],
        "limits": list(LIMITS),
        "evaluation": EVALUATION.dump_python(found, mode="json"),
    }


def _data(found: Evaluation) -> str:
    rate = "no base rate" if found.base_rate is None else f"base rate {found.base_rate:.1%}"
    lines = [f"- {found.rows:,} rows with a known outcome, {found.positives:,} of them events ({rate})"]
    protocol = found.protocol
    if protocol is not None:
        lines.append(
            f"- Tested {PROTOCOLS[protocol.kind]}; {protocol.folds} folds, {protocol.tested_rows:,} rows tested, "
            f"seed {protocol.seed}"
        )
        if protocol.train_from:
            lines.append(f"- Trained on {protocol.train_from} to {protocol.train_to}")
            lines.append(f"- Tested on {protocol.test_from} to {protocol.test_to}")
    return "\n".join(lines)


def _evidence(found: Evaluation) -> str:
    model = {"logistic": "Logistic, splines", "boosting": "Boosted trees"}.get(found.chosen or "", "Best candidate")
    columns: list[tuple[str, Measures]] = [(model, found.measures)]
    columns += [(baseline.name, baseline.measures) for baseline in found.baselines]
    rows = [[label, *(estimate(getattr(measures, key)) for _, measures in columns)] for key, label in NAMES.items()]
    candidates = ", ".join(f"{name} {loss:.4f}" for name, loss in found.candidates)
    note = f"Intervals are 95 % bootstrap intervals. Log loss of the candidates: {candidates}."
    return table(["Measure", *(name for name, _ in columns)], rows) + "\n\n" + note


def _calibration(found: Evaluation) -> str:
    rows = [
        [f"{one.predicted:.1%}", f"{one.observed:.1%}", f"{one.low:.1%} to {one.high:.1%}", f"{one.rows:,}"]
        for one in found.calibration
    ]
    return table(["Mean predicted", "Observed", "95 % interval", "Rows"], rows)


def _drivers(found: Evaluation) -> str:
    rows = [
        [
            one.feature,
            estimate(one.importance),
            {"up": "more", "down": "fewer"}.get(one.direction, "mixed")
            + (f" with {one.category}" if one.category else " as it rises" if one.direction != "mixed" else ""),
        ]
        for one in found.drivers[:15]
    ]
    return table(["Feature", "Skill lost when shuffled", "Events"], rows)


def _segments(found: Evaluation) -> str:
    rows = [[s.rule, s.member, f"{s.rows:,}", f"{s.events / s.rows:.1%}"] for s in found.segments[:30] if s.rows]
    return table(["Rule", "Member", "Rows", "Share of events"], rows)


def _columns(found: Evaluation) -> str:
    lines = [f"- {leak.column}: {leak.reason.replace('_', ' ')} ({leak.detail}){fate(leak)}" for leak in found.leaks]
    lines += [f"- {one.column}: left out, {one.reason}" for one in found.excluded]
    return "\n".join(lines) or "Every column was used."


def fate(leak: Leak) -> str:
    """What became of a leak."""
    if leak.reason == "duplicated_rows":
        return ""
    return "; kept, as a person vouches for it" if leak.kept else "; kept out"


def estimate(one: Estimate) -> str:
    """A measure with its interval, in words where it cannot be known."""
    if one.value is None:
        return "not known"
    return f"{one.value:.3f}" + ("" if one.low is None or one.high is None else f" ({one.low:.3f} to {one.high:.3f})")


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; pipes in cells are escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )
