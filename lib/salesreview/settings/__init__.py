"""Settings: what people may change without touching code, from ``params``, the source's own and ``-p key=value``.

A file sets the section that bears its name (``thresholds.yml`` sets ``thresholds.*``); ``common.yml`` sets the top
level. An unknown key or a wrong type is an error that names the nearest valid key.
"""

from .load import assignment, keys, load, unknown_key
from .model import Benchmark, Funnel, MinimumN, Settings, Thresholds
from .section import Section

__all__ = [
    "Benchmark",
    "Funnel",
    "MinimumN",
    "Section",
    "Settings",
    "Thresholds",
    "assignment",
    "keys",
    "load",
    "unknown_key",
]
