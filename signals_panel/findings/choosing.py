"""All rules over one analysis: which of them say something, and in which order."""

from __future__ import annotations

from signals_panel.analysis import Analysis
from signals_panel.conf import Config
from signals_panel.describe import error_text, is_own_fault
from signals_panel.findings.rules import CODES, ERRORS, RULES, Found, Rule
from signals_panel.recording import logger

# What isn't said of something, if the others are said of it, which come before: it would be the
# same in other words.
_SAID_ALREADY = {
    "slow": ("waits-in-transaction", "background", "repeated"),
    "waits-in-transaction": ("irreversible", "enqueued-early"),
    "background": ("waits-in-transaction",),
}
_MOST = 0.5


def findings(analysis: Analysis, config: Config) -> list[Found]:
    """What the rules found: errors first, then what saves most time, in their order."""
    settings = dict(config.findings)
    found: list[Found] = []
    said: dict[tuple[int, str], Found] = {}
    for code in CODES:
        rule, setting = RULES[code], settings.get(code, True)
        if setting is False:
            continue
        is_set = setting is not True and threshold_problem(code, setting) is None
        threshold = float(setting) if is_set else rule.threshold
        for each in _found_by(rule, analysis, threshold or 0):
            if not _is_said_already(each, said):
                said[id(each.group), code] = each
                found.append(each)
    # Those of equal weight stay in the order of their codes.
    found.sort(key=lambda each: (RULES[each.code].rank, -each.saves_ms))
    return _others_first(found)


def _found_by(rule: Rule, analysis: Analysis, threshold: float) -> list[Found]:
    """What a rule finds; should it fail, the report is made without it, and says so."""
    try:
        return list(rule.find(analysis, threshold))
    except Exception as error:
        if not is_own_fault(error):
            raise
        logger.exception("django-signals-panel failed in the rule %s.", rule.code)
        fault = f"the rule {rule.code}: {error_text(error)}"
        if fault not in analysis.glance.faults:
            analysis.glance.faults.append(fault)
        return []


def _others_first(found: list[Found]) -> list[Found]:
    """What is said of a receiver once more comes after the first of all others of its rank."""
    told: set[str] = set()
    order: list[tuple[int, bool]] = []
    for each in found:
        receiver, rank = each.figures.get("receiver"), RULES[each.code].rank
        order.append((rank, receiver in told and rank != ERRORS))
        if receiver is not None:
            told.add(receiver)
    return [each for _, each in sorted(zip(order, found, strict=True), key=lambda pair: pair[0])]


def _is_said_already(each: Found, said: dict[tuple[int, str], Found]) -> bool:
    """Whether another says most of it."""
    return any(
        other is not None and (each.code != "slow" or other.saves_ms >= _MOST * each.saves_ms)
        for other in (said.get((id(each.group), code)) for code in _SAID_ALREADY.get(each.code, ()))
    )


def threshold_problem(code: str, value: object) -> str | None:
    """What a rule's setting has to be, when it isn't; None when it will do."""
    rule = RULES[code]
    if type(value) is bool:
        return None
    if rule.threshold is None:
        return "True or False"
    is_number = type(value) in (int, float) and value >= 0  # type: ignore[operator] # a number
    return None if is_number else f"True, False or a number of {rule.unit} from 0"
