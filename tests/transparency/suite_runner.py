"""Runs inside Django's own test suite: notes each test's outcome, and records on demand.

The results go to the file named by ``SUITE_RESULTS``. With ``SUITE_RECORD=1`` everything is
recorded; without it ``signals_panel`` isn't even imported.
"""

import collections
import functools
import importlib
import json
import os
import re
import sys
import time
import traceback
import unittest

from django.test import SimpleTestCase
from django.test.runner import DiscoverRunner

_ADDRESS = re.compile(r"0x[0-9a-f]+")
# "setUpClass (dispatch.tests.DispatcherTests)", where it isn't a test that failed.
_HOLDER = re.compile(r"(?P<method>\w+) \((?P<path>[\w.]+)\)$")

# What must be Django's own again when nothing is recorded.
_SEAMS = [
    ("django.dispatch", "Signal"),
    ("django.db.backends.utils", "CursorWrapper"),
    ("asgiref.sync", "SyncToAsync"),
    ("django.core.signals", "request_finished"),
]


class Outcomes(unittest.TextTestResult):
    """``{test id: [outcomes]}``, several for a test that runs more than once under one id."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.outcomes = collections.defaultdict(list)
        self.seconds = collections.Counter()
        self._subtests = collections.Counter()
        self._clock = time.perf_counter()

    def note(self, test, kind, detail="", error=None):
        key = _key(test)
        if isinstance(test, unittest.case._SubTest):
            # By its number: its parameters may be random, as temporary folders' paths are.
            key = _key(test.test_case)
            self._subtests[key] += 1
            key += f" [subtest {self._subtests[key]}]"
        text = "".join(traceback.format_exception(*error)) if error else ""
        self.outcomes[key].append(
            {"outcome": f"{kind} ({detail})" if detail else kind, "traceback": text}
        )

    def startTest(self, test):
        super().startTest(test)
        self.outcomes.setdefault(_key(test), [])

    def stopTest(self, test):
        super().stopTest(test)
        if not self.outcomes[_key(test)]:
            # Python has no outcome for a test when one of its subtests failed or was skipped.
            self.note(test, "as its subtests")
        # All that happened since the last test, so that the set-up of classes is in it.
        now = time.perf_counter()
        self.seconds[label_of(_key(test))] += now - self._clock
        self._clock = now

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test, "pass")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "fail", err[0].__name__, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "error", err[0].__name__, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skip", reason)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.note(test, "expected failure", err[0].__name__, err)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note(test, "unexpected success")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is None:
            self.note(subtest, "pass")
        else:
            kind = "fail" if issubclass(err[0], test.failureException) else "error"
            self.note(subtest, kind, err[0].__name__, err)


def _key(test):
    return _ADDRESS.sub("0x", test.id())


def label_of(key):
    """The label of ``runtests.py`` that a test's id belongs to."""
    holder = _HOLDER.match(key)
    return (holder["path"] if holder else key).partition(".")[0]


class Runner(DiscoverRunner):
    """Django's runner, which leaves the outcomes in a file."""

    def get_resultclass(self):
        return Outcomes

    def run_suite(self, suite, **kwargs):
        seams = _seams()
        recorder = Recorder() if os.environ.get("SUITE_RECORD") == "1" else None
        if recorder is not None:
            recorder.install()
        result = super().run_suite(suite, **kwargs)
        found = {"outcomes": result.outcomes, "seconds": result.seconds}
        if recorder is not None:
            recorder.uninstall()
            found["recorded"] = recorder.sums
            found["faults"] = recorder.faults + [
                f"{name} is not Django's own again"
                for name, attributes in _seams().items()
                if attributes != seams[name]
            ]
        with open(os.environ["SUITE_RESULTS"], "w", encoding="utf-8") as file:
            json.dump(found, file)
        return result


