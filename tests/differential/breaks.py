"""Breaks the recorder on purpose, to see whether the programs notice.

``python -m differential.breaks`` runs the programs of the tests on copies of the package, with
one mistake in each that could be made when it is changed.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).parents[2] / "signals_panel"
_HANGS_AFTER_S = 30


@dataclass(frozen=True)
class Break:
    name: str
    file: str
    before: str
    after: str
    # Where the text stands more than once, it is the first after this.
    since: str = ""


BREAKS = (
    Break(
        "an unheard send isn't counted on the fast path",
        "probes/signals/send.py",
        "[_sender_words[id(sender)]] += 1",
        "[_sender_words[id(sender)]] += 0",
    ),
    Break(
        "the current node stays after a send",
        "probes/signals/send.py",
        "                _set_current(node)\n                dispatch.end",
        "                dispatch.end",
    ),
    Break(
        "logging a failure belongs to the receiver that failed",
        "probes/signals/send.py",
        "                        _set_current(dispatch)\n                        self._log",
        "                        self._log",
    ),
    Break(
        "send swallows exceptions as send_robust does",
        "probes/signals/send.py",
        "is_caught = is_robust and isinstance(error, Exception)",
        "is_caught = isinstance(error, Exception)",
    ),
    Break(
        "receivers of asend are given a stand-in for their signal",
        "probes/signals/send.py",
        "_wrapped(dispatch, found, outside or _frame(1), self)",
        "_wrapped(dispatch, found, outside or _frame(1))",
    ),
    Break(
        "the error of a wrapped receiver is lost",
        "probes/signals/wrappers.py",
        "                failed(call, error)\n",
        "                call.end = perf_counter_ns()\n",
    ),
    Break(
        "what a callable does before it is awaited isn't its own",
        "probes/signals/wrappers.py",
        "                current.set(call)\n            awaitable",
        "                pass\n            awaitable",
    ),
    Break(
        "async results come before sync ones",
        "probes/signals/wrappers.py",
        "        for pair in responses\n",
        "        for pair in reversed(responses)\n",
    ),
    Break(
        "a block opened in an async receiver is forgotten when it waits",
        "probes/steps.py",
        "                inside = variable.get()\n",
        "",
    ),
    Break(
        "an async receiver's node stays when it waits",
        "probes/steps.py",
        "                variable.set(outside)\n        except BaseException:",
        "        except BaseException:",
    ),
    Break(
        "an overriding send counts as unheard itself",
        "probes/signals/send.py",
        "            sending.is_delegated = True\n",
        "",
    ),
    Break(
        "an own send that raises isn't ended",
        "probes/signals/own_methods.py",
        "                own.failed(error)\n                raise\n            finally:",
        "                raise\n            finally:",
    ),
    Break(
        "wrappers stay the keys of a dict that an own send returns",
        "probes/signals/escapes.py",
        "        if any(new is not key for new, (key, _)",
        "        if False and any(new is not key for new, (key, _)",
    ),
    Break(
        "a query's error is lost",
        "effects/leaves.py",
        "            failure = watch.error(error)\n",
        "",
    ),
    Break(
        "a query in a block isn't its receiver's",
        "recording/adding.py",
        "if type(parent) is CallNode else call_around(parent)",
        "if type(parent) is CallNode else None",
        since="def begin_effect(",
    ),
    Break(
        "a folded call counts twice",
        "recording/folding.py",
        "    inner.count += 1\n    call.overflow",
        "    inner.count += 2\n    call.overflow",
    ),
    Break(
        "what outlives a block isn't recorded by the one around",
        "recording/adding.py",
        "        node, root = outer, outer.root\n",
        "        return None\n",
    ),
    Break(
        "folding loses errors",
        "recording/groups.py",
        "        self.errors += 1\n",
        "",
    ),
    Break(
        "queries outside of receivers are missed in nested blocks",
        "recording/sums.py",
        "    scopes = list(scopes_at(root))\n",
        "    scopes = [root]\n",
    ),
    Break(
        "the end of a nested block ends the recording",
        "recording/lifecycle.py",
        "    if not _users and _comings <= _MAX_COMINGS:",
        "    if len(_users) < 2:",
    ),
    Break(
        "what a block has counted as unheard is lost when it ends",
        "recording/folding.py",
        "    root.unheard.add_all(block.unheard)\n",
        "",
    ),
    # Of hooks that have stayed, while nothing is recorded.
    Break(
        "where hooks have stayed, send_robust raises",
        "probes/signals/send.py",
        "                    if not is_robust:\n                        raise\n",
        "                    raise\n",
    ),
    Break(
        "where hooks have stayed, receivers are given a stand-in",
        "probes/signals/send.py",
        "[Wrapper(each, UNNAMED, None, None, self)",
        "[Wrapper(each, UNNAMED, None, None, None)",
    ),
    Break(
        "where hooks have stayed, wrappers are handed out",
        "probes/signals/send.py",
        "return unwrap_responses(original(known, sender, **named))",
        "return original(known, sender, **named)",
    ),
    Break(
        "where hooks have stayed, an own asend has no result",
        "probes/signals/own_methods.py",
        "            return await original(self, *args, **kwargs)\n",
        "            await original(self, *args, **kwargs)\n            return None\n",
    ),
    Break(
        "hooks that have stayed go with the next recording",
        "recording/lifecycle.py",
        "    if not _users and _comings <= _MAX_COMINGS:",
        "    if not _users:",
    ),
)


def _broken(source: str, each: Break) -> str | None:
    """The source with the mistake in it; None if it has changed too much for that."""
    start = source.find(each.before, source.find(each.since))
    if start < 0 or each.since not in source:
        return None
    return source[:start] + each.after + source[start + len(each.before) :]


def _caught_by(each: Break | None, programs: int) -> str:
    """How many programs notice a break, or the package as it is."""
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder, "signals_panel")
        shutil.copytree(_PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
        if each is not None:
            file = package / each.file
            broken = _broken(file.read_text(), each)
            if broken is None:
                return "the code has changed"
            file.write_text(broken)
        tests = Path(__file__).parents[1]
        path = os.pathsep.join(map(str, (folder, tests, tests / "example")))
        found = subprocess.run(
            [sys.executable, "-m", "differential.breaks", "--count", "--programs", str(programs)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
    counted = re.search(r"^(\d+) failed$", found.stdout, re.MULTILINE)
    if counted is not None:
        return counted[1]
    return "hangs" if "Timeout (" in found.stderr else "crashes"


def _count(programs: int) -> None:
    """In a process of its own: how many programs notice."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    import django

    django.setup()
    import logging

    from differential import generator, running

    # A broken recorder tells its faults there.
    logging.getLogger("signals_panel").propagate = False
    logging.getLogger("signals_panel").addHandler(logging.NullHandler())
    failed = 0
    with running.prepared():
        for seed in range(programs):
            faulthandler.dump_traceback_later(_HANGS_AFTER_S, exit=True)
            failed += bool(running.failures(generator.make(seed)))
    faulthandler.cancel_dump_traceback_later()
    print(f"\n{failed} failed")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m differential.breaks", description=__doc__)
    parser.add_argument("--programs", type=int, default=300, help="how many, from seed 0 on")
    parser.add_argument("--only", help="a part of the name of those to run")
    parser.add_argument("--count", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.count:
        _count(options.programs)
        return 0
    chosen = [each for each in BREAKS if not options.only or options.only in each.name]
    missed = 0
    print(f"{'break':<64} {'in':<29} of {options.programs} programs")
    found = _caught_by(None, options.programs)
    print(f"{'none':<64} {'':<29} {found}", flush=True)
    if found != "0":
        # They fail by themselves: the numbers would say nothing.
        return 1
    for each in chosen:
        found = _caught_by(each, options.programs)
        missed += found in ("0", "the code has changed")
        print(f"{each.name:<64} {each.file:<29} {found}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} are caught.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
