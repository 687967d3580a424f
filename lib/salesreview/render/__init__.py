"""Executed notebooks as pages: HTML, PDF, index, quality report."""
