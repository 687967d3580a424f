"""What is notable about strategic accounts (requirements K-53, D-52)."""

from .ranking import Rule

RULES: tuple[Rule, ...] = ()