def _seams():
    """What stands in each seam's own namespace, by identity."""
    found = {}
    for module, name in _SEAMS:
        owner = getattr(importlib.import_module(module), name)
        attributes = vars(owner).items()
        # On a class, its methods; on a signal, what isn't there unless a probe put it there.
        found[f"{module}.{name}"] = {
            key: id(value)
            for key, value in attributes
            if callable(value) and (isinstance(owner, type) or "send" in key)
        }
    return found


class Recorder:
    """Records each test as a whole, each class's set-up, and each request in them."""

    def __init__(self):
        self.faults = []
        self.sums = collections.Counter()
        self._before = []

    def install(self):
        from signals_panel.probes import requests
        from signals_panel.recording import add_fault, logger

        # The panel has this stand ready for as long as the process lives.
        requests.start_hook.install()
        # Before anything else: tests configure logging, and threads have recordings too.
        noting = self._noting_faults(add_fault)
        for name, module in list(sys.modules.items()):
            if name.startswith("signals_panel.") and vars(module).get("add_fault") is add_fault:
                self._replace(module, "add_fault", lambda before: noting)
        self._replace(logger, "exception", self._noting_logged)

        self._replace(SimpleTestCase, "__call__", self._recorded)
        self._replace(unittest.TestCase, "__call__", self._recorded)
        for name in ("_handleClassSetUp", "_tearDownPreviousClass", "_handleModuleFixture"):
            self._replace(unittest.TestSuite, name, self._recorded)

    def uninstall(self):
        from signals_panel import remove_hooks
        from signals_panel.probes import requests

        for owner, name, before in reversed(self._before):
            setattr(owner, name, before)
        # A test needn't close its last response.
        while (recording := requests.request_root.get()) is not None:
            requests.end_request(recording)
        requests.start_hook.uninstall()
        # They have stayed; as always, there must be a way back.
        remove_hooks()

    def _replace(self, owner, name, make):
        before = getattr(owner, name)
        self._before.append((owner, name, before))
        setattr(owner, name, make(before))

    def _recorded(self, original):
        from signals_panel import record_signals
        from signals_panel.recording import current

        @functools.wraps(original)
        def call(this, *args, **kwargs):
            # SimpleTestCase.__call__ calls that of TestCase: the outer one has begun.
            if current.get() is not None and isinstance(this, SimpleTestCase):
                return original(this, *args, **kwargs)
            with record_signals() as recording:
                try:
                    return original(this, *args, **kwargs)
                finally:
                    self._after(this, current.get(), recording)

        return call

    def _after(self, this, node, recording):
        from signals_panel.results import node_of

        where = _key(this) if isinstance(this, unittest.TestCase) else "a class's set-up"
        # Or a request in it, which may never have ended.
        while node is not None and node.root is not node_of(recording):
            node = node.root.around
        if node is None:
            self.faults.append(f"{where}: at its end it isn't what is recorded")
        totals = recording.totals
        for name in ("dispatches", "calls", "unheard", "all_queries"):
            self.sums[name] += getattr(totals, name)
        self._check_report(where, recording)

    def _check_report(self, where, recording):
        """The report, which the panel would make, is made of plain JSON types."""
        from signals_panel import report
        from signals_panel.analysis import analyse
        from signals_panel.conf import Config

        try:
            built = report.build(analyse(recording), Config())
            if json.loads(json.dumps(built, allow_nan=False)) != built:
                self.faults.append(f"{where}: the report isn't plain JSON types")
        except Exception:  # noqa: BLE001 - told, whatever it is
            self.faults.append(f"{where}: no report: {traceback.format_exc()}")

    def _noting_faults(self, original):
        def noting(recording, place, error):
            lines = "".join(traceback.format_exception(type(error), error, error.__traceback__))
            self.faults.append(f"in {place}: {lines}")
            return original(recording, place, error)

        return noting

    def _noting_logged(self, original):
        def exception(message, *args, **kwargs):
            self.faults.append(f"{message % args if args else message}\n{traceback.format_exc()}")
            return original(message, *args, **kwargs)

        return exception
