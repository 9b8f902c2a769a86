"""Django's own test suite, run plain and with everything recorded: the same test for test.

The suite comes from Django's source distribution, fetched when this runs into a folder that
git ignores. Exits with 1 when any test's outcome differs, when the recorder had a fault, or
when something of it stayed behind.
"""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
CACHE = REPOSITORY / ".cache" / "transparency"

# The versions of Django and the oldest Python each runs on.
DJANGOS = {"5.2": (3, 10), "6.0": (3, 12), "6.1": (3, 12)}
PYTHONS = [f"3.{minor}" for minor in range(14, 9, -1)]

# What uses signals, requests, transactions, threads and tasks the most, and is quickly done.
QUICK_LABELS = [
    "dispatch",
    "signals",
    "m2m_signals",
    "async",
    "delete",
    "delete_regress",
    "basic",
    "handlers",
    "transactions",
    "transaction_hooks",
    "servers",
    "requests_tests",
    "test_client",
    "auth_tests.test_models",
    "auth_tests.test_signals",
    "contenttypes_tests",
    "model_inheritance",
    "select_for_update",
    "mail",
]
QUICK_DJANGOS = ["5.2", "6.1"]

# Of what Django's tests can use, that which tests of these labels are skipped without, and
# which needs no service or C library.
REQUIREMENTS = {"aiosmtpd", "argon2-cffi", "bcrypt", "docutils", "jinja2", "tzdata"}

# How often a test that differs is run again, alone, to see whether it is flaky; and how many
# tests are: where more differ, flakiness isn't the reason.
RERUNS = 3
MOST_RERUN = 10


class Failed(Exception):
    """What keeps a comparison from being made, for people to read."""


