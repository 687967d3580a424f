"""Read a source, map it, and hand over staged tables: ``stage`` is the way in."""

from .mapping import MappingSettings
from .reading import SourceFile
from .staged import Reject, Staged, stage

__all__ = ["MappingSettings", "Reject", "SourceFile", "Staged", "stage"]
