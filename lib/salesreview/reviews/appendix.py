"""The last pages of a review: how each metric that it shows is computed (requirement E-04)."""

from ..record import Exhibit, Heading, Terms, Text, figures_in
from ..registry import metrics


def exhibits(shown: tuple[Exhibit, ...]) -> tuple[Exhibit, ...]:
    """Heading and the formulas of the metrics of ``shown``, in the registry's order."""
    used = {figure.metric for figure in figures_in(shown)}
    terms = tuple((Text(f"metric.{name}"), Text(f"formula.{name}")) for name in metrics() if name in used)
    return (
        Heading(id="appendix_heading", title=Text("appendix.heading"), level=1),
        Terms(id="appendix_formulas", title=Text("appendix.formulas"), requirements=("E-04",), terms=terms),
    )