def run(*command, **kwargs):
    """Run a command quietly; what it printed is told when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **kwargs,
    )
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}")
    return done.stdout


# The Django to test with ------------------------------------------------------------------


def find_python(oldest):
    """The newest Python that can make environments with databases, from ``oldest`` on."""
    for name in PYTHONS:
        if tuple(map(int, name.split("."))) >= oldest:
            for python in [f"python{name}", *_from_pyenv(name)]:
                if _will_do(python, oldest):
                    return python
    if _will_do(sys.executable, oldest):
        return sys.executable
    raise Failed(f"Python {'.'.join(map(str, oldest))} or newer is needed, with venv and sqlite3.")


def _from_pyenv(name):
    if not shutil.which("pyenv"):
        return
    listed = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True)
    for version in reversed(listed.stdout.split()):
        if version.startswith(f"{name}."):
            prefix = subprocess.run(["pyenv", "prefix", version], capture_output=True, text=True)
            yield os.path.join(prefix.stdout.strip(), "bin", "python")


def _will_do(python, oldest):
    check = f"import ensurepip, sqlite3, sys, venv; sys.exit(sys.version_info < {oldest})"
    try:
        return subprocess.run([python, "-c", check], capture_output=True).returncode == 0
    except OSError:
        return False


class Django:
    """One version of Django: its tests, and an environment with it and the package."""

    def __init__(self, version):
        self.version = version
        self.folder = CACHE / version
        self.python = self.folder / "venv" / "bin" / "python"
        self.release = None
        self.tests = None

    def prepare(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.python.exists():
            run(find_python(DJANGOS[self.version]), "-m", "venv", "--clear", self.folder / "venv")
        archive = self._fetch()
        self.release = re.fullmatch(r"django-(.+)\.tar\.gz", archive.name.lower())[1]
        self.tests = self._unpack(archive) / "tests"
        if self._installed() != self.release:
            # Together, so that nothing is chosen that doesn't go with this Django.
            self._pip("install", archive, *self._requirements(), REPOSITORY)
        # As users have it, from a wheel; and as it is now, whatever its version says.
        self._pip("install", "--force-reinstall", "--no-deps", REPOSITORY)

    def _pip(self, *arguments):
        options = ("--quiet", "--disable-pip-version-check")
        return run(self.python, "-m", "pip", arguments[0], *options, *arguments[1:])

    def _fetch(self):
        """The newest source distribution of this version."""
        fetched = self.folder / "sdist"
        shutil.rmtree(fetched, ignore_errors=True)
        self._pip(
            *("download", "--no-deps", "--no-binary", "django"),
            *("--dest", fetched, f"Django~={self.version}.0"),
        )
        [archive] = fetched.glob("[Dd]jango-*.tar.gz")
        return archive

    def _unpack(self, archive):
        source = self.folder / archive.name.removesuffix(".tar.gz")
        if not source.exists():
            unpacking = self.folder / "unpacking"
            shutil.rmtree(unpacking, ignore_errors=True)
            with tarfile.open(archive) as tar:
                safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
                tar.extractall(unpacking, **safely)
            [unpacked] = unpacking.iterdir()
            # In one step, so that what is there is whole.
            unpacked.rename(source)
            unpacking.rmdir()
        return source

    def _installed(self):
        code = "from importlib.metadata import version; print(version('django'))"
        done = subprocess.run([self.python, "-c", code], capture_output=True, text=True)
        return done.stdout.strip()

    def _requirements(self):
        lines = (self.tests / "requirements" / "py3.txt").read_text("utf-8").splitlines()
        return [line for line in lines if re.split(r"[\s<>=;]", line)[0] in REQUIREMENTS]

    def has(self, label):
        return (self.tests / label).is_dir()

    def run_suite(self, labels, *, recorded, name):
        """Run these labels in one process; what the runner left, or ``Failed``."""
        results, log = self.folder / f"{name}.json", self.folder / f"{name}.log"
        results.unlink(missing_ok=True)
        environment = {
            **os.environ,
            "PYTHONPATH": str(HERE),
            "PYTHONHASHSEED": "0",
            "SUITE_RESULTS": str(results),
            "SUITE_RECORD": "1" if recorded else "0",
        }
        with log.open("w") as output:
            subprocess.run(
                [self.python, "runtests.py", "--settings=suite_settings", "--parallel=1", *labels],
                cwd=self.tests,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            return json.loads(results.read_text("utf-8"))
        except FileNotFoundError:
            end = log.read_text("utf-8", "replace")[-4000:]
            raise Failed(f"Django {self.release}, {name}: no results.\n{end}") from None


# Comparing ------------------------------------------------------------------------------


def outcomes_of(results, test):
    """What happened to one test, as a text; several outcomes when it ran more than once."""
    found = results["outcomes"].get(test)
    if found is None:
        return "not run"
    return ", ".join(outcome["outcome"] for outcome in found)


def tracebacks_of(results, test):
    found = results["outcomes"].get(test, ())
    return "\n".join(outcome["traceback"] for outcome in found if outcome["traceback"])


def different(plain, recorded):
    """The tests whose outcomes are not the same, in the order they were run."""
    tests = dict.fromkeys([*plain["outcomes"], *recorded["outcomes"]])
    return [test for test in tests if outcomes_of(plain, test) != outcomes_of(recorded, test)]


def label_to_run(test):
    """What to give ``runtests.py`` to run one test alone, or one class if that is what failed."""
    holder = re.match(r"\w+ \(([\w.]+)\)$", test)
    return holder[1] if holder else re.match(r"[\w.]+", test)[0]


def judge(django, test, plain, recorded):
    """Whether a test that differs is flaky or differs by the recorder, told by running it again.

    Returns the verdict in words, and whether it is a difference.
    """
    seen = {False: [outcomes_of(plain, test)], True: [outcomes_of(recorded, test)]}

    def again(label, number):
        for mode, outcomes in seen.items():
            name = f"again-{number}-{'recorded' if mode else 'plain'}"
            results = django.run_suite([label], recorded=mode, name=name)
            outcomes.append(outcomes_of(results, test))

    for number in range(1, RERUNS + 1):
        again(label_to_run(test), number)
        if seen[False][-1] != seen[True][-1] and len(set(seen[False])) == 1:
            break
    if seen[False][1:] == seen[True][1:]:
        # What came before it may play a part.
        again(label_to_run(test).partition(".")[0], RERUNS + 1)
    told = f"plain: {' | '.join(seen[False])}; recorded: {' | '.join(seen[True])}"
    if len(set(seen[False])) > 1:
        return f"flaky without the recorder: {told}", False
    if seen[False][1:] == seen[True][1:]:
        return f"not seen again: {told}", False
    return f"differs: {told}", True


def compare(django, plain, recorded):
    """Print how two runs compare; return whether they are the same."""
    tests = different(plain, recorded)
    verdicts = [(test, *judge(django, test, plain, recorded)) for test in tests[:MOST_RERUN]]
    for test in tests[MOST_RERUN:]:
        told = f"plain: {outcomes_of(plain, test)}; recorded: {outcomes_of(recorded, test)}"
        verdicts.append((test, f"differs, not run again: {told}", True))
    real = [test for test, _, is_real in verdicts if is_real]
    faults = recorded["faults"]
    sums = recorded["recorded"]
    failing = sum(
        outcomes_of(plain, test).startswith(("fail", "error")) for test in plain["outcomes"]
    )
    print(
        f"Django {django.release}: {len(plain['outcomes']):,} tests compared "
        f"({failing} fail without the recorder), "
        f"{len(real)} differ, {len(tests) - len(real)} flaky; recorded were "
        f"{sums['dispatches']:,} dispatches, {sums['calls']:,} receiver calls, "
        f"{sums['unheard']:,} unheard, {sums['all_queries']:,} queries; {len(faults)} faults",
        flush=True,
    )
    for test, verdict, _ in verdicts:
        print(f"  {test}\n    {verdict}")
        for name, results in (("plain", plain), ("recorded", recorded)):
            if lines := tracebacks_of(results, test):
                print(f"    {name}:\n{_indented(lines)}")
    for fault in faults:
        print(f"  fault: {_indented(fault).strip()}")
    return not real and not faults and sums["dispatches"] > 0


def _indented(text):
    return "\n".join(f"      {line}" for line in text.splitlines())


def print_seconds(found):
    """How long each label took, plain and recorded."""
    versions = list(found)
    print(f"{'seconds':20}" + "".join(f"{version:>16}" for version in versions))
    labels = dict.fromkeys(label for runs in found.values() for label in runs[0]["seconds"])
    for label in sorted(labels):
        cells = (
            " / ".join(f"{results['seconds'].get(label, 0):.1f}" for results in found[version])
            for version in versions
        )
        print(f"{label:20}" + "".join(f"{cell:>16}" for cell in cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--django", nargs="+", choices=DJANGOS, help="versions (default: all)")
    parser.add_argument("--labels", nargs="+", help="of Django's runtests.py (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer labels and versions, for CI")
    parser.add_argument(
        "--parallel", type=int, default=2, help="runs side by side, each one process (default: 2)"
    )
    parser.add_argument("--seconds", action="store_true", help="tell how long each label takes")
    options = parser.parse_args()
    versions = options.django or (QUICK_DJANGOS if options.quick else list(DJANGOS))
    # Without any, Django runs the whole.
    labels = options.labels or (QUICK_LABELS if options.quick else [])
    try:
        return run_all(versions, labels, options)
    except Failed as error:
        print(error, file=sys.stderr)
        return 1


def run_all(versions, labels, options):
    with concurrent.futures.ThreadPoolExecutor(options.parallel) as pool:
        djangos = [Django(version) for version in versions]
        list(pool.map(Django.prepare, djangos))
        runs = {}
        for django in djangos:
            there = [label for label in labels if django.has(label.partition(".")[0])]
            for label in labels:
                if label not in there:
                    print(f"Django {django.release} has no tests {label}: skipped.")
            if labels and not there:
                raise Failed(f"Django {django.release}: no tests left.")
            runs[django] = [
                pool.submit(
                    django.run_suite,
                    there,
                    recorded=recorded,
                    name="recorded" if recorded else "plain",
                )
                for recorded in (False, True)
            ]
        are_same = []
        found = {}
        for django, pair in runs.items():
            found[django.release] = plain, recorded = [run.result() for run in pair]
            are_same.append(compare(django, plain, recorded))
    if options.seconds:
        print_seconds(found)
    return 0 if all(are_same) else 1


if __name__ == "__main__":
    sys.exit(main())
