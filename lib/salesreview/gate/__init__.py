"""The gate: opens each finished artefact of a pack and says what is wrong with it, before anybody reads it.

from salesreview import gate

gate.check_review(folder, "team")   # one review, all its languages and formats
gate.check_shared(folder)           # what the pack holds beside its reviews
gate.check(folder)                  # both, of a finished pack
"""

from .problem import Problem, Report
from .run import CHECKS, check, check_review, check_shared

__all__ = ["CHECKS", "Problem", "Report", "check", "check_review", "check_shared"]
