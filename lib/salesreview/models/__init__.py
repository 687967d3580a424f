"""Churn and win probability, fitted from the mart once per pack, and what they forecast.

A ``Task`` is what a classifier learns from (``task``), ``fit`` makes a ``Fit`` of it (``fit``), whose ``Evaluation``
(``result``) tells whether there is anything to learn at all. ``churn`` and ``win`` build the tasks from point-in-time
snapshots; ``fitted`` keeps their scores beside the mart.
"""
