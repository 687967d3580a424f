"""What is notable about the sales team (requirements T-05, T-20 … T-24, T-47; engine E-24)."""

from .ranking import Rule

RULES: tuple[Rule, ...] = ()
