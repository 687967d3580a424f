"""What the worker server imports once, before it forks: everything that executing and rendering need."""

import nbformat
import papermill

from ..render import pdf

pdf.available()

__all__ = ["nbformat", "papermill", "pdf"]
