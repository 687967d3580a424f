"""Rules that tell what is notable in a period, with the evidence and the money at stake (requirements E-24)."""
