"""Half-yearly sales reviews built from the data: compute a record, then render it."""

__version__ = "0.1.0"
