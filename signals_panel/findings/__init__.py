"""What to do about it: rules over a finished recording.

Each rule looks at an ``Analysis`` and says what it found, in codes and figures; the sentences are
in ``signals_panel.wording``. They run when a report is made, never while something is recorded.
"""

from signals_panel.findings import connecting, errors, repetition, time, transactions
from signals_panel.findings.choosing import findings, threshold_problem
from signals_panel.findings.rules import CODES, RULES, Found, Rule

__all__ = [
    "CODES",
    "RULES",
    "Found",
    "Rule",
    "connecting",
    "errors",
    "findings",
    "repetition",
    "threshold_problem",
    "time",
    "transactions",
]
