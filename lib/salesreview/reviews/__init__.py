"""The five reviews: each a pure function from a context to a frozen record."""

VARIANTS = ("data_driven", "team", "market", "process", "key_account")
