"""The generated sample company: ``generate`` gives its tables, ``write`` its files."""

from .company import generate, true_probabilities
from .names import COMPANY_NAME, COMPANY_NAME_EN
from .truths import Truths
from .write import write

__all__ = ["COMPANY_NAME", "COMPANY_NAME_EN", "Truths", "generate", "true_probabilities", "write"]
