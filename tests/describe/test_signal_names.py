"""The search for the place where a signal is defined."""

from __future__ import annotations

import sys
import types

from django.dispatch import Signal

from signals_panel.describe import defined_signals, short_name, signal_name, signals


def test_signals_that_no_module_holds_cost_few_scans(monkeypatch):
    scanned = []
    scan = signals._scan
    monkeypatch.setattr(signals, "_scan", lambda names: scanned.append(len(names)) or scan(names))
    held_here = [Signal() for _ in range(50)]
    assert {str(signal_name(signal)) for signal in held_here} == {
        "unnamed django.dispatch.dispatcher.Signal"
    }
    # New modules alone are looked through; all of them once, if it was time for that.
    assert sum(number > 100 for number in scanned) <= 1


def test_a_module_that_is_loaded_later(monkeypatch):
    str(signal_name(Signal()))
    late = types.ModuleType("a_late_module")
    late.sent_late = Signal()
    monkeypatch.setitem(sys.modules, "a_late_module", late)
    assert str(signal_name(late.sent_late)) == "a_late_module.sent_late"


def test_a_name_that_is_bound_later(monkeypatch):
    module = types.ModuleType("a_module")
    monkeypatch.setitem(sys.modules, "a_module", module)
    str(signal_name(Signal()))
    module.sent = Signal()
    # As if some time had passed.
    monkeypatch.setattr(signals, "_next_scan", 0)
    assert str(signal_name(module.sent)) == "a_module.sent"


class Holder:
    in_a_class = Signal()


def test_all_that_modules_and_classes_define():
    names = [str(name) for name in defined_signals()]

    assert names == sorted(names)
    assert names.count("django.db.models.signals.post_save") == 1
    assert short_name(f"{__name__}.Holder.in_a_class") in names
