"""The five reviews: each a pure function from a context to a frozen record."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..record import Review
    from .context import Context

VARIANTS = ("data_driven", "team", "market", "process", "key_account")


def build(variant: str, ctx: "Context") -> "Review":
    """The record of one review; ``variant`` is one of `VARIANTS`, each a module of this package.

    Sections may ask the mart the same question as often as they like; it is answered once. The modules are imported
    on demand, so that asking for `VARIANTS` stays cheap.
    """
    remembered = import_module(f"{__name__}.remembered")
    return import_module(f"{__name__}.{variant}").build(remembered.remembering(ctx))
