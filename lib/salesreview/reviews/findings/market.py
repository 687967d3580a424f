"""What is notable about the market: launches, share, prices, rivals (requirements M-01, M-12; engine E-24)."""

from .ranking import Rule

RULES: tuple[Rule, ...] = ()
